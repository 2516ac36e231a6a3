//! Places of random bodies: parts of locals and what is behind references that the caller lends, indexed once or more.

use super::{Gen, State, Ty};

/// What a destructuring assignment takes apart.
enum Part {
    Int,
    Droppable,
    Ignored(Ty),
    Tuple(Vec<Part>),
    /// `[a, b]`, `[a, ..]`: of numbers or of droppable values.
    Array(Vec<Part>, bool),
    /// `C(n)`.
    Number(Box<Part>),
    /// `P { x, y, .. }`.
    Point(Box<Part>, Box<Part>),
    /// `Pair { a, n, .. }`.
    Pair(Box<Part>, Box<Part>),
}

impl Gen {
    /// Makes something while a variable may not be mentioned.
    pub(super) fn hiding<T>(&mut self, root: Option<usize>, make: impl FnOnce(&mut Gen) -> T) -> T {
        let Some(index) = root else { return make(self) };
        let state = std::mem::replace(&mut self.vars[index].state, State::Gone);
        let fixed = std::mem::replace(&mut self.vars[index].fixed, true);
        let made = make(self);
        (self.vars[index].state, self.vars[index].fixed) = (state, fixed);
        made
    }

    /// Makes something while a variable may be read only.
    pub(super) fn fixing<T>(&mut self, root: Option<usize>, make: impl FnOnce(&mut Gen) -> T) -> T {
        let Some(index) = root else { return make(self) };
        let fixed = std::mem::replace(&mut self.vars[index].fixed, true);
        let made = make(self);
        self.vars[index].fixed = fixed;
        made
    }

    /// An index below `n`.
    fn position(&mut self, n: usize) -> String {
        match self.pick(5) {
            0 => self.pick(n).to_string(),
            1 if n == 3 => self.usable(Ty::Pos).unwrap_or_else(|| self.pick(n).to_string()),
            _ => format!("at({}) % {n}", self.int()),
        }
    }

    /// A variable of one of some types that may be read, and assigned to if that is asked for.
    fn root(&mut self, types: &[Ty], write: bool) -> Option<(String, usize)> {
        let ty = types[self.pick(types.len())];
        let index = self.find(ty, |var| var.state == State::Init && (!write || var.mutable && !var.fixed))?;
        Some((self.vars[index].name.clone(), index))
    }

    /// A place of a number, and the variable it is part of.
    pub(super) fn int_place(&mut self, write: bool) -> Option<(String, usize)> {
        match self.pick(7) {
            0 => self.root(&[Ty::Int], write),
            1 => {
                let (name, root) = self.root(&[Ty::Arr], write)?;
                Some((format!("{name}[{}]", self.position(3)), root))
            }
            2 | 3 => {
                let (name, root) = self.root(&[Ty::Grid, Ty::MutGrid], write)?;
                let first = self.position(3);
                // What is indexed first is borrowed in the `pinned` form.
                let second = self.hiding(Some(root), |g| g.position(3));
                Some((format!("{name}[{first}][{second}]"), root))
            }
            4 => {
                let (name, root) = self.root(&[Ty::Grid, Ty::MutGrid], write)?;
                let range = [format!("{}..", self.position(2)), format!("..={}", self.pick(2) + 1)];
                let range = &range[self.pick(2)];
                let (second, third) = self.hiding(Some(root), |g| (g.position(2), g.position(3)));
                Some((format!("{name}[{range}][{second}][{third}]"), root))
            }
            5 => {
                let (name, root) = self.root(&[Ty::Arr], write)?;
                let (start, second) = (self.position(2), self.hiding(Some(root), |g| g.position(2)));
                let range = [format!("{start}.."), format!("{start}..=2"), format!("..{start} + 2")];
                Some((format!("{name}[{}][{second}]", range[self.pick(3)]), root))
            }
            _ => {
                let (name, root) = self.root(&[Ty::Pair, Ty::MutPair, Ty::Num], write)?;
                let (ty, derefs) = (self.vars[root].ty, self.chance(3));
                let text = match ty {
                    Ty::Num => format!("{name}.0"),
                    Ty::MutPair if derefs => format!("(*{name}).n"),
                    _ => format!("{name}.n"),
                };
                Some((text, root))
            }
        }
    }

    /// A place of a droppable value that is there, and the variable it is part of.
    pub(super) fn droppable_place(&mut self, write: bool) -> Option<(String, usize)> {
        match self.pick(4) {
            0 => self.root(&[Ty::D], write),
            1 => {
                let (name, root) = self.root(&[Ty::Pair, Ty::MutPair], write)?;
                Some((format!("{name}.{}", ["a", "b"][self.pick(2)]), root))
            }
            _ => {
                let (name, root) = self.root(&[Ty::Trio, Ty::MutVec], write)?;
                let index = self.fixing(Some(root), |g| g.position(3));
                Some((format!("{name}[{index}]"), root))
            }
        }
    }

    /// A statement that writes to a place.
    pub(super) fn placed(&mut self) -> Option<String> {
        match self.pick(9) {
            0 => {
                let value = self.int();
                let (place, _) = self.int_place(true)?;
                Some(format!("{place} {} {value};", ["=", "+=", "-=", "^="][self.pick(4)]))
            }
            1 => {
                let value = self.droppable();
                let (place, _) = self.droppable_place(true)?;
                Some(format!("{place} = {value};"))
            }
            2 => {
                let (place, _) = self.int_place(true)?;
                self.names += 1;
                let held = format!("held{}", self.names);
                Some(format!("let {held} = &mut {place}; *{held} += {}; t(*{held});", self.pick(9)))
            }
            3 => {
                let (place, _) = self.droppable_place(true)?;
                self.names += 1;
                let held = format!("held{}", self.names);
                Some(format!("let {held} = &mut {place}; {held}.put({}); t(peek({held}));", self.pick(9)))
            }
            4 => {
                let (place, root) = self.droppable_place(true)?;
                // What is indexed is borrowed before the argument is evaluated.
                let value = if place.contains('[') {
                    self.hiding(Some(root), Gen::int)
                } else {
                    self.fixing(Some(root), Gen::int)
                };
                Some(format!("{place}.put({value});"))
            }
            _ => Some(self.destructuring()),
        }
    }

