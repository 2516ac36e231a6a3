//! What a piece of straight code does to locals, as a tree of uses in the order of evaluation.
//!
//! Two walks over it: backwards for liveness, which also finds the last use of each local, and forwards for
//! initialisation, where a last use by value leaves a local with nothing to drop.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use crate::names::Local;

/// How a mention uses its local.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// By value: after the last of these nothing is left to drop, whether it moved, copied or reborrowed.
    Value,
    /// As a place, which is certain to stay initialised.
    Place,
    /// A part of it by value, which may or may not move that part.
    Part,
    /// By a construct that may or may not move it.
    Unsure,
    /// In a closure or an opaque macro: it must be a variable of its own name.
    Captured,
    /// In a `move` closure, as a whole.
    CapturedValue,
}

impl Kind {
    /// Whether nothing is left to drop after this, if it is the last mention.
    fn consumes(self) -> bool {
        matches!(self, Kind::Value | Kind::CapturedValue)
    }
}

/// The number of a construct that can become part of the graph.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Tag(pub(crate) usize);

/// A tree of uses.
#[derive(Debug)]
pub(crate) enum Flow {
    Use {
        local: Local,
        kind: Kind,
        last: Cell<bool>,
    },
    /// Declared with a value, or assigned as a whole.
    Init(Local),
    /// Declared without a value.
    Declare(Local),
    Seq(Vec<Flow>),
    /// The right side of `&&` and `||`, which cannot become part of the graph: what it may move is not known to be moved.
    Maybe(Box<Flow>),
    /// One of these runs.
    Alt(Option<Tag>, Vec<Flow>),
    Loop {
        tag: Option<Tag>,
        label: Option<String>,
        body: Box<Flow>,
    },
    Labelled {
        tag: Option<Tag>,
        label: Option<String>,
        body: Box<Flow>,
    },
    Break(Option<String>),
    Continue(Option<String>),
    /// Control ends here: `return`, or a call that does not come back.
    End,
}

/// A set of locals.
pub(crate) type Set = BTreeSet<Local>;

struct Target<'a> {
    label: Option<&'a str>,
    is_loop: bool,
    on_break: Set,
    on_continue: Set,
}

/// Liveness before `flow`, given liveness after it. Sets the `last` flags of its uses.
pub(crate) fn live_before(flow: &Flow, after: Set) -> Set {
    Backward { targets: Vec::new() }.walk(flow, after)
}

struct Backward<'a> {
    targets: Vec<Target<'a>>,
}

impl<'a> Backward<'a> {
    fn target(&self, label: Option<&str>) -> Option<&Target<'a>> {
        self.targets.iter().rev().find(|target| match label {
            Some(label) => target.label == Some(label),
            None => target.is_loop,
        })
    }

    fn walk(&mut self, flow: &'a Flow, mut live: Set) -> Set {
        match flow {
            Flow::Use { local, last, .. } => {
                last.set(live.insert(*local));
                live
            }
            Flow::Init(local) | Flow::Declare(local) => {
                live.remove(local);
                live
            }
            Flow::Seq(parts) => parts.iter().rev().fold(live, |live, part| self.walk(part, live)),
            Flow::Maybe(inner) => {
                let mut joined = live.clone();
                joined.extend(self.walk(inner, live));
                joined
            }
            Flow::Alt(_, parts) => {
                let mut joined = Set::new();
                for part in parts {
                    joined.extend(self.walk(part, live.clone()));
                }
                joined
            }
            Flow::Loop { label, body, .. } => {
                let mut head = Set::new();
                loop {
                    let target = Target {
                        label: label.as_deref(),
                        is_loop: true,
                        on_break: live.clone(),
                        on_continue: head.clone(),
                    };
                    self.targets.push(target);
                    let next = self.walk(body, head.clone());
                    self.targets.pop();
                    if next.is_subset(&head) {
                        return head;
                    }
                    head.extend(next);
                }
            }
            Flow::Labelled { label, body, .. } => {
                let on_break = live.clone();
                self.targets.push(Target {
                    label: label.as_deref(),
                    is_loop: false,
                    on_break,
                    on_continue: Set::new(),
                });
                let before = self.walk(body, live);
                self.targets.pop();
                before
            }
            Flow::Break(label) => self.target(label.as_deref()).map(|t| t.on_break.clone()).unwrap_or_default(),
            Flow::Continue(label) => self.target(label.as_deref()).map(|t| t.on_continue.clone()).unwrap_or_default(),
            Flow::End => Set::new(),
        }
    }
}

/// Whether a local may be initialised and may not be, at one point.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Status {
    pub(crate) may_init: bool,
    pub(crate) may_uninit: bool,
}

impl Status {
    pub(crate) const INIT: Status = Status { may_init: true, may_uninit: false };
    pub(crate) const UNINIT: Status = Status { may_init: false, may_uninit: true };

    pub(crate) fn is_maybe(self) -> bool {
        self.may_init && self.may_uninit
    }
}

/// The status of every local that is declared; `None` where control does not come.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct State(pub(crate) Option<HashMap<Local, Status>>);

impl State {
    /// Where nothing is declared yet.
    pub(crate) fn entry() -> Self {
        State(Some(HashMap::new()))
    }

