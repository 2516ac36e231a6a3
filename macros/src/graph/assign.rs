//! Lowering of assignments with a pause on either side.
//!
//! `a = b` evaluates `b` first. `a += b` evaluates `b` first where both types are primitive and `a` first where the
//! operator is overloaded. Where `a` is a simple place that `b` does not change, both are the same. Anywhere else the
//! order of the primitives is kept, and the expansion demands that the types are primitive. `(a, b) = c` is taken apart as
//! the Rust reference says.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprAssign, ExprBinary, Stmt, Token, parse_quote};

use super::build::Builder;
use super::make;
use super::operands::{Methods, changes, is_simple_place, root};
use crate::scope::Keep;
use crate::syntax::assignee;

impl Builder<'_> {
    pub(super) fn assign(&mut self, mut inner: ExprAssign) -> Expr {
        if assignee::is_taken_apart(&inner.left) {
            return self.destructure(*inner.left, *inner.right);
        }
        let right = self.operand(*inner.right);
        *inner.right = right;
        if self.explodes(&inner.left) {
            let right = std::mem::replace(&mut *inner.right, parse_quote!(()));
            *inner.right = self.spill("value", right);
            let left = self.operand(*inner.left);
            *inner.left = left;
        }
        self.statement(Expr::Assign(inner))
    }

    /// `(a, b) = value`: as in Rust, all parts of the value are bound first, which ends its temporaries, and then assigned
    /// one by one, each place evaluated when its turn comes.
    fn destructure(&mut self, left: Expr, right: Expr) -> Expr {
        let mut assignments = Vec::new();
        let pat = assignee::pattern(left, &mut |place| {
            let part = self.temp("part", place.span(), Keep::Unknown);
            let (ident, value) = (self.locals.ident(part), self.path(part));
            assignments.push(make::assignment(place, value));
            ident
        });
        self.let_into(&pat, right);
        for assignment in assignments {
            self.assign(assignment);
        }
        parse_quote!(())
    }

    pub(super) fn compound_assign(&mut self, mut inner: ExprBinary) -> Expr {
        let changed = root(&inner.left).is_some_and(|root| changes(&inner.right, root, Methods::Unknown));
        let right = self.operand(*inner.right);
        *inner.right = right;
        if !changed && is_plain_place(&inner.left) {
            self.demand_plain(&inner.left);
        } else if !is_simple_place(&inner.left) || changed {
            let right = std::mem::replace(&mut *inner.right, parse_quote!(()));
            let value = self.spill("value", right);
            *inner.right = value.clone();
            let left = self.operand(*inner.left);
            *inner.left = left;
            let (private, left) = (self.private.clone(), &inner.left);
            let demand = crate::names::at(inner.op.span(), quote::quote!(#private::primitives));
            // It does not come back, so that what is moved in the place is moved once.
            self.push(parse_quote!(if false { #demand(&#left, &#value); loop {} }));
        }
        self.statement(Expr::Binary(inner))
    }

    /// Demands that evaluating a place earlier or later is the same.
    fn demand_plain(&mut self, place: &Expr) {
        match place {
            Expr::Unary(inner) => {
                self.demand_plain(&inner.expr);
                let (private, base) = (self.private.clone(), &inner.expr);
                let demand = crate::names::at(base.span(), quote::quote!(#private::plain_deref));
                self.push(parse_quote!(if false { #demand(&#base); }));
            }
            Expr::Field(inner) => self.demand_plain(&inner.base),
            Expr::Paren(inner) => self.demand_plain(&inner.expr),
            _ => {}
        }
    }

    fn statement(&mut self, expr: Expr) -> Expr {
        let span = expr.to_token_stream().span();
        self.push(Stmt::Expr(expr, Some(Token![;](span))));
        parse_quote!(())
    }
}

/// A local, or fields and targets of one.
fn is_plain_place(place: &Expr) -> bool {
    match place {
        Expr::Unary(inner) => matches!(inner.op, syn::UnOp::Deref(_)) && is_plain_place(&inner.expr),
        Expr::Field(inner) => is_plain_place(&inner.base),
        Expr::Paren(inner) => is_plain_place(&inner.expr),
        place => is_simple_place(place),
    }
}
