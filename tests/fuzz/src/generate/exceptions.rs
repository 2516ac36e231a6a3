//! Attempts, raising and delegation in random bodies.

use super::{Gen, Ret, Send, State, Ty};

impl Gen {
    /// What may be raised anywhere in an attempt leaves open whether a local was moved in it.
    pub(super) fn changed(&mut self, index: usize) {
        for open in &mut self.attempts {
            open.push(index);
        }
    }

    /// An attempt whose block gives a value of a type, or nothing.
    pub(super) fn attempt(&mut self, ty: Option<Ty>) -> String {
        let brackets = [("{", "}"), ("(", ")")][self.pick(4) / 3];
        self.attempt_in(brackets, ty)
    }

    fn attempt_in(&mut self, (open, close): (&str, &str), ty: Option<Ty>) -> String {
        let count = self.vars.len();
        self.attempts.push(Vec::new());
        self.depth += 1;
        let mut text = format!("attempt! {open} ");
        let temps = std::mem::replace(&mut self.temps, true);
        let budget = self.budget;
        if self.depth < 4 && self.budget > 0 && self.chance(2) {
            let mut inner = String::from("\n");
            let states = self.states();
            let stmts = 1 + self.pick(2);
            // What control does not come to says nothing of types in the lowered form.
            if self.stmts(stmts, self.depth + 1, &mut inner) {
                let count = states.len();
                self.vars.truncate(count);
                self.restore(&states);
                inner = format!("if {} {{ {inner} }}; ", self.atom());
            }
            text += &inner;
            self.budget = budget / 2;
        } else if self.pausing && self.chance(2) {
            text += &format!("{}; ", self.yielded().unwrap_or_default());
        }
        if let Some(ty) = ty {
            text += &self.value(ty);
        }
        self.temps = temps;
        self.depth -= 1;
        self.vars.truncate(count);
        for index in self.attempts.pop().unwrap_or_default() {
            if let Some(var) = self.vars.get_mut(index) {
                var.state = State::Maybe;
            }
        }
        text + " " + close
    }

    /// What handles an exception that is bound to a name: a block of a type.
    fn handler(&mut self, name: &str, ty: Ty) -> String {
        let count = self.vars.len();
        self.push_var(name, Ty::Exc, false, State::Init);
        let raises = self.raises();
        let text = match self.pick(7) {
            0 if raises => format!("raise!({name})"),
            1 if raises => format!("{{ raise!({}, from = {name}) }}", self.oops()),
            2 => format!("{{ drop({name}); {} }}", self.value(ty)),
            3 if ty == Ty::Int => format!("caught(&{name})"),
            4 if raises => format!("if caught(&{name}) > 2 {{ raise!({name}) }} else {}", self.braced_value(ty)),
            5 if self.jumps => {
                let jump = self.jump_in_branch();
                format!("if caught(&{name}) > 3 {{ {jump} }} else {}", self.braced_value(ty))
            }
            _ => format!("{{ caught(&{name}); {} }}", self.value(ty)),
        };
        self.vars.truncate(count);
        text
    }

    pub(super) fn raises(&self) -> bool {
        self.jumps || !self.attempts.is_empty()
    }

    fn oops(&mut self) -> String {
        format!("Oops({})", self.droppable())
    }

    /// What a `raise!` raises.
    pub(super) fn raised(&mut self) -> String {
        let value = match self.pick(4) {
            0 => self.movable(Ty::Exc),
            1 => Some(format!("coframe::Exception::from({})", self.oops())),
            _ => None,
        };
        let value = value.unwrap_or_else(|| self.oops());
        if self.chance(5) { format!("{value}, from = {}", self.oops()) } else { value }
    }

