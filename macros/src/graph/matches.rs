//! Lowering of `match`.
//!
//! The temporaries of the scrutinee live until the `match` ends: they are locals of a scope around it, and so is the
//! scrutinee's value unless every pattern takes all of it.

use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMatch, Pat, Stmt, parse_quote};

use super::build::{Builder, Dest};
use super::conditions::leaves_nothing;
use super::operands::{is_mentioned, is_simple_place};
use super::{Arm, BlockId, End, ScopeId, make};
use crate::emit::rename;
use crate::message;
use crate::names::{Local, local_of};
use crate::scope::Keep;
use crate::scope::mentions::is_place;
use crate::scope::patterns::{bindings, each_binding, has_ref_mut};

/// What is matched.
#[derive(Clone, Copy)]
struct Scrutinee<'a> {
    value: &'a Expr,
    /// It is a temporary, and as far as syntax tells no reference. A place may be one, through which a pattern binds
    /// references already.
    owned: bool,
    /// What its patterns leave lives as long as what they bind.
    completes: bool,
    /// The scope at whose end that drops, if it is not that of the arm.
    around: Option<ScopeId>,
}

impl Builder<'_> {
    /// `scoped` unless it is an operand: then its temporaries live to the end of the statement around it.
    pub(super) fn match_into(&mut self, inner: ExprMatch, dest: Dest, scoped: bool) {
        let scope = if scoped { self.enter() } else { self.scope };
        let place = is_place(&inner.expr);
        let mut value = self.with_hoisting(|builder| builder.operand(*inner.expr));
        let mut arms = inner.arms;
        let exclusive = arms.iter().any(|arm| has_ref_mut(&arm.pat));
        let guarded = arms.iter().any(|arm| arm.guard.as_ref().is_some_and(|(_, guard)| self.explodes(guard)));
        let mut completes = false;
        // Patterns bind references through a reference.
        let owned = !place && !matches!(value, Expr::Reference(_));
        if place && guarded && !is_simple_place(&value) {
            // It is matched again where a guard fails.
            value = self.freeze(value);
        }
        let around = (!scoped).then_some(scope);
        if !place {
            for arm in &mut arms {
                // An arm whose guard pauses binds after that: see `guarded_arm`.
                if arm.guard.as_ref().is_none_or(|(_, guard)| !self.explodes(guard)) {
                    let guard = arm.guard.as_mut().map(|(_, guard)| &mut **guard);
                    let stmts = self.complete_in_order(&mut arm.pat, guard, around);
                    make::put_before(stmts, &mut arm.body);
                }
            }
            completes = true;
            if guarded || !arms.iter().all(|arm| leaves_nothing(&arm.pat)) {
                // The value of an operand drops before what it was made of.
                value =
                    if scoped { self.spill_scrutinee(value, exclusive) } else { self.spill_kept("scrutinee", value) };
            }
        }
        let mut ends = Vec::new();
        let head = self.current;
        self.arms_into(Scrutinee { value: &value, owned, completes, around }, arms, dest, &mut ends);
        // The last end is the current block.
        let last = ends.pop();
        if let Some(last) = last {
            self.current = last;
        }
        self.scope = scope;
        self.join(&ends);
        self.meets(head);
        if scoped {
            self.leave(scope);
        }
    }

    /// Keeps what is matched, of which patterns may borrow parts exclusively.
    pub(super) fn spill_scrutinee(&mut self, value: Expr, exclusive: bool) -> Expr {
        if exclusive { self.spill_mut("scrutinee", value) } else { self.spill("scrutinee", value) }
    }

    /// The arms, up to the first whose guard pauses; the rest is tried when that guard fails.
    fn arms_into(&mut self, scrutinee: Scrutinee<'_>, arms: Vec<syn::Arm>, dest: Dest, ends: &mut Vec<BlockId>) {
        let outer = self.scope;
        let head = self.current;
        let mut lowered = Vec::new();
        let mut arms = arms.into_iter();
        let mut rest = Vec::new();
        let mut pausing = None;
        for arm in arms.by_ref() {
            if self.explodes(&arm.body) || arm.guard.as_ref().is_some_and(|(_, guard)| self.explodes(guard)) {
                self.attributes(&arm.attrs);
            }
            if arm.guard.as_ref().is_some_and(|(_, guard)| self.explodes(guard)) {
                pausing = Some(arm);
                rest.extend(arms);
                break;
            }
            self.scope = outer;
            let block = self.arm_block(&arm.pat);
            self.expr_into_scoped(*arm.body, dest);
            let scope = self.graph.block(block).scope;
            self.leave(scope);
            ends.push(self.current);
            lowered.push(Arm { attrs: arm.attrs, pat: arm.pat, guard: arm.guard.map(|(_, guard)| *guard), block });
        }
        if let Some(arm) = pausing {
            let (test, failed) = self.guarded_arm(scrutinee, arm, outer, dest, ends);
            lowered.push(test);
            if !rest.is_empty() {
                self.scope = outer;
                let other = self.arm_block(&parse_quote!(_));
                let scope = self.graph.block(other).scope;
                self.leave(scope);
                lowered.push(Arm { attrs: Vec::new(), pat: parse_quote!(_), guard: None, block: other });
                let others = self.current;
                let retry = self.new_block();
                self.graph.blocks[others.0].end = End::Goto(retry);
                self.graph.blocks[failed.0].end = End::Goto(retry);
                self.current = retry;
                // The arms before the guarded one did not match, which only this match does not know.
                rest.push(parse_quote!(_ => ::core::unreachable!()));
                self.arms_into(scrutinee, rest, dest, ends);
            }
        }
        self.graph.blocks[head.0].end = End::Match { scrutinee: scrutinee.value.clone(), arms: lowered, join: None };
    }

    pub(super) fn arm_block(&mut self, pat: &Pat) -> BlockId {
        let block = self.new_block();
        let scope = self.new_scope();
        self.graph.scopes[scope.0].locals.extend(bindings(pat));
        self.graph.blocks[block.0].scope = scope;
        self.current = block;
        self.scope = scope;
        block
    }

    fn expr_into_scoped(&mut self, body: Expr, dest: Dest) {
        let scope = self.enter();
        self.expr_into(body, dest);
        self.leave(scope);
    }

    /// An arm whose guard pauses. The guard sees the bindings by reference before it pauses for the first time, and
    /// copies of them later; only then does the arm bind.
    fn guarded_arm(
        &mut self,
        scrutinee: Scrutinee<'_>,
        arm: syn::Arm,
        outer: ScopeId,
        dest: Dest,
        ends: &mut Vec<BlockId>,
    ) -> (Arm, BlockId) {
        self.scope = outer;
        if has_alternatives(&arm.pat) {
            self.report.at(&arm.pat, message::GUARDED_OR);
        }
        let mut arm = arm;
        let guard = arm.guard.take().map(|(_, guard)| *guard).unwrap_or_else(|| parse_quote!(true));
        let (pat, guard) = self.guard_bindings(&arm.pat, guard, scrutinee.owned);
        if scrutinee.completes {
            let stmts = self.complete_in_order(&mut arm.pat, None, scrutinee.around);
            make::put_before(stmts, &mut arm.body);
        }
        let test = self.arm_block(&pat);
        let scope = self.graph.block(test).scope;
        let passed = self.temp("guard", guard.span(), Keep::Scalar);
        let ident = self.locals.ident(passed);
        self.push(parse_quote!(let #ident: bool;));
        self.expr_into(guard, Dest::Local(passed));
        let cond = self.path(passed);
        let (then, failed) = (self.new_block(), self.new_block());
        self.end(End::Branch { cond, then, otherwise: failed, join: None });
        let leaving = vec![scope];
        // Again from the outside, with the bindings that the body sees.
        self.scope = outer;
        let bind = self.new_block();
        self.graph.blocks[then.0].end = End::Jump { leaving: leaving.clone(), target: bind };
        self.current = bind;
        let body = self.arm_block(&arm.pat);
        self.expr_into_scoped(*arm.body, dest);
        let body_scope = self.graph.block(body).scope;
        self.leave(body_scope);
        ends.push(self.current);
        let never = self.arm_block(&parse_quote!(_));
        self.value_into(parse_quote!(::core::unreachable!()), Dest::Discard);
        self.diverge(End::Unreachable);
        let arms = vec![
            Arm { attrs: Vec::new(), pat: arm.pat, guard: None, block: body },
            Arm { attrs: Vec::new(), pat: parse_quote!(_), guard: None, block: never },
        ];
        self.graph.blocks[bind.0].end = End::Match { scrutinee: scrutinee.value.clone(), arms, join: None };
        self.scope = outer;
        let retry = self.new_block();
        self.graph.blocks[failed.0].end = End::Jump { leaving, target: retry };
        let test = Arm { attrs: arm.attrs, pat, guard: None, block: test };
        (test, retry)
    }

    /// The pattern and the guard with bindings of their own. What the guard does not mention is not bound.
    fn guard_bindings(&mut self, pat: &Pat, guard: Expr, owned: bool) -> (Pat, Expr) {
        let (mut pat, mut guard) = (pat.clone(), guard);
        let mut by_value: Vec<Local> = Vec::new();
        each_binding(&pat, &mut |binding| {
            if let Some(local) = local_of(&binding.ident) {
                by_value.push(local);
            }
        });
        for local in by_value {
            if !is_mentioned(&guard, local) {
                Unbind(local).visit_pat_mut(&mut pat);
                continue;
            }
            let info = self.locals[local].clone();
            let inner = self.locals.add(&info.name, info.span, Keep::Copy);
            let ident = self.locals.ident(inner);
            let early = owned && mentions_in_operands(&guard, local) == mentions(&guard, local);
            let mut change = Rebind { local, ident: &ident, by_ref: early };
            change.visit_pat_mut(&mut pat);
            change.visit_expr_mut(&mut guard);
        }
        (pat, guard)
    }

    /// [`Self::complete`], in an order in which what has a name drops before what has none. Returns the statements that the
    /// block behind the pattern starts with. The guard is in front of that. What has no name is kept to the end of the scope
    /// `around`.
    pub(super) fn complete_in_order(
        &mut self,
        pat: &mut Pat,
        guard: Option<&mut Expr>,
        around: Option<ScopeId>,
    ) -> Vec<Stmt> {
        let named = bindings(pat);
        self.complete(pat);
        let mut stmts = Vec::new();
        if bindings(pat).len() == named.len() {
            return stmts;
        }
        if let Some(scope) = around {
            // Parts drop in their order, and locals in reverse.
            for rest in bindings(pat).into_iter().rev().filter(|local| !named.contains(local)) {
                if let Some(kept) = self.declare_kept(scope, rest) {
                    let rest = self.path(rest);
                    stmts.push(make::assign(self.path(kept), rest));
                }
            }
        }
        let mut moved: Vec<(Local, Local, bool)> = Vec::new();
        let mut plain: Vec<(Local, bool)> = Vec::new();
        each_binding(pat, &mut |binding| {
            if let Some(local) = local_of(&binding.ident).filter(|local| named.contains(local))
                && binding.by_ref.is_none()
                && binding.subpat.is_none()
                && !plain.iter().any(|(old, _)| *old == local)
            {
                plain.push((local, binding.mutability.is_some()));
            }
        });
        for (local, mutable) in plain {
            let info = self.locals[local].clone();
            moved.push((local, self.locals.add(&info.name, info.span, info.keep), mutable));
        }
        let locals = &self.locals;
        let inner = |local| moved.iter().find(|(old, ..)| *old == local).map(|(_, new, _)| locals.ident(*new));
        rename::patterns(pat, &inner);
        if let Some(guard) = guard {
            rename::mentions(guard, &inner);
        }
        for (local, inner, mutable) in moved {
            let (ident, inner) = (self.locals.ident(local), self.locals.ident(inner));
            let mutable = mutable.then(<syn::Token![mut]>::default);
            stmts.push(parse_quote!(let #mutable #ident = #inner;));
        }
        stmts
    }

    /// Gives names to the wildcards of a pattern on a value that is not a place, so that what they match lives as long
    /// as what the others match.
    pub(super) fn complete(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Wild(wild) => {
                let local = self.temp("rest", wild.underscore_token.span, Keep::Unknown);
                let ident = self.locals.ident(local);
                *pat = parse_quote!(#ident);
            }
            Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(|elem| self.complete(elem)),
            Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(|elem| self.complete(elem)),
            Pat::Struct(inner) => inner.fields.iter_mut().for_each(|field| self.complete(&mut field.pat)),
            Pat::Slice(slice) => slice.elems.iter_mut().for_each(|elem| self.complete(elem)),
            Pat::Paren(inner) => self.complete(&mut inner.pat),
            Pat::Type(inner) => self.complete(&mut inner.pat),
            // Alternatives must bind the same names: `A(_) | B(_)` shares one wildcard per position.
            Pat::Or(or)
                if or.cases.iter().all(|case| bindings(case).is_empty()) && !leaves_nothing(&Pat::Or(or.clone())) =>
            {
                let local = self.temp("rest", or.span(), Keep::Unknown);
                let ident = self.locals.ident(local);
                let inner = or.clone();
                *pat = parse_quote!(#ident @ (#inner));
            }
            _ => {}
        }
    }
}

/// Whether a pattern has alternatives that may match one value both.
fn has_alternatives(pat: &Pat) -> bool {
    struct Alternatives(bool);
    impl<'ast> syn::visit::Visit<'ast> for Alternatives {
        fn visit_pat_or(&mut self, or: &'ast syn::PatOr) {
            self.0 |= !or.cases.iter().all(|case| matches!(case, Pat::Lit(_) | Pat::Path(_) | Pat::Range(_)));
        }
    }
    let mut alternatives = Alternatives(false);
    syn::visit::Visit::visit_pat(&mut alternatives, pat);
    alternatives.0
}

struct Rebind<'a> {
    local: Local,
    ident: &'a syn::Ident,
    by_ref: bool,
}

impl VisitMut for Rebind<'_> {
    fn visit_pat_ident_mut(&mut self, binding: &mut syn::PatIdent) {
        if local_of(&binding.ident) == Some(self.local) {
            binding.ident = self.ident.clone();
            binding.mutability = None;
            if self.by_ref && binding.by_ref.is_none() {
                binding.by_ref = Some(Default::default());
            }
        }
        visit_mut::visit_pat_ident_mut(self, binding);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if crate::names::bare_local(expr) == Some(self.local) {
            let ident = self.ident;
            *expr = if self.by_ref { parse_quote!((*#ident)) } else { parse_quote!(#ident) };
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }
}

/// Takes a binding out of a pattern.
struct Unbind(Local);

impl VisitMut for Unbind {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        visit_mut::visit_pat_mut(self, pat);
        if let Pat::Ident(binding) = pat
            && local_of(&binding.ident) == Some(self.0)
        {
            *pat = binding.subpat.take().map_or_else(|| parse_quote!(_), |(_, inner)| *inner);
        }
    }
}

fn mentions(expr: &Expr, local: Local) -> usize {
    struct Count(Local, usize);
    impl<'ast> syn::visit::Visit<'ast> for Count {
        fn visit_ident(&mut self, ident: &'ast syn::Ident) {
            self.1 += usize::from(local_of(ident) == Some(self.0));
        }
    }
    let mut count = Count(local, 0);
    syn::visit::Visit::visit_expr(&mut count, expr);
    count.1
}

/// The mentions inside what the guard yields first: they come before its first pause.
fn mentions_in_operands(guard: &Expr, local: Local) -> usize {
    struct First(Local, Option<usize>);
    impl<'ast> syn::visit::Visit<'ast> for First {
        fn visit_expr_yield(&mut self, expr: &'ast syn::ExprYield) {
            if self.1.is_none() {
                self.1 = Some(expr.expr.as_deref().map_or(0, |operand| mentions(operand, self.0)));
            }
        }
    }
    let mut first = First(local, None);
    syn::visit::Visit::visit_expr(&mut first, guard);
    first.1.unwrap_or(0)
}
