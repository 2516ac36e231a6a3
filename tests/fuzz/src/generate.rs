//! Random programs: valid Rust by construction, as far as types, moves and initialisation go.
//!
//! What is left out: borrows of own locals over a yield, partial moves, moves on the right of `&&` and `||`, and, unless
//! `FUZZ_KNOWN` is set, the constructs that `found.md` lists as bugs.

mod exceptions;
mod statements;

use crate::program::Program;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ty {
    Int,
    D,
    OptD,
    VecD,
    Arr,
    Pair,
    Shape,
    RefD,
    /// `impl FnOnce() -> i32`.
    Once,
    /// `Result<D, Exception>`.
    ResD,
    /// `Exception`.
    Exc,
    /// A coroutine that returns a `D`.
    Sub,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Init,
    Gone,
    /// Not known: may be assigned, not used.
    Maybe,
}

#[derive(Clone, Debug)]
struct Var {
    name: String,
    ty: Ty,
    mutable: bool,
    state: State,
    loops: usize,
    /// Borrowed while this is above zero: may not be moved or assigned.
    fixed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ret {
    Int,
    OptI,
    D,
    /// `Result<D, Exception>`.
    ResD,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Send {
    Int,
    D,
    OptI,
    Bool,
    Unit,
    /// `&str`, lent for one resume.
    Text,
}

struct Gen {
    seed: u64,
    vars: Vec<Var>,
    names: usize,
    ds: usize,
    /// Labels of the loops around, innermost last.
    loops: Vec<(String, bool)>,
    labels: usize,
    depth: usize,
    expr_depth: usize,
    ret: Ret,
    send: Send,
    /// Whether markers and jumps may be made.
    pausing: bool,
    jumps: bool,
    moves: bool,
    /// Whether temporaries with destructors may be made.
    temps: bool,
    in_yield: bool,
    known: bool,
    /// Whether there are attempts and delegations.
    exceptions: bool,
    /// The attempts around, innermost last: what is moved or assigned in them.
    attempts: Vec<Vec<usize>>,
    /// How much is left for the expressions of a statement, and of statements.
    budget: i32,
    size: i32,
}

pub fn program(seed: u64, index: u64) -> Program {
    let mut g = Gen {
        seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ 0x1234_5678_9ABC,
        vars: Vec::new(),
        names: 0,
        ds: 0,
        loops: Vec::new(),
        labels: 0,
        depth: 0,
        expr_depth: 0,
        ret: Ret::Int,
        send: Send::Int,
        pausing: true,
        jumps: true,
        moves: true,
        temps: true,
        in_yield: false,
        known: std::env::var_os("FUZZ_KNOWN").is_some(),
        exceptions: std::env::var_os("FUZZ_PLAIN").is_none(),
        attempts: Vec::new(),
        budget: 30,
        size: 14,
    };
    for _ in 0..8 {
        g.next();
    }
    g.ret = [Ret::Int, Ret::Int, Ret::OptI, Ret::D, Ret::ResD][g.pick(if g.exceptions { 5 } else { 4 })];
    g.send = [Send::Int, Send::Int, Send::Int, Send::D, Send::OptI, Send::Bool, Send::Unit, Send::Text][g.pick(8)];
    // A body whose delegates are of another module of `delegates`.
    let module = match g.send {
        Send::Int => "int",
        Send::D => "droppable",
        Send::OptI => "option",
        Send::Bool => "boolean",
        Send::Unit => "unit",
        Send::Text => "text",
    };
    let (mut params, mut call) = (vec!["p: &'a Pair".to_owned()], vec!["&p".to_owned()]);
    for (name, ty, text, value) in [
        ("a", Ty::D, "D", "d(\"a\")"),
        ("v", Ty::VecD, "Vec<D>", "ds(\"v0 v1 v2\")"),
        ("k", Ty::Int, "i32", "3"),
        ("o", Ty::OptD, "Option<D>", "Some(d(\"o\"))"),
    ] {
        if g.chance(2) {
            let mutable = g.chance(2);
            params.push(format!("{}{name}: {text}", if mutable { "mut " } else { "" }));
            call.push(value.to_owned());
            g.vars.push(Var { name: name.into(), ty, mutable, state: State::Init, loops: 0, fixed: false });
        }
    }
    let mut body = String::from("\n");
    let count = 4 + g.pick(5);
    let diverged = g.stmts(count, 1, &mut body);
    if !diverged {
        let tail = g.returned();
        body += &format!("    {tail}\n");
    }
    Program {
        name: format!("fuzz_{seed}_{index}"),
        generics: "['a]".into(),
        params: params.join(", "),
        returns: match g.ret {
            Ret::Int => "i32",
            Ret::OptI => "(Option<i32>)",
            Ret::D => "D",
            Ret::ResD => "(Result<D, coframe::Exception>)",
        }
        .into(),
        yields: "i32".into(),
        sends: match g.send {
            Send::Int => "i32",
            Send::D => "D",
            Send::OptI => "(Option<i32>)",
            Send::Bool => "bool",
            Send::Unit => "()",
            Send::Text => "(&str)",
        }
        .into(),
        setup: "let p = pair(\"p\");".into(),
        call: call.join(", "),
        after: String::new(),
        body,
        items: format!("use crate::delegates::{module}::*; ")
            + "fn never() -> D { unreachable!() } fn nothing((): ()) -> i32 { 2 } fn letters(s: &str) -> i32 { s.len() as i32 } "
            + "fn by_ref(a: &D, n: i32) -> i32 { t(format_args!(\"by_ref {a} {n}\")); a.len() + n } \
                fn two(a: D, b: D) -> (D, D) { t(\"two\"); (a, b) } \
                fn opt(n: i32) -> Option<D> { t(format_args!(\"opt {n}\")); if n % 3 == 0 { None } else { Some(d(format_args!(\"o{n}\"))) } } \
                fn choose(a: D, n: i32, b: D) -> D { t(format_args!(\"choose {n}\")); if n % 2 == 0 { a } else { b } } \
                fn boolean(b: bool) -> i32 { b as i32 }",
    }
}

impl Gen {
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn pick(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One in `n`.
    fn chance(&mut self, n: usize) -> bool {
        self.pick(n) == 0
    }

    fn name(&mut self) -> String {
        // Shadowing: few names.
        let names = ["x", "y", "z", "w", "q", "r", "s", "m"];
        self.names += 1;
        if self.chance(3) { names[self.pick(names.len())].to_owned() } else { format!("x{}", self.names) }
    }

    fn declare(&mut self, ty: Ty, mutable: bool, state: State) -> String {
        let name = self.name();
        self.push_var(&name, ty, mutable, state);
        name
    }

    fn push_var(&mut self, name: &str, ty: Ty, mutable: bool, state: State) {
        let loops = self.loops.iter().filter(|(_, is_loop)| *is_loop).count();
        self.vars.push(Var { name: name.to_owned(), ty, mutable, state, loops, fixed: false });
    }

    fn fresh_d(&mut self) -> String {
        self.ds += 1;
        format!("d(\"t{}\")", self.ds)
    }

    fn visible(&self, index: usize) -> bool {
        let name = &self.vars[index].name;
        !self.vars[index + 1..].iter().any(|other| other.name == *name)
    }

    fn loop_depth(&self) -> usize {
        self.loops.iter().filter(|(_, is_loop)| *is_loop).count()
    }

    /// A variable of a type that satisfies a test.
    fn find(&mut self, ty: Ty, test: impl Fn(&Var) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.vars.len())
            .filter(|i| self.vars[*i].ty == ty && self.visible(*i) && test(&self.vars[*i]))
            .collect();
        if all.is_empty() { None } else { Some(all[self.pick(all.len())]) }
    }

    fn usable(&mut self, ty: Ty) -> Option<String> {
        let index = self.find(ty, |var| var.state == State::Init)?;
        Some(self.vars[index].name.clone())
    }

    fn movable(&mut self, ty: Ty) -> Option<String> {
        if !self.moves {
            return None;
        }
        let loops = self.loop_depth();
        let index = self.find(ty, |var| var.state == State::Init && var.loops == loops && !var.fixed)?;
        if !matches!(ty, Ty::Int | Ty::RefD | Ty::Arr) {
            self.vars[index].state = State::Gone;
            self.changed(index);
        }
        Some(self.vars[index].name.clone())
    }

    fn states(&self) -> Vec<State> {
        self.vars.iter().map(|var| var.state).collect()
    }

    fn restore(&mut self, states: &[State]) {
        for (var, state) in self.vars.iter_mut().zip(states) {
            var.state = *state;
        }
    }

    fn merge(&mut self, states: &[State]) {
        for (var, state) in self.vars.iter_mut().zip(states) {
            if var.state != *state {
                var.state = State::Maybe;
            }
        }
    }

    // Expressions.

    fn yielded(&mut self) -> Option<String> {
        if !self.pausing {
            return None;
        }
        Some(if self.expr_depth > 3 || self.chance(2) {
            format!("yield_!({})", self.pick(9))
        } else {
            let temps = std::mem::replace(&mut self.temps, true);
            let in_yield = std::mem::replace(&mut self.in_yield, true);
            let operand = self.int();
            self.temps = temps;
            self.in_yield = in_yield;
            format!("yield_!({operand})")
        })
    }

    fn int(&mut self) -> String {
        self.expr_depth += 1;
        self.budget -= 1;
        let text = self.int_inner();
        self.expr_depth -= 1;
        text
    }

    fn int_inner(&mut self) -> String {
        if self.expr_depth > 4 || self.budget < 0 {
            return match self.usable(Ty::Int) {
                Some(name) if self.chance(2) => name,
                _ => self.literal(),
            };
        }
        if self.chance(7)
            && let Some(made) = self.exceptional(Ty::Int)
        {
            return made;
        }
        for _ in 0..6 {
            let made = match self.pick(26) {
                0 => self.usable(Ty::Int),
                1..=4 => match self.send {
                    Send::Int => self.yielded(),
                    Send::D => self.yielded().map(|y| format!("eat({y})")),
                    Send::OptI => self.yielded().map(|y| format!("{y}.unwrap_or({})", self.pick(5))),
                    Send::Bool => self.yielded().map(|y| format!("boolean({y})")),
                    Send::Unit => self.yielded().map(|y| format!("nothing({y})")),
                    Send::Text => self.yielded().map(|y| format!("letters({y})")),
                },
                5 => Some(format!("f({})", self.int())),
                6 => Some(format!("sum3({}, {}, {})", self.int(), self.int(), self.int())),
                7 => Some(format!("({} {} {})", self.int(), ["+", "-", "^"][self.pick(3)], self.int())),
                8 => self.usable(Ty::D).map(|name| format!("{name}.len()")),
                9 if self.temps => Some(if self.known {
                    format!("{}.len()", self.fresh_d())
                } else {
                    format!("eat({})", self.fresh_d())
                }),
                10 => Some(format!("eat({})", self.droppable())),
                11 => Some(format!(
                    "(if {} {} else {})",
                    self.cond(),
                    self.value_block(Ty::Int),
                    self.value_block_merged(Ty::Int)
                )),
                12 => self.usable(Ty::Arr).map(|name| format!("{name}[at({}) % 3]", self.int())),
                13 => Some(format!("[{}, {}, {}][at({}) % 3]", self.int(), self.int(), self.int(), self.int())),
                14 => Some(format!("({}, {}).1", self.int(), self.int())),
                15 => self.usable(Ty::RefD).map(|name| format!("by_ref({name}, {})", self.int())),
                16 => self.usable(Ty::VecD).map(|name| format!("({name}.len() as i32)")),
                17 => self.block_value(Ty::Int),
                18 if self.ret == Ret::OptI && self.jumps => Some(format!("even({})?", self.int())),
                19 => Some(format!("(P {{ x: {}, y: {}, z: {} }}).y", self.int(), self.int(), self.int())),
                20 => self.usable(Ty::Pair).map(|name| format!("({name}.n + {})", self.int())),
                21 => self.match_int(),
                22 => self.movable(Ty::Once).map(|name| format!("{name}()")),
                23 => self.loop_value(),
                24 => self.usable(Ty::Int).map(|name| format!("{name}.max({})", self.int())),
                25 if self.jumps && self.chance(3) => {
                    let jump = self.jump_in_branch();
                    Some(format!("(if {} {{ {jump} }} else {{ {} }})", self.cond(), self.pick(5)))
                }
                _ => None,
            };
            if let Some(made) = made {
                return made;
            }
        }
        self.literal()
    }

    fn literal(&mut self) -> String {
        format!("{}i32", self.pick(6))
    }

    /// A jump whose states do not matter afterwards.
    fn jump_in_branch(&mut self) -> String {
        let states = self.states();
        let temps = std::mem::replace(&mut self.temps, false);
        let jump = self.jump();
        self.temps = temps;
        self.restore(&states);
        jump
    }

    fn jump(&mut self) -> String {
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

    fn returned(&mut self) -> String {
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

    fn droppable(&mut self) -> String {
        self.expr_depth += 1;
        self.budget -= 1;
        let text = self.droppable_inner();
        self.expr_depth -= 1;
        text
    }

    fn droppable_inner(&mut self) -> String {
        if self.expr_depth > 4 || self.budget < 0 {
            return self.movable(Ty::D).unwrap_or_else(|| self.fresh_d());
        }
        if self.chance(8)
            && let Some(made) = self.exceptional(Ty::D)
        {
            return made;
        }
        for _ in 0..4 {
            let made = match self.pick(11) {
                0..=3 => self.movable(Ty::D),
                4 if self.send == Send::D => self.yielded(),
                5 => {
                    let receiver = self.droppable();
                    Some(format!("D::with({receiver}, {})", self.int()))
                }
                6 => {
                    let (a, n) = (self.droppable(), self.int());
                    Some(format!("choose({a}, {n}, {})", self.droppable()))
                }
                7 => Some(format!(
                    "(if {} {} else {})",
                    self.cond(),
                    self.value_block(Ty::D),
                    self.value_block_merged(Ty::D)
                )),
                8 => self.block_value(Ty::D),
                9 if self.known => Some(format!("({}, {}).1", self.int(), self.droppable())),
                _ => Some(self.fresh_d()),
            };
            if let Some(made) = made {
                return made;
            }
        }
        self.fresh_d()
    }

    /// A block of a branch; the states before it are kept for the other one.
    fn value_block(&mut self, ty: Ty) -> String {
        let states = self.states();
        let text = self.braced_value(ty);
        // The state after the first branch waits at the end of `pending`.
        let after = self.states();
        self.restore(&states);
        PENDING.with_borrow_mut(|pending| pending.push(after));
        text
    }

    fn value_block_merged(&mut self, ty: Ty) -> String {
        let other = PENDING.with_borrow_mut(Vec::pop).unwrap_or_default();
        let text = self.braced_value(ty);
        self.merge(&other);
        text
    }

    fn braced_value(&mut self, ty: Ty) -> String {
        let count = self.vars.len();
        let mut text = String::from("{ ");
        let temps = std::mem::replace(&mut self.temps, true);
        if self.chance(3) && self.depth < 3 && self.budget > 0 {
            self.depth += 1;
            let jumps = std::mem::replace(&mut self.jumps, false);
            let stmts = 1 + self.pick(2);
            let mut inner = String::from("\n");
            self.stmts(stmts, self.depth + 1, &mut inner);
            text += &inner;
            self.jumps = jumps;
            self.depth -= 1;
        }
        text += &if ty == Ty::Int { self.int() } else { self.droppable() };
        self.temps = temps;
        self.vars.truncate(count);
        text + " }"
    }

    fn block_value(&mut self, ty: Ty) -> Option<String> {
        if self.depth >= 3 {
            return None;
        }
        let text = self.braced_value(ty);
        Some(if self.chance(3) {
            self.labels += 1;
            format!("('v{}: {text})", self.labels)
        } else {
            format!("({text})")
        })
    }

    fn match_int(&mut self) -> Option<String> {
        if self.depth >= 3 {
            return None;
        }
        let temps = std::mem::replace(&mut self.temps, false);
        let scrutinee = self.int();
        self.temps = temps;
        let states = self.states();
        let mut text = format!("(match {scrutinee} {{ ");
        text += &format!("0 | 3 => {}, ", self.braced_value(Ty::Int));
        let first = self.states();
        self.restore(&states);
        let count = self.vars.len();
        let name = self.declare(Ty::Int, false, State::Init);
        let guard = self.guard();
        text += &format!("{name} if {guard} => {}, ", self.braced_value(Ty::Int));
        self.vars.truncate(count);
        let second = self.states();
        self.restore(&states);
        text += &format!("_ => {} }})", self.braced_value(Ty::Int));
        self.merge(&first);
        self.merge(&second);
        Some(text)
    }

    fn guard(&mut self) -> String {
        let (jumps, moves) = (std::mem::replace(&mut self.jumps, false), std::mem::replace(&mut self.moves, false));
        let text = self.cond();
        (self.jumps, self.moves) = (jumps, moves);
        text
    }

    fn loop_value(&mut self) -> Option<String> {
        if self.depth >= 2 || (self.in_yield && !self.known) {
            return None;
        }
        let label = self.enter_loop();
        let (count, states) = (self.vars.len(), self.states());
        let mut body = String::from("\n");
        let jumps = std::mem::replace(&mut self.jumps, false);
        self.depth += 1;
        let stmts = 1 + self.pick(2);
        self.stmts(stmts, self.depth + 1, &mut body);
        self.depth -= 1;
        let value = self.int();
        self.jumps = jumps;
        self.vars.truncate(count);
        self.merge(&states);
        self.loops.pop();
        Some(format!("({label}: loop {{ {body} break {label} {value}; }})"))
    }

    fn enter_loop(&mut self) -> String {
        self.labels += 1;
        let label = format!("'l{}", self.labels);
        self.loops.push((label.clone(), true));
        label
    }

    fn cond(&mut self) -> String {
        self.expr_depth += 1;
        let temps = std::mem::replace(&mut self.temps, true);
        let text = if self.expr_depth > 4 {
            format!("b({} > 2)", self.pick(5))
        } else {
            match self.pick(8) {
                0 if self.send == Send::Bool => self.yielded().unwrap_or_else(|| "b(true)".into()),
                1 => format!("{} && {}", self.cond(), self.right()),
                2 => format!("({} || {})", self.cond(), self.right()),
                3 => format!("!{}", self.atom()),
                4 => self.usable(Ty::OptD).map_or_else(|| "b(false)".into(), |name| format!("{name}.is_some()")),
                _ => self.atom(),
            }
        };
        self.temps = temps;
        self.expr_depth -= 1;
        text
    }
}

thread_local! {
    static PENDING: std::cell::RefCell<Vec<Vec<State>>> = const { std::cell::RefCell::new(Vec::new()) };
}
