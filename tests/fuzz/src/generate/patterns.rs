//! Patterns of random bodies: what takes a value apart, what borrows parts of it until the next pause, and partial moves.

use super::{Gen, State, Ty};

impl Gen {
    pub(super) fn patterned(&mut self, indent: usize) -> Option<(String, bool)> {
        let nested = self.depth < self.deepest && self.size > 0;
        match self.pick(8) {
            0 | 1 => Some((self.taken_apart(), false)),
            2 => self.parts_borrowed().map(|text| (text, false)),
            3 => self.part_matched(),
            4 | 5 if nested => self.seen(indent),
            6 | 7 if nested => Some((self.partly_moved(indent), false)),
            _ => None,
        }
    }

    /// Names of which no two are the same.
    fn distinct<const N: usize>(&mut self) -> [String; N] {
        let mut all: [String; N] = std::array::from_fn(|_| self.name());
        for index in 1..N {
            if all[..index].contains(&all[index]) {
                self.names += 1;
                all[index] = format!("x{}", self.names);
            }
        }
        all
    }

    fn declared(&mut self, name: &str, ty: Ty) -> String {
        let mutable = self.chance(3);
        self.push_var(name, ty, mutable, State::Init);
        format!("{}{name}", if mutable { "mut " } else { "" })
    }

    /// A `let` that leaves nothing of a value.
    fn taken_apart(&mut self) -> String {
        match self.pick(4) {
            0 => {
                let value = self.value(Ty::Trio);
                // rustc drops an array in reverse whose elements were moved out one by one on another way.
                let value = if value.starts_with('[') { value } else { format!("{{ {value} }}") };
                let names: [_; 3] = self.distinct();
                let [x, y, z] = names.map(|name| self.declared(&name, Ty::D));
                format!("let [{x}, {y}, {z}] = {value};")
            }
            1 => {
                let (first, pair) = (self.droppable(), self.value(Ty::Pair));
                let [w, x, y, z] = self.distinct();
                let (w, x) = (self.declared(&w, Ty::D), self.declared(&x, Ty::D));
                let (y, z) = (self.declared(&y, Ty::Int), self.declared(&z, Ty::D));
                format!("let ({w}, Pair {{ b: {x}, n: {y}, a: {z} }}) = ({first}, {pair});")
            }
            _ => {
                let pair = self.value(Ty::Pair);
                let [x, y, z] = self.distinct();
                let (x, y, z) = (self.declared(&x, Ty::D), self.declared(&y, Ty::Int), self.declared(&z, Ty::D));
                format!("let Pair {{ b: {x}, n: {y}, a: {z} }} = {pair};")
            }
        }
    }

    /// A `let` with `ref` and `ref mut`, whose bindings are used at once.
    fn parts_borrowed(&mut self) -> Option<String> {
        self.names += 1;
        let n = self.names;
        let mutable = |var: &super::Var| var.state == State::Init && var.mutable && !var.fixed;
        match self.pick(4) {
            0 => {
                let pair = self.find(Ty::Pair, mutable)?;
                let pair = &self.vars[pair].name;
                Some(format!(
                    "let Pair {{ ref a, ref mut b, n: ref mut n{n} }} = {pair}; b.put(*n{n}); *n{n} += 1; t(peek(a) + *n{n});"
                ))
            }
            1 => {
                let (place, _) = self.droppable_place(true)?;
                Some(format!("let ref mut held{n} = {place}; held{n}.put(1); t(peek(held{n}));"))
            }
            2 => {
                let trio = self.find(Ty::Trio, mutable)?;
                let trio = &self.vars[trio].name;
                Some(format!("let [ref mut u{n}, _, ref v{n}] = {trio}; u{n}.put(peek(v{n}));"))
            }
            _ => {
                let value = self.int();
                Some(format!("let ref mut held{n} = d({value}); held{n}.put(3); t(&*held{n});"))
            }
        }
    }

