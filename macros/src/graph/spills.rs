//! Operands that are locals, kept while a later operand pauses.
//!
//! If the local is mentioned again, the operand was a copy or a reborrow, and is left where it is: nothing changes it in
//! between. If not, it may be a move, and becomes one.

use std::collections::HashMap;

use syn::visit_mut::{self, VisitMut};
use syn::{Ident, parse_quote};

use super::{End, Graph, Instr};
use crate::analysis::Facts;
use crate::names::{Local, local_ident, local_of};
use crate::scope::Locals;

/// Decides on every spill. Returns whether there was one.
pub(crate) fn resolve(graph: &mut Graph, facts: &Facts, locals: &Locals) -> bool {
    let mut aliases: HashMap<Local, Local> = HashMap::new();
    let mut found = false;
    for (id, block) in graph.blocks.iter_mut().enumerate() {
        let mut index = 0;
        while index < block.instrs.len() {
            if let Instr::Spill { temp, source } = block.instrs[index] {
                found = true;
                if facts.spill_is_last(id, index, source) {
                    let (temp, source) = (locals.ident(temp), locals.ident(source));
                    block.instrs[index] = Instr::Stmt(parse_quote!(let #temp = #source;));
                } else {
                    aliases.insert(temp, source);
                    block.instrs[index] = Instr::Stmt(parse_quote!({}));
                }
            }
            index += 1;
        }
        block.instrs.retain(|instr| !is_empty(instr));
    }
    for scope in &mut graph.scopes {
        scope.locals.retain(|local| !aliases.contains_key(local));
    }
    let mut alias = Alias(&aliases);
    for block in &mut graph.blocks {
        for instr in &mut block.instrs {
            if let Instr::Stmt(stmt) = instr {
                alias.visit_stmt_mut(stmt);
            }
        }
        match &mut block.end {
            End::Branch { cond: expr, .. } | End::Suspend { value: expr, .. } | End::Return(expr) => {
                alias.visit_expr_mut(expr);
            }
            End::Match { scrutinee, arms, .. } => {
                alias.visit_expr_mut(scrutinee);
                arms.iter_mut().filter_map(|arm| arm.guard.as_mut()).for_each(|guard| alias.visit_expr_mut(guard));
            }
            End::Goto(_) | End::Jump { .. } | End::Unreachable => {}
        }
    }
    found
}

fn is_empty(instr: &Instr) -> bool {
    matches!(instr, Instr::Stmt(syn::Stmt::Expr(syn::Expr::Block(block), None)) if block.block.stmts.is_empty())
}

struct Alias<'a>(&'a HashMap<Local, Local>);

impl VisitMut for Alias<'_> {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        let mut local = local_of(ident);
        while let Some(source) = local.and_then(|local| self.0.get(&local)) {
            *ident = local_ident(*source, ident.span());
            local = Some(*source);
        }
        visit_mut::visit_ident_mut(self, ident);
    }
}
