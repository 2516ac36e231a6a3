//! The graph of a body, and what is known of it.
//!
//! Input: the model. Output: a graph in which it is certain at each boundary what must be saved and dropped. A construct
//! that does not pause, but may leave a local moved or not, becomes part of the graph; so the graph is built until no
//! such construct is left.

use std::collections::HashSet;

use syn::Type;

use crate::analysis::Facts;
use crate::function::Function;
use crate::graph::{self, Built, Graph, spills, validate};
use crate::model::Model;
use crate::report::Report;
use crate::scope::Locals;
use crate::scope::mentions::Known;

/// A graph, its locals with the temporaries, and its facts.
pub(crate) struct Solved {
    pub(crate) graph: Graph,
    pub(crate) locals: Locals,
    pub(crate) facts: Facts,
}

/// Builds the graph. `yields` is what is yielded, if it can be written in the body.
pub(crate) fn solve(model: &Model, function: &Function, yields: Option<&Type>, sends: &Type) -> syn::Result<Solved> {
    let mut report = Report::default();
    let context = graph::Context {
        calls: &model.calls,
        yields,
        sends,
        operand: function.operand(),
        recursive: function.recursive,
        private: function.private(),
    };
    let mut marked = HashSet::new();
    loop {
        let locals = model.locals.clone();
        let Built { mut graph, locals } =
            graph::build(&model.arguments, &model.body, locals, &context, &marked, &mut report);
        report.finish()?;
        let known = Known { calls: &model.calls, locals: &locals };
        let mut facts = Facts::of(&graph, known);
        if spills::resolve(&mut graph, &facts, &locals) {
            facts = Facts::of(&graph, known);
        }
        if cfg!(debug_assertions) {
            validate::graph(&graph);
        }
        let before = marked.len();
        marked.extend(facts.to_split(&graph, &locals));
        if marked.len() == before {
            return Ok(Solved { graph, locals, facts });
        }
    }
}