    /// A `match` or `if let` on numbers in a place, which binds them by reference.
    fn part_matched(&mut self) -> Option<(String, bool)> {
        self.names += 1;
        let n = self.names;
        if self.chance(2) {
            let (place, _) = self.int_place(true)?;
            return Some((format!("match {place} {{ ref mut n{n} => {{ *n{n} ^= 3; t(*n{n}); }} }}"), false));
        }
        let grid = [Ty::Grid, Ty::MutGrid][self.pick(2)];
        let grid = self.find(grid, |var| var.state == State::Init && var.mutable && !var.fixed)?;
        let (name, index) = (self.vars[grid].name.clone(), self.int());
        Some((
            format!("if let [ref mut u{n}, .., ref v{n}] = {name}[at({index}) % 3] {{ *u{n} += *v{n}; t(*u{n}); }}"),
            false,
        ))
    }

    /// A `match` or `if let` on what is whole afterwards, with bindings by reference in whose arms nothing pauses.
    fn seen(&mut self, indent: usize) -> Option<(String, bool)> {
        self.names += 1;
        let name = format!("seen{}", self.names);
        let exclusive = self.chance(2);
        let by = if exclusive { "ref mut" } else { "ref" };
        let test = |var: &super::Var| var.state == State::Init && (!exclusive || var.mutable && !var.fixed);
        let (matched, root, pattern) = match self.pick(3) {
            0 => {
                let root = self.find(Ty::OptD, test)?;
                (self.vars[root].name.clone(), Some(root), format!("Some({by} {name})"))
            }
            1 => {
                let root = self.find(Ty::Shape, test)?;
                let patterns = [
                    format!("Shape::One({by} {name}) | Shape::Named {{ d: {by} {name}, .. }}"),
                    format!("Shape::Two(_, {by} {name})"),
                ];
                (self.vars[root].name.clone(), Some(root), patterns[self.pick(2)].clone())
            }
            _ => (format!("opt({})", self.int()), None, format!("Some({by} {name})")),
        };
        let states = self.states();
        let count = self.vars.len();
        let pausing = std::mem::replace(&mut self.pausing, false);
        let made = |g: &mut Gen| {
            g.push_var(&name, if exclusive { Ty::Held } else { Ty::Seen }, false, State::Init);
            g.block(indent)
        };
        let (then, then_ends) = if exclusive { self.hiding(root, made) } else { self.fixing(root, made) };
        self.pausing = pausing;
        self.vars.truncate(count);
        let after = self.states();
        self.restore(&states);
        let is_match = self.chance(2);
        if !is_match && self.chance(2) {
            if !then_ends {
                self.merge(&after);
            }
            return Some((format!("if let {pattern} = {matched} {then}"), false));
        }
        // A temporary is there to the end of the whole, and a borrow of it with it.
        let (other, other_ends) = self.block(indent);
        match (then_ends, other_ends) {
            (true, _) => {}
            (false, true) => self.restore(&after),
            (false, false) => self.merge(&after),
        }
        let text = if is_match {
            format!("match {matched} {{ {pattern} => {then} _ => {other} }}")
        } else {
            format!("if let {pattern} = {matched} {then} else {other}")
        };
        Some((text, then_ends && other_ends))
    }

    /// A block at whose end parts of a local are moved out, when nothing pauses any more.
    fn partly_moved(&mut self, indent: usize) -> String {
        let pad = "    ".repeat(indent);
        let count = self.vars.len();
        self.depth += 1;
        let value = self.value(Ty::Pair);
        self.names += 1;
        let name = format!("part{}", self.names);
        self.push_var(&name, Ty::Pair, true, State::Init);
        self.vars[count].fixed = self.chance(2);
        let mut text = format!("{{\n{pad}    let mut {name} = {value};\n");
        let stmts = 1 + self.pick(2);
        if !self.stmts(stmts, indent + 1, &mut text) && self.vars[count].state == State::Init {
            let moved = ["a", "b"][self.pick(2)];
            let ends = match self.pick(4) {
                0 => format!("let x = {name}.{moved}; t({name}.n); t(peek(&x));"),
                1 => format!("drop({name}.a); let y = {name}.b; t(&y);"),
                // It is whole again.
                2 => format!("drop({name}.{moved}); {name}.{moved} = d(\"again\"); t({name}.n);"),
                _ => format!("t(eat({name}.{moved}) + {name}.n);"),
            };
            text += &format!("{pad}    {ends}\n");
        }
        self.depth -= 1;
        self.vars.truncate(count);
        text + &pad + "}"
    }
}
