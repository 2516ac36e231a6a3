//! Lowering of control flow: blocks, loops and the ways out of them.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Label, Pat, Stmt, parse_quote};

use super::build::{Builder, Dest, Target, is_return};
use super::{BlockId, End, make};
use crate::names::bare_local;
use crate::scope::{Keep, knowledge};
use crate::syntax::pauses::is_attempt_label;

impl Builder<'_> {
    /// Lowers an expression and sends its value where it goes.
    pub(super) fn expr_into(&mut self, expr: Expr, dest: Dest) {
        // Where a branch returns, no path goes on to where the branches meet.
        if self.explodes(&expr) || is_return(&expr) {
            self.expr_attributes(&expr);
            self.force_into(expr, dest);
        } else {
            self.value_into(expr, dest);
        }
    }

    /// [`Self::expr_into`] for an expression that becomes part of the graph.
    pub(super) fn force_into(&mut self, expr: Expr, dest: Dest) {
        match expr {
            Expr::Paren(inner) => self.expr_into(*inner.expr, dest),
            Expr::Group(inner) => self.expr_into(*inner.expr, dest),
            Expr::If(inner) => self.if_into(inner, dest),
            Expr::Match(inner) => self.match_into(inner, dest, true),
            Expr::Loop(inner) => {
                self.looped(inner.label.as_ref(), dest, |builder| builder.scoped_block(&inner.body, Dest::Discard));
            }
            Expr::While(inner) => self.while_into(inner, dest),
            Expr::ForLoop(inner) => self.for_into(inner, dest),
            Expr::Block(inner) => match &inner.label {
                None => self.scoped_block(&inner.block, dest),
                Some(label) if is_attempt_label(&label.name.ident.to_string()) => {
                    self.attempt_into(label, &inner.block, dest);
                }
                Some(label) => self.labelled(label, &inner.block, dest),
            },
            Expr::Unsafe(inner) => {
                let scope = self.enter();
                self.graph.scopes[scope.0].is_unsafe = true;
                self.block(&inner.block, dest);
                self.leave(scope);
            }
            Expr::Return(inner) => {
                let value = inner.expr.map_or_else(|| parse_quote!(()), |value| *value);
                self.expr_into(value, Dest::Return);
            }
            Expr::Break(inner) => self.jump(inner.label.as_ref(), true, inner.expr.map(|e| *e)),
            Expr::Continue(inner) => self.jump(inner.label.as_ref(), false, None),
            Expr::Binary(inner) if matches!(inner.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) => {
                self.short_circuit(inner, dest);
            }
            other => {
                let scope = self.enter();
                let value = self.operand(other);
                if self.graph.scope(scope).locals.is_empty() {
                    self.leave(scope);
                    self.value_into(value, dest);
                } else {
                    self.value_into(value, dest);
                    self.leave(scope);
                }
            }
        }
    }

    /// `loop`: `body` is lowered at its head, and goes back to it.
    fn looped(&mut self, label: Option<&Label>, dest: Dest, body: impl FnOnce(&mut Self)) {
        let span = label.map_or_else(Span::call_site, Spanned::span);
        let (inner, returned) = self.value_of_loop(dest, span);
        let head = self.new_block();
        self.goto(head);
        self.current = head;
        let after = self.new_block();
        self.targets.push(Target {
            label: label.map(|label| label.name.ident.to_string()),
            is_loop: true,
            on_break: after,
            on_continue: head,
            scope: self.scope,
            dest: inner,
        });
        body(self);
        self.goto(head);
        self.targets.pop();
        self.after(after);
        if let Some(value) = returned {
            self.value_into(value, dest);
        }
    }

    /// Where the values of the `break`s of a loop go, and what the loop's own value is then.
    fn value_of_loop(&mut self, dest: Dest, span: Span) -> (Dest, Option<Expr>) {
        match dest {
            Dest::Return => {
                let local = self.declare_temp("value", span, None, Keep::Unknown);
                (Dest::Local(local), Some(self.path(local)))
            }
            dest => (dest, None),
        }
    }

    /// Goes on in a block that was made before the ones that lead to it. It gets the number of this place in the text.
    fn after(&mut self, block: BlockId) {
        self.current = self.renumber(block);
    }

    fn labelled(&mut self, label: &Label, block: &syn::Block, dest: Dest) {
        let (inner, returned) = self.value_of_loop(dest, label.span());
        self.labelled_block(label, block, inner);
        if let Some(value) = returned {
            self.value_into(value, dest);
        }
    }

    /// A labelled block whose value is not returned. Gives the block at its own end.
    pub(super) fn labelled_block(&mut self, label: &Label, block: &syn::Block, dest: Dest) -> BlockId {
        let after = self.new_block();
        self.targets.push(Target {
            label: Some(label.name.ident.to_string()),
            is_loop: false,
            on_break: after,
            on_continue: after,
            scope: self.scope,
            dest,
        });
        self.scoped_block(block, dest);
        let end = self.current;
        self.goto(after);
        self.targets.pop();
        self.after(after);
        end
    }

    /// `while c { b }` is `loop { if c { b } else { break } }`.
    fn while_into(&mut self, inner: syn::ExprWhile, dest: Dest) {
        let (cond, body) = (inner.cond, inner.body);
        self.looped(inner.label.as_ref(), dest, |builder| {
            let step = make::if_else(*cond, body, make::leave());
            builder.force_into(step, Dest::Discard);
        });
    }

    /// `for p in e { b }` is `let mut iter = e.into_iter(); while let Some(p) = iter.next() { b }`.
    fn for_into(&mut self, inner: syn::ExprForLoop, dest: Dest) {
        let scope = self.enter();
        let head = self.with_hoisting(|builder| builder.operand(*inner.expr));
        let keep = self.keep_of_iterator(&head);
        let iter = self.temp("iter", head.span(), keep);
        let ident = self.locals.ident(iter);
        self.push(parse_quote!(let mut #ident = ::core::iter::IntoIterator::into_iter(#head);));
        let (pat, body) = (inner.pat, inner.body);
        let (label, after) = (inner.label, dest);
        self.looped(label.as_ref(), Dest::Discard, |builder| {
            let next = parse_quote!(::core::iter::Iterator::next(&mut #ident));
            let some = Pat::TupleStruct(syn::PatTupleStruct {
                elems: std::iter::once(*pat).collect(),
                ..parse_quote_pat(parse_quote!(::core::option::Option::Some(_)))
            });
            let step = make::if_else(make::test(some, next), body, make::leave());
            builder.force_into(step, Dest::Discard);
        });
        self.leave(scope);
        self.value_into(parse_quote!(()), after);
    }

    /// What is known of the iterator that a `for` head makes. All ranges that iterate are of numbers or the like, but not
    /// all of them have a default.
    fn keep_of_iterator(&self, head: &Expr) -> Keep {
        let is_scalar = |bound: &Option<Box<Expr>>| {
            let known = |bound: &Expr| match bare_local(bound) {
                Some(local) => self.locals[local].keep == Keep::Scalar,
                None => knowledge::of_init(bound) == Keep::Scalar,
            };
            bound.as_deref().is_some_and(known)
        };
        match strip_parens(head) {
            Expr::Range(syn::ExprRange {
                start, end: end @ Some(_), limits: syn::RangeLimits::HalfOpen(_), ..
            }) if is_scalar(start) || is_scalar(end) => Keep::Plain,
            Expr::Range(_) => Keep::Never,
            _ => Keep::Unknown,
        }
    }

    /// `break` and `continue` to a construct that is part of the graph.
    fn jump(&mut self, label: Option<&syn::Lifetime>, is_break: bool, value: Option<Expr>) {
        let found = self.targets.iter().rposition(|target| match label {
            Some(label) => target.label.as_deref() == Some(&label.ident.to_string()),
            None => target.is_loop,
        });
        let Some(index) = found else {
            // rustc says so of the native form.
            return self.diverge(End::Unreachable);
        };
        let Target { dest, scope, on_break, on_continue, .. } = self.targets[index];
        if is_break {
            match (value, dest) {
                (Some(value), dest) => self.expr_into(value, dest),
                (None, dest) => self.value_into(parse_quote!(()), dest),
            }
        }
        let leaving = self.scopes_up_to(scope);
        self.diverge(End::Jump { leaving, target: if is_break { on_break } else { on_continue } });
    }

    /// The scopes that are open inside `outer`, innermost first.
    pub(super) fn scopes_up_to(&self, outer: super::ScopeId) -> Vec<super::ScopeId> {
        let mut leaving = Vec::new();
        let mut scope = self.scope;
        while scope != outer {
            leaving.push(scope);
            match self.graph.scope(scope).parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        leaving
    }

    /// `a && b` and `a || b` with a pause in `b`.
    fn short_circuit(&mut self, inner: syn::ExprBinary, dest: Dest) {
        let (left, right) = (*inner.left, *inner.right);
        let constant = |value: Expr| make::block_expr(vec![Stmt::Expr(value, None)]);
        let block = |value: Expr| make::block(vec![Stmt::Expr(value, None)]);
        let lowered = match inner.op {
            syn::BinOp::And(_) => make::if_else(left, block(right), constant(parse_quote!(false))),
            _ => make::if_else(left, block(parse_quote!(true)), constant(right)),
        };
        self.force_into(lowered, dest);
    }
}

pub(super) fn strip_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => strip_parens(&inner.expr),
        Expr::Group(inner) => strip_parens(&inner.expr),
        expr => expr,
    }
}

fn parse_quote_pat(pat: Pat) -> syn::PatTupleStruct {
    match pat {
        Pat::TupleStruct(pat) => pat,
        other => unreachable!("a tuple pattern was made, not `{}`", quote::ToTokens::to_token_stream(&other)),
    }
}

/// Whether a construct that is a statement may have a value that is thrown away.
pub(super) fn gives_value(expr: &Expr) -> bool {
    match expr {
        Expr::Block(_) | Expr::Match(_) | Expr::Unsafe(_) => true,
        Expr::If(inner) => inner.else_branch.is_some(),
        Expr::Loop(inner) => is_left_with_value(inner),
        _ => false,
    }
}

/// Whether a `break` with a value leaves a loop.
fn is_left_with_value(inner: &syn::ExprLoop) -> bool {
    struct Breaks<'a> {
        label: Option<&'a syn::Label>,
        loops: usize,
        found: bool,
    }
    impl<'ast> syn::visit::Visit<'ast> for Breaks<'_> {
        fn visit_expr_break(&mut self, inner: &'ast syn::ExprBreak) {
            let leaves = match &inner.label {
                Some(label) => self.label.is_some_and(|own| own.name.ident == label.ident),
                None => self.loops == 0,
            };
            self.found |= leaves && inner.expr.is_some();
            syn::visit::visit_expr_break(self, inner);
        }
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let is_loop = matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
            self.loops += usize::from(is_loop);
            if !matches!(expr, Expr::Closure(_) | Expr::Async(_)) {
                syn::visit::visit_expr(self, expr);
            }
            self.loops -= usize::from(is_loop);
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut breaks = Breaks { label: inner.label.as_ref(), loops: 0, found: false };
    syn::visit::Visit::visit_block(&mut breaks, &inner.body);
    breaks.found
}
