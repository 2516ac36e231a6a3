//! Statements of random bodies, and the jumps out of them.

use super::{Gen, Ret, State, Ty};

impl Gen {
    pub(super) fn block(&mut self, indent: usize) -> (String, bool) {
        let count = self.vars.len();
        self.depth += 1;
        let mut text = String::from("{\n");
        let stmts = 1 + self.pick(if self.size > 5 { 3 } else { 2 });
        let diverged = self.stmts(stmts, indent + 1, &mut text);
        self.depth -= 1;
        self.vars.truncate(count);
        (text + &"    ".repeat(indent) + "}", diverged)
    }

    /// Statements; whether control does not come to their end.
    pub(super) fn stmts(&mut self, count: usize, indent: usize, out: &mut String) -> bool {
        for index in 0..count {
            let pad = "    ".repeat(indent);
            if self.jumps && indent > 1 && index + 1 == count && self.chance(4) {
                let jump = self.jump();
                *out += &format!("{pad}{jump};\n");
                return true;
            }
            let (text, diverged) = self.stmt(indent);
            *out += &format!("{pad}{text}\n");
            if diverged {
                return true;
            }
        }
        false
    }

    fn stmt(&mut self, indent: usize) -> (String, bool) {
        self.budget = self.statement;
        self.size -= 1;
        if self.chance(5)
            && let Some(made) = self.exceptional_stmt(indent)
        {
            return made;
        }
        for _ in 0..8 {
            let nested = self.depth < self.deepest && self.size > 0;
            let made: Option<(String, bool)> = match self.pick(57) {
                0..=4 => {
                    let types = [Ty::Int, Ty::D, Ty::D, Ty::OptD, Ty::VecD, Ty::Arr, Ty::Pair, Ty::Shape, Ty::RefD];
                    let more = [Ty::Once, Ty::Pos, Ty::Num, Ty::Grid, Ty::Trio];
                    let ty = *types.iter().chain(&more).nth(self.pick(14)).expect("there are fourteen");
                    let value = self.value(ty);
                    let mutable = self.chance(2) && ty != Ty::Once;
                    let name = self.declare(ty, mutable, State::Init);
                    Some((format!("let {}{name} = {value};", if mutable { "mut " } else { "" }), false))
                }
                5 | 6 => Some((format!("t({});", self.int()), false)),
                7 => Some((format!("drop({});", self.droppable()), false)),
                8 => self.yielded().map(|y| (format!("{y};"), false)),
                9 => self.assign(Ty::D),
                10 => self.assign(Ty::Int),
                11 => {
                    let target = self.find(Ty::Int, |var| var.state == State::Init && var.mutable && !var.fixed);
                    target.map(|index| {
                        let name = self.vars[index].name.clone();
                        (format!("{name} {}= {};", ["+", "-", "^"][self.pick(3)], self.int()), false)
                    })
                }
                12 => {
                    let target = self.find(Ty::Arr, |var| var.state == State::Init && var.mutable);
                    target.map(|index| {
                        let name = self.vars[index].name.clone();
                        let op = ["=", "+=", "-="][self.pick(3)];
                        (format!("{name}[at({}) % 3] {op} {};", self.int(), self.int()), false)
                    })
                }
                13..=16 if nested => {
                    let cond = self.cond();
                    Some(self.if_stmt(&format!("if {cond}"), &[], indent))
                }
                17 if nested => {
                    let value = self.value(Ty::OptD);
                    let name = self.name();
                    Some(self.if_stmt(&format!("if let Some({name}) = {value}"), &[(name, Ty::D)], indent))
                }
                18 if nested => Some(self.match_shape(indent)),
                19 if nested => Some(self.match_opt(indent)),
                20..=22 if nested => Some(self.for_stmt(indent)),
                23 if nested => Some(self.while_stmt(indent)),
                24 if nested => self.while_pop(indent),
                25 => self.late(indent),
                26 => {
                    let (a, b) = (self.droppable(), self.droppable());
                    let (x, y) = (self.name(), self.name());
                    if x == y {
                        None
                    } else {
                        self.push_var(&x, Ty::D, false, State::Init);
                        self.push_var(&y, Ty::D, true, State::Init);
                        Some((format!("let ({x}, mut {y}) = two({a}, {b});"), false))
                    }
                }
                27 if self.known => self.movable(Ty::Pair).map(|pair| {
                    let (x, y) = (self.name(), format!("y{}", self.names));
                    self.push_var(&x, Ty::D, false, State::Init);
                    self.push_var(&y, Ty::D, false, State::Init);
                    (format!("let Pair {{ b: {x}, n: _, a: {y} }} = {pair};"), false)
                }),
                28 => self.push(),
                29 => {
                    let names: Vec<String> = [Ty::Int, Ty::D].into_iter().filter_map(|ty| self.usable(ty)).collect();
                    if names.is_empty() {
                        None
                    } else {
                        let text: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
                        let tail = if self.known { self.int() } else { self.literal() };
                        Some((format!("t(format!(\"{} {{}}\", {tail}));", text.join(" ")), false))
                    }
                }
                30 => self.let_else(indent),
                31 => {
                    let text = match self.pick(3) {
                        0 => {
                            let value = self.droppable();
                            format!("let _ = {value};")
                        }
                        1 => match self.usable(Ty::D) {
                            Some(name) => format!("let _ = {name};"),
                            None => format!("let _g = {};", self.droppable()),
                        },
                        _ => format!("let _g = {};", self.droppable()),
                    };
                    Some((text, false))
                }
                32 if nested => {
                    let (text, diverged) = self.block(indent);
                    Some((text, diverged))
                }
                33 if nested => self.labelled(indent),
                34 => self.borrowed(),
                35 => self.usable(Ty::D).map(|name| (format!("t(peek(&{name}));"), false)),
                36 if nested => {
                    // What is matched on is a borrow of a temporary, which is there to the end of the whole.
                    let (made, states) = (self.temporary(), self.states());
                    let (matched, matched_ends) = self.block(indent);
                    let after = self.states();
                    self.restore(&states);
                    let (other, other_ends) = self.block(indent);
                    match (matched_ends, other_ends) {
                        (true, _) => {}
                        (false, true) => self.restore(&after),
                        (false, false) => self.merge(&after),
                    }
                    Some((format!("match peek(&{made}) {{ 2 => {matched} _ => {other} }}"), matched_ends && other_ends))
                }
                37 => {
                    let made = self.temporary();
                    let cond = format!("peek(&{made}) > 2 && b({} > 1)", self.literal());
                    nested.then(|| self.if_stmt(&format!("if {cond}"), &[], indent))
                }
                38 if self.raises() && self.exceptions => {
                    let value = self.int();
                    let name = self.declare(Ty::D, false, State::Init);
                    Some((format!("let {name} = or_raise!(parsed({value}));"), false))
                }
                39..=44 => self.placed().map(|text| (text, false)),
                45..=50 => self.patterned(indent),
                51 => self.usable(Ty::Held).map(|name| (format!("{name}.put({});", self.int()), false)),
                53..=56 if nested => self.thrown_away().map(|text| (text, false)),
                52 => {
                    let ty = [Ty::Pos, Ty::Num, Ty::Grid, Ty::Trio][self.pick(4)];
                    self.assign(ty)
                }
                _ => None,
            };
            if let Some(made) = made {
                return made;
            }
        }
        (format!("t({});", self.pick(9)), false)
    }

