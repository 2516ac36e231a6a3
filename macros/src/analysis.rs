//! What is known at each boundary: which locals are mentioned later, and which are initialised.
//!
//! Input: the graph. Output: [`Facts`]. The two data-flow problems are those of rustc's own coroutine transform:
//! liveness, backwards, with a kill at each whole assignment; and initialisation, forwards, where the last mention of a
//! local by value leaves it uninitialised.

use std::collections::{BTreeSet, HashMap};

use syn::Stmt;

use crate::graph::arms::Starts;
use crate::graph::{BlockId, End, Graph, Instr, ScopeId};
use crate::names::Local;
use crate::scope::flow::{Flow, Kind, Set, Splits, State, Status, Tag, live_before, state_after};
use crate::scope::mentions::{self, Known};
use crate::scope::{Keep, Locals};

/// The uses of one block.
struct BlockFlow {
    instrs: Vec<Flow>,
    end: Flow,
    /// What going on to each successor of a branch or a `match` does.
    edges: Vec<Flow>,
}

/// What is known of a graph.
pub(crate) struct Facts {
    flows: Vec<BlockFlow>,
    pub(crate) starts: Starts,
    reachable: Vec<BlockId>,
    live_in: Vec<Set>,
    state_in: Vec<State>,
    /// How many steps of each block, its end counted, control comes to.
    reached: Vec<usize>,
    /// The construct that makes it uncertain whether a local is initialised.
    splits: Splits,
}

/// A path into the start of an arm.
pub(crate) struct Boundary {
    pub(crate) target: BlockId,
    pub(crate) state: State,
}

impl Facts {
    pub(crate) fn of(graph: &Graph, known: Known<'_>) -> Self {
        let flows = graph.blocks.iter().map(|block| flow_of(block, known)).collect();
        let count = graph.blocks.len();
        let mut facts = Facts {
            flows,
            starts: Starts::of(graph),
            reachable: graph.reachable(),
            live_in: vec![Set::new(); count],
            state_in: vec![State(None); count],
            reached: vec![0; count],
            splits: HashMap::new(),
        };
        facts.liveness(graph);
        facts.initialisation(graph);
        facts.reached = (0..count).map(|id| facts.reached_in(graph, BlockId(id))).collect();
        facts
    }

    fn reached_in(&self, graph: &Graph, id: BlockId) -> usize {
        if self.state_in[id.0].0.is_none() {
            return 0;
        }
        1 + self.states(graph, id).iter().take_while(|state| state.0.is_some()).count()
    }

