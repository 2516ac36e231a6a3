//! How an arm sees the saved locals that are in scope where it starts.
//!
//! Input: an arm. Output: a [`Binding`] for each such local. Two rules keep Rust's meaning:
//!
//! * A mention that is not the last can be no move, so a local whose mentions are all such, or certainly by place, is used
//!   where it stands, through a reference. Any other is moved into a variable of its own.
//! * Variables drop before what is left in the frame. So where one local is a variable, everything that is declared after
//!   it and may have a destructor is one too; then a return, a `?` and a panic drop all in reverse order of declaration.

use std::collections::{HashMap, HashSet};

use crate::graph::BlockId;
use crate::names::Local;
use crate::scope::Keep;
use crate::scope::flow::{Kind, Status};

use super::Emit;

/// How a local is bound in an arm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binding {
    /// A variable of the same type.
    Variable,
    /// A reference to the slot.
    Place,
    /// The slot itself, mention by mention: whether it holds a value is not known.
    Slot,
    /// The contents of the slot, in a variable, to be dropped in its turn.
    Held,
    /// The same of what is mentioned, mention by mention: whether it holds a value is not known.
    Taken,
    /// As [`Binding::Slot`], and in this statement the one mention moves what is there.
    MovedSlot,
    /// As [`Binding::Taken`], and in this statement the one mention moves what is there.
    MovedTaken,
    /// Left in its slot.
    Saved,
}

impl Binding {
    /// The binding for a statement that moves the local, in the only mention of it.
    pub(super) fn moved(self) -> Self {
        match self {
            Binding::Slot => Binding::MovedSlot,
            Binding::Taken => Binding::MovedTaken,
            other => other,
        }
    }
}

impl Emit<'_> {
    /// The bindings at the start of an arm, in order of declaration.
    pub(super) fn bindings(&self, start: BlockId) -> Vec<(Local, Binding)> {
        let (mut mentioned, mut moved): (HashMap<Local, bool>, HashMap<Local, bool>) = Default::default();
        let mut declared: HashSet<Local> = HashSet::new();
        for block in self.facts.starts.blocks(self.graph, start) {
            declared.extend(self.graph.block(block).declares());
            self.facts.uses(block, &mut |local, kind, last| {
                mentioned.insert(local, true);
                let copied = self.locals[local].keep >= Keep::Copy && kind == Kind::Value;
                // A reference that is not used again is handed on, since what is made of it may live longer.
                let handed_on = last && matches!(self.locals[local].keep, Keep::Presumed | Keep::Never);
                let moves = match kind {
                    Kind::Place => handed_on,
                    Kind::Captured | Kind::CapturedValue => true,
                    // Nothing can be moved from behind a reference.
                    Kind::Part => self.locals[local].keep == Keep::Unknown || last && !copied,
                    Kind::Value | Kind::Unsure => last && !copied,
                };
                *moved.entry(local).or_default() |= moves;
            });
            self.facts.inits(block, &mut |local| {
                mentioned.insert(local, true);
            });
        }
        let state = self.facts.state_in(start);
        let mut all = Vec::new();
        let mut after_variable = false;
        for local in self.facts.in_scope(self.graph, start) {
            let mut status = state.get(local);
            if !self.facts.is_needed(start, local, status, self.locals) {
                // It was not saved, so its next mention assigns it.
                status = Status::UNINIT;
            }
            let mentioned = mentioned.contains_key(&local);
            // What an argument's pattern binds is a variable between the arguments.
            after_variable |= self.graph.patterns(start, local).iter().any(|stmt| matches!(stmt, syn::Stmt::Local(_)));
            if self.layout.slot(local).is_none() && (status.may_init || !mentioned) {
                continue;
            }
            let droppable = self.locals[local].keep == Keep::Unknown && status.may_init;
            let held = self.layout.slot(local).is_some_and(|slot| slot.held);
            let mut binding = if !status.may_init {
                if !mentioned || declared.contains(&local) {
                    continue;
                }
                // A temporary that only gets a value here goes straight to its slot, unless it has a type to be coerced to.
                let only_given = !moved.contains_key(&local)
                    && self.layout.is_temporary(local)
                    && self.graph.declared_type(local).is_none();
                if only_given && self.layout.slot(local).is_some() { Binding::Slot } else { Binding::Variable }
            } else if !mentioned || held {
                Binding::Saved
            } else if status.is_maybe() {
                Binding::Slot
            } else if moved.get(&local).copied().unwrap_or_default() {
                Binding::Variable
            } else {
                Binding::Place
            };
            if after_variable && droppable {
                binding = match binding {
                    Binding::Saved => Binding::Held,
                    Binding::Place => Binding::Variable,
                    Binding::Slot => Binding::Taken,
                    other => other,
                };
            }
            after_variable |= binding == Binding::Variable && self.locals[local].keep == Keep::Unknown;
            after_variable |= matches!(binding, Binding::Held | Binding::Taken);
            all.push((local, binding));
        }
        all
    }
}