    /// A borrow of a local that ends before anything pauses.
    fn borrowed(&mut self) -> Option<(String, bool)> {
        self.names += 1;
        let held = format!("held{}", self.names);
        let mutable = |var: &super::Var| var.state == State::Init && var.mutable && !var.fixed;
        if let Some(index) = self.find(Ty::D, mutable) {
            let name = self.vars[index].name.clone();
            return Some((format!("let {held} = &mut {name}; {held}.put({}); t(&{held}.name);", self.pick(9)), false));
        }
        if let Some(name) = self.usable(Ty::VecD) {
            return Some((
                format!(
                    "let {held} = |n: i32| {name}.iter().map(|x| x.len() + n).sum::<i32>(); t({held}(1) + {held}(2));"
                ),
                false,
            ));
        }
        let name = self.usable(Ty::Pair)?;
        Some((format!("let {held} = &{name}.a; t(peek({held}) + {name}.n);"), false))
    }

    fn assign(&mut self, ty: Ty) -> Option<(String, bool)> {
        let index = self.find(ty, |var| var.mutable && !var.fixed)?;
        let name = self.vars[index].name.clone();
        // `x = D::with(x, …)` moves a variable of outside of a loop and gives it back.
        let value = if ty == Ty::D && self.vars[index].state == State::Init && self.chance(2) {
            self.vars[index].state = State::Gone;
            self.changed(index);
            let jumps = std::mem::replace(&mut self.jumps, false);
            let value = format!("D::with({name}, {})", self.int());
            self.jumps = jumps;
            value
        } else {
            self.value(ty)
        };
        if index < self.vars.len() && self.vars[index].name == name {
            self.vars[index].state = State::Init;
            self.changed(index);
        }
        Some((format!("{name} = {value};"), false))
    }

