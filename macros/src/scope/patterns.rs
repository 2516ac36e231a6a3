//! What patterns bind, and what they take of the value they match.

use syn::{Expr, Pat};

use crate::names::{Local, local_of};

/// The bindings of a pattern.
pub(crate) fn bindings(pat: &Pat) -> Vec<Local> {
    let mut found = Vec::new();
    each_binding(pat, &mut |binding| {
        if let Some(local) = local_of(&binding.ident)
            && !found.contains(&local)
        {
            found.push(local);
        }
    });
    found
}

/// Calls `visit` on every binding of a pattern.
pub(crate) fn each_binding(pat: &Pat, visit: &mut dyn FnMut(&syn::PatIdent)) {
    struct Visitor<'a>(&'a mut dyn FnMut(&syn::PatIdent));
    impl<'ast> syn::visit::Visit<'ast> for Visitor<'_> {
        fn visit_pat_ident(&mut self, binding: &'ast syn::PatIdent) {
            (self.0)(binding);
            syn::visit::visit_pat_ident(self, binding);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    syn::visit::Visit::visit_pat(&mut Visitor(visit), pat);
}

/// Whether a pattern says that it borrows something exclusively.
pub(crate) fn has_ref_mut(pat: &Pat) -> bool {
    let mut found = false;
    each_binding(pat, &mut |binding| found |= binding.by_ref.is_some() && binding.mutability.is_some());
    found
}

/// What a pattern takes of the value it matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// Nothing by value.
    Nothing,
    /// Some of it by value.
    Some,
    /// All of it by value: nothing is left to drop.
    All,
}

/// What `pat` takes of a value, as far as syntax tells.
pub(crate) fn takes(pat: &Pat) -> Takes {
    fn of_all<'a>(pats: impl Iterator<Item = &'a Pat>) -> Takes {
        let mut any = false;
        let mut all = true;
        for pat in pats {
            let takes = takes(pat);
            any |= takes != Takes::Nothing;
            // A literal or a path has nothing to take.
            all &= takes == Takes::All || matches!(pat, Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) | Pat::Const(_));
        }
        match (any, all) {
            (true, true) => Takes::All,
            (true, false) => Takes::Some,
            (false, _) => Takes::Nothing,
        }
    }
    match pat {
        Pat::Ident(binding) if local_of(&binding.ident).is_none() => Takes::Nothing,
        Pat::Ident(binding) if binding.by_ref.is_some() => Takes::Nothing,
        Pat::Ident(_) => Takes::All,
        Pat::Type(inner) => takes(&inner.pat),
        Pat::Paren(inner) => takes(&inner.pat),
        Pat::Or(or) => {
            let all: Vec<_> = or.cases.iter().map(takes).collect();
            if all.iter().all(|takes| *takes == all[0]) { all[0] } else { Takes::Some }
        }
        Pat::Tuple(tuple) => of_all(tuple.elems.iter()),
        Pat::TupleStruct(tuple) => of_all(tuple.elems.iter()),
        Pat::Slice(slice) => of_all(slice.elems.iter()),
        Pat::Struct(pat) => match of_all(pat.fields.iter().map(|field| &*field.pat)) {
            Takes::All if pat.rest.is_some() => Takes::Some,
            takes => takes,
        },
        // What is matched is a reference, which has nothing to drop.
        Pat::Reference(_) => Takes::All,
        _ => Takes::Nothing,
    }
}