    /// A value for which a place is borrowed or copied before other operands.
    pub(super) fn placed_int(&mut self) -> Option<String> {
        match self.pick(8) {
            0..=2 => self.int_place(false).map(|(place, _)| place),
            3 => self.droppable_place(false).map(|(place, _)| format!("{place}.len()")),
            4 => {
                let (name, _) = self.root(&[Ty::Num], true)?;
                Some(format!("{name}.up()"))
            }
            5 => {
                let (name, _) = self.root(&[Ty::Num], true)?;
                Some(format!("both({name}, {}, {name})", self.int()))
            }
            6 => {
                let (place, root) = self.int_place(true)?;
                let by = self.hiding(Some(root), Gen::literal);
                Some(format!("bump(&mut {place}, {by})"))
            }
            _ => {
                // Read, changed by a method and read again.
                let (name, root) = self.root(&[Ty::MutPair, Ty::Num], true)?;
                let (field, change) = match self.vars[root].ty {
                    Ty::Num => ("0", "up()"),
                    _ => ("a.name.len() as i32", "a.touch()"),
                };
                Some(format!("sum3({name}.{field}, {{ {name}.{change}; {} }}, {name}.{field})", self.int()))
            }
        }
    }

    /// `(a, list[i]) = …`: the value first, then one place after the other.
    fn destructuring(&mut self) -> String {
        let parts = (0..2 + self.pick(2)).map(|_| self.part(1)).collect();
        let part = if self.chance(3) { self.part(0) } else { Part::Tuple(parts) };
        let value = self.part_value(&part);
        let place = self.part_place(&part);
        format!("{place} = {value};")
    }

    fn part(&mut self, depth: usize) -> Part {
        match self.pick(if depth > 1 { 5 } else { 11 }) {
            0 | 1 if depth > 0 => Part::Int,
            2 | 3 if depth > 0 => Part::Droppable,
            4 if depth > 0 => Part::Ignored([Ty::Int, Ty::D][self.pick(2)]),
            5 => Part::Array((0..2).map(|_| Part::Int).collect(), self.chance(2)),
            6 => Part::Array((0..2).map(|_| Part::Droppable).collect(), self.chance(2)),
            7 => Part::Number(Box::new(Part::Int)),
            8 => Part::Point(Box::new(Part::Int), Box::new(Part::Int)),
            9 => Part::Pair(Box::new(Part::Droppable), Box::new(Part::Int)),
            _ => Part::Tuple((0..2).map(|_| self.part(depth + 1)).collect()),
        }
    }

    fn part_value(&mut self, part: &Part) -> String {
        let mut all = |parts: &[Part]| parts.iter().map(|part| self.part_value(part)).collect::<Vec<_>>().join(", ");
        match part {
            Part::Tuple(parts) => format!("({})", all(parts)),
            Part::Array(parts, false) => format!("[{}]", all(parts)),
            Part::Array(parts, true) => {
                let first = all(parts);
                format!("[{first}, {}]", self.part_value(&parts[0]))
            }
            Part::Int | Part::Ignored(Ty::Int) => self.int(),
            Part::Droppable | Part::Ignored(_) => self.droppable(),
            Part::Number(n) => format!("C({})", self.part_value(n)),
            Part::Point(x, y) => {
                let (x, y) = (self.part_value(x), self.part_value(y));
                format!("P {{ x: {x}, y: {y}, z: {} }}", self.literal())
            }
            Part::Pair(a, n) => {
                let (a, n) = (self.part_value(a), self.part_value(n));
                format!("Pair {{ a: {a}, n: {n}, b: {} }}", self.droppable())
            }
        }
    }

    fn part_place(&mut self, part: &Part) -> String {
        let mut all = |parts: &[Part]| parts.iter().map(|part| self.part_place(part)).collect::<Vec<_>>().join(", ");
        match part {
            Part::Tuple(parts) => format!("({})", all(parts)),
            Part::Array(parts, false) => format!("[{}]", all(parts)),
            Part::Array(parts, true) => format!("[{}, ..]", all(parts)),
            Part::Int => self.int_place(true).map_or_else(|| "_".into(), |(place, _)| place),
            Part::Droppable => self.assigned_place(),
            Part::Ignored(_) => "_".into(),
            Part::Number(n) => format!("C({})", self.part_place(n)),
            Part::Point(x, y) => {
                let x = self.part_place(x);
                format!("P {{ x: {x}, y: {}, .. }}", self.part_place(y))
            }
            Part::Pair(a, n) => {
                let a = self.part_place(a);
                format!("Pair {{ a: {a}, n: {}, .. }}", self.part_place(n))
            }
        }
    }

    /// A place of a droppable value, which may be a local that was moved.
    fn assigned_place(&mut self) -> String {
        if self.chance(2)
            && let Some(index) = self.find(Ty::D, |var| var.mutable && !var.fixed)
        {
            self.vars[index].state = State::Init;
            self.changed(index);
            return self.vars[index].name.clone();
        }
        self.droppable_place(true).map_or_else(|| "_".into(), |(place, _)| place)
    }
}
