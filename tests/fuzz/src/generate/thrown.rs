//! Values of constructs with destructors, which are used or thrown away.

use super::{Gen, State, Ty};

impl Gen {
    /// A statement whose value is thrown away.
    pub(super) fn thrown_away(&mut self) -> Option<String> {
        Some(match self.pick(6) {
            0 | 1 => format!("{};", self.matched_value(Ty::D)?),
            2 => format!("let _ = {};", self.matched_value(Ty::D)?),
            3 => format!("if {} {} else {};", self.cond(), self.value_block(Ty::D), self.value_block_merged(Ty::D)),
            4 => format!("{};", self.braced_value(Ty::D)),
            _ => format!("{};", self.loop_of_droppable()),
        })
    }

    /// A `match` on a temporary, with a value of a type.
    pub(super) fn matched_value(&mut self, ty: Ty) -> Option<String> {
        if self.depth >= 3 {
            return None;
        }
        let of_shape = self.chance(2);
        let temps = std::mem::replace(&mut self.temps, false);
        let value = self.value(if of_shape { Ty::Shape } else { Ty::OptD });
        self.temps = temps;
        // A local is no temporary.
        let value = if value.contains(['(', '{', ':']) { format!("({value})") } else { format!("{{ {value} }}") };
        let n = self.names;
        self.names += 1;
        let (x, y) = (format!("mx{n}"), format!("my{n}"));
        let one = |name: &String| vec![(name.clone(), Ty::D)];
        let mut arms = if of_shape {
            let mut arms = vec![
                (format!("Shape::One({x})"), one(&x)),
                (format!("Shape::Two({x}, _)"), one(&x)),
                (format!("Shape::Two(_, {y})"), one(&y)),
                (format!("Shape::Named {{ d: {x}, n: {y} }}"), vec![(x.clone(), Ty::D), (y.clone(), Ty::Int)]),
            ];
            for _ in 0..2 {
                arms.remove(self.pick(arms.len()));
            }
            arms
        } else {
            vec![(format!("Some({x})"), one(&x))]
        };
        arms.push((["_".into(), format!("other{n}")][self.pick(2)].clone(), vec![]));
        let last = arms.len() - 1;
        let (states, count) = (self.states(), self.vars.len());
        let mut ends: Option<Vec<State>> = None;
        let mut text = format!("match {value} {{ ");
        for (index, (pattern, bound)) in arms.into_iter().enumerate() {
            self.restore(&states);
            for (name, ty) in &bound {
                self.push_var(name, *ty, false, State::Init);
                self.vars.last_mut().expect("it was just added").fixed = true;
            }
            // As in `match_shape`, a guard does not pause; an attempt in it would count as one that does.
            let guard = if index < last && self.chance(4) {
                let pausing = std::mem::replace(&mut self.pausing, false);
                let exceptions = std::mem::replace(&mut self.exceptions, false);
                let guard = self.guard();
                (self.pausing, self.exceptions) = (pausing, exceptions);
                format!(" if {guard}")
            } else {
                String::new()
            };
            self.vars[count..].iter_mut().for_each(|var| var.fixed = false);
            text += &format!("{pattern}{guard} => {} ", self.braced_value(ty));
            self.vars.truncate(count);
            let now = self.states();
            if let Some(ends) = &ends {
                self.merge(ends);
            }
            ends = Some(if ends.is_some() { self.states() } else { now });
        }
        Some(text + "}")
    }

    fn loop_of_droppable(&mut self) -> String {
        let label = self.enter_loop();
        let (count, states) = (self.vars.len(), self.states());
        let mut body = String::new();
        let jumps = std::mem::replace(&mut self.jumps, false);
        self.depth += 1;
        let stmts = 1 + self.pick(2);
        self.stmts(stmts, self.depth + 1, &mut body);
        self.depth -= 1;
        let before = self.states();
        let (cond, early) = (self.cond(), self.droppable());
        self.restore(&before);
        let value = self.droppable();
        self.jumps = jumps;
        self.vars.truncate(count);
        self.merge(&states);
        self.loops.pop();
        format!("{label}: loop {{ {body} if {cond} {{ break {label} {early}; }} break {label} {value}; }}")
    }
}
