//! Numbers on the constructs that can become part of the graph, carried as an attribute until emission.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, parse_quote};

use crate::scope::flow::Tag;

const NAME: &str = "__co_tag";

/// Numbers every conditional construct, loop and labelled block of a body.
pub(crate) fn number(body: &mut Block) {
    struct Numbering(usize);
    impl VisitMut for Numbering {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            if let Some(attrs) = attrs(expr) {
                let number = syn::LitInt::new(&self.0.to_string(), Span::call_site());
                attrs.push(parse_quote!(#[__co_tag(#number)]));
                self.0 += 1;
            }
            visit_mut::visit_expr_mut(self, expr);
        }
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    Numbering(0).visit_block_mut(body);
}

fn attrs(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expr {
        Expr::If(inner) => &mut inner.attrs,
        Expr::Match(inner) => &mut inner.attrs,
        Expr::Loop(inner) => &mut inner.attrs,
        Expr::While(inner) => &mut inner.attrs,
        Expr::ForLoop(inner) => &mut inner.attrs,
        Expr::Block(inner) if inner.label.is_some() => &mut inner.attrs,
        _ => return None,
    })
}

/// The number of a construct.
pub(crate) fn of(expr: &Expr) -> Option<Tag> {
    let attrs = match expr {
        Expr::If(inner) => &inner.attrs,
        Expr::Match(inner) => &inner.attrs,
        Expr::Loop(inner) => &inner.attrs,
        Expr::While(inner) => &inner.attrs,
        Expr::ForLoop(inner) => &inner.attrs,
        Expr::Block(inner) => &inner.attrs,
        _ => return None,
    };
    let attr = attrs.iter().find(|attr| attr.path().is_ident(NAME))?;
    attr.parse_args::<syn::LitInt>().ok()?.base10_parse().ok().map(Tag)
}

/// Takes the number off again.
pub(crate) fn strip(attrs: &mut Vec<Attribute>) {
    attrs.retain(|attr| !attr.path().is_ident(NAME));
}
