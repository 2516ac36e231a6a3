//! The proof that a method which is taken to consume a local does so.
//!
//! `x.map(f)` as the last mention of `x` is taken to move it, so that nothing is kept. If `map` only borrows, and `x` has a
//! destructor, that destructor would run too early. A closure around the call captures `x` by value exactly if the call
//! consumes it, and then the closure has a destructor as well: the expansion demands that, at compile time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, Stmt};

use super::Emit;
use super::bind::Binding;
use super::rewrite::Bindings;
use crate::names::{Local, bare_local};
use crate::scope::flow::State;
use crate::scope::{Keep, knowledge};

impl Emit<'_> {
    /// The demands of a statement that is about to run.
    pub(super) fn demands(&self, stmt: &Stmt, before: &State, after: &State, bindings: &Bindings) -> TokenStream {
        let mut calls = Calls(Vec::new());
        calls.visit_stmt(stmt);
        let private = &self.private;
        let demands = calls.0.into_iter().filter(|(local, _)| {
            before.get(*local).may_init
                && !after.get(*local).may_init
                && self.locals[*local].keep == Keep::Unknown
                && self.facts.is_in_scope_at_boundary(self.graph, *local)
        });
        demands
            .map(|(local, call)| {
                let name = self.layout.name(local);
                // A closure captures what is in a variable.
                let optional = match bindings.get(&local) {
                    Some(Binding::MovedSlot) => Some(self.slot(local)),
                    Some(Binding::MovedTaken) => Some(quote!(#name)),
                    _ => None,
                };
                let taken = optional.map(|optional| quote!(let #name = #private::take(&mut #optional);));
                let mut bindings = bindings.clone();
                if taken.is_some() {
                    bindings.insert(local, Binding::Variable);
                }
                let call = self.expr(&Expr::MethodCall(call.clone()), &bindings);
                quote! {
                    if #private::never::<()>() {
                        #taken
                        match #private::consumes(#private::witness(&#name), || #call) {}
                    }
                }
            })
            .collect()
    }
}

/// Calls of methods that are taken to consume a local, and whose arguments have no way out of the closure.
struct Calls<'ast>(Vec<(Local, &'ast ExprMethodCall)>);

impl<'ast> Visit<'ast> for Calls<'ast> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Some(local) = bare_local(&call.receiver)
            && knowledge::is_ambiguous(&call.method.to_string(), call.args.len())
            && call.args.iter().all(is_closed)
        {
            self.0.push((local, call));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether an expression means the same in a closure.
fn is_closed(expr: &Expr) -> bool {
    struct Exits(bool);
    impl<'ast> Visit<'ast> for Exits {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |=
                matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Try(_) | Expr::Macro(_));
            if let Expr::Call(call) = expr {
                self.0 |= crate::names::Stub::of(&call.func).is_some();
            }
            if !matches!(expr, Expr::Closure(_)) {
                visit::visit_expr(self, expr);
            }
        }
    }
    let mut exits = Exits(false);
    exits.visit_expr(expr);
    !exits.0
}
