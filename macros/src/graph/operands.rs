//! Lowering of expressions: what pauses inside one is taken out, in the order of evaluation.
//!
//! `operand` gives an expression that does not pause and must be evaluated next. What Rust evaluates before a pause is
//! kept in temporaries, left to right; a place is not evaluated early, since nothing can change it while its function is
//! paused.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{BinOp, Expr, Member, Pat, Token, UnOp, parse_quote, parse_quote_spanned};

use super::build::{Builder, Dest, is_control};
use super::temporaries::is_kept_operand;
use super::{Instr, make};
use crate::message;
use crate::names::{Local, at, bare_local, local_of, locals_in_text};
use crate::scope::Keep;
use crate::scope::knowledge;
use crate::scope::mentions::{is_compound, is_place};
use crate::syntax::calls::Mode;

/// How an operand is used by what it stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Its value.
    Value,
    /// A reference to it, taken by a comparison or a macro.
    Borrowed,
    /// The receiver of a method.
    Receiver,
}

impl Builder<'_> {
    /// Takes the pauses out of an expression.
    pub(super) fn operand(&mut self, expr: Expr) -> Expr {
        if !self.needs_lowering(&expr) {
            return expr;
        }
        self.expr_attributes(&expr);
        match expr {
            Expr::Yield(inner) => self.suspend(inner),
            Expr::Paren(mut inner) => {
                *inner.expr = self.operand(*inner.expr);
                Expr::Paren(inner)
            }
            Expr::Group(inner) => self.operand(*inner.expr),
            Expr::Unary(mut inner) => {
                let kept = matches!(inner.op, UnOp::Deref(_)) && self.hoisting && !is_place(&inner.expr);
                let value = self.operand(*inner.expr);
                *inner.expr = if kept && !matches!(value, Expr::Reference(_)) {
                    self.spill_kept("operand", value)
                } else {
                    value
                };
                Expr::Unary(inner)
            }
            Expr::Reference(mut inner) => {
                let place = is_place(&inner.expr);
                let value = self.operand(*inner.expr);
                // What is borrowed for longer than this expression needs a place of its own.
                *inner.expr = if self.hoisting && !place && !is_literal(&value) {
                    self.spill_kept("operand", value)
                } else {
                    value
                };
                Expr::Reference(inner)
            }
            Expr::Cast(mut inner) => {
                *inner.expr = self.operand(*inner.expr);
                Expr::Cast(inner)
            }
            Expr::Try(mut inner) => {
                *inner.expr = self.operand(*inner.expr);
                Expr::Try(inner)
            }
            Expr::Field(mut inner) => {
                let place = is_place(&inner.base);
                let base = self.operand(*inner.base);
                *inner.base = if self.hoisting && !place { self.spill_kept("base", base) } else { base };
                Expr::Field(inner)
            }
            Expr::Index(mut inner) => {
                let [base, index] = self.pair(*inner.expr, Role::Receiver, *inner.index, Role::Value);
                (*inner.expr, *inner.index) = (base, index);
                Expr::Index(inner)
            }
            Expr::MethodCall(inner) => self.method_call(inner),
            Expr::Call(inner) if self.calls.get(&inner.func).is_some_and(|call| call.has_scope()) => {
                let (mark, outer, span) = (self.mark(), self.scope, inner.span());
                let scope = self.enter();
                let value = self.call(inner);
                if self.graph.scope(scope).locals.is_empty() {
                    self.leave(scope);
                    return value;
                }
                let local = self.temp("value", span, Keep::Unknown);
                let ident = self.locals.ident(local);
                self.declare_at(mark, outer, parse_quote!(let #ident;));
                self.value_into(value, Dest::Local(local));
                self.leave(scope);
                self.path(local)
            }
            Expr::Call(inner) => self.call(inner),
            Expr::Struct(mut inner) => {
                let mut all: Vec<(Expr, Role)> =
                    inner.fields.iter().map(|field| (field.expr.clone(), Role::Value)).collect();
                all.extend(inner.rest.iter().map(|rest| ((**rest).clone(), Role::Borrowed)));
                let mut all = self.operands(all).into_iter();
                for (field, value) in inner.fields.iter_mut().zip(all.by_ref()) {
                    field.colon_token.get_or_insert_default();
                    field.expr = value;
                }
                if let (Some(rest), Some(value)) = (&mut inner.rest, all.next()) {
                    **rest = value;
                }
                Expr::Struct(inner)
            }
            Expr::Array(mut inner) => {
                inner.elems = self.values(inner.elems);
                Expr::Array(inner)
            }
            Expr::Tuple(mut inner) => {
                inner.elems = self.values(inner.elems);
                Expr::Tuple(inner)
            }
            Expr::Repeat(mut inner) => {
                *inner.expr = self.operand(*inner.expr);
                Expr::Repeat(inner)
            }
            Expr::Range(mut inner) => {
                let ends: Vec<_> =
                    inner.start.iter().chain(&inner.end).map(|end| ((**end).clone(), Role::Value)).collect();
                let mut ends = self.operands(ends).into_iter();
                for end in [&mut inner.start, &mut inner.end].into_iter().flatten() {
                    if let Some(value) = ends.next() {
                        // `a..f(x)` needs no parentheses, and what replaces an end is a path or a call.
                        **end = value;
                    }
                }
                Expr::Range(inner)
            }
            Expr::Binary(inner) if is_compound(inner.op) => self.compound_assign(inner),
            Expr::Binary(inner) if !matches!(inner.op, BinOp::And(_) | BinOp::Or(_)) => self.binary(inner),
            Expr::Assign(inner) => self.assign(inner),
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => {
                self.force_into(expr, Dest::Discard);
                parse_quote!(::core::unreachable!())
            }
            Expr::Match(mut inner) if !self.explodes_match(&inner) => {
                let place = is_place(&inner.expr);
                let value = self.operand(*inner.expr);
                *inner.expr =
                    if place || !is_kept_operand(&value) { value } else { self.spill_kept("scrutinee", value) };
                Expr::Match(inner)
            }
            control if is_control(&control) => self.control_value(control),
            other => other,
        }
    }

    fn explodes_match(&self, inner: &syn::ExprMatch) -> bool {
        self.explodes(&Expr::Match(inner.clone()))
    }

    /// A construct that sends its value on, as an operand.
    fn control_value(&mut self, expr: Expr) -> Expr {
        let unit = match &expr {
            Expr::If(inner) => inner.else_branch.is_none(),
            Expr::While(_) | Expr::ForLoop(_) => true,
            _ => false,
        };
        if unit {
            self.force_into(expr, Dest::Discard);
            return parse_quote!(());
        }
        let keep = if matches!(expr, Expr::Binary(_)) { Keep::Scalar } else { Keep::Unknown };
        let local = self.declare_temp("value", expr.span(), None, keep);
        let hoisting = std::mem::replace(&mut self.hoisting, false);
        match expr {
            Expr::Match(inner) if self.explodes_match(&inner) => self.match_into(inner, Dest::Local(local), false),
            expr => self.expr_into(expr, Dest::Local(local)),
        }
        self.hoisting = hoisting;
        self.path(local)
    }

    fn method_call(&mut self, mut inner: syn::ExprMethodCall) -> Expr {
        let kept = self.hoisting && self.is_kept_receiver(&inner);
        let name = inner.method.to_string();
        let role = if knowledge::consumes(&name, inner.args.len()) { Role::Value } else { Role::Receiver };
        let mut all = vec![((*inner.receiver).clone(), role)];
        all.extend(inner.args.iter().map(|arg| (arg.clone(), Role::Value)));
        let mut all = self.operands(all).into_iter();
        if let Some(mut receiver) = all.next() {
            *inner.receiver = if !kept || is_place(&receiver) {
                receiver
            } else if let Some(indexed) = indexed(&mut receiver) {
                // It may have no size, and cannot be moved out of.
                let value = std::mem::replace(indexed, parse_quote!(()));
                *indexed = self.spill_kept("indexed", value);
                receiver
            } else if knowledge::borrows(&name, inner.args.len()) {
                self.spill_kept("receiver", receiver)
            } else {
                // It may be consumed, so it cannot be kept. The expansion demands that nothing of it need be.
                let private = self.private.clone();
                let span = receiver.span();
                let path = at(span, quote!(#private::no_drop));
                parse_quote_spanned!(span=> #path(#receiver))
            };
        }
        inner.args = all.collect();
        Expr::MethodCall(inner)
    }

    fn call(&mut self, mut inner: syn::ExprCall) -> Expr {
        let mut modes = self.calls.get(&inner.func).map(|call| call.modes().collect::<Vec<_>>()).into_iter().flatten();
        // A path is not evaluated; any other callee is, before the arguments.
        let computed = !matches!(*inner.func, Expr::Path(_));
        let mut all: Vec<(Expr, Role)> = Vec::new();
        if computed {
            all.push(((*inner.func).clone(), Role::Receiver));
        }
        all.extend(inner.args.into_iter().map(|arg| match modes.next() {
            Some(Mode::Ref) => (arg, Role::Borrowed),
            _ => (arg, Role::Value),
        }));
        let mut all = self.operands(all).into_iter();
        if computed && let Some(func) = all.next() {
            *inner.func = func;
        }
        inner.args = all.collect();
        if self.hoisting && self.calls.get(&inner.func).is_some_and(|call| call.keeps_temporaries()) {
            let modes: Vec<Mode> = self.calls.get(&inner.func).into_iter().flat_map(|call| call.modes()).collect();
            for (arg, mode) in inner.args.iter_mut().zip(modes) {
                if mode == Mode::Ref && is_kept_operand(arg) {
                    let value = std::mem::replace(arg, parse_quote!(()));
                    *arg = self.spill_kept("operand", value);
                }
            }
        }
        Expr::Call(inner)
    }

    fn values(&mut self, elems: Punctuated<Expr, Token![,]>) -> Punctuated<Expr, Token![,]> {
        // A tuple of one keeps its comma.
        let trailing = elems.trailing_punct();
        let all = elems.into_iter().map(|elem| (elem, Role::Value)).collect();
        let mut elems: Punctuated<Expr, Token![,]> = self.operands(all).into_iter().collect();
        if trailing {
            elems.push_punct(Default::default());
        }
        elems
    }

    fn binary(&mut self, mut inner: syn::ExprBinary) -> Expr {
        let role = match inner.op {
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => Role::Borrowed,
            _ => Role::Value,
        };
        let [mut left, mut right] = self.pair(*inner.left, role, *inner.right, role);
        if role == Role::Borrowed && self.hoisting {
            // What is compared lives to the end of the statement.
            for side in [&mut left, &mut right] {
                if is_kept_operand(side) {
                    let value = std::mem::replace(side, parse_quote!(()));
                    *side = self.spill_kept("operand", value);
                }
            }
        }
        (*inner.left, *inner.right) = (left, right);
        Expr::Binary(inner)
    }

    fn pair(&mut self, left: Expr, role: Role, right: Expr, right_role: Role) -> [Expr; 2] {
        let mut both = self.operands(vec![(left, role), (right, right_role)]).into_iter();
        let mut next = || both.next().unwrap_or_else(|| parse_quote!(()));
        [next(), next()]
    }

    /// Siblings: all before the last one that is taken apart are evaluated first and kept.
    fn operands(&mut self, all: Vec<(Expr, Role)>) -> Vec<Expr> {
        let Some(last) = all.iter().rposition(|(expr, _)| self.needs_lowering(expr)) else {
            return all.into_iter().map(|(expr, _)| expr).collect();
        };
        all.iter().for_each(|(expr, _)| self.expr_attributes(expr));
        let pauses = all.iter().rposition(|(expr, _)| self.explodes(expr));
        let mut done = Vec::new();
        for index in 0..all.len() {
            let (expr, role) = all[index].clone();
            if index >= last {
                done.push(if index == last { self.operand(expr) } else { expr });
                continue;
            }
            // The temporaries of what comes before a pause live until the statement ends.
            let before_pause = pauses.is_some_and(|pause| index < pause);
            let value =
                if before_pause { self.with_hoisting(|builder| builder.operand(expr)) } else { self.operand(expr) };
            let later: Vec<&Expr> = all[index + 1..=last].iter().map(|(expr, _)| expr).collect();
            done.push(self.early(value, role, &later));
        }
        done
    }

    /// Evaluates an operand now, unless evaluating it later is the same.
    fn early(&mut self, value: Expr, role: Role, later: &[&Expr]) -> Expr {
        if is_stable(&value) {
            return value;
        }
        let changed = |builder: &Self, methods| {
            root(&value).is_some_and(|root| {
                // What a method does through a reference, it does not do to the reference.
                let is_kept = bare_local(&value).is_some() && builder.locals[root].keep != Keep::Unknown;
                let methods = if is_kept && role != Role::Receiver { Methods::None } else { methods };
                later.iter().any(|later| changes(later, root, methods))
            })
        };
        // A value is copied before any method of it can run.
        let may_change = changed(self, if role == Role::Value { Methods::All } else { Methods::Unknown });
        let borrowed = role == Role::Receiver && may_change && !changed(self, Methods::None);
        let changed = may_change && !borrowed;
        if let Expr::Reference(reference) = &value
            && is_simple_place(&reference.expr)
            && !root(&reference.expr).is_some_and(|root| later.iter().any(|later| changes(later, root, Methods::None)))
        {
            return value;
        }
        match role {
            Role::Borrowed | Role::Receiver if is_place(&value) && !changed => {
                let place = if is_simple_place(&value) {
                    value
                } else {
                    let place = self.freeze(value);
                    let check = make::binding(
                        Pat::Wild(syn::PatWild { attrs: Vec::new(), underscore_token: Default::default() }),
                        parse_quote!(&#place),
                    );
                    self.push(check);
                    place
                };
                if borrowed {
                    self.demand_only_borrowed(&place);
                }
                place
            }
            Role::Receiver if is_place(&value) => {
                self.report.at(&value, message::INDEXED_RECEIVER);
                value
            }
            _ => match bare_local(&value) {
                Some(source) if !changed => {
                    let info = self.locals[source].clone();
                    let temp = self.temp(&info.name, value.span(), info.keep);
                    self.graph.scopes[self.scope.0].locals.push(temp);
                    self.instr(Instr::Spill { temp, source });
                    self.path(temp)
                }
                _ if role == Role::Receiver => self.spill_mut("receiver", value),
                _ => self.spill("operand", value),
            },
        }
    }

    /// A receiver that is evaluated after arguments with unknown methods of it: natively it may have been copied before.
    fn demand_only_borrowed(&mut self, place: &Expr) {
        let private = self.private.clone();
        let kind = crate::names::at(place.span(), quote::quote!((&#private::receiver(&#place).target()).kind()));
        self.push(parse_quote!(if false {
            use #private::{Other as _, Pointer as _, Target as _};
            #private::only_borrowed(#kind);
        }));
    }

    /// A place that is indexed, with its indices kept: it is evaluated again after the pause, which is the same if
    /// indexing does nothing else. The expansion demands that.
    pub(super) fn freeze(&mut self, place: Expr) -> Expr {
        match place {
            Expr::Index(mut inner) => {
                *inner.expr = self.freeze(*inner.expr);
                *inner.index = self.freeze_index(*inner.index);
                let (private, base) = (self.private.clone(), &inner.expr);
                let demand = crate::names::at(base.span(), quote::quote!(#private::plain_index));
                self.push(parse_quote!(if false { #demand(&#base); }));
                Expr::Index(inner)
            }
            Expr::Field(mut inner) => {
                *inner.base = self.freeze(*inner.base);
                Expr::Field(inner)
            }
            Expr::Unary(mut inner) => {
                *inner.expr = self.freeze(*inner.expr);
                let (private, base) = (self.private.clone(), &inner.expr);
                let demand = crate::names::at(base.span(), quote::quote!(#private::plain_deref));
                self.push(parse_quote!(if false { #demand(&#base); }));
                Expr::Unary(inner)
            }
            Expr::Paren(inner) => self.freeze(*inner.expr),
            Expr::Group(inner) => self.freeze(*inner.expr),
            place if is_place(&place) => place,
            value => self.spill_mut("operand", value),
        }
    }

    /// A range can be used once only: its bounds are kept.
    fn freeze_index(&mut self, index: Expr) -> Expr {
        match index {
            Expr::Range(mut range) => {
                range.start = range.start.map(|bound| Box::new(self.freeze_index(*bound)));
                range.end = range.end.map(|bound| Box::new(self.freeze_index(*bound)));
                Expr::Range(range)
            }
            index if is_stable(&index) => index,
            index => self.spill("index", index),
        }
    }

    /// [`Self::spill`] into a local that may be borrowed mutably.
    pub(super) fn spill_mut(&mut self, name: &str, value: Expr) -> Expr {
        let local = self.temp(name, value.span(), knowledge::of_init(&value));
        let ident = self.locals.ident(local);
        self.push(parse_quote!(let mut #ident = #value;));
        self.path(local)
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(_))
}

/// Whether an expression gives the same value whenever it is evaluated, and does nothing else.
pub(super) fn is_stable(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        // A path that is no local is an item.
        Expr::Path(_) => bare_local(expr).is_none(),
        Expr::Paren(inner) => is_stable(&inner.expr),
        Expr::Unary(unary) if matches!(*unary.expr, Expr::Lit(_)) => true,
        Expr::Reference(reference) => matches!(*reference.expr, Expr::Lit(_)),
        _ => false,
    }
}

/// A local, or fields of one: evaluating it does nothing.
pub(super) fn is_simple_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => bare_local(expr).is_some(),
        Expr::Field(field) => {
            matches!(field.member, Member::Named(_) | Member::Unnamed(_)) && is_simple_place(&field.base)
        }
        Expr::Paren(inner) => is_simple_place(&inner.expr),
        Expr::Group(inner) => is_simple_place(&inner.expr),
        _ => false,
    }
}

/// The local that a place is part of.
pub(super) fn root(expr: &Expr) -> Option<Local> {
    match expr {
        Expr::Field(field) => root(&field.base),
        Expr::Index(index) => root(&index.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => root(&unary.expr),
        Expr::Paren(inner) => root(&inner.expr),
        Expr::Group(inner) => root(&inner.expr),
        expr => bare_local(expr),
    }
}

/// Which methods of a local may change it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods {
    None,
    /// Those that are not well known to read only.
    Unknown,
    All,
}

/// Whether an expression may change a local, or mentions it in any way but a plain read.
pub(super) fn changes(expr: &Expr, local: Local, methods: Methods) -> bool {
    struct Changes {
        local: Local,
        methods: Methods,
        mentioned: bool,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Changes {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let local = self.local;
            let hits = |expr: &Expr| root(expr) == Some(local);
            self.found |= match expr {
                Expr::Assign(assign) => is_mentioned(&assign.left, local),
                Expr::Binary(binary) if is_compound(binary.op) => hits(&binary.left),
                Expr::Reference(reference) => reference.mutability.is_some() && hits(&reference.expr),
                Expr::MethodCall(call) => {
                    let known = || knowledge::reads(&call.method.to_string());
                    hits(&call.receiver)
                        && (self.methods == Methods::All || self.methods == Methods::Unknown && !known())
                }
                Expr::RawAddr(raw) => hits(&raw.expr),
                Expr::Macro(_) => is_mentioned(expr, local),
                _ => false,
            };
            syn::visit::visit_expr(self, expr);
        }
        fn visit_pat_ident(&mut self, binding: &'ast syn::PatIdent) {
            // What it binds is not looked for: that there is one is enough where the local is mentioned at all.
            self.found |= binding.by_ref.is_some() && binding.mutability.is_some() && self.mentioned;
        }
    }
    let mentioned = is_mentioned(expr, local);
    let mut changes = Changes { local, methods, mentioned, found: false };
    changes.visit_expr(expr);
    changes.found
}

/// Whether anything in an expression has the name of a local, opaque tokens and texts included.
pub(super) fn is_mentioned(expr: &Expr, local: Local) -> bool {
    fn any(tokens: proc_macro2::TokenStream, local: Local) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => local_of(&ident) == Some(local),
            proc_macro2::TokenTree::Group(group) => any(group.stream(), local),
            proc_macro2::TokenTree::Literal(literal) => locals_in_text(&literal.to_string()).contains(&local),
            _ => false,
        })
    }
    any(quote::ToTokens::to_token_stream(expr), local)
}

/// What an expression indexes at last, if that is all it does.
fn indexed(expr: &mut Expr) -> Option<&mut Expr> {
    match expr {
        Expr::Index(index) => Some(&mut index.expr),
        Expr::Paren(inner) => indexed(&mut inner.expr),
        Expr::Group(inner) => indexed(&mut inner.expr),
        _ => None,
    }
}
