//! Changing the names of bindings, in patterns and in what mentions them.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Pat};

use crate::names::{Local, local_ident, local_of, replace_in_text};

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

/// Renames all mentions of the locals for which `name` has one, those in opaque macros and their texts too.
pub(crate) fn mentions(expr: &mut Expr, name: &dyn Fn(Local) -> Option<Ident>) {
    struct Rename<'a>(&'a dyn Fn(Local) -> Option<Ident>);
    impl Rename<'_> {
        fn ident(&self, ident: &Ident) -> Option<Ident> {
            let new = local_of(ident).and_then(|local| (self.0)(local))?;
            Some(Ident::new(&new.to_string(), ident.span()))
        }

        fn literal(&self, literal: &Literal) -> Option<Literal> {
            let name = |local| (self.0)(local).unwrap_or_else(|| local_ident(local, literal.span())).to_string();
            let mut new: Literal = replace_in_text(&literal.to_string(), name).parse().ok()?;
            new.set_span(literal.span());
            Some(new)
        }

        fn tokens(&self, tokens: TokenStream) -> TokenStream {
            let rename = |token| match token {
                TokenTree::Ident(ident) => TokenTree::Ident(self.ident(&ident).unwrap_or(ident)),
                TokenTree::Literal(literal) => TokenTree::Literal(self.literal(&literal).unwrap_or(literal)),
                TokenTree::Group(group) => {
                    let mut new = Group::new(group.delimiter(), self.tokens(group.stream()));
                    new.set_span(group.span());
                    TokenTree::Group(new)
                }
                other => other,
            };
            tokens.into_iter().map(rename).collect()
        }
    }
    impl VisitMut for Rename<'_> {
        fn visit_ident_mut(&mut self, ident: &mut Ident) {
            if let Some(new) = self.ident(ident) {
                *ident = new;
            }
        }
        fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
            mac.tokens = self.tokens(std::mem::take(&mut mac.tokens));
        }
    }
    Rename(name).visit_expr_mut(expr);
}
