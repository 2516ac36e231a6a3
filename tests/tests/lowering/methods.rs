//! Methods: every kind of `self`, in impls and traits.

use std::fmt::Debug;

use crate::things::*;

methods! { ($)
    plain by_reference in Bag { struct Bag { all: Vec<D> } } as { impl Bag } (&self, from: usize) -> i32; yield (&str), send i32;
    with let { let bag = Bag { all: ds("a b c") }; } (&bag, 1) {
        let mut sum = 0;
        for one in &self.all[from..] {
            sum += yield_!(one.get());
        }
        sum + self.all.len() as i32
    }

    plain by_mut_reference in Counter { #[derive(Debug)] struct Counter { n: i32, d: D } } as { impl Counter } (&mut self) -> i32; yield i32, send i32;
    with let { let mut counter = Counter { n: 1, d: d("d") }; } (&mut counter) then { t(format_args!("{counter:?}")); } {
        while self.n < 8 {
            self.n += 1 + yield_!(self.n);
            self.d.put(yield_!(self.d.len()));
        }
        self.n
    }

    plain by_rc in Bag { struct Bag { d: D } } as { impl Bag } (self: std::rc::Rc<Self>) -> usize; yield usize, send i32;
    with let { let bag = std::rc::Rc::new(Bag { d: d("d") }); } (std::rc::Rc::clone(&bag)) then { t(std::rc::Rc::strong_count(&bag)); } {
        yield_!(std::rc::Rc::strong_count(&self));
        yield_!(self.d.len() as usize);
        std::rc::Rc::strong_count(&self)
    }

    plain without_self in Bag { #[derive(Debug)] struct Bag; } as { impl Bag } (n: i32) -> Self where { }; yield i32, send i32;
    with (4) then { } {
        t(yield_!(n));
        let made = Self;
        let Self = made;
        t(std::any::type_name::<Self>().len());
        yield_!(2);
        Self
    }

    plain generic_type in Stack { #[derive(Debug)] struct Stack<T> { all: Vec<T> } } as { impl<T: Debug + Clone> Stack<T> } (&mut self, item: T) -> (Option<T>); yield usize, send i32;
    with let { let mut stack = Stack { all: ds("a b") }; } (&mut stack, d("item")) then { t(format_args!("{stack:?}")); } {
        for _ in 0..yield_!(self.all.len()) % 3 {
            self.all.push(item.clone());
            yield_!(self.all.len());
        }
        self.all.pop()
    }

    plain generic_method in Bag { struct Bag { n: i32 } } as { impl Bag } [T: Debug, const N: usize] (&self, items: [T; N]) -> (Vec<(i32, T)>); yield T, send i32;
    with let { let bag = Bag { n: 7 }; } (&bag, ["x", "y"]) {
        let mut out = vec![];
        for item in items {
            let n = self.n + N as i32;
            out.push((n, item));
        }
        if let Some((_, first)) = out.pop() {
            let n = yield_!(first);
            out.iter_mut().for_each(|(m, _)| *m += n);
        }
        out
    }

    plain lifetimes_of_self_and_argument in Text { struct Text<'t> { text: &'t str } } as { impl<'t> Text<'t> } (&self, sep: char) -> (&'t str); yield (&'t str), send bool;
    with let { let text = Text { text: "a,bb,ccc" }; } (&text, ',') {
        for part in self.text.split(sep) {
            if yield_!(part) {
                return part;
            }
        }
        self.text
    }

    plain associated_const_and_type in Ring { struct Ring { n: usize } impl Ring { const SIZE: usize = 3; } } as { impl Ring } (&mut self) -> usize; yield usize, send usize;
    with let { let mut ring = Ring { n: 1 }; } (&mut ring) then { t(ring.n); } {
        for _ in 0..Self::SIZE {
            self.n = (self.n + yield_!(self.n)) % Self::SIZE;
        }
        Ring::SIZE - self.n
    }

    plain self_type_in_patterns in Tree { enum Tree { Leaf(i32), Node(Box<Tree>, Box<Tree>) } } as { impl Tree } (&self) -> i32; yield i32, send i32;
    with let { let tree = Tree::Node(Box::new(Tree::Leaf(1)), Box::new(Tree::Node(Box::new(Tree::Leaf(2)), Box::new(Tree::Leaf(3))))); } (&tree) {
        let mut sum = 0;
        let mut stack = vec![self];
        while let Some(tree) = stack.pop() {
            match tree {
                Self::Leaf(n) => sum += n * yield_!(*n),
                Self::Node(left, right) => { stack.push(right); stack.push(left); }
            }
        }
        sum
    }

    plain trait_default_method in Dog { struct Dog(D); impl Legs for Dog { fn legs(&self) -> i32 { self.0.len() } } trait Legs { fn legs(&self) -> i32; } impl Animal for Dog {} } as { trait Animal: Legs } (&self) -> i32; yield i32, send i32;
    with let { let dog = Dog(d("dog")); } (&dog) {
        yield_!(self.legs()) + self.legs()
    }

    mix matrix_walk in Grid { struct Grid { cells: Vec<Vec<D>>, seen: Vec<String> } } as { impl Grid } (&mut self, limit: usize) -> (Result<usize, Failed>); yield (usize, usize), send (Option<i32>);
    with let { let mut grid = Grid { cells: vec![ds("a b"), ds("c"), ds("e f")], seen: vec![] }; } (&mut grid, 3) then { t(format_args!("{:?} {:?}", grid.seen, grid.cells)); } {
        'rows: for i in 0..self.cells.len() {
            let mut j = 0;
            while j < self.cells[i].len() {
                let n = match yield_!((i, j)) {
                    Some(n) if n > 4 => { small(n)?; unreachable!() }
                    Some(0) => { drop(self.cells[i].remove(j)); continue 'rows }
                    Some(n) => n,
                    None => break 'rows,
                };
                self.seen.push(format!("{}{n}", self.cells[i][j]));
                if self.seen.len() >= limit && let Some(m) = yield_!((9, 9)) {
                    return Ok(m as usize + self.seen.len());
                }
                j += 1;
            }
        }
        Ok(self.seen.len())
    }

    mix visitor_with_guards in Room { struct Room { cell: std::cell::Cell<i32>, names: Vec<D> } } as { impl Room } (&self, deep: bool) -> (Option<String>); yield i32, send (Option<i32>);
    with let { let room = Room { cell: std::cell::Cell::new(0), names: ds("x yy") }; } (&room, true) then { t(room.cell.get()); } {
        let guard = lock(&self.cell, "room");
        for (i, name) in self.names.iter().enumerate() {
            let _inner = if deep { Some(lock(&self.cell, "inner")) } else { None };
            guard.set(self.cell.get() + yield_!(i as i32)?);
            if let Some(n) = yield_!(self.cell.get()) && n as usize > name.name.len() {
                return Some(format!("{name}{n}"));
            }
        }
        drop(guard);
        yield_!(-1).map(|n| n.to_string())
    }

    plain by_value_mut in Bag { struct Bag { all: Vec<D> } } as { impl Bag } (mut self, extra: D) -> (Vec<D>); yield i32, send bool;
    with (Bag { all: ds("a b") }, d("extra")) {
        if yield_!(1) {
            self.all.push(extra);
        }
        let last = self.all.pop();
        yield_!(last.as_ref().map_or(0, |one| one.len()));
        self.all
    }

    plain by_pin in Bag { struct Bag { n: i32 } } as { impl Bag } (self: std::pin::Pin<&mut Self>) -> i32; yield i32, send i32;
    with let { let mut bag = Bag { n: 1 }; } (std::pin::Pin::new(&mut bag)) then { t(bag.n); } {
        let this = self.get_mut();
        this.n += yield_!(this.n);
        this.n *= yield_!(this.n);
        this.n
    }

    plain calls_other_methods in Walker { struct Walker { at: i32 } impl Walker { fn step(&mut self, by: i32) -> &mut Self { self.at += by; self } fn here(&self) -> i32 { f(self.at) } } } as { impl Walker } (&mut self) -> i32; yield i32, send i32;
    with let { let mut walker = Walker { at: 0 }; } (&mut walker) {
        self.step(yield_!(self.here())).step(1);
        let by = yield_!(self.here());
        self.step(by);
        yield_!(self.step(1).here());
        self.here()
    }
}
