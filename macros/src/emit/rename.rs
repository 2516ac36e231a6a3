//! Changing the names of bindings in patterns.

use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Pat};

use crate::names::{Local, local_of};

/// Renames the bindings of a pattern for which `name` has one.
pub(crate) fn patterns(pat: &mut Pat, name: &dyn Fn(Local) -> Option<Ident>) {
    struct Rename<'a>(&'a dyn Fn(Local) -> Option<Ident>);
    impl VisitMut for Rename<'_> {
        fn visit_pat_ident_mut(&mut self, binding: &mut syn::PatIdent) {
            if let Some(new) = local_of(&binding.ident).and_then(|local| (self.0)(local)) {
                binding.ident = Ident::new(&new.to_string(), binding.ident.span());
            }
            visit_mut::visit_pat_ident_mut(self, binding);
        }
    }
    Rename(name).visit_pat_mut(pat);
}
