//! Lowering of `if`, and of the conditions that bind.
//!
//! A condition is a chain of tests. A `let` among them whose scrutinee has temporaries, or whose pattern leaves something
//! of the value unbound, holds them until the `then` block ends: they become locals of a scope around it, which ends
//! before `else` begins (edition 2024).

use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprIf, ExprLet, parse_quote};

use super::build::{Builder, Dest};
use super::{BlockId, End};
use crate::scope::Keep;
use crate::scope::mentions::is_place;
use crate::scope::patterns::{Takes, bindings, has_ref_mut, takes};

impl Builder<'_> {
    pub(super) fn if_into(&mut self, inner: ExprIf, dest: Dest) {
        let mut cond = *inner.cond;
        let otherwise = inner.else_branch.map(|(_, otherwise)| *otherwise);
        let tests = chain(&cond);
        let has_let = tests.iter().any(|test| matches!(test, Expr::Let(_)));
        let written = cond.clone();
        if has_let && (takes_before_a_test(&tests) || self.explodes(&cond) || !self.can_stand(&mut cond)) {
            self.rebinds.clear();
            return self.chain_into(chain(&written), &inner.then_branch, otherwise, dest);
        }
        let rebinds = std::mem::take(&mut self.rebinds);
        if !has_let {
            cond = self.condition(cond);
        }
        let (then, rest) = (self.new_block(), self.new_block());
        let branch = self.current;
        self.current = then;
        let scope = self.new_scope();
        for test in chain(&cond) {
            if let Expr::Let(test) = test {
                self.graph.scopes[scope.0].locals.extend(bindings(&test.pat));
            }
        }
        self.graph.blocks[then.0].scope = scope;
        self.scope = scope;
        for stmt in rebinds {
            self.push(stmt);
        }
        self.scoped_block(&inner.then_branch, dest);
        self.leave(scope);
        let then_end = self.current;
        let rest = self.renumber(rest);
        self.current = rest;
        self.graph.blocks[branch.0].end = End::Branch { cond, then, otherwise: rest, join: None };
        match otherwise {
            Some(otherwise) => self.expr_into(otherwise, dest),
            None => self.value_into(parse_quote!(()), dest),
        }
        self.join(&[then_end]);
        self.meets(branch);
    }

    /// Gives a block the number of this place in the text.
    pub(super) fn renumber(&mut self, block: BlockId) -> BlockId {
        let last = BlockId(self.graph.blocks.len());
        let moved = self.graph.blocks[block.0].clone();
        self.graph.blocks.push(moved);
        for other in &mut self.graph.blocks {
            other.end.retarget(block, last);
        }
        for target in &mut self.targets {
            for id in [&mut target.on_break, &mut target.on_continue] {
                if *id == block {
                    *id = last;
                }
            }
        }
        self.graph.blocks[block.0].end = End::Unreachable;
        last
    }

    /// Goes on where the current block and the `others` meet.
    pub(super) fn join(&mut self, others: &[BlockId]) {
        let join = self.new_block();
        self.goto(join);
        for other in others {
            self.graph.blocks[other.0].end = End::Goto(join);
        }
        self.current = join;
    }

    /// The current block is where the branches of `head` meet.
    pub(super) fn meets(&mut self, head: BlockId) {
        let here = self.current;
        if let End::Branch { join, .. } | End::Match { join, .. } = &mut self.graph.blocks[head.0].end {
            *join = Some(here);
        }
    }

    /// A condition without `let`, as an expression that does not pause. Its temporaries end before the branch.
    pub(super) fn condition(&mut self, cond: Expr) -> Expr {
        if !self.explodes(&cond) {
            return cond;
        }
        let mark = self.mark();
        let outer = self.scope;
        let scope = self.enter();
        let value = self.operand(cond);
        if self.graph.scope(scope).locals.is_empty() {
            self.leave(scope);
            return value;
        }
        let local = self.temp("condition", value.span(), Keep::Scalar);
        let ident = self.locals.ident(local);
        self.declare_at(mark, outer, parse_quote!(let #ident: bool;));
        self.value_into(value, Dest::Local(local));
        self.leave(scope);
        self.path(local)
    }

    /// Whether a condition that does not pause can stand in front of a block that does. Wildcards that would drop their
    /// part of a value too early are given names on the way.
    fn can_stand(&mut self, cond: &mut Expr) -> bool {
        match cond {
            Expr::Let(test) => self.binds_all(test),
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                self.can_stand(&mut binary.left) && self.can_stand(&mut binary.right)
            }
            _ => true,
        }
    }

    fn binds_all(&mut self, test: &mut ExprLet) -> bool {
        if self.has_temporaries(&test.expr) {
            return false;
        }
        if is_place(&test.expr) {
            return true;
        }
        let stmts = self.complete_in_order(&mut test.pat, None, None);
        self.rebinds.extend(stmts);
        leaves_nothing(&test.pat)
    }

    /// A chain of tests as branches, one after the other.
    fn chain_into(&mut self, tests: Vec<Expr>, then: &syn::Block, otherwise: Option<Expr>, dest: Dest) {
        let outer = self.scope;
        self.enter();
        let rest = {
            let inner = std::mem::replace(&mut self.scope, outer);
            let rest = self.new_block();
            self.scope = inner;
            rest
        };
        for test in tests {
            let cond = match test {
                Expr::Let(test) => self.let_test(test),
                other => self.condition(other),
            };
            let (next, failed) = (self.new_block(), self.new_block());
            let cond_scope = self.new_scope();
            if let Expr::Let(test) = &cond {
                self.graph.scopes[cond_scope.0].locals.extend(bindings(&test.pat));
            }
            self.graph.blocks[next.0].scope = cond_scope;
            let leaving = self.scopes_up_to(outer);
            self.graph.blocks[failed.0].end = End::Jump { leaving, target: rest };
            self.end(End::Branch { cond, then: next, otherwise: failed, join: None });
            self.current = next;
            self.scope = cond_scope;
            for stmt in std::mem::take(&mut self.rebinds) {
                self.push(stmt);
            }
        }
        self.scoped_block(then, dest);
        let leaving = self.scopes_up_to(outer);
        let then_end = self.current;
        self.scope = outer;
        let rest = self.renumber(rest);
        self.current = rest;
        match otherwise {
            Some(otherwise) => self.expr_into(otherwise, dest),
            None => self.value_into(parse_quote!(()), dest),
        }
        self.join(&[]);
        let join = self.current;
        self.graph.blocks[then_end.0].end = End::Jump { leaving, target: join };
    }

    /// A `let` of a chain, with what its scrutinee holds made locals.
    fn let_test(&mut self, mut test: ExprLet) -> Expr {
        let scrutinee = (*test.expr).clone();
        let place = is_place(&scrutinee);
        let value = self.with_hoisting(|builder| builder.operand(scrutinee));
        if !place {
            let stmts = self.complete_in_order(&mut test.pat, None, None);
            self.rebinds.extend(stmts);
        }
        *test.expr = if place || leaves_nothing(&test.pat) {
            value
        } else {
            self.spill_scrutinee(value, has_ref_mut(&test.pat))
        };
        Expr::Let(test)
    }
}