    pub(super) fn if_stmt(&mut self, head: &str, bound: &[(String, Ty)], indent: usize) -> (String, bool) {
        let states = self.states();
        let count = self.vars.len();
        for (name, ty) in bound {
            self.push_var(name, *ty, false, State::Init);
        }
        let (then, then_ends) = self.block(indent);
        self.vars.truncate(count);
        let after = self.states();
        self.restore(&states);
        if self.chance(2) {
            if then_ends {
                self.restore(&states);
            } else {
                self.merge(&after);
            }
            return (format!("{head} {then}"), false);
        }
        let (otherwise, else_ends) = self.block(indent);
        match (then_ends, else_ends) {
            (true, true) => {}
            (true, false) => {}
            (false, true) => self.restore(&after),
            (false, false) => self.merge(&after),
        }
        (format!("{head} {then} else {otherwise}"), then_ends && else_ends)
    }

    fn match_shape(&mut self, indent: usize) -> (String, bool) {
        let value = format!("({})", self.value(Ty::Shape));
        let pad = "    ".repeat(indent);
        let n = self.names;
        self.names += 1;
        let (x, y) = (format!("sx{n}"), format!("sy{n}"));
        let mut arms: Vec<(String, Vec<(String, Ty)>)> = vec![
            (format!("Shape::One({x})"), vec![(x.clone(), Ty::D)]),
            (format!("Shape::Two({x}, {y})"), vec![(x.clone(), Ty::D), (y.clone(), Ty::D)]),
            (format!("Shape::Named {{ d: {x}, n: {y} }}"), vec![(x.clone(), Ty::D), (y.clone(), Ty::Int)]),
        ];
        if self.chance(3) {
            arms[1] = (format!("Shape::Two(_, {y})"), vec![(y.clone(), Ty::D)]);
        }
        let drop_one = self.pick(4);
        if drop_one < 3 {
            arms.remove(drop_one);
        }
        arms.push((if self.chance(2) { format!("other{n}") } else { "_".into() }, vec![]));
        let mut text = format!("match {value} {{\n");
        let states = self.states();
        let mut ends: Option<Vec<State>> = None;
        let last = arms.len() - 1;
        for (index, (pat, bound)) in arms.into_iter().enumerate() {
            self.restore(&states);
            let count = self.vars.len();
            for (name, ty) in &bound {
                self.push_var(name, *ty, false, State::Init);
                let var = self.vars.last_mut().expect("it was just added");
                var.fixed = true;
            }
            let guard = if index < last && self.chance(4) {
                // A guard that pauses over bindings that are moved later is a refusal.
                let pausing = std::mem::replace(&mut self.pausing, false);
                let guard = self.guard();
                self.pausing = pausing;
                format!(" if {guard}")
            } else {
                String::new()
            };
            for var in &mut self.vars[count..] {
                var.fixed = false;
            }
            let (block, diverged) = self.block(indent + 1);
            self.vars.truncate(count);
            if !diverged {
                let now = self.states();
                match &mut ends {
                    None => ends = Some(now),
                    Some(old) => {
                        for (old, now) in old.iter_mut().zip(now) {
                            if *old != now {
                                *old = State::Maybe;
                            }
                        }
                    }
                }
            }
            text += &format!("{pad}    {pat}{guard} => {block}\n");
        }
        let diverged = ends.is_none();
        self.restore(&ends.unwrap_or(states));
        (text + &pad + "}", diverged)
    }