    /// Something with an outcome of a type that can be matched.
    fn outcome(&mut self, ty: Ty) -> Option<String> {
        Some(match (self.pick(6), ty) {
            (0, Ty::Int) if self.pausing && self.send == Send::Int => format!("try_yield!({})", self.int()),
            (0, Ty::D) if self.pausing && self.send == Send::D => format!("try_yield!({})", self.int()),
            (0, Ty::D) => self.movable(Ty::ResD)?,
            (1, _) if self.pausing => format!("try_yield_from!({})", self.delegate(ty)),
            _ => self.attempt(Some(ty)),
        })
    }

    /// A delegate that gives a value of a type.
    fn delegate(&mut self, ty: Ty) -> String {
        let budget = self.budget;
        self.budget = self.budget.min(3);
        let text = match ty {
            Ty::D => match self.pick(6) {
                0 => self.movable(Ty::Sub),
                1 => self.find(Ty::Sub, |var| var.mutable && var.state == State::Init).map(|index| {
                    let name = self.vars[index].name.clone();
                    format!("&mut {name}")
                }),
                2 => Some(format!("stubborn({})", self.droppable())),
                3 => Some(format!("relay({}, {})", self.droppable(), self.pick(3))),
                _ => None,
            },
            _ => match self.pick(3) {
                0 => Some(format!("failing({})", self.droppable())),
                1 => Some(format!("Box::new(swallow({}))", self.droppable())),
                _ => Some(format!("swallow({})", self.droppable())),
            },
        };
        let text = text.unwrap_or_else(|| self.leaf());
        self.budget = budget;
        text
    }

    pub(super) fn leaf(&mut self) -> String {
        format!("leaf({}, {})", self.droppable(), self.pick(3))
    }

    /// A value that attempts, raises or delegates.
    pub(super) fn exceptional(&mut self, ty: Ty) -> Option<String> {
        if self.depth >= 3 || !self.exceptions {
            return None;
        }
        Some(match self.pick(8) {
            0..=2 => {
                let outcome = self.outcome(ty)?;
                let states = self.states();
                let count = self.vars.len();
                let name = self.declare(ty, false, State::Init);
                let value = if self.chance(2) { name.clone() } else { self.braced_value(ty) };
                self.vars.truncate(count);
                let after = self.states();
                self.restore(&states);
                self.names += 1;
                let error = format!("e{}", self.names);
                let handler = self.handler(&error, ty);
                self.merge(&after);
                format!("(match {outcome} {{ Ok({name}) => {value}, Err({error}) => {handler} }})")
            }
            3 | 4 if self.pausing => format!("yield_from!({})", self.delegate(ty)),
            5 if self.raises() => {
                let cond = self.cond();
                let states = self.states();
                let temps = std::mem::replace(&mut self.temps, false);
                let raised = self.raised();
                self.temps = temps;
                self.restore(&states);
                format!("(if {cond} {{ raise!({raised}) }} else {})", self.braced_value(ty))
            }
            7 if self.ret == Ret::ResD && self.jumps => format!("{}?", self.outcome(ty)?),
            6 if ty == Ty::Int => {
                let attempt = self.attempt(Some(Ty::Int));
                format!("{attempt}.unwrap_or({})", self.pick(5))
            }
            _ => return None,
        })
    }

