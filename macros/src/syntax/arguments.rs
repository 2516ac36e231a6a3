//! Patterns of arguments.

use proc_macro2::Span;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Pat, PatIdent};

/// Gives names to the wildcards of an argument's pattern, so that what they match is kept as a local. Returns the bindings
/// that were there, if there were wildcards.
pub(crate) fn name_wildcards(pat: &mut Pat) -> Vec<PatIdent> {
    struct Wildcards(usize, Vec<PatIdent>);
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
                Pat::Ident(binding) if binding.by_ref.is_none() && binding.subpat.is_none() => {
                    self.1.push(binding.clone());
                    binding.mutability = None;
                }
                // What is behind a reference is not moved.
                Pat::Reference(_) => {}
                other => visit_mut::visit_pat_mut(self, other),
            }
        }
    }
    let written = pat.clone();
    let mut wildcards = Wildcards(0, Vec::new());
    wildcards.visit_pat_mut(pat);
    if wildcards.0 > 0 {
        return wildcards.1;
    }
    *pat = written;
    Vec::new()
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
