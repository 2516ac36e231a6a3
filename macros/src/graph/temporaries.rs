//! Temporaries that outlive the expression they stand in.
//!
//! Rust drops the temporaries of a statement at its end, and those of a `match` scrutinee or a `for` head at the end of
//! the `match` or the loop. Where a pause comes before that end they must be kept, so they become locals of a scope that
//! ends there. Outside of such a scope temporaries are left to rustc.

use syn::Expr;

use super::build::Builder;
use crate::scope::knowledge;
use crate::scope::mentions::is_place;
use crate::syntax::calls::Mode;

impl Builder<'_> {
    /// Lowers what `visit` lowers with its temporaries kept in the open scope.
    pub(super) fn with_hoisting<R>(&mut self, visit: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.hoisting, true);
        let result = visit(self);
        self.hoisting = outer;
        result
    }

    /// Whether an expression must be taken apart: it is part of the graph, or it has temporaries that must be kept.
    pub(super) fn needs_lowering(&self, expr: &Expr) -> bool {
        self.explodes(expr) || (self.hoisting && self.has_temporaries(expr))
    }

    /// Whether an expression makes temporaries that live until the end of its statement.
    pub(super) fn has_temporaries(&self, expr: &Expr) -> bool {
        let any = |exprs: &mut dyn Iterator<Item = &Expr>| {
            let mut exprs = exprs;
            Iterator::any(&mut exprs, |expr| self.has_temporaries(expr))
        };
        match expr {
            Expr::MethodCall(call) => {
                self.is_kept_receiver(call) || any(&mut std::iter::once(&*call.receiver).chain(&call.args))
            }
            Expr::Reference(reference) => is_kept_operand(&reference.expr) || self.has_temporaries(&reference.expr),
            Expr::Call(call) if self.calls.get(&call.func).is_some() => {
                self.calls.get(&call.func).is_some_and(|known| {
                    let kept = |(arg, mode): (&Expr, Mode)| mode == Mode::Ref && is_kept_operand(arg);
                    known.keeps_temporaries()
                        && (call.args.iter().zip(known.modes()).any(kept) || any(&mut call.args.iter()))
                })
            }
            Expr::Call(call) => any(&mut call.args.iter()),
            Expr::Field(field) => !is_place(&field.base) || self.has_temporaries(&field.base),
            Expr::Index(index) => {
                (!is_place(&index.expr) && is_kept_operand(&index.expr))
                    || any(&mut [&*index.expr, &*index.index].into_iter())
            }
            Expr::Unary(unary) => {
                (matches!(unary.op, syn::UnOp::Deref(_)) && is_kept_operand(&unary.expr))
                    || self.has_temporaries(&unary.expr)
            }
            Expr::Match(inner) => is_kept_operand(&inner.expr) || self.has_temporaries(&inner.expr),
            Expr::Binary(binary) if is_comparison(binary.op) => {
                is_kept_operand(&binary.left)
                    || is_kept_operand(&binary.right)
                    || any(&mut [&*binary.left, &*binary.right].into_iter())
            }
            Expr::Binary(binary) => any(&mut [&*binary.left, &*binary.right].into_iter()),
            Expr::Paren(inner) => self.has_temporaries(&inner.expr),
            Expr::Group(inner) => self.has_temporaries(&inner.expr),
            Expr::Try(inner) => self.has_temporaries(&inner.expr),
            Expr::Cast(inner) => self.has_temporaries(&inner.expr),
            Expr::Tuple(inner) => any(&mut inner.elems.iter()),
            Expr::Array(inner) => any(&mut inner.elems.iter()),
            Expr::Struct(inner) => any(&mut inner.fields.iter().map(|field| &field.expr)),
            Expr::Range(inner) => any(&mut inner.start.iter().chain(&inner.end).map(|end| &**end)),
            _ => false,
        }
    }

    /// Whether the receiver of a call is a value that may still be there when the call has returned.
    pub(super) fn is_kept_receiver(&self, call: &syn::ExprMethodCall) -> bool {
        !knowledge::consumes(&call.method.to_string(), call.args.len()) && is_kept_operand(&call.receiver)
    }
}

fn is_comparison(op: syn::BinOp) -> bool {
    use syn::BinOp;
    matches!(op, BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_))
}

/// Whether borrowing an expression makes a temporary with something to drop.
pub(super) fn is_kept_operand(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_kept_operand(&inner.expr),
        Expr::Group(inner) => is_kept_operand(&inner.expr),
        Expr::Lit(_) | Expr::Reference(_) | Expr::Range(_) | Expr::Cast(_) | Expr::Closure(_) => false,
        Expr::Array(array) => array.elems.iter().any(is_kept_operand),
        Expr::Tuple(tuple) => tuple.elems.iter().any(is_kept_operand),
        Expr::Repeat(repeat) => is_kept_operand(&repeat.expr),
        Expr::Unary(unary) if !matches!(unary.op, syn::UnOp::Deref(_)) => is_kept_operand(&unary.expr),
        expr => !is_place(expr),
    }
}
