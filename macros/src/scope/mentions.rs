//! How Rust code uses the locals it mentions.
//!
//! Input: a residual expression or statement, which does not pause. Output: its [`Flow`]. Invariant: a mention that could
//! move its local is never called a `Place`.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{BinOp, Block, Expr, Local as LetStmt, Pat, Stmt, UnOp};

use super::flow::{Flow, Kind, Tag};
use super::knowledge::{self, Receiver};
use super::patterns::{Takes, bindings, takes};
use super::{Locals, closures};
use crate::names::{Local, bare_local, local_of};
use crate::syntax::calls::{Calls, Mode};
use crate::syntax::{assignee, attributes};
use crate::tags;

/// What the code around an expression does with its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Value,
    /// Its value, in arithmetic: a part of it is as good as certain to be copied.
    Operand,
    Place,
    /// A part of it may be moved.
    Part,
    Unsure,
}

/// The uses of an expression whose value is used.
pub(crate) fn of_expr(expr: &Expr, known: Known<'_>) -> Flow {
    let mut mentions = Mentions::new(known);
    mentions.expr(expr, Use::Value);
    Flow::Seq(mentions.out)
}

/// The uses of a statement, and the locals it declares.
pub(crate) fn of_stmt(stmt: &Stmt, known: Known<'_>) -> Flow {
    let mut mentions = Mentions::new(known);
    mentions.stmt(stmt);
    Flow::Seq(mentions.out)
}

/// The uses of a condition where it holds, and where it does not.
///
/// What a `let` takes of a value it takes where it matches. Where a later test of a chain fails, the earlier ones have
/// matched.
pub(crate) fn of_condition(cond: &Expr, known: Known<'_>) -> (Flow, Flow) {
    let mut mentions = Mentions::new(known);
    mentions.condition(cond)
}

/// The uses of a `match` scrutinee, then those of entering each arm.
pub(crate) fn of_match(scrutinee: &Expr, arms: &[(&Pat, Option<&Expr>)], known: Known<'_>) -> (Flow, Vec<Flow>) {
    let mut mentions = Mentions::new(known);
    mentions.scrutinee(scrutinee);
    let head = Flow::Seq(std::mem::take(&mut mentions.out));
    let arms = arms.iter().map(|(pat, guard)| {
        mentions.matched(scrutinee, pat);
        mentions.out.extend(bindings(pat).into_iter().map(Flow::Init));
        if let Some(guard) = guard {
            mentions.unproved(guard);
        }
        Flow::Seq(std::mem::take(&mut mentions.out))
    });
    let arms = arms.collect();
    (head, arms)
}

/// What is known of what the code mentions.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) calls: &'a Calls,
    pub(crate) locals: &'a Locals,
}

struct Mentions<'a> {
    known: Known<'a>,
    /// Whether the code is in a closure or an async block.
    in_closure: bool,
    /// Whether it is where nobody proves what only the name of a method tells: there too, and in a guard.
    unproved: bool,
    /// What the condition around it has bound: of that nobody proves it either.
    tested: Vec<Local>,
    /// The local that the statement assigns: a method that gives its new value may well take the old one, whatever its name.
    assigned: Option<Local>,
    out: Vec<Flow>,
}

impl<'a> Mentions<'a> {
    fn new(known: Known<'a>) -> Self {
        Mentions { known, in_closure: false, unproved: false, tested: Vec::new(), assigned: None, out: Vec::new() }
    }

    fn mention(&mut self, local: Local, kind: Kind) {
        self.out.push(Flow::Use { local, kind, last: Cell::new(false) });
    }

    fn nested(&mut self, visit: impl FnOnce(&mut Self)) -> Flow {
        let outer = std::mem::take(&mut self.out);
        visit(self);
        Flow::Seq(std::mem::replace(&mut self.out, outer))
    }

    fn alt(&mut self, tag: Option<Tag>, parts: Vec<Flow>) {
        self.out.push(Flow::Alt(tag, parts));
    }