    fn liveness(&mut self, graph: &Graph) {
        loop {
            let mut changed = false;
            for id in self.reachable.iter().rev() {
                let flow = &self.flows[id.0];
                let mut live = self.live_at_end(graph, *id);
                live = live_before(&flow.end, live);
                for instr in flow.instrs.iter().rev() {
                    live = live_before(instr, live);
                }
                if live != self.live_in[id.0] {
                    self.live_in[id.0] = live;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Liveness behind the end of a block.
    fn live_at_end(&self, graph: &Graph, id: BlockId) -> Set {
        let flow = &self.flows[id.0];
        let mut live = Set::new();
        match &graph.block(id).end {
            end @ (End::Match { .. } | End::Branch { .. }) => {
                for (successor, edge) in end.successors().into_iter().zip(&flow.edges) {
                    live.extend(live_before(edge, self.live_in[successor.0].clone()));
                }
            }
            end => {
                for successor in end.successors() {
                    live.extend(self.live_in[successor.0].iter().copied());
                }
            }
        }
        live
    }

    fn initialisation(&mut self, graph: &Graph) {
        let mut entry = State::entry();
        for argument in &graph.arguments {
            entry.set(argument.local, Status::INIT);
        }
        self.state_in[Graph::ENTRY.0] = entry;
        let mut todo: BTreeSet<BlockId> = BTreeSet::from([Graph::ENTRY]);
        let mut splits = Splits::new();
        while let Some(id) = todo.pop_first() {
            for (target, state) in self.edges(graph, id, &mut splits) {
                let mut joined = self.state_in[target.0].clone();
                joined.join(&state);
                if joined != self.state_in[target.0] {
                    self.state_in[target.0] = joined;
                    todo.insert(target);
                }
            }
        }
        self.splits = splits;
    }

    /// The state behind each instruction of a block, then at its end.
    pub(crate) fn states(&self, graph: &Graph, id: BlockId) -> Vec<State> {
        let mut splits = Splits::new();
        let mut states = Vec::new();
        let mut state = self.state_in[id.0].clone();
        for (instr, flow) in graph.block(id).instrs.iter().zip(&self.flows[id.0].instrs) {
            state = state_after(flow, state, &mut splits);
            if let Instr::Leave(scope) = instr {
                leave(graph, *scope, &mut state);
            }
            states.push(state.clone());
        }
        states.push(state_after(&self.flows[id.0].end, state, &mut splits));
        states
    }

    /// The states of a block in which code of the user's runs: before each statement, and at its end unless that is only
    /// a jump.
    pub(crate) fn running_states(&self, graph: &Graph, id: BlockId) -> Vec<State> {
        let block = graph.block(id);
        let mut states = vec![self.state_in[id.0].clone()];
        states.extend(self.states(graph, id));
        let mut running: Vec<State> = block
            .instrs
            .iter()
            .zip(&states)
            .filter(|(instr, _)| matches!(instr, Instr::Stmt(_)))
            .map(|(_, state)| state.clone())
            .collect();
        if !matches!(block.end, End::Goto(_) | End::Jump { .. } | End::Unreachable) {
            running.extend(states.get(block.instrs.len()).cloned());
        }
        running
    }

    /// Where control goes on from a block, and the state there.
    fn edges(&self, graph: &Graph, id: BlockId, splits: &mut Splits) -> Vec<(BlockId, State)> {
        let block = graph.block(id);
        let mut state = self.state_in[id.0].clone();
        for (instr, flow) in block.instrs.iter().zip(&self.flows[id.0].instrs) {
            state = state_after(flow, state, splits);
            if let Instr::Leave(scope) = instr {
                leave(graph, *scope, &mut state);
            }
        }
        state = state_after(&self.flows[id.0].end, state, splits);
        if state.0.is_none() {
            return Vec::new();
        }
        match &block.end {
            End::Jump { leaving, target } | End::Suspend { leaving, resume: target, .. } => {
                leaving.iter().for_each(|scope| leave(graph, *scope, &mut state));
                vec![(*target, state)]
            }
            end @ (End::Match { .. } | End::Branch { .. }) => end
                .successors()
                .into_iter()
                .zip(&self.flows[id.0].edges)
                .map(|(successor, edge)| (successor, state_after(edge, state.clone(), splits)))
                .collect(),
            end => end.successors().into_iter().map(|successor| (successor, state.clone())).collect(),
        }
    }

    /// The state behind a block's end: of a condition, where it holds.
    pub(crate) fn state_behind(&self, graph: &Graph, id: BlockId) -> State {
        match &graph.block(id).end {
            End::Branch { .. } | End::Match { .. } => {
                let edges = self.edges(graph, id, &mut Splits::new());
                edges.into_iter().next().map_or(State(None), |(_, state)| state)
            }
            _ => self.states(graph, id).pop().unwrap_or(State(None)),
        }
    }

    /// Every boundary, that of the call included.
    pub(crate) fn boundaries(&self, graph: &Graph) -> Vec<Boundary> {
        let mut all = vec![Boundary { target: Graph::ENTRY, state: self.state_in[Graph::ENTRY.0].clone() }];
        for id in &self.reachable {
            for (target, state) in self.edges(graph, *id, &mut Splits::new()) {
                if self.starts.contains(target) {
                    all.push(Boundary { target, state });
                }
            }
        }
        all
    }

    /// The state at the start of a block.
    pub(crate) fn state_in(&self, block: BlockId) -> &State {
        &self.state_in[block.0]
    }

    /// Whether a local is mentioned on some path from the start of a block, before it is assigned as a whole.
    pub(crate) fn is_live(&self, block: BlockId, local: Local) -> bool {
        self.live_in[block.0].contains(&local)
    }

    /// Whether a local must be in its slot at a boundary.
    pub(crate) fn is_needed(&self, target: BlockId, local: Local, status: Status, locals: &Locals) -> bool {
        status.may_init && (self.is_live(target, local) || locals[local].keep == Keep::Unknown)
    }

    /// The locals that are in scope at the start of a block, outermost first.
    pub(crate) fn in_scope(&self, graph: &Graph, block: BlockId) -> Vec<Local> {
        let path = graph.path(graph.block(block).scope);
        path.into_iter().flat_map(|scope| graph.scope(scope).locals.clone()).collect()
    }

    /// Whether a local is in scope where an arm starts.
    pub(crate) fn is_in_scope_at_boundary(&self, graph: &Graph, local: Local) -> bool {
        self.starts.iter().any(|start| self.in_scope(graph, start).contains(&local))
    }

    /// Whether a local must be in its slot at some boundary that control comes to from the end of a block before the local
    /// gets another value.
    pub(crate) fn is_kept_behind(&self, graph: &Graph, block: BlockId, local: Local, locals: &Locals) -> bool {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![block]);
        while let Some(id) = todo.pop() {
            for (target, state) in self.edges(graph, id, &mut Splits::new()) {
                let is_in_scope = self.in_scope(graph, target).contains(&local);
                if !is_in_scope {
                    continue;
                }
                if self.starts.contains(target) && self.is_needed(target, local, state.get(local), locals) {
                    return true;
                }
                let mut is_assigned = false;
                self.inits(target, &mut |other| is_assigned |= other == local);
                if !is_assigned && seen.insert(target) {
                    todo.push(target);
                }
            }
        }
        false
    }

    /// The constructs that must become part of the graph, because they leave it uncertain whether a local that is needed
    /// at a boundary is initialised.
    pub(crate) fn to_split(&self, graph: &Graph, locals: &Locals) -> BTreeSet<Tag> {
        let mut found = BTreeSet::new();
        for boundary in self.boundaries(graph) {
            for local in self.in_scope(graph, boundary.target) {
                let status = boundary.state.get(local);
                if status.is_maybe()
                    && self.is_needed(boundary.target, local, status, locals)
                    && let Some(Some(tag)) = self.splits.get(&local)
                {
                    found.insert(*tag);
                }
            }
        }
        found
    }

    /// Whether the mention of `source` in a spill is its last.
    pub(crate) fn spill_is_last(&self, block: usize, instr: usize, source: Local) -> bool {
        let mut is_last = true;
        self.flows[block].instrs[instr].uses(&mut |local, _, last| is_last &= local != source || last);
        is_last
    }

    /// Calls `visit` on every use in a block.
    pub(crate) fn uses(&self, block: BlockId, visit: &mut dyn FnMut(Local, Kind, bool)) {
        self.reached_flows(block).for_each(|flow| flow.uses(visit));
    }

    /// What a statement does.
    pub(crate) fn flow_of_instr(&self, block: BlockId, index: usize) -> &Flow {
        &self.flows[block.0].instrs[index]
    }

    /// What the end of a block does. Of a condition it is what it does where it holds: that is all that stands in it.
    pub(crate) fn flows_at_end(&self, graph: &Graph, block: BlockId) -> impl Iterator<Item = &Flow> {
        let flow = &self.flows[block.0];
        let edges = match graph.block(block).end {
            End::Branch { .. } => &flow.edges[..1],
            _ => &flow.edges[..],
        };
        std::iter::once(&flow.end).chain(edges)
    }

    /// Calls `visit` on every local that a block declares or assigns as a whole.
    pub(crate) fn inits(&self, block: BlockId, visit: &mut dyn FnMut(Local)) {
        self.reached_flows(block).for_each(|flow| flow.inits(visit));
    }

    /// The flows of a block, as far as control comes.
    fn reached_flows(&self, block: BlockId) -> impl Iterator<Item = &Flow> {
        let (flow, reached) = (&self.flows[block.0], self.reached[block.0]);
        let steps = flow.instrs.iter().chain(std::iter::once(&flow.end));
        let edges = if reached > flow.instrs.len() { &flow.edges[..] } else { &[] };
        steps.take(reached).chain(edges)
    }
}

fn leave(graph: &Graph, scope: ScopeId, state: &mut State) {
    for local in &graph.scope(scope).locals {
        state.set(*local, Status::UNINIT);
    }
}

fn flow_of(block: &crate::graph::Block, known: Known<'_>) -> BlockFlow {
    let instrs = block.instrs.iter().map(|instr| match instr {
        Instr::Stmt(stmt) => mentions::of_stmt(stmt, known),
        Instr::Spill { temp, source } => Flow::Seq(vec![
            Flow::Use { local: *source, kind: Kind::Value, last: std::cell::Cell::new(false) },
            Flow::Init(*temp),
        ]),
        Instr::Enter(_) | Instr::Leave(_) => Flow::Seq(Vec::new()),
    });
    let instrs = instrs.collect();
    let nothing = || Flow::Seq(Vec::new());
    let (end, edges) = match &block.end {
        End::Suspend { value: expr, .. } => (mentions::of_expr(expr, known), Vec::new()),
        End::Branch { cond, .. } => {
            let (holds, fails) = mentions::of_condition(cond, known);
            (nothing(), vec![holds, fails])
        }
        End::Return(value) => (mentions::of_stmt(&Stmt::Expr(value.clone(), None), known), Vec::new()),
        End::Match { scrutinee, arms, .. } => {
            let pats: Vec<_> = arms.iter().map(|arm| (&arm.pat, arm.guard.as_ref())).collect();
            mentions::of_match(scrutinee, &pats, known)
        }
        End::Goto(_) | End::Jump { .. } | End::Unreachable => (nothing(), Vec::new()),
    };
    BlockFlow { instrs, end, edges }
}
