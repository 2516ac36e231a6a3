//! What is saved, where, and under which name.
//!
//! Input: the graph and its facts. Output: a slot for each local that is needed at some boundary, and a name for every
//! local. A local that is needed across a pause has a field of the frame; one that only passes from arm to arm within a
//! resume has a variable outside the arms, so that it may borrow what was sent. Fields are declared in reverse, so that
//! they drop in reverse order of declaration.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::{Ident, Span};

use crate::analysis::Facts;
use crate::graph::Graph;
use crate::names::{Local, Used};
use crate::scope::flow::State;
use crate::scope::{Keep, Locals};

/// Where a local is while it is saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In a field of the frame.
    Frame,
    /// In a variable around the arms.
    Resume,
}

/// One saved local.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) place: Place,
    /// Only kept until its scope ends, and never mentioned again.
    pub(crate) held: bool,
    /// Never empty: a scalar, which starts with a default value.
    pub(crate) plain: bool,
    /// The name of the field or variable.
    pub(crate) name: Ident,
}

/// The layout.
pub(crate) struct Layout {
    pub(crate) slots: BTreeMap<Local, Slot>,
    /// The saved locals in order of declaration.
    pub(crate) order: Vec<Local>,
    names: HashMap<Local, Ident>,
    /// The locals whose names are the expansion's own.
    own: HashSet<Local>,
    /// The first local that is a temporary.
    temps_from: usize,
}

impl Layout {
    pub(crate) fn of(graph: &Graph, facts: &Facts, locals: &Locals, temps_from: usize, used: &mut Used) -> Self {
        let mut needed: BTreeMap<Local, (Place, bool)> = BTreeMap::new();
        for boundary in facts.boundaries(graph) {
            let pauses = boundary.target == Graph::ENTRY || graph.block(boundary.target).resumes.is_some();
            for local in facts.in_scope(graph, boundary.target) {
                let status = boundary.state.get(local);
                if !facts.is_needed(boundary.target, local, status, locals) {
                    continue;
                }
                let live = facts.is_live(boundary.target, local);
                let (place, held) = needed.entry(local).or_insert((Place::Resume, true));
                if pauses {
                    *place = Place::Frame;
                }
                *held &= !live;
            }
        }
        // What is assigned while it may hold a value is more than kept.
        for start in facts.starts.iter() {
            for block in facts.starts.blocks(graph, start) {
                facts.inits(block, &mut |local| {
                    if facts.state_in(start).get(local).may_init
                        && let Some((_, held)) = needed.get_mut(&local)
                    {
                        *held = false;
                    }
                });
            }
        }
        keep_order(graph, facts, locals, &mut needed);
        let mut layout = Layout {
            slots: BTreeMap::new(),
            order: Vec::new(),
            names: HashMap::new(),
            own: HashSet::new(),
            temps_from,
        };
        layout.name_all(locals, temps_from, used, &needed, &graph.declared_late());
        for (local, (place, held)) in needed {
            let name = match place {
                Place::Frame => layout.name(local),
                Place::Resume => used.fresh(&format!("{}_slot", layout.name(local)), Span::call_site()),
            };
            let plain = matches!(locals[local].keep, Keep::Plain | Keep::Scalar);
            layout.slots.insert(local, Slot { place, held, plain, name });
        }
        layout.order = declaration_order(graph).into_iter().filter(|local| layout.slots.contains_key(local)).collect();
        layout
    }

    /// The name of a local in the expansion.
    pub(crate) fn name(&self, local: Local) -> Ident {
        self.names.get(&local).cloned().unwrap_or_else(|| crate::names::local_ident(local, Span::call_site()))
    }

    /// The name of a local where it is mentioned. A user's name is looked up where the user wrote it, so that macro
    /// hygiene holds; a name of our own is looked up where it was made.
    pub(crate) fn mention(&self, local: Local, mention: Span) -> Ident {
        let mut name = self.name(local);
        name.set_span(if self.own.contains(&local) { mention.resolved_at(name.span()) } else { mention });
        name
    }

    /// Whether a local is not the user's.
    pub(crate) fn is_temporary(&self, local: Local) -> bool {
        local.0 >= self.temps_from
    }

    pub(crate) fn slot(&self, local: Local) -> Option<&Slot> {
        self.slots.get(&local)
    }

    /// Users' locals keep their names. Where one that is saved, or gets its value after its declaration, shares its name
    /// with another, the later ones get numbers, since that may stand where the other shadows it.
    fn name_all(
        &mut self,
        locals: &Locals,
        temps_from: usize,
        used: &mut Used,
        needed: &BTreeMap<Local, (Place, bool)>,
        late: &HashSet<Local>,
    ) {
        let mut by_name: BTreeMap<&str, Vec<Local>> = BTreeMap::new();
        for index in 0..temps_from {
            by_name.entry(&locals[Local(index)].name).or_default().push(Local(index));
        }
        for (name, group) in by_name {
            let saved = group.iter().any(|local| needed.contains_key(local) || late.contains(local));
            for (index, local) in group.iter().enumerate() {
                let span = locals[*local].span;
                let plain = name == "self";
                let ident = match (saved, index) {
                    _ if plain => used.fresh("this", Span::call_site()),
                    (true, 1..) => used.fresh(name.trim_start_matches("r#"), span),
                    _ if name.starts_with("r#") => Ident::new_raw(&name[2..], span),
                    _ => Ident::new(name, span),
                };
                if plain {
                    self.own.insert(*local);
                }
                self.names.insert(*local, ident);
            }
        }
        for index in temps_from..locals.len() {
            let info = &locals[Local(index)];
            let name = info.name.trim_start_matches("r#");
            self.own.insert(Local(index));
            self.names.insert(Local(index), used.fresh(if name == "self" { "this" } else { name }, info.span));
        }
    }
}

/// Variables of the resume drop before the frame's fields. So what may have a destructor is a field too, if a field that
/// may have one is declared later and both may hold a value while code runs.
fn keep_order(graph: &Graph, facts: &Facts, locals: &Locals, needed: &mut BTreeMap<Local, (Place, bool)>) {
    let order: Vec<Local> = declaration_order(graph)
        .into_iter()
        .filter(|local| locals[*local].keep == Keep::Unknown && needed.contains_key(local))
        .collect();
    let running: Vec<State> = graph.reachable().into_iter().flat_map(|id| facts.running_states(graph, id)).collect();
    // From the last one on: a field that is found here may make fields of those before it.
    for (index, local) in order.iter().enumerate().rev() {
        let fields: Vec<Local> =
            order[index + 1..].iter().copied().filter(|later| needed[later].0 == Place::Frame).collect();
        let beside =
            |state: &State| state.get(*local).may_init && fields.iter().any(|field| state.get(*field).may_init);
        if running.iter().any(beside)
            && let Some((place, _)) = needed.get_mut(local)
        {
            *place = Place::Frame;
        }
    }
}

/// All locals in order of declaration: each scope's, outermost first.
fn declaration_order(graph: &Graph) -> Vec<Local> {
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for scope in &graph.scopes {
        order.extend(scope.locals.iter().copied().filter(|local| seen.insert(*local)));
    }
    order
}
