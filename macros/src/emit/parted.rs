//! The proof that a pattern which is taken to leave nothing of a value does so.
//!
//! It is a demand on each type that the pattern names: see [`constructors`].

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Pat, Stmt};

use super::Emit;
use super::rewrite::Bindings;
use crate::graph::Arm;
use crate::names::{Local, bare_local};
use crate::scope::constructors;
use crate::scope::flow::State;
use crate::scope::mentions::is_place;
use crate::scope::patterns::{Takes, takes};
use crate::syntax::assignee;

impl Emit<'_> {
    /// The demands of the patterns in a statement that is about to run, on locals.
    pub(super) fn parted_in(&self, stmt: &Stmt, before: &State, after: &State, bindings: &Bindings) -> TokenStream {
        let mut matches = Matches(Vec::new());
        matches.visit_stmt(stmt);
        let taken = |local: Local| before.get(local).may_init && !after.get(local).may_init;
        let matches = matches.0.into_iter().filter(|(value, _)| bare_local(value).is_some_and(taken));
        matches.map(|(value, pats)| self.parted(value, &pats.iter().collect::<Vec<_>>(), bindings)).collect()
    }

    /// The demands of a condition that may have tests by `let`, of which `then` is the state if it holds.
    pub(super) fn parted_by_tests(&self, cond: &Expr, then: &State, bindings: &Bindings) -> TokenStream {
        match cond {
            Expr::Let(test) if !self.remains(&test.expr, then) => self.parted(&test.expr, &[&test.pat], bindings),
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                let mut demands = self.parted_by_tests(&binary.left, then, bindings);
                demands.extend(self.parted_by_tests(&binary.right, then, bindings));
                demands
            }
            _ => TokenStream::new(),
        }
    }

    /// The demands of the arms of a `match`.
    pub(super) fn parted_by_arms(&self, value: &Expr, arms: &[Arm], bindings: &Bindings) -> TokenStream {
        let taking = arms.iter().filter(|arm| !self.remains(value, self.facts.state_in(arm.block)));
        let pats: Vec<&Pat> = taking.map(|arm| &arm.pat).collect();
        self.parted(value, &pats, bindings)
    }

    /// Whether what is matched is kept for as long as it lives.
    fn remains(&self, value: &Expr, state: &State) -> bool {
        match bare_local(value) {
            Some(local) => state.get(local).may_init,
            None => is_place(value),
        }
    }

    fn parted(&self, value: &Expr, pats: &[&Pat], bindings: &Bindings) -> TokenStream {
        let value = self.expr(value, bindings);
        constructors::demand(&self.private, &value, pats, |pat| self.pat(pat, bindings)).unwrap_or_default()
    }
}

/// What locals are matched with in a statement, as a whole and by value.
struct Matches<'ast>(Vec<(&'ast Expr, Vec<Pat>)>);

impl<'ast> Matches<'ast> {
    fn add(&mut self, value: &'ast Expr, pats: Vec<Pat>) {
        if bare_local(value).is_some() && pats.iter().any(|pat| takes(pat) == Takes::All) {
            self.0.push((value, pats));
        }
    }
}

impl<'ast> Visit<'ast> for Matches<'ast> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.add(&init.expr, vec![local.pat.clone()]);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_let(&mut self, test: &'ast syn::ExprLet) {
        self.add(&test.expr, vec![(*test.pat).clone()]);
        visit::visit_expr_let(self, test);
    }

    fn visit_expr_match(&mut self, inner: &'ast syn::ExprMatch) {
        self.add(&inner.expr, inner.arms.iter().map(|arm| arm.pat.clone()).collect());
        visit::visit_expr_match(self, inner);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if assignee::is_taken_apart(&assign.left) {
            self.add(&assign.right, vec![assignee::shape(&assign.left)]);
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
