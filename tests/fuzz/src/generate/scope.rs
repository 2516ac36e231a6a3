//! The variables of a random body, and what is known of each where the text has come to.

use super::{Gen, State, Ty, Var};

impl Gen {
    pub(super) fn name(&mut self) -> String {
        // Shadowing: few names.
        let names = ["x", "y", "z", "w", "q", "r", "s", "m"];
        self.names += 1;
        if self.chance(3) { names[self.pick(names.len())].to_owned() } else { format!("x{}", self.names) }
    }

    pub(super) fn declare(&mut self, ty: Ty, mutable: bool, state: State) -> String {
        let name = self.name();
        self.push_var(&name, ty, mutable, state);
        name
    }

    pub(super) fn push_var(&mut self, name: &str, ty: Ty, mutable: bool, state: State) {
        let loops = self.loop_depth();
        self.vars.push(Var { name: name.to_owned(), ty, mutable, state, loops, fixed: false });
    }

    fn visible(&self, index: usize) -> bool {
        let name = &self.vars[index].name;
        !self.vars[index + 1..].iter().any(|other| other.name == *name)
    }

    fn loop_depth(&self) -> usize {
        self.loops.iter().filter(|(_, is_loop)| *is_loop).count()
    }

    /// A variable of a type that satisfies a test.
    pub(super) fn find(&mut self, ty: Ty, test: impl Fn(&Var) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.vars.len())
            .filter(|i| self.vars[*i].ty == ty && self.visible(*i) && test(&self.vars[*i]))
            .collect();
        if all.is_empty() { None } else { Some(all[self.pick(all.len())]) }
    }

    pub(super) fn usable(&mut self, ty: Ty) -> Option<String> {
        let index = self.find(ty, |var| var.state == State::Init)?;
        Some(self.vars[index].name.clone())
    }

    pub(super) fn movable(&mut self, ty: Ty) -> Option<String> {
        if !self.moves {
            return None;
        }
        let loops = self.loop_depth();
        let index = self.find(ty, |var| var.state == State::Init && var.loops == loops && !var.fixed)?;
        if !matches!(ty, Ty::Int | Ty::RefD | Ty::Arr | Ty::Pos | Ty::Num | Ty::Grid) {
            self.vars[index].state = State::Gone;
            self.changed(index);
        }
        Some(self.vars[index].name.clone())
    }

    pub(super) fn states(&self) -> Vec<State> {
        self.vars.iter().map(|var| var.state).collect()
    }

    pub(super) fn restore(&mut self, states: &[State]) {
        for (var, state) in self.vars.iter_mut().zip(states) {
            var.state = *state;
        }
    }

    pub(super) fn merge(&mut self, states: &[State]) {
        for (var, state) in self.vars.iter_mut().zip(states) {
            if var.state != *state {
                var.state = State::Maybe;
            }
        }
    }
}