    /// A statement that attempts, raises or delegates, and whether control does not come to its end.
    pub(super) fn exceptional_stmt(&mut self, indent: usize) -> Option<(String, bool)> {
        if !self.exceptions {
            return None;
        }
        let nested = self.depth < self.deepest && self.size > 0;
        Some(match self.pick(11) {
            10 if self.pausing && self.send == Send::Unit => {
                self.names += 1;
                let (name, end) = (self.names, self.pick(4));
                let iter = if end > 0 { format!("count(\"c{name}\", {end})") } else { format!("[{}, 7]", self.int()) };
                let marker = ["yield_from!", "try_yield_from!"][self.pick(2)];
                (format!("{marker}({iter});"), false)
            }
            0 if nested => {
                let attempt = self.attempt(None);
                let name = self.name();
                self.if_stmt(&format!("if let Err({name}) = {attempt}"), &[(name, Ty::Exc)], indent)
            }
            1 => {
                let value = self.outcome(Ty::D)?;
                let name = self.declare(Ty::ResD, false, State::Init);
                (format!("let {name} = {value};"), false)
            }
            2 => {
                let value = self.leaf();
                let mutable = self.chance(2);
                let name = self.declare(Ty::Sub, mutable, State::Init);
                (format!("let {}{name} = {value};", if mutable { "mut " } else { "" }), false)
            }
            3 if self.jumps && nested => {
                // rustc wants no brace before `else`.
                let outcome = self.attempt_in(("(", ")"), Some(Ty::D));
                let states = self.states();
                let jump = self.jump();
                self.restore(&states);
                let name = self.declare(Ty::D, false, State::Init);
                (format!("let Ok({name}) = {outcome} else {{ {jump} }};"), false)
            }
            4 if nested => {
                // A loop that only an exception ends.
                self.names += 1;
                let fuel = format!("fuel{}", self.names);
                let states = self.states();
                self.attempts.push(Vec::new());
                let loops = std::mem::take(&mut self.loops);
                self.loops.push((format!("'none{}", self.names), true));
                let jumps = std::mem::replace(&mut self.jumps, false);
                let count = self.vars.len();
                let (body, _) = self.block(indent + 1);
                let raised = self.raised();
                self.jumps = jumps;
                self.vars.truncate(count);
                self.loops = loops;
                self.attempts.pop();
                self.merge(&states);
                let name = self.declare(Ty::Exc, false, State::Init);
                let text = format!(
                    "let mut {fuel} = 0; let Err({name}) = attempt!( loop {{ {fuel} += 1; if {fuel} > 2 {{ raise!({raised}) }} {body} }} );"
                );
                (text, false)
            }
            5 if nested => {
                self.names += 1;
                let fuel = format!("fuel{}", self.names);
                let states = self.states();
                let label = self.enter_loop();
                let (jumps, moves) =
                    (std::mem::replace(&mut self.jumps, false), std::mem::replace(&mut self.moves, false));
                let value = self.attempt(Some(Ty::D));
                (self.jumps, self.moves) = (jumps, moves);
                let count = self.vars.len();
                let name = self.declare(Ty::D, false, State::Init);
                let (body, _) = self.block(indent);
                self.vars.truncate(count);
                self.loops.pop();
                self.merge(&states);
                let text = format!(
                    "let mut {fuel} = 0; {label}: while let Ok({name}) = attempt! {{ {fuel} += 1; if {fuel} > 3 {{ raise!(oops(\"{fuel}\")) }} let inner = {value}; match inner {{ Ok(x) => x, Err(e) => raise!(e) }} }} {body}"
                );
                (text, false)
            }
            6 if nested => {
                let result = self.movable(Ty::ResD)?;
                let states = self.states();
                let count = self.vars.len();
                let name = self.declare(Ty::D, false, State::Init);
                let (fine, fine_ends) = self.block(indent + 1);
                self.vars.truncate(count);
                let after = self.states();
                self.restore(&states);
                self.names += 1;
                let error = format!("e{}", self.names);
                self.push_var(&error, Ty::Exc, false, State::Init);
                let (bad, bad_ends) = self.block(indent + 1);
                self.vars.truncate(count);
                match (fine_ends, bad_ends) {
                    (true, _) => {}
                    (false, true) => self.restore(&after),
                    (false, false) => self.merge(&after),
                }
                (format!("match {result} {{ Ok({name}) => {fine} Err({error}) => {bad} }}"), fine_ends && bad_ends)
            }
            7 => (format!("{};", self.attempt(None)), false),
            8 => (format!("drop({});", self.movable(Ty::Exc)?), false),
            _ if self.pausing => {
                let ty = [Ty::D, Ty::Int][self.pick(2)];
                (format!("yield_from!({});", self.delegate(ty)), false)
            }
            _ => return None,
        })
    }
}
