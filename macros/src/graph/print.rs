//! The graph as text, for `COFRAME_DUMP`.

use std::fmt::Write;

use quote::ToTokens;

use super::{End, Graph, Instr};
use crate::analysis::Facts;
use crate::scope::Locals;

/// Every reachable block: what is live at its start, its steps, its end.
pub(crate) fn text(graph: &Graph, facts: &Facts, locals: &Locals) -> String {
    let mut out = String::new();
    for id in graph.reachable() {
        let block = graph.block(id);
        let live: Vec<String> = facts
            .in_scope(graph, id)
            .into_iter()
            .filter(|local| facts.is_live(id, *local))
            .map(|local| format!("{}={}", local.0, locals[local].name))
            .collect();
        let start = if facts.starts.contains(id) { " (arm)" } else { "" };
        let _ = writeln!(out, "block {}{start}, scope {}, live [{}]", id.0, block.scope.0, live.join(", "));
        for instr in &block.instrs {
            let line = match instr {
                Instr::Stmt(stmt) => stmt.to_token_stream().to_string(),
                Instr::Spill { temp, source } => format!("spill {} from {}", temp.0, source.0),
                Instr::Enter(scope) => format!("enter scope {}", scope.0),
                Instr::Leave(scope) => format!("leave scope {}", scope.0),
            };
            let _ = writeln!(out, "    {line}");
        }
        let _ = writeln!(out, "  {}", end(&block.end));
    }
    out
}

fn end(end: &End) -> String {
    match end {
        End::Goto(target) => format!("goto {}", target.0),
        End::Jump { leaving, target } => {
            format!("jump {} leaving {:?}", target.0, leaving.iter().map(|scope| scope.0).collect::<Vec<_>>())
        }
        End::Branch { cond, then, otherwise, .. } => {
            format!("if {} then {} else {}", cond.to_token_stream(), then.0, otherwise.0)
        }
        End::Match { scrutinee, arms, .. } => {
            let arms: Vec<_> =
                arms.iter().map(|arm| format!("{} => {}", arm.pat.to_token_stream(), arm.block.0)).collect();
            format!("match {} {{ {} }}", scrutinee.to_token_stream(), arms.join(", "))
        }
        End::Suspend { point, value, resume, .. } => {
            format!("suspend #{point} with {} then {}", value.to_token_stream(), resume.0)
        }
        End::Return(value) => format!("return {}", value.to_token_stream()),
        End::Unreachable => "unreachable".to_owned(),
    }
}
