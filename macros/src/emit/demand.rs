//! The proof that a method which is taken to consume a local does so.
//!
//! `x.map(f)` as the last mention of `x` is taken to move it, so that nothing is kept. If `map` only borrows, and `x` has a
//! destructor, that destructor would run too early. A closure around the call captures `x` by value exactly if the call
//! consumes it, and then the closure has a destructor as well: the expansion demands that, at compile time.
//!
//! In the same way a local that is captured as a whole where only its fields are mentioned must be one of std's pointers.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, Pat, Stmt, Type};

use super::Emit;
use super::bind::Binding;
use super::rewrite::Bindings;
use crate::graph::BlockId;
use crate::names::{Local, at, bare_local};
use crate::scope::closures::ByField;
use crate::scope::flow::State;
use crate::scope::{Keep, Locals, closures, knowledge};

impl Emit<'_> {
    /// The demands of a statement of a block that is about to run.
    pub(super) fn demands(
        &self,
        id: BlockId,
        stmt: &Stmt,
        before: &State,
        after: &State,
        bindings: &Bindings,
    ) -> TokenStream {
        let mut calls = Calls { locals: self.locals, found: Vec::new(), typed: None, fields: Vec::new() };
        calls.visit_stmt(stmt);
        let private = &self.private;
        let has_destructor = |local: Local| {
            before.get(local).may_init
                && self.locals[local].keep == Keep::Unknown
                && self.facts.is_in_scope_at_boundary(self.graph, local)
        };
        let fields = calls.fields.iter().filter(|field| has_destructor(field.local)).filter_map(|field| {
            let ident = self.locals.ident(field.local);
            let place = self.expr(&syn::parse_quote!(#ident), bindings);
            let demand = match (field.is_pointer, after.get(field.local).may_init) {
                (true, false) => quote!(#private::std_pointer(&#place);),
                // What may be borrowed here has a value.
                (false, true)
                    if !before.get(field.local).may_uninit
                        && self.facts.is_kept_behind(self.graph, id, field.local, self.locals) =>
                {
                    quote!({ use #private::CapturedFields as _; #private::Fields(&#place).captured(); })
                }
                _ => return None,
            };
            Some(at(field.span, demand))
        });
        let fields: TokenStream = fields.collect();
        let fields = (!fields.is_empty()).then(|| quote!(if false { #fields }));
        // What the statement declares itself is not there yet.
        let is_there = |local: &Local| before.get(*local).may_init || self.locals[*local].is_anothers;
        let stands = |call: &&&ExprMethodCall| {
            call.args.iter().all(is_closed) && closures::mentioned(call.args.to_token_stream()).iter().all(is_there)
        };
        let demands =
            calls.found.into_iter().filter(|chain| has_destructor(chain.local) && !after.get(chain.local).may_init);
        let demands: TokenStream = demands
            .filter_map(|Chain { local, calls, ty }| {
                // The calls behind it tell of the type that it gives, and so does the type that the whole is to have. Of what
                // is believed otherwise the receiver tells it alone.
                let reach = if knowledge::is_believed(calls[0]) { 1 } else { calls.len() };
                let stand = &calls[..calls[..reach].iter().take_while(stands).count()];
                let ty = ty.filter(|_| stand.len() == calls.len()).map(|ty| quote!(-> #ty));
                let is_told = |call: &&&ExprMethodCall| ty.is_some() || !knowledge::gives_what_is_asked(call);
                // Of the first call the name is not enough, unless it is one of those that are believed.
                let first = stand.first().filter(|call| !knowledge::is_believed(call));
                let call = *stand.iter().rfind(is_told).or(first)?;
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
                Some(quote! {
                    if #private::never::<()>() {
                        #taken
                        match #private::consumes(#private::witness(&#name), || #ty { #call }) {}
                    }
                })
            })
            .collect();
        quote!(#fields #demands)
    }
}

/// A call of a method that is taken to consume a local, and the calls of methods of what it gives.
struct Chain<'ast> {
    local: Local,
    calls: Vec<&'ast ExprMethodCall>,
    /// The type of what the last one gives, where it is written.
    ty: Option<&'ast Type>,
}

impl<'ast> Chain<'ast> {
    fn of(last: &'ast ExprMethodCall, ty: Option<&'ast Type>) -> Option<Self> {
        let mut calls = vec![last];
        let mut receiver = &*last.receiver;
        while let Expr::MethodCall(call) = receiver {
            calls.push(call);
            receiver = &call.receiver;
        }
        calls.reverse();
        Some(Chain { local: bare_local(receiver)?, calls, ty })
    }
}

/// What a statement has to prove.
struct Calls<'ast> {
    locals: &'ast Locals,
    found: Vec<Chain<'ast>>,
    /// The initialiser with a type, and that type.
    typed: Option<(&'ast ExprMethodCall, &'ast Type)>,
    /// What is captured by `move` closures that mention fields only.
    fields: Vec<ByField>,
}

impl<'ast> Visit<'ast> for Calls<'ast> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let ty = self.typed.filter(|(typed, _)| std::ptr::eq(*typed, call)).map(|(_, ty)| ty);
        let chain = Chain::of(call, ty).filter(|chain| knowledge::is_taken(chain.calls[0], self.locals));
        let Some(chain) = chain else { return visit::visit_expr_method_call(self, call) };
        for arg in chain.calls.iter().flat_map(|call| &call.args) {
            self.visit_expr(arg);
        }
        self.found.push(chain);
    }

    fn visit_local(&mut self, stmt: &'ast syn::Local) {
        if let Some(Expr::MethodCall(call)) = stmt.init.as_ref().map(|init| &*init.expr) {
            let ty = match &stmt.pat {
                Pat::Type(typed) => Some(&*typed.ty),
                _ => None,
            };
            self.typed = ty.map(|ty| (call, ty));
            if knowledge::builder(stmt).is_some() {
                self.found.extend(Chain::of(call, ty));
            }
        }
        visit::visit_local(self, stmt);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        if closure.capture.is_some() {
            self.fields.extend(closures::fields(&closure.body, self.locals));
        }
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        if block.capture.is_some() {
            self.fields.extend(closures::fields(&closures::body_of(block), self.locals));
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if let Some(closure) = closures::coroutine_of(mac)
            && closure.capture.is_some()
        {
            self.fields.extend(closures::fields(&closure.body, self.locals));
        }
    }

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