    fn match_opt(&mut self, indent: usize) -> (String, bool) {
        let value = self.value(Ty::OptD);
        let pad = "    ".repeat(indent);
        let name = self.name();
        let states = self.states();
        let count = self.vars.len();
        self.push_var(&name, Ty::D, false, State::Init);
        let (some, some_ends) = self.block(indent + 1);
        self.vars.truncate(count);
        let after = self.states();
        self.restore(&states);
        let (none, none_ends) = self.block(indent + 1);
        match (some_ends, none_ends) {
            (true, _) => {}
            (false, true) => self.restore(&after),
            (false, false) => self.merge(&after),
        }
        let text = format!("match {value} {{\n{pad}    Some({name}) => {some}\n{pad}    None => {none}\n{pad}}}");
        (text, some_ends && none_ends)
    }

    fn for_stmt(&mut self, indent: usize) -> (String, bool) {
        let (head, ty) = match self.pick(6) {
            0 => (format!("0..{}", 1 + self.pick(3)), Ty::Int),
            1 => (format!("{}..{}", self.pick(2), self.pick(4)), Ty::Int),
            2 | 3 => (self.value(Ty::VecD), Ty::D),
            4 => {
                self.names += 1;
                let (name, end) = (self.names, 1 + self.pick(3));
                (format!("count(\"c{name}\", {end})"), Ty::Int)
            }
            _ => ("[&p.a, &p.b].into_iter()".into(), Ty::RefD),
        };
        let states = self.states();
        let count = self.vars.len();
        let label = self.enter_loop();
        let name = self.declare(ty, false, State::Init);
        let (body, _) = self.block(indent);
        self.vars.truncate(count);
        self.loops.pop();
        self.merge(&states);
        (format!("{label}: for {name} in {head} {body}"), false)
    }

    fn while_stmt(&mut self, indent: usize) -> (String, bool) {
        self.names += 1;
        let fuel = format!("fuel{}", self.names);
        let states = self.states();
        let count = self.vars.len();
        let label = self.enter_loop();
        let (jumps, moves) = (std::mem::replace(&mut self.jumps, false), std::mem::replace(&mut self.moves, false));
        let cond = self.cond();
        (self.jumps, self.moves) = (jumps, moves);
        let (body, _) = self.block(indent);
        self.vars.truncate(count);
        self.loops.pop();
        self.merge(&states);
        (format!("let mut {fuel} = 0; {label}: while {{ {fuel} += 1; {fuel} < 4 }} && {cond} {body}"), false)
    }

    fn while_pop(&mut self, indent: usize) -> Option<(String, bool)> {
        let index = self.find(Ty::VecD, |var| var.state == State::Init && var.mutable)?;
        let vec = self.vars[index].name.clone();
        let fixed = std::mem::replace(&mut self.vars[index].fixed, true);
        let states = self.states();
        let count = self.vars.len();
        let label = self.enter_loop();
        let name = self.declare(Ty::D, false, State::Init);
        let (body, _) = self.block(indent);
        self.vars.truncate(count);
        self.loops.pop();
        self.merge(&states);
        self.vars[index].fixed = fixed;
        Some((format!("{label}: while let Some({name}) = {vec}.pop() {body}"), false))
    }