/// Whether a `let` takes something of a local before another test: where that test fails it is moved, and where the `let`
/// does not match it is not.
fn takes_before_a_test(tests: &[Expr]) -> bool {
    let earlier = tests.split_last().map_or(&[][..], |(_, earlier)| earlier);
    earlier
        .iter()
        .any(|test| matches!(test, Expr::Let(test) if is_place(&test.expr) && takes(&test.pat) != Takes::Nothing))
}

/// Whether a pattern on a value that is not a place leaves nothing of it to drop.
pub(super) fn leaves_nothing(pat: &syn::Pat) -> bool {
    use syn::Pat;
    match pat {
        Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) | Pat::Const(_) => true,
        Pat::Ident(binding) if bindings(pat).is_empty() => binding.subpat.is_none(),
        Pat::TupleStruct(tuple) if tuple.elems.iter().all(leaves_nothing) => true,
        Pat::Tuple(tuple) if tuple.elems.iter().all(leaves_nothing) => true,
        Pat::Or(or) => or.cases.iter().all(leaves_nothing),
        Pat::Paren(inner) => leaves_nothing(&inner.pat),
        pat => takes(pat) == Takes::All,
    }
}

/// The tests of a chain, left to right.
pub(super) fn chain(cond: &Expr) -> Vec<Expr> {
    match cond {
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) && has_let(cond) => {
            let mut tests = chain(&binary.left);
            tests.extend(chain(&binary.right));
            tests
        }
        cond => vec![cond.clone()],
    }
}

fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(binary) => matches!(binary.op, BinOp::And(_)) && (has_let(&binary.left) || has_let(&binary.right)),
        _ => false,
    }
}

impl End {
    fn retarget(&mut self, old: BlockId, new: BlockId) {
        let change = |id: &mut BlockId| {
            if *id == old {
                *id = new;
            }
        };
        match self {
            End::Goto(target) | End::Jump { target, .. } | End::Suspend { resume: target, .. } => change(target),
            End::Branch { then, otherwise, join, .. } => {
                change(then);
                change(otherwise);
                join.iter_mut().for_each(change);
            }
            End::Match { arms, join, .. } => {
                arms.iter_mut().for_each(|arm| change(&mut arm.block));
                join.iter_mut().for_each(change);
            }
            End::Return(_) | End::Unreachable => {}
        }
    }
}
