//! Random programs: valid Rust by construction, as far as types, moves and initialisation go.
//!
//! What is left out: borrows of own locals over a yield, partial moves, moves on the right of `&&` and `||`, and, unless
//! `FUZZ_KNOWN` is set, the constructs that `found.md` lists as bugs.

use crate::program::Program;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ty {
    Int,
    D,
    OptD,
    OptI,
    VecD,
    Arr,
    Pair,
    Shape,
    RefD,
    /// `impl FnOnce() -> i32`.
    Once,
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
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Send {
    Int,
    D,
    OptI,
    Bool,
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
        budget: 30,
        size: 14,
    };
    for _ in 0..8 {
        g.next();
    }
    g.ret = [Ret::Int, Ret::Int, Ret::OptI, Ret::D][g.pick(4)];
    g.send = [Send::Int, Send::Int, Send::Int, Send::D, Send::OptI, Send::Bool][g.pick(6)];
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
        }
        .into(),
        yields: "i32".into(),
        sends: match g.send {
            Send::Int => "i32",
            Send::D => "D",
            Send::OptI => "(Option<i32>)",
            Send::Bool => "bool",
        }
        .into(),
        setup: "let p = pair(\"p\");".into(),
        call: call.join(", "),
        after: String::new(),
        body,
        items: "fn by_ref(a: &D, n: i32) -> i32 { t(format_args!(\"by_ref {a} {n}\")); a.len() + n } \
                fn two(a: D, b: D) -> (D, D) { t(\"two\"); (a, b) } \
                fn opt(n: i32) -> Option<D> { t(format_args!(\"opt {n}\")); if n % 3 == 0 { None } else { Some(d(format_args!(\"o{n}\"))) } } \
                fn choose(a: D, n: i32, b: D) -> D { t(format_args!(\"choose {n}\")); if n % 2 == 0 { a } else { b } } \
                fn boolean(b: bool) -> i32 { b as i32 }"
            .into(),
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
        let all: Vec<usize> =
            (0..self.vars.len()).filter(|i| self.vars[*i].ty == ty && self.visible(*i) && test(&self.vars[*i])).collect();
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
        if !matches!(ty, Ty::Int | Ty::RefD | Ty::OptI | Ty::Arr) {
            self.vars[index].state = State::Gone;
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
        for _ in 0..6 {
            let made = match self.pick(26) {
                0 => self.usable(Ty::Int),
                1..=4 => match self.send {
                    Send::Int => self.yielded(),
                    Send::D => self.yielded().map(|y| format!("eat({y})")),
                    Send::OptI => self.yielded().map(|y| format!("{y}.unwrap_or({})", self.pick(5))),
                    Send::Bool => self.yielded().map(|y| format!("boolean({y})")),
                },
                5 => Some(format!("f({})", self.int())),
                6 => Some(format!("sum3({}, {}, {})", self.int(), self.int(), self.int())),
                7 => Some(format!("({} {} {})", self.int(), ["+", "-", "^"][self.pick(3)], self.int())),
                8 => self.usable(Ty::D).map(|name| format!("{name}.len()")),
                9 if self.temps => Some(if self.known { format!("{}.len()", self.fresh_d()) } else { format!("eat({})", self.fresh_d()) }),
                10 => Some(format!("eat({})", self.droppable())),
                11 => Some(format!("(if {} {} else {})", self.cond(), self.value_block(Ty::Int), self.value_block_merged(Ty::Int))),
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
        let value = self.returned();
        format!("return {value}")
    }

    fn returned(&mut self) -> String {
        match self.ret {
            Ret::Int => self.int(),
            Ret::D => self.droppable(),
            Ret::OptI => {
                if self.chance(4) { "None".to_owned() } else { format!("Some({})", self.int()) }
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
                7 => Some(format!("(if {} {} else {})", self.cond(), self.value_block(Ty::D), self.value_block_merged(Ty::D))),
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

    fn atom(&mut self) -> String {
        let op = ["<", ">", "==", "!="][self.pick(4)];
        let left = self.int();
        // A bare marker or an indexed temporary on the left of a comparison is a known bug.
        let left = if !self.known && left.starts_with(['y', '[']) { format!("f({left})") } else { left };
        format!("b({left} {op} {})", self.int())
    }

    /// The right side of `&&`: moves nothing.
    fn right(&mut self) -> String {
        let moves = std::mem::replace(&mut self.moves, false);
        let text = self.cond();
        self.moves = moves;
        text
    }

    fn value(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Int => self.int(),
            Ty::D => self.droppable(),
            Ty::OptD => match self.pick(4) {
                0 => self.movable(Ty::OptD).unwrap_or_else(|| "None::<D>".into()),
                1 => format!("Some({})", self.droppable()),
                _ => format!("opt({})", self.int()),
            },
            Ty::OptI => match (self.send, self.pick(2)) {
                (Send::OptI, 0) => self.yielded().unwrap_or_else(|| "Some(1)".into()),
                _ => format!("even({})", self.int()),
            },
            Ty::VecD => match self.pick(4) {
                0 => self.movable(Ty::VecD).unwrap_or_else(|| "ds(\"i j\")".into()),
                1 => {
                    let first = self.droppable();
                    format!("vec![{first}, {}]", self.droppable())
                }
                _ => {
                    self.ds += 1;
                    format!("ds(\"i{0} j{0}\")", self.ds)
                }
            },
            Ty::Arr => format!("[{}, {}, {}]", self.int(), self.int(), self.int()),
            Ty::Pair => {
                let (a, n) = (self.droppable(), self.int());
                format!("Pair {{ a: {a}, n: {n}, b: {} }}", self.droppable())
            }
            Ty::Shape => match self.pick(4) {
                0 => format!("Shape::One({})", self.droppable()),
                1 => {
                    let first = self.droppable();
                    format!("Shape::Two({first}, {})", self.droppable())
                }
                2 => format!("Shape::Named {{ n: {}, d: {} }}", self.int(), self.droppable()),
                _ => format!("shape({})", self.int_abs()),
            },
            Ty::RefD => match self.pick(3) {
                0 => "&p.a".into(),
                1 => "&p.b".into(),
                _ => self.usable(Ty::RefD).unwrap_or_else(|| "&p.b".into()),
            },
            Ty::Once => match self.movable(Ty::D) {
                Some(name) => format!("move || eat({name})"),
                None => "move || f(4)".into(),
            },
        }
    }

    fn int_abs(&mut self) -> String {
        format!("i32::abs({})", self.int())
    }

    // Statements.

    fn block(&mut self, indent: usize) -> (String, bool) {
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
    fn stmts(&mut self, count: usize, indent: usize, out: &mut String) -> bool {
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
        self.budget = 9;
        self.size -= 1;
        for _ in 0..8 {
            let nested = self.depth < 3 && self.size > 0;
            let made: Option<(String, bool)> = match self.pick(34) {
                0..=4 => {
                    let ty = [Ty::Int, Ty::D, Ty::D, Ty::OptD, Ty::VecD, Ty::Arr, Ty::Pair, Ty::Shape, Ty::RefD, Ty::Once][self.pick(if self.known { 10 } else { 9 })];
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
                _ => None,
            };
            if let Some(made) = made {
                return made;
            }
        }
        (format!("t({});", self.pick(9)), false)
    }

    fn assign(&mut self, ty: Ty) -> Option<(String, bool)> {
        let index = self.find(ty, |var| var.mutable && !var.fixed)?;
        let name = self.vars[index].name.clone();
        // `x = D::with(x, …)` moves a variable of outside of a loop and gives it back.
        let value = if ty == Ty::D && self.vars[index].state == State::Init && self.chance(2) {
            self.vars[index].state = State::Gone;
            let jumps = std::mem::replace(&mut self.jumps, false);
            let value = format!("D::with({name}, {})", self.int());
            self.jumps = jumps;
            value
        } else {
            self.value(ty)
        };
        if index < self.vars.len() && self.vars[index].name == name {
            self.vars[index].state = State::Init;
        }
        Some((format!("{name} = {value};"), false))
    }

    fn if_stmt(&mut self, head: &str, bound: &[(String, Ty)], indent: usize) -> (String, bool) {
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
        let between = if self.chance(2) { format!("{}let _between = {};", "", self.droppable()) } else { String::new() };
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
        Some((format!("let {name}; {between}\n{pad}if {cond} {{ {name} = {first}; }} else {{ {name} = {second}; }}"), false))
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
}

thread_local! {
    static PENDING: std::cell::RefCell<Vec<Vec<State>>> = const { std::cell::RefCell::new(Vec::new()) };
}
