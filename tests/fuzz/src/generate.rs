//! Random programs: valid Rust by construction, as far as types, moves and initialisation go.
//!
//! What is left out: borrows of own locals over a yield, partial moves of what is in scope at a later one, moves on the
//! right of `&&` and `||`, and, unless `FUZZ_KNOWN` is set, the constructs that are often refused.

mod exceptions;
mod patterns;
mod places;
mod scope;
mod statements;
mod thrown;
mod values;

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
    /// `usize` below 3.
    Pos,
    /// `C`.
    Num,
    /// `[[i32; 3]; 3]`.
    Grid,
    /// `[D; 3]`.
    Trio,
    /// `&mut [[i32; 3]; 3]`.
    MutGrid,
    /// `&mut Pair`.
    MutPair,
    /// `&mut Vec<D>` of three.
    MutVec,
    /// `&D` of a local, where nothing pauses.
    Seen,
    /// `&mut D` of a local, where nothing pauses.
    Held,
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
    /// Borrowed: may not be moved or assigned.
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
    /// The states after the first branches whose second ones are being made.
    pending: Vec<Vec<State>>,
    /// How deep blocks may be nested.
    deepest: usize,
    /// How much is left for the expressions of a statement, and of statements.
    budget: i32,
    /// What a statement starts with.
    statement: i32,
    size: i32,
}

pub fn program(seed: u64, index: u64) -> Program {
    made(seed, index, std::env::var_os("FUZZ_PLAIN").is_none())
}

/// Without attempts and delegations.
pub fn plain(seed: u64, index: u64) -> Program {
    made(seed, index, false)
}

fn made(seed: u64, index: u64, exceptions: bool) -> Program {
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
        exceptions,
        attempts: Vec::new(),
        pending: Vec::new(),
        deepest: 3,
        budget: 30,
        statement: 9,
        size: 14,
    };
    for _ in 0..8 {
        g.next();
    }
    // Small ones compile in a third of the time, and what is wrong with them is easier to see.
    let is_small = !g.chance(8);
    if is_small {
        (g.statement, g.size) = (4, 5);
    }
    if g.chance(4) {
        g.deepest = 6;
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
    let (mut setup, mut after) = (String::from("let p = pair(\"p\");"), String::new());
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
    for (name, ty, text, value) in [
        ("mg", Ty::MutGrid, "[[i32; 3]; 3]", "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]"),
        ("mp", Ty::MutPair, "Pair", "pair(\"mp\")"),
        ("mv", Ty::MutVec, "Vec<D>", "ds(\"mv0 mv1 mv2\")"),
    ] {
        if g.chance(3) {
            params.push(format!("{name}: &'a mut {text}"));
            call.push(format!("&mut {name}"));
            setup += &format!(" let mut {name} = {value};");
            after += &format!("t(format_args!(\"{{{name}:?}}\"));");
            g.vars.push(Var { name: name.into(), ty, mutable: true, state: State::Init, loops: 0, fixed: false });
        }
    }
    let mut body = String::from("\n");
    let count = if is_small { 2 + g.pick(3) } else { 4 + g.pick(5) };
    let diverged = g.stmts(count, 1, &mut body);
    if !diverged {
        let tail = g.returned();
        body += &format!("    {tail}\n");
    }
    if !body.contains("yield_!") {
        body.insert_str(0, "\n    yield_!(9);");
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
        setup,
        call: call.join(", "),
        after,
        body,
        items: format!("use crate::delegates::{module}::*; ")
            + "fn never() -> D { unreachable!() } fn nothing((): ()) -> i32 { 2 } fn letters(s: &str) -> i32 { s.len() as i32 } "
            + "fn by_ref(a: &D, n: i32) -> i32 { t(format_args!(\"by_ref {a} {n}\")); a.len() + n } \
                fn two(a: D, b: D) -> (D, D) { t(\"two\"); (a, b) } \
                fn opt(n: i32) -> Option<D> { t(format_args!(\"opt {n}\")); if n % 3 == 0 { None } else { Some(d(format_args!(\"o{n}\"))) } } \
                fn choose(a: D, n: i32, b: D) -> D { t(format_args!(\"choose {n}\")); if n % 2 == 0 { a } else { b } } \
                fn boolean(b: bool) -> i32 { b as i32 } \
                fn once(f: impl FnOnce() -> i32) -> i32 { t(\"once\"); f() } \
                fn both(a: C, n: i32, b: C) -> i32 { t(format_args!(\"both {} {n} {}\", a.0, b.0)); a.0 + n - b.0 } \
                fn bump(n: &mut i32, by: i32) -> i32 { *n += by; t(format_args!(\"bump {n}\")); *n } \
                fn peek(d: &D) -> i32 { d.len() } \
                fn parsed(n: i32) -> Result<D, Oops> { t(format_args!(\"parsed {n}\")); if n % 3 == 1 { Err(oops(n)) } else { Ok(d(n)) } }",
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
}
