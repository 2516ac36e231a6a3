//! Patterns of arguments.

use proc_macro2::Span;
use quote::format_ident;
use syn::Pat;
use syn::visit_mut::{self, VisitMut};

/// Gives names to the wildcards of an argument's pattern, so that what they match is kept as a local.
pub(crate) fn name_wildcards(pat: &mut Pat) {
    struct Wildcards(usize);
    impl VisitMut for Wildcards {
        fn visit_pat_mut(&mut self, pat: &mut Pat) {
            match pat {
                Pat::Wild(wild) => {
                    let span = Span::call_site().located_at(wild.underscore_token.span);
                    let ident = format_ident!("_rest{}", self.0, span = span);
                    self.0 += 1;
                    *pat = Pat::Ident(syn::PatIdent {
                        attrs: Vec::new(),
                        by_ref: None,
                        mutability: None,
                        ident,
                        subpat: None,
                    });
                }
                // What is behind a reference is not moved.
                Pat::Reference(_) => {}
                other => visit_mut::visit_pat_mut(self, other),
            }
        }
    }
    Wildcards(0).visit_pat_mut(pat);
}

/// Whether a pattern leaves something that has no name, with `..` or `ref`.
pub(crate) fn leaves_some(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Struct(inner) => inner.rest.is_some() || inner.fields.iter().any(|field| leaves_some(&field.pat)),
        Pat::Tuple(inner) => inner.elems.iter().any(leaves_some),
        Pat::TupleStruct(inner) => inner.elems.iter().any(leaves_some),
        Pat::Slice(inner) => inner.elems.iter().any(leaves_some),
        Pat::Paren(inner) => leaves_some(&inner.pat),
        _ => false,
    }
}
