//! Expressions of random bodies.

use super::{Gen, Ret, Send, State, Ty};

impl Gen {
    pub(super) fn yielded(&mut self) -> Option<String> {
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

    pub(super) fn int(&mut self) -> String {
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
            let made = match self.pick(33) {
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
                21 if self.chance(2) => self.matched_value(Ty::Int).map(|text| format!("({text})")),
                21 => self.match_int(),
                22 => self.movable(Ty::Once).map(|name| format!("once({name})")),
                26 => Some(format!("(|n: i32| n + {})({})", self.pick(5), self.int())),
                27 => self.usable(Ty::D).map(|name| format!("once(|| peek(&{name}))")),
                28 => self.labelled_value(),
                23 => self.loop_value(),
                24 => self.usable(Ty::Int).map(|name| format!("{name}.max({})", self.int())),
                25 if self.jumps && self.chance(3) => {
                    let jump = self.jump_in_branch();
                    Some(format!("(if {} {{ {jump} }} else {{ {} }})", self.cond(), self.pick(5)))
                }
                29..=31 => self.placed_int(),
                32 => match self.pick(2) {
                    0 => self.usable(Ty::Seen).map(|name| format!("by_ref({name}, {})", self.int())),
                    _ => self.usable(Ty::Held).map(|name| format!("{name}.touch().len()")),
                },
                _ => None,
            };
            if let Some(made) = made {
                return made;
            }
        }
        self.literal()
    }

    pub(super) fn literal(&mut self) -> String {
        format!("{}i32", self.pick(6))
    }

    pub(super) fn droppable(&mut self) -> String {
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
            let made = match self.pick(12) {
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
                11 => self.matched_value(Ty::D).map(|text| format!("({text})")),
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
    pub(super) fn value_block(&mut self, ty: Ty) -> String {
        let states = self.states();
        let text = self.braced_value(ty);
        let after = self.states();
        self.restore(&states);
        self.pending.push(after);
        text
    }

    /// The block of the other branch of the last [`Gen::value_block`].
    pub(super) fn value_block_merged(&mut self, ty: Ty) -> String {
        let other = self.pending.pop().unwrap_or_default();
        let text = self.braced_value(ty);
        self.merge(&other);
        text
    }

    pub(super) fn braced_value(&mut self, ty: Ty) -> String {
        let count = self.vars.len();
        let mut text = String::from("{ ");
        let temps = std::mem::replace(&mut self.temps, true);
        if self.chance(3) && self.depth < self.deepest && self.budget > 0 {
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
        if self.depth >= self.deepest {
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

    /// A block that is left with a value.
    fn labelled_value(&mut self) -> Option<String> {
        if self.depth >= self.deepest {
            return None;
        }
        self.labels += 1;
        let label = format!("'w{}", self.labels);
        let (cond, states) = (self.cond(), self.states());
        let jumps = std::mem::replace(&mut self.jumps, false);
        let early = self.int();
        let after = self.states();
        self.restore(&states);
        let value = self.braced_value(Ty::Int);
        self.jumps = jumps;
        self.merge(&after);
        Some(format!("({label}: {{ if {cond} {{ break {label} {early}; }} {value} }})"))
    }

    /// A value with a destructor, in the making of which nothing pauses.
    pub(super) fn temporary(&mut self) -> String {
        let pausing = std::mem::replace(&mut self.pausing, false);
        let made = if self.chance(2) { self.droppable() } else { self.fresh_d() };
        self.pausing = pausing;
        // A local is no temporary.
        if made.starts_with(|c: char| c.is_ascii_lowercase()) && !made.contains('(') {
            format!("{{ {made} }}")
        } else {
            made
        }
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

    pub(super) fn guard(&mut self) -> String {
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

    pub(super) fn cond(&mut self) -> String {
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

    pub(super) fn atom(&mut self) -> String {
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

    pub(super) fn value(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Int => self.int(),
            Ty::D => self.droppable(),
            Ty::OptD => match self.pick(4) {
                0 => self.movable(Ty::OptD).unwrap_or_else(|| "None::<D>".into()),
                1 => format!("Some({})", self.droppable()),
                _ => format!("opt({})", self.int()),
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
            Ty::Sub => self.leaf(),
            Ty::Pos => format!("at({}) % 3", self.int()),
            Ty::Num => format!("C({})", self.int()),
            Ty::Grid => {
                let (n, row) = (self.int(), self.literal());
                let grid = format!("[[{n}, 1, 2], [{row}; 3], [{}, 4, 5]]", self.int());
                if self.chance(4) { self.usable(Ty::Grid).unwrap_or(grid) } else { grid }
            }
            Ty::Trio => match self.pick(4) {
                0 => self.movable(Ty::Trio),
                _ => None,
            }
            .unwrap_or_else(|| format!("[{}, {}, {}]", self.droppable(), self.fresh_d(), self.droppable())),
            Ty::ResD | Ty::Exc | Ty::MutGrid | Ty::MutPair | Ty::MutVec | Ty::Seen | Ty::Held => {
                unreachable!("made where they are declared")
            }
        }
    }

    fn int_abs(&mut self) -> String {
        format!("i32::abs({})", self.int())
    }

    fn fresh_d(&mut self) -> String {
        self.ds += 1;
        format!("d(\"t{}\")", self.ds)
    }
}