    pub(crate) fn get(&self, local: Local) -> Status {
        self.0.as_ref().and_then(|map| map.get(&local).copied()).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, local: Local, status: Status) {
        if let Some(map) = &mut self.0 {
            map.insert(local, status);
        }
    }

    pub(crate) fn join(&mut self, other: &State) {
        let Some(theirs) = &other.0 else { return };
        let Some(ours) = &mut self.0 else {
            self.0 = Some(theirs.clone());
            return;
        };
        for (local, status) in theirs {
            let mine = ours.entry(*local).or_default();
            mine.may_init |= status.may_init;
            mine.may_uninit |= status.may_uninit;
        }
    }
}

/// Which construct makes it uncertain whether a local is initialised.
pub(crate) type Splits = HashMap<Local, Option<Tag>>;

/// The state after `flow`. Needs the `last` flags that [`live_before`] sets.
pub(crate) fn state_after(flow: &Flow, state: State, splits: &mut Splits) -> State {
    Forward { targets: Vec::new(), splits, unsure: 0 }.walk(flow, state)
}

/// Whether control does not come behind a piece of code.
pub(crate) fn diverges(flow: &Flow) -> bool {
    state_after(flow, State::entry(), &mut Splits::new()).0.is_none()
}

struct Forward<'a> {
    targets: Vec<(Option<&'a str>, bool, State, State)>,
    splits: &'a mut Splits,
    /// How many right sides of `&&` and `||` are around.
    unsure: usize,
}

const NOWHERE: State = State(None);

impl<'a> Forward<'a> {
    fn leave(&mut self, label: Option<&str>, is_break: bool, state: &State) {
        let target = self.targets.iter_mut().rev().find(|(name, is_loop, ..)| match label {
            Some(label) => *name == Some(label),
            None => *is_loop,
        });
        if let Some((.., on_break, on_continue)) = target {
            (if is_break { on_break } else { on_continue }).join(state);
        }
    }

    fn blame(&mut self, tag: Option<Tag>, before: &State, after: &State) {
        for (local, status) in after.0.iter().flatten() {
            if status.is_maybe() && !before.get(*local).is_maybe() {
                self.splits.insert(*local, tag);
            }
        }
    }

    fn walk(&mut self, flow: &'a Flow, mut state: State) -> State {
        match flow {
            Flow::Use { local, kind, last } => {
                if kind.consumes() && last.get() && self.unsure == 0 {
                    state.set(*local, Status::UNINIT);
                }
                state
            }
            Flow::Init(local) => {
                state.set(*local, Status::INIT);
                state
            }
            Flow::Declare(local) => {
                state.set(*local, Status::UNINIT);
                state
            }
            Flow::Seq(parts) => parts.iter().fold(state, |state, part| self.walk(part, state)),
            Flow::Maybe(inner) => {
                self.unsure += 1;
                let mut joined = self.walk(inner, state.clone());
                self.unsure -= 1;
                joined.join(&state);
                joined
            }
            Flow::Alt(tag, parts) => {
                let mut joined = NOWHERE;
                for part in parts {
                    joined.join(&self.walk(part, state.clone()));
                }
                self.blame(*tag, &state, &joined);
                joined
            }
            Flow::Loop { tag, label, body } => {
                let mut head = state.clone();
                loop {
                    self.targets.push((label.as_deref(), true, NOWHERE, NOWHERE));
                    let end = self.walk(body, head.clone());
                    let (.., on_break, on_continue) = self.targets.pop().unwrap_or((None, true, NOWHERE, NOWHERE));
                    let mut next = head.clone();
                    next.join(&end);
                    next.join(&on_continue);
                    if next == head {
                        self.blame(*tag, &state, &on_break);
                        return on_break;
                    }
                    head = next;
                }
            }
            Flow::Labelled { tag, label, body } => {
                self.targets.push((label.as_deref(), false, NOWHERE, NOWHERE));
                let mut end = self.walk(body, state.clone());
                if let Some((.., on_break, _)) = self.targets.pop() {
                    end.join(&on_break);
                }
                self.blame(*tag, &state, &end);
                end
            }
            Flow::Break(label) => {
                self.leave(label.as_deref(), true, &state);
                NOWHERE
            }
            Flow::Continue(label) => {
                self.leave(label.as_deref(), false, &state);
                NOWHERE
            }
            Flow::End => NOWHERE,
        }
    }
}

impl Flow {
    /// Calls `visit` on every use.
    pub(crate) fn uses(&self, visit: &mut dyn FnMut(Local, Kind, bool)) {
        match self {
            Flow::Use { local, kind, last } => visit(*local, *kind, last.get()),
            Flow::Seq(parts) | Flow::Alt(_, parts) => parts.iter().for_each(|part| part.uses(visit)),
            Flow::Loop { body, .. } | Flow::Labelled { body, .. } | Flow::Maybe(body) => body.uses(visit),
            _ => {}
        }
    }

    /// Calls `visit` on every local that gets a value as a whole.
    pub(crate) fn inits(&self, visit: &mut dyn FnMut(Local)) {
        match self {
            Flow::Init(local) => visit(*local),
            Flow::Seq(parts) | Flow::Alt(_, parts) => parts.iter().for_each(|part| part.inits(visit)),
            Flow::Loop { body, .. } | Flow::Labelled { body, .. } | Flow::Maybe(body) => body.inits(visit),
            _ => {}
        }
    }
}
