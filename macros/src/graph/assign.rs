//! Lowering of assignments with a pause on either side.
//!
//! `a = b` evaluates `b` first. `a += b` evaluates `b` first where the types are primitive and `a` first where the
//! operator is overloaded; both are the same if `a` is a simple place, and refused otherwise.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprAssign, ExprBinary, Stmt, Token, parse_quote};

use super::build::Builder;
use super::operands::{changes, is_simple_place, root};
use crate::message;

impl Builder<'_> {
    pub(super) fn assign(&mut self, mut inner: ExprAssign) -> Expr {
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

    pub(super) fn compound_assign(&mut self, mut inner: ExprBinary) -> Expr {
        let left_pauses = self.explodes(&inner.left);
        let right_pauses = self.explodes(&inner.right);
        let changed = root(&inner.left).is_some_and(|root| changes(&inner.right, root));
        let orderly = match (left_pauses, right_pauses) {
            // `*f() += …` and `v[i] += …` do something when their place is evaluated.
            (false, _) => is_simple_place(&inner.left) && !changed,
            (true, false) => is_pure(&inner.right),
            (true, true) => false,
        };
        if !orderly {
            self.report.at_span(inner.op.span(), message::COMPOUND_ORDER);
        }
        if right_pauses {
            let right = self.operand(*inner.right);
            *inner.right = right;
        } else {
            let left = self.operand(*inner.left);
            *inner.left = left;
        }
        self.statement(Expr::Binary(inner))
    }

    fn statement(&mut self, expr: Expr) -> Expr {
        let span = expr.to_token_stream().span();
        self.push(Stmt::Expr(expr, Some(Token![;](span))));
        parse_quote!(())
    }
}

/// Whether evaluating an expression does nothing, so that its order does not matter.
fn is_pure(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(_)) || is_simple_place(expr)
}