    fn late(&mut self, indent: usize) -> Option<(String, bool)> {
        let ty = if self.chance(3) { Ty::Int } else { Ty::D };
        let name = self.declare(ty, false, State::Gone);
        let index = self.vars.len() - 1;
        let pad = "    ".repeat(indent);
        let between =
            if self.chance(2) { format!("{}let _between = {};", "", self.droppable()) } else { String::new() };
        if self.chance(3) {
            let value = self.value(ty);
            self.vars[index].state = State::Init;
            return Some((format!("let {name}; {between}\n{pad}{name} = {value};"), false));
        }
        // Nobody else may assign or use it in the branches.
        let cond = self.cond();
        let states = self.states();
        let first = self.value(ty);
        let after = self.states();
        self.restore(&states);
        let second = self.value(ty);
        self.merge(&after);
        self.vars[index].state = State::Init;
        Some((
            format!("let {name}; {between}\n{pad}if {cond} {{ {name} = {first}; }} else {{ {name} = {second}; }}"),
            false,
        ))
    }

    fn push(&mut self) -> Option<(String, bool)> {
        let index = self.find(Ty::VecD, |var| var.state == State::Init && var.mutable && !var.fixed)?;
        let name = self.vars[index].name.clone();
        self.vars[index].fixed = true;
        let value = self.droppable();
        self.vars[index].fixed = false;
        Some((format!("{name}.push({value});"), false))
    }

    fn let_else(&mut self, indent: usize) -> Option<(String, bool)> {
        if !self.jumps {
            return None;
        }
        let value = self.value(Ty::OptD);
        let states = self.states();
        let count = self.vars.len();
        self.depth += 1;
        let mut text = String::from("{\n");
        let stmts = self.pick(2);
        let pad = "    ".repeat(indent);
        if !self.stmts(stmts, indent + 1, &mut text) {
            let jump = self.jump();
            text += &format!("{pad}    {jump}\n");
        }
        self.depth -= 1;
        self.vars.truncate(count);
        self.restore(&states);
        let name = self.declare(Ty::D, false, State::Init);
        Some((format!("let Some({name}) = {value} else {text}{pad}}};"), false))
    }

    fn labelled(&mut self, indent: usize) -> Option<(String, bool)> {
        self.labels += 1;
        let label = format!("'b{}", self.labels);
        self.loops.push((label.clone(), false));
        let states = self.states();
        // What is moved before a `break` is not tracked: nothing of outside is moved.
        let moves = std::mem::replace(&mut self.moves, self.known);
        let (body, _) = self.block(indent);
        self.moves = moves;
        self.loops.pop();
        self.merge(&states);
        Some((format!("{label}: {body}"), false))
    }

    pub(super) fn enter_loop(&mut self) -> String {
        self.labels += 1;
        let label = format!("'l{}", self.labels);
        self.loops.push((label.clone(), true));
        label
    }

    /// A jump whose states do not matter afterwards.
    pub(super) fn jump_in_branch(&mut self) -> String {
        let states = self.states();
        let temps = std::mem::replace(&mut self.temps, false);
        let jump = self.jump();
        self.temps = temps;
        self.restore(&states);
        jump
    }

    pub(super) fn jump(&mut self) -> String {
        if !self.loops.is_empty() && !self.chance(3) {
            let index = if self.chance(2) { self.loops.len() - 1 } else { self.pick(self.loops.len()) };
            let (label, is_loop) = self.loops[index].clone();
            if !is_loop {
                return format!("break {label}");
            }
            return format!("{} {label}", if self.chance(2) { "break" } else { "continue" });
        }
        if self.exceptions && self.chance(3) {
            let value = self.raised();
            return format!("raise!({value})");
        }
        let value = self.returned();
        format!("return {value}")
    }

    pub(super) fn returned(&mut self) -> String {
        match self.ret {
            Ret::Int => self.int(),
            Ret::D => self.droppable(),
            Ret::ResD => match self.pick(4) {
                0 => self.attempt(Some(Ty::D)),
                1 => self.movable(Ty::ResD).unwrap_or_else(|| "Err(coframe::Exception::Finished)".into()),
                _ => format!("Ok({})", self.droppable()),
            },
            Ret::OptI => {
                if self.chance(4) {
                    "None".to_owned()
                } else {
                    format!("Some({})", self.int())
                }
            }
        }
    }
}
