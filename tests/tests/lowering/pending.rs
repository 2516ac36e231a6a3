//! Cases that do not pass yet (other refusals and wrong traces). This file is not compiled: a case goes back to its table when it passes.

// assign.rs: refused; error[E0277]: whether the left or the right side of this assignment is evaluated first depends on `things::W`
plain compound_overloaded_on_index_of_vec() -> (Vec<W>); yield i32, send i32; with () {
    let mut all = vec![w(1), w(2)];
    all[0] += yield_!(1);
    let i = yield_!(2) as usize % 2;
    all[i] += yield_!(3);
    all
}

// assign.rs: refused; error[E0277]: whether the left or the right side of this assignment is evaluated first depends on `things::W`
plain compound_overloaded_index_first() -> (Vec<W>); yield i32, send i32; with () {
    let mut all = vec![w(1), w(2), w(3), w(4)];
    all[at(1)] += yield_!(f(2));
    all[at(2)] += w(yield_!(f(3)));
    all
}

// borrows.rs: refused; error[E0700]: hidden type for `impl coframe::Machine<bool, Yield = usize, Return = String>` captures lifetime that does not appear in bounds
plain reference_reassigned(a: &str, b: &str) -> String; yield usize, send bool; with ("long", "s") {
    let mut best = a;
    if yield_!(best.len()) {
        best = b;
    }
    yield_!(best.len());
    best.to_uppercase()
}

// borrows.rs: refused; error[E0700]: hidden type for `impl coframe::Machine<i32, Yield = i32, Return = ()>` captures lifetime that does not appear in bounds
plain struct_holding_references(v: &[i32], n: &mut i32) -> (); yield i32, send i32; with let { let mut n = 0; } (&[1, 2, 3], &mut n) then { t(n); } {
    struct Sum<'a> {
        over: &'a [i32],
        to: &'a mut i32,
    }
    let sum = Sum { over: v, to: n };
    for x in sum.over {
        *sum.to += x * yield_!(*x);
    }
    yield_!(*sum.to);
}

// closures.rs: refused; error: two items of one name in the body of a coroutine, in blocks that pause; give one of them another name
plain nested_item_in_inner_block() -> i32; yield i32, send i32; with () {
    let n = { const A: i32 = 1; yield_!(A) };
    let m = { const A: i32 = 2; fn g(n: i32) -> i32 { n + A } g(yield_!(A)) };
    n + m
}

// generics.rs: refused; error: `#[cfg]` cannot be decided here, because a coroutine's body is compiled before `cfg` is applied; put it on the whole function or use `if cfg!(…)`
plain attributes_on_statements() -> i32; yield i32, send i32; with () {
    #[allow(unused_variables)]
    let unused = f(1);
    #[allow(clippy::let_and_return)]
    let n = yield_!(2);
    #[cfg(test)]
    let n = n + 1;
    #[cfg(any())]
    let n = "never compiled";
    #[cfg(any())]
    {
        nonsense(n);
    }
    #[cfg(all())]
    t("compiled");
    yield_!(n)
}

// generics.rs: refused; error: `#[cfg]` cannot be decided here, because a coroutine's body is compiled before `cfg` is applied; put it on the whole function or use `if cfg!(…)`
plain attributes_on_arms_and_blocks() -> i32; yield i32, send i32; with () {
    let n = yield_!(1);
    let m = match n {
        #[cfg(any())]
        0 => nonsense(),
        #[cfg(test)]
        0 => yield_!(10),
        #[allow(unused_parens)]
        1 => (f(1)),
        _ => 2,
    };
    #[allow(unused_parens)]
    {
        t((m));
    }
    yield_!(m)
}

// macros.rs: wrong trace; native: ["panicked: assertion failed: yield_!(1) != 2"] / frame:  ["panicked: assertion failed: ::coframe::private::sent(&mut signal)? != 2"]
plain assert_condition() -> i32; yield i32, send i32; with () {
    let _a = d("a");
    assert!(yield_!(1) != 2);
    assert!(yield_!(2) < 4, "too big after {}", f(2));
    yield_!(3)
}

// mixes_patterns.rs: refused; error: cannot explicitly borrow within an implicitly-borrowing pattern
mix patterns_slices_and_rebinding(v: &[(i32, &str)]) -> (Vec<String>); yield usize, send i32; with (&[(1, "a"), (2, "b"), (2, "c"), (0, "end")]) {
    let mut out = vec![];
    let mut rest = v;
    while let [first @ (n, name), tail @ ..] = rest {
        rest = match (n, tail) {
            (0, _) => break,
            (n, [(m, other), after @ ..]) if n == m && yield_!(after.len()) > 0 => { out.push(format!("{name}={other}")); after }
            (_, tail) if yield_!(tail.len()) == 3 => { out.push(format!("{first:?}")); tail }
            (n, tail) => { let n = n + yield_!(9); out.push(n.to_string()); tail }
        };
    }
    out
}

// mixes_patterns.rs: refused; error[E0521]: borrowed data escapes outside of closure
mix patterns_tuple_struct_refs['p](p: &'p Pair, q: &mut P) -> (i32, usize); yield (&'p str), send i32; with let { let p = pair("p"); let mut q = P { x: 1, y: 2, z: 3 }; } (&p, &mut q) then { t(format_args!("{q:?}")); } {
    let Pair { a, b, n } = p;
    let mut turns = 0;
    let best = loop {
        turns += 1;
        let name = if turns % 2 == 0 { a.get() } else { b.get() };
        match *q {
            P { x: 0, .. } => break *n,
            P { x, y: 1..=3, ref z } if *z > x => q.y += yield_!(name),
            P { x, y, z: _ } => { q.x = y - x; q.z = yield_!(name) }
        }
        if turns > 4 {
            break match yield_!("end") { 0 => 0, k => k * n };
        }
    };
    (best, turns)
}

// mixes_patterns.rs: wrong trace; native: ["drop b", "drop n", "drop e-4", "return [\"a\", \"c-3\"]"] / frame:  ["drop e-4", "drop n", "drop b", "return [\"a\", \"c-3\"]"]
mix patterns_array_windows_of_droppables() -> (Vec<String>); yield i32, send i32; with () {
    let [a, mut rest @ ..] = [d("a"), d("b"), d("c"), d("e")];
    let mut out = vec![a.into_name()];
    for _ in 0..3 {
        let [x, y, z] = rest;
        rest = match yield_!(x.len()) {
            0 => [z, x, y],
            1 => { out.push(x.into_name()); [d("n"), z, y] }
            n if n > 4 => { let [_, one] = [y, z]; out.push(format!("{one}{}", yield_!(n))); break }
            n => [D::with(y, n), x, z],
        };
    }
    out
}

