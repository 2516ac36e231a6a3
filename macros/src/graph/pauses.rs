//! Lowering of suspension points, and of the attempts that catch what is raised at them.
//!
//! An attempt is a labelled block, and what is raised in it is a `break` out of it: from there on an exception edge is
//! an edge like any other, and the scopes that it leaves are left as in any jump.

use proc_macro2::Span;
use quote::quote;
use syn::{Expr, ExprYield, Pat, parse_quote};

use super::build::{Builder, Dest, Target, binding_pattern};
use super::operands::root;
use super::{Arm, BlockId, End, Instr, Point, ScopeId, make};
use crate::names::{Local, Stub, generic, respan};
use crate::scope::{Keep, flow, knowledge, mentions};
use crate::syntax::pauses::{self, Pause, is_attempt_label};

/// The name of the local that holds how a delegation ended.
pub(crate) const OUTCOME: &str = "outcome";

impl Builder<'_> {
    /// A suspension point: what is evaluated after it, where its value is used.
    pub(super) fn suspend(&mut self, inner: ExprYield) -> Expr {
        let (kind, span) = (Pause::of(&inner), inner.yield_token.span);
        let label = pauses::label_of(&inner);
        let (parens, operand) = match inner.expr.map(|operand| *operand) {
            Some(Expr::Paren(operand)) => (operand.paren_token, Some(*operand.expr)),
            operand => (syn::token::Paren(span), operand),
        };
        let hoisting = std::mem::replace(&mut self.hoisting, false);
        let value = match (kind, operand) {
            (Pause::Delegate, operand) => {
                self.delegate(span, label, parens, operand.unwrap_or_else(|| parse_quote!(())))
            }
            (_, operand) => {
                self.pause(span, label, operand);
                match self.attempt() {
                    _ if kind == Pause::TryYield => Stub::TrySent.call(span, parens, None),
                    None => Stub::Sent.call(span, parens, None),
                    Some(attempt) => self.caught(span, parens, attempt),
                }
            }
        };
        self.hoisting = hoisting;
        self.graph.catches |= kind != Pause::Yield;
        value
    }

    /// Hands a value out, and goes on in the block that is resumed.
    fn pause(&mut self, span: Span, label: Option<String>, operand: Option<Expr>) {
        let value = match operand {
            None => parse_quote!(()),
            Some(value) if self.explodes(&value) => {
                let ty = self.yields.cloned();
                let local = self.declare_temp("value", syn::spanned::Spanned::span(&value), ty.as_ref(), Keep::Unknown);
                self.expr_into(value, Dest::Local(local));
                self.path(local)
            }
            Some(value) => value,
        };
        let resume = self.new_block();
        let point = self.point(span, false, label, resume);
        self.end(End::Suspend { point, value, leaving: Vec::new(), resume });
        self.current = resume;
    }

    /// A new suspension point, from which `resume` goes on.
    fn point(&mut self, span: Span, delegates: bool, label: Option<String>, resume: BlockId) -> usize {
        self.graph.points.push(Point { span, delegates, label });
        let point = self.graph.points.len();
        self.graph.blocks[resume.0].resumes = Some(point);
        point
    }

    /// The innermost attempt.
    fn attempt(&self) -> Option<usize> {
        self.targets.iter().rposition(|target| target.label.as_deref().is_some_and(is_attempt_label))
    }

    /// What is sent to a suspension point in an attempt; what is raised there ends the attempt.
    fn caught(&mut self, span: Span, parens: syn::token::Paren, attempt: usize) -> Expr {
        self.graph.catches = true;
        let keep = knowledge::of_type(self.sends);
        let value = self.declare_temp("value", span, None, keep);
        let head = self.current;
        let (sent, received) =
            self.outcome_arm("sent", span, keep, |name| parse_quote!(::core::result::Result::Ok(#name)));
        self.value_into(sent, Dest::Local(value));
        let scope = self.scope;
        self.leave(scope);
        let resumed = self.current;
        let (raised, failed) = self.raised_arm(span);
        let Target { scope, dest, on_break, .. } = self.targets[attempt];
        self.value_into(parse_quote!(::core::result::Result::Err(#raised)), dest);
        let leaving = self.scopes_up_to(scope);
        self.end(End::Jump { leaving, target: on_break });
        self.scope = self.graph.block(head).scope;
        let after = self.new_block();
        self.graph.blocks[resumed.0].end = End::Goto(after);
        self.graph.blocks[head.0].end = End::Match {
            scrutinee: Stub::TrySent.call(span, parens, None),
            arms: vec![received, failed],
            join: Some(after),
        };
        self.current = after;
        self.path(value)
    }

    /// A delegation, and its outcome. The delegate is a local that stays where it is: the block that is resumed does
    /// nothing but forward to it.
    fn delegate(&mut self, span: Span, label: Option<String>, parens: syn::token::Paren, operand: Expr) -> Expr {
        let outcome = self.declare_temp(OUTCOME, span, None, Keep::Unknown);
        let outside = self.scope;
        self.enter();
        let mut over = Vec::new();
        let delegate = match self.lent_place(&operand) {
            Some(borrow) => self.delegate_of(span, parens, borrow),
            None if self.recursive => self.begin(span, parens, operand, outcome, outside, &mut over),
            None => {
                let init = self.delegate_of(span, parens, operand);
                let delegate = self.temp("delegate", span, Keep::Unknown);
                let mut pat = binding_pattern(self.locals.ident(delegate));
                pat.mutability = Some(Default::default());
                self.stmt(&make::binding(Pat::Ident(pat), init));
                self.path(delegate)
            }
        };

        let head = self.new_block();
        self.goto(head);
        self.current = head;
        let point = self.point(span, true, label, head);
        let private = self.private.clone();
        let (value, yielded) = self.outcome_arm(
            "value",
            span,
            Keep::Unknown,
            |name| parse_quote!(::core::result::Result::Ok(#private::Step::Yielded(#name))),
        );
        let arm_scope = self.scope;
        self.end(End::Suspend { point, value, leaving: vec![arm_scope], resume: head });
        self.scope = self.graph.block(head).scope;
        let [returned, failed] = self.over_arms(span, outcome, outside, &mut over);

        self.scope = outside;
        let after = self.new_block();
        for (block, leaving) in over {
            self.graph.blocks[block.0].end = End::Jump { leaving, target: after };
        }
        self.graph.blocks[head.0].end = End::Match {
            scrutinee: Stub::Forward.call(span, parens, Some(parse_quote!(&mut #delegate))),
            arms: vec![yielded, returned, failed],
            join: None,
        };
        self.current = after;
        self.path(outcome)
    }

    /// Begins what may be a call, which may be over then, and gives the delegate if it is not.
    fn begin(
        &mut self,
        span: Span,
        parens: syn::token::Paren,
        operand: Expr,
        outcome: Local,
        outside: ScopeId,
        over: &mut Vec<(BlockId, Vec<ScopeId>)>,
    ) -> Expr {
        // The temporaries of the operand are gone when the call begins.
        let init = self.delegate_of(span, parens, operand);
        let call = self.temp("call", span, Keep::Unknown);
        self.stmt(&make::binding(binding_pattern(self.locals.ident(call)).into(), init));
        let (start, scope, private) = (self.current, self.scope, self.private.clone());
        let (delegate, begun) = self.outcome_arm(
            "delegate",
            span,
            Keep::Unknown,
            |name| parse_quote!(::core::result::Result::Ok(#private::Step::Yielded(mut #name))),
        );
        let (begun_block, begun_scope) = (self.current, self.scope);
        self.scope = scope;
        let [returned, failed] = self.over_arms(span, outcome, outside, over);
        self.graph.blocks[start.0].end = End::Match {
            scrutinee: Stub::Begin.call(span, parens, Some(self.path(call))),
            arms: vec![begun, returned, failed],
            join: None,
        };
        (self.current, self.scope) = (begun_block, begun_scope);
        delegate
    }

    /// The arms where a delegation is over, in the present scope. `over` gets the ends of their blocks, and what is left there.
    fn over_arms(
        &mut self,
        span: Span,
        outcome: Local,
        outside: ScopeId,
        over: &mut Vec<(BlockId, Vec<ScopeId>)>,
    ) -> [Arm; 2] {
        let (scope, private) = (self.scope, self.private.clone());
        let (value, returned) = self.outcome_arm(
            "value",
            span,
            Keep::Unknown,
            |name| parse_quote!(::core::result::Result::Ok(#private::Step::Returned(#name))),
        );
        self.value_into(parse_quote!(::core::result::Result::Ok(#value)), Dest::Local(outcome));
        over.push((self.current, self.scopes_up_to(outside)));
        self.scope = scope;
        let (raised, failed) = self.raised_arm(span);
        let raise = respan(span, quote!(#private::raise(#raised)));
        self.value_into(parse_quote!(::core::result::Result::Err(#raise)), Dest::Local(outcome));
        over.push((self.current, self.scopes_up_to(outside)));
        [returned, failed]
    }

    /// A borrow of a place that is borrowed anew for each step: a frame cannot point into itself, but nothing can change what
    /// is borrowed while the frame is paused.
    fn lent_place(&mut self, operand: &Expr) -> Option<Expr> {
        let Expr::Reference(borrow) = operand else { return None };
        if borrow.mutability.is_none() || root(&borrow.expr).is_none() || self.explodes(operand) {
            return None;
        }
        let mut borrow = borrow.clone();
        *borrow.expr = self.freeze(*borrow.expr);
        Some(Expr::Reference(borrow))
    }

    /// The operand, as a delegate.
    fn delegate_of(&self, span: Span, parens: syn::token::Paren, operand: Expr) -> Expr {
        delegate_call((&self.operand, "delegate"), span, parens, (self.yields, self.sends), operand)
    }

    /// An arm that binds one local, and the local; the arm's block is the current one then.
    fn outcome_arm(
        &mut self,
        name: &str,
        span: Span,
        keep: Keep,
        pattern: impl FnOnce(&syn::Ident) -> Pat,
    ) -> (Expr, Arm) {
        let local = self.temp(name, span, keep);
        let ident = self.locals.ident(local);
        let pat = pattern(&ident);
        let block = self.arm_block(&pat);
        (self.path(local), Arm { attrs: Vec::new(), pat, guard: None, block })
    }

    fn raised_arm(&mut self, span: Span) -> (Expr, Arm) {
        self.outcome_arm("exception", span, Keep::Unknown, |name| parse_quote!(::core::result::Result::Err(#name)))
    }

    /// `attempt!`. Where its block has no end of its own the type of its value is that of a loop without an end.
    pub(super) fn attempt_into(&mut self, label: &syn::Label, block: &syn::Block, dest: Dest) {
        let inner = match dest {
            Dest::Local(local) => local,
            _ => self.declare_temp(OUTCOME, label.name.ident.span(), None, Keep::Unknown),
        };
        let start = self.current;
        let ends = self.labelled_block(label, block, Dest::Local(inner));
        if !self.reaches(start, ends) {
            self.endless(inner);
        }
        if dest != Dest::Local(inner) {
            let value = self.path(inner);
            self.value_into(value, dest);
        }
    }

    fn endless(&mut self, outcome: Local) {
        let (private, outcome) = (self.private.clone(), self.path(outcome));
        self.instr(Instr::Stmt(parse_quote!(#private::endless(&#outcome, || loop {});)));
    }

    /// Whether control can come from one block to the end of another, in the part of the graph that is complete.
    fn reaches(&self, from: BlockId, to: BlockId) -> bool {
        let mut seen = vec![false; self.graph.blocks.len()];
        let mut todo = vec![from];
        while let Some(id) = todo.pop() {
            if !std::mem::replace(&mut seen[id.0], true) && !self.is_left_inside(id) {
                if id == to {
                    return true;
                }
                todo.extend(self.graph.block(id).end.successors());
            }
        }
        false
    }

    /// Whether a statement of a block, which need not pause, leaves it for good: `return 1;`.
    fn is_left_inside(&self, id: BlockId) -> bool {
        self.graph.block(id).instrs.iter().any(|instr| match instr {
            Instr::Stmt(stmt) => {
                flow::diverges(&mentions::of_stmt(stmt, mentions::Known { calls: self.calls, locals: &self.locals }))
            }
            _ => false,
        })
    }
}

/// The call that makes a delegate of the operand of a `yield_from!`, as if the user had written it at the marker. `probe` is
/// the path of the type that finds out what the operand is, and the method that says it.
pub(crate) fn delegate_call(
    (probe, method): (&proc_macro2::TokenStream, &str),
    span: Span,
    parens: syn::token::Paren,
    (yields, sends): (Option<&syn::Type>, &syn::Type),
    operand: Expr,
) -> Expr {
    let infer: syn::Type = parse_quote!(_);
    let make = generic(span, probe, &[yields.unwrap_or(&infer), sends, &infer]);
    let make: syn::ExprPath = {
        let new = respan(span, quote!(::new));
        parse_quote!(#make #new)
    };
    let made = Expr::Call(syn::ExprCall {
        attrs: Vec::new(),
        func: Box::new(Expr::Path(make)),
        paren_token: parens,
        args: std::iter::once(operand).collect(),
    });
    Expr::MethodCall(syn::ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(made),
        dot_token: syn::Token![.](span),
        method: syn::Ident::new(method, span),
        turbofish: None,
        paren_token: parens,
        args: Default::default(),
    })
}