    fn values<'b>(&mut self, exprs: impl IntoIterator<Item = &'b Expr>) {
        for expr in exprs {
            self.expr(expr, Use::Value);
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.if_there(attributes::is_configured(stmt), |mentions| match stmt {
            Stmt::Local(local) => mentions.let_stmt(local),
            // A place as a statement is not moved, but a tail is a value.
            Stmt::Expr(expr, _) => mentions.expr(expr, Use::Value),
            Stmt::Macro(mac) => mentions.macro_call(&mac.mac),
            Stmt::Item(_) => {}
        });
    }

    /// What may be configured out may move nothing, and may not leave.
    fn if_there(&mut self, is_configured: bool, visit: impl FnOnce(&mut Self)) {
        let before = self.out.len();
        visit(self);
        if is_configured {
            let flow = Flow::Seq(self.out.split_off(before));
            if self.in_closure {
                flow.uses(&mut |local, _, _| self.mention(local, Kind::Captured));
                flow.inits(&mut |local| self.mention(local, Kind::Captured));
            } else {
                self.out.push(Flow::Maybe(Box::new(flow)));
            }
        }
    }

    fn let_stmt(&mut self, local: &LetStmt) {
        let bound = bindings(&local.pat);
        let Some(init) = &local.init else {
            self.out.extend(bound.into_iter().map(Flow::Declare));
            return;
        };
        match knowledge::builder(local) {
            Some(call) => {
                self.expr(&call.receiver, Use::Value);
                self.values(&call.args);
                self.chained(&init.expr, call);
            }
            None => self.scrutinee(&init.expr),
        }
        if let Some((_, diverge)) = &init.diverge {
            let diverge = self.nested(|m| {
                m.expr(diverge, Use::Value);
                m.out.push(Flow::End);
            });
            let matched = self.nested(|m| m.matched(&init.expr, &local.pat));
            self.alt(None, vec![matched, diverge]);
        } else {
            self.matched(&init.expr, &local.pat);
        }
        self.out.extend(bound.into_iter().map(Flow::Init));
    }

    /// The arguments of the calls of a chain behind its first call.
    fn chained(&mut self, chain: &Expr, first: &syn::ExprMethodCall) {
        if let Expr::MethodCall(call) = chain
            && !std::ptr::eq(call, first)
        {
            self.chained(&call.receiver, first);
            self.values(&call.args);
        }
    }

    /// An expression that a pattern is matched with. What the pattern takes is told by [`Self::matched`].
    fn scrutinee(&mut self, expr: &Expr) {
        self.expr(expr, if is_place(expr) { Use::Place } else { Use::Value });
    }

    fn matched(&mut self, scrutinee: &Expr, pat: &Pat) {
        if !is_place(scrutinee) {
            return;
        }
        // In a closure what a pattern takes of a local may be captured part by part.
        let parts = self.in_closure && !matches!(pat, Pat::Ident(_));
        match takes(pat) {
            Takes::All if parts => self.taken(scrutinee, Use::Unsure),
            Takes::Nothing => {}
            Takes::Some => self.taken(scrutinee, Use::Unsure),
            Takes::All => self.taken(scrutinee, Use::Value),
        }
    }

    /// A place that was evaluated already, its indices with it.
    fn taken(&mut self, place: &Expr, usage: Use) {
        match place {
            Expr::Index(index) => self.taken(&index.expr, Use::Place),
            Expr::Field(field) => self.taken(&field.base, part(usage)),
            Expr::Unary(unary) => self.taken(&unary.expr, part(usage)),
            Expr::Paren(inner) => self.taken(&inner.expr, usage),
            Expr::Group(inner) => self.taken(&inner.expr, usage),
            Expr::Path(_) => self.expr(place, usage),
            _ => {}
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if let Some(local) = local_of(&ident) {
                        self.mention(local, Kind::Captured);
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    for local in crate::names::locals_in_text(&literal.to_string()) {
                        self.mention(local, Kind::Captured);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// An expression in which nobody proves what only a name tells.
    fn unproved(&mut self, expr: &Expr) {
        let outer = std::mem::replace(&mut self.unproved, true);
        self.expr(expr, Use::Value);
        self.unproved = outer;
    }

    /// A closure or an async block: everything in it is captured when it is made.
    fn captured(&mut self, by_move: bool, body: &Expr) {
        let outer = std::mem::replace(&mut self.in_closure, true);
        let inner = self.nested(|mentions| mentions.unproved(body));
        self.in_closure = outer;
        // Of a local that is only mentioned by its fields, only those are captured.
        let wholes = if by_move { closures::wholes(body, self.known.locals) } else { BTreeSet::new() };
        let mut captured: BTreeMap<Local, bool> = BTreeMap::new();
        inner.uses(&mut |local, kind, _| {
            // What is moved further in is moved in first.
            let by_value = matches!(kind, Kind::Value | Kind::CapturedValue) || wholes.contains(&local);
            *captured.entry(local).or_default() |= by_value;
        });
        // An assignment captures too.
        inner.inits(&mut |local| {
            captured.entry(local).or_insert_with(|| wholes.contains(&local));
        });
        for (local, by_value) in captured {
            self.mention(local, if by_value { Kind::CapturedValue } else { Kind::Captured });
        }
    }

    /// A macro in a closure, as it is written. Of one that is known it is known as well what it takes by value.
    fn macro_call(&mut self, mac: &syn::Macro) {
        self.tokens(mac.tokens.clone());
        if self.in_closure {
            for (arg, mode) in closures::arguments(mac) {
                self.expr(&arg, if mode == Mode::Ref { Use::Place } else { Use::Value });
            }
        }
    }

    fn expr(&mut self, expr: &Expr, usage: Use) {
        let tag = tags::of(expr);
        match expr {
            Expr::Path(path) => {
                if let Some(local) = path.path.get_ident().and_then(local_of) {
                    let kind = match usage {
                        Use::Value | Use::Operand => Kind::Value,
                        Use::Part => Kind::Part,
                        Use::Place => Kind::Place,
                        Use::Unsure => Kind::Unsure,
                    };
                    self.mention(local, kind);
                }
            }
            Expr::Paren(inner) => self.expr(&inner.expr, usage),
            Expr::Group(inner) => self.expr(&inner.expr, usage),
            Expr::Field(field) => self.expr(&field.base, part(usage)),
            Expr::Index(index) => {
                self.expr(&index.expr, Use::Place);
                self.expr(&index.index, Use::Operand);
            }
            Expr::Unary(unary) => match unary.op {
                UnOp::Deref(_) => self.expr(&unary.expr, part(usage)),
                _ => self.expr(&unary.expr, Use::Operand),
            },
            Expr::Reference(reference) => self.expr(&reference.expr, Use::Place),
            Expr::RawAddr(raw) => self.expr(&raw.expr, Use::Place),
            Expr::MethodCall(call) => {
                let local = bare_local(&call.receiver);
                let is_assigned = local.is_some() && local == self.assigned;
                let unproved = self.unproved || local.is_some_and(|local| self.tested.contains(&local));
                let usage = match knowledge::receiver(call, self.known.locals) {
                    Some(Receiver::Borrowed) if !is_assigned => Use::Place,
                    Some(Receiver::Consumed) if !unproved => Use::Value,
                    Some(Receiver::Consumed) if !knowledge::is_ambiguous(call, self.known.locals) => Use::Value,
                    _ => Use::Unsure,
                };
                self.expr(&call.receiver, usage);
                self.values(&call.args);
            }
            Expr::Call(call) => self.call(call),
            Expr::Binary(binary) => self.binary(binary),
            // `_ = place` does not even read it.
            Expr::Assign(assign) if matches!(*assign.left, Expr::Infer(_)) => self.scrutinee(&assign.right),
            Expr::Assign(assign) if assignee::is_taken_apart(&assign.left) => {
                self.scrutinee(&assign.right);
                self.matched(&assign.right, &assignee::shape(&assign.left));
                self.assignee(&assign.left);
            }
            Expr::Assign(assign) => {
                let outer = std::mem::replace(&mut self.assigned, bare_local(&assign.left));
                self.expr(&assign.right, Use::Value);
                self.assigned = outer;
                self.assignee(&assign.left);
            }
            Expr::Let(cond) => {
                self.scrutinee(&cond.expr);
                self.matched(&cond.expr, &cond.pat);
                self.out.extend(bindings(&cond.pat).into_iter().map(Flow::Init));
            }
            Expr::If(inner) => {
                let (holds, fails) = self.condition(&inner.cond);
                let then = self.nested(|m| m.block(&inner.then_branch));
                let otherwise = self.nested(|m| {
                    if let Some((_, otherwise)) = &inner.else_branch {
                        m.expr(otherwise, Use::Value);
                    }
                });
                self.alt(tag, vec![Flow::Seq(vec![holds, then]), Flow::Seq(vec![fails, otherwise])]);
            }
            Expr::Match(inner) => {
                self.scrutinee(&inner.expr);
                let arms = inner.arms.iter().map(|arm| {
                    self.nested(|m| {
                        m.matched(&inner.expr, &arm.pat);
                        m.out.extend(bindings(&arm.pat).into_iter().map(Flow::Init));
                        m.if_there(m.in_closure && attributes::configuring(&arm.attrs).is_some(), |m| {
                            m.values(arm.guard.as_ref().map(|(_, guard)| &**guard));
                            m.expr(&arm.body, Use::Value);
                        });
                    })
                });
                let arms = arms.collect();
                self.alt(tag, arms);
            }
            Expr::Loop(inner) => {
                let body = self.nested(|m| m.block(&inner.body));
                self.looped(tag, inner.label.as_ref(), body);
            }
            Expr::While(inner) => {
                let body = self.nested(|m| {
                    let (holds, fails) = m.condition(&inner.cond);
                    let run = m.nested(|m| m.block(&inner.body));
                    m.alt(None, vec![Flow::Seq(vec![holds, run]), Flow::Seq(vec![fails, Flow::Break(None)])]);
                });
                self.looped(tag, inner.label.as_ref(), body);
            }
            Expr::ForLoop(inner) => {
                self.expr(&inner.expr, Use::Value);
                let body = self.nested(|m| {
                    let run = m.nested(|m| {
                        m.out.extend(bindings(&inner.pat).into_iter().map(Flow::Init));
                        m.block(&inner.body);
                    });
                    m.alt(None, vec![run, Flow::Break(None)]);
                });
                self.looped(tag, inner.label.as_ref(), body);
            }
            Expr::Block(inner) => match &inner.label {
                Some(label) => {
                    let body = Box::new(self.nested(|m| m.block(&inner.block)));
                    self.out.push(Flow::Labelled { tag, label: Some(label.name.ident.to_string()), body });
                }
                None => self.block(&inner.block),
            },
            Expr::Unsafe(inner) => self.block(&inner.block),
            Expr::Closure(closure) => self.captured(closure.capture.is_some(), &closure.body),
            Expr::Async(block) => {
                self.captured(block.capture.is_some(), &closures::body_of(block));
            }
            Expr::Return(inner) => {
                self.values(inner.expr.as_deref());
                self.out.push(Flow::End);
            }
            Expr::Break(inner) => {
                self.values(inner.expr.as_deref());
                self.out.push(Flow::Break(inner.label.as_ref().map(|label| label.ident.to_string())));
            }
            Expr::Continue(inner) => {
                self.out.push(Flow::Continue(inner.label.as_ref().map(|label| label.ident.to_string())));
            }
            Expr::Macro(mac) => match closures::coroutine_of(&mac.mac) {
                Some(closure) => self.captured(closure.capture.is_some(), &closure.body),
                None => self.macro_call(&mac.mac),
            },
            Expr::Struct(inner) => {
                for field in &inner.fields {
                    self.if_there(attributes::configuring(&field.attrs).is_some(), |mentions| {
                        mentions.expr(&field.expr, Use::Value)
                    });
                }
                if let Some(rest) = &inner.rest {
                    self.expr(rest, if is_place(rest) { Use::Unsure } else { Use::Value });
                }
            }
            Expr::Array(inner) => self.values(&inner.elems),
            Expr::Tuple(inner) => self.values(&inner.elems),
            Expr::Repeat(inner) => self.values([&*inner.expr, &*inner.len]),
            Expr::Range(inner) => self.values(inner.start.iter().chain(&inner.end).map(|end| &**end)),
            Expr::Cast(inner) => self.expr(&inner.expr, Use::Operand),
            Expr::Try(inner) => self.expr(&inner.expr, Use::Value),
            Expr::Await(inner) => self.expr(&inner.base, Use::Value),
            Expr::Yield(inner) => self.values(inner.expr.as_deref()),
            Expr::Verbatim(tokens) => self.tokens(tokens.clone()),
            _ => {}
        }
    }

    fn condition(&mut self, cond: &Expr) -> (Flow, Flow) {
        match cond {
            Expr::Let(test) => {
                let head = |m: &mut Self| m.scrutinee(&test.expr);
                let fails = self.nested(head);
                let holds = self.nested(|m| {
                    head(m);
                    m.matched(&test.expr, &test.pat);
                    m.out.extend(bindings(&test.pat).into_iter().map(Flow::Init));
                });
                (holds, fails)
            }
            Expr::Binary(both) if matches!(both.op, BinOp::And(_)) && has_let(cond) => {
                let (left, left_fails) = self.condition(&both.left);
                let (again, _) = self.condition(&both.left);
                let before = self.tested.len();
                self.tested.extend(tested(&both.left));
                let (right, right_fails) = self.condition(&both.right);
                self.tested.truncate(before);
                let fails = Flow::Alt(None, vec![left_fails, Flow::Seq(vec![again, right_fails])]);
                (Flow::Seq(vec![left, right]), fails)
            }
            cond => {
                let holds = self.nested(|m| m.expr(cond, Use::Value));
                (holds, self.nested(|m| m.expr(cond, Use::Value)))
            }
        }
    }

    fn looped(&mut self, tag: Option<Tag>, label: Option<&syn::Label>, body: Flow) {
        let label = label.map(|label| label.name.ident.to_string());
        self.out.push(Flow::Loop { tag, label, body: Box::new(body) });
    }

    fn call(&mut self, call: &syn::ExprCall) {
        if let Some(known) = self.known.calls.get(&call.func) {
            for (arg, mode) in call.args.iter().zip(known.modes()) {
                self.expr(arg, if mode == Mode::Ref { Use::Place } else { Use::Value });
            }
            if known.diverges() {
                self.out.push(Flow::End);
            }
            return;
        }
        // Calling a closure may consume it.
        self.expr(&call.func, Use::Unsure);
        self.values(&call.args);
    }

    fn binary(&mut self, binary: &syn::ExprBinary) {
        match binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                self.expr(&binary.left, Use::Value);
                let right = self.nested(|m| m.expr(&binary.right, Use::Value));
                self.out.push(Flow::Maybe(Box::new(right)));
            }
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                self.expr(&binary.left, Use::Place);
                self.expr(&binary.right, Use::Place);
            }
            op if is_compound(op) => {
                self.expr(&binary.right, Use::Operand);
                self.expr(&binary.left, Use::Place);
            }
            _ => {
                self.expr(&binary.left, Use::Operand);
                self.expr(&binary.right, Use::Operand);
            }
        }
    }

    fn assignee(&mut self, left: &Expr) {
        match left {
            Expr::Path(path) => {
                if let Some(local) = path.path.get_ident().and_then(local_of) {
                    self.out.push(Flow::Init(local));
                }
            }
            Expr::Paren(inner) => self.assignee(&inner.expr),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.assignee(elem)),
            Expr::Array(array) => array.elems.iter().for_each(|elem| self.assignee(elem)),
            Expr::Call(call) => call.args.iter().for_each(|arg| self.assignee(arg)),
            Expr::Struct(inner) => inner.fields.iter().for_each(|field| self.assignee(&field.expr)),
            Expr::Infer(_) | Expr::Range(_) => {}
            other => self.expr(other, Use::Place),
        }
    }
}

/// What is done to the whole when this is done to a part.
fn part(usage: Use) -> Use {
    match usage {
        Use::Place => Use::Place,
        Use::Value | Use::Part => Use::Part,
        Use::Operand | Use::Unsure => Use::Unsure,
    }
}

/// What the `let`s of a chain bind.
fn tested(cond: &Expr) -> Vec<Local> {
    match cond {
        Expr::Let(test) => bindings(&test.pat),
        Expr::Binary(both) if matches!(both.op, BinOp::And(_)) => [tested(&both.left), tested(&both.right)].concat(),
        _ => Vec::new(),
    }
}

fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => matches!(binary.op, BinOp::And(_)) && (has_let(&binary.left) || has_let(&binary.right)),
        _ => false,
    }
}

/// Whether an operator assigns: `+=` and its kind.
pub(crate) fn is_compound(op: BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// Whether an expression is a place, and not a value of its own.
pub(crate) fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Index(index) => is_place(&index.expr),
        Expr::Field(field) => is_place(&field.base),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)),
        Expr::Paren(inner) => is_place(&inner.expr),
        Expr::Group(inner) => is_place(&inner.expr),
        _ => false,
    }
}
