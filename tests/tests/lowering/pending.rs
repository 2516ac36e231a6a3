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

// assign.rs: refused; error[E0425]: cannot find value `n` in this scope
plain assignment_as_value() -> (); yield i32, send i32; with () {
    let mut n = 0;
    let unit = n = yield_!(1);
    yield_!(n);
    unit
}

// assign.rs: refused; error[E0425]: cannot find value `one` in this scope
plain assign_drops_old_after_yield() -> D; yield i32, send i32; with () {
    let mut one = d("one");
    one = d(yield_!(one.len()));
    one = d(yield_!(2));
    one
}

// assign.rs: wrong trace; native: ["yield 13", "return 14"] / frame:  ["panicked: internal error: entered unreachable code: coframe: a local was used while its sl
plain assign_in_condition_block() -> i32; yield i32, send i32; with () {
    let mut n = 0;
    if { n = yield_!(1); n > 1 } {
        n += 10;
    }
    yield_!(n) + n
}

// assign.rs: wrong trace; native: ["yield 3", "drop sent3:4", "drop sent2:1", "return ()"] / frame:  ["drop sent2:1", "yield 3", "drop sent3:4", "return ()"]
plain underscore_assignment() -> (); yield i32, send D; with () {
    _ = yield_!(1);
    t("after");
    let kept = yield_!(2);
    _ = kept;
    yield_!(3);
}

// borrows.rs: refused; error[E0004]: non-exhaustive patterns: `Ok(_)` not covered
mix borrows_cursor_over_tokens(text: &str) -> (Result<Vec<(&str, i32)>, Failed>); yield (&str), send (Option<&str>); with ("a=1;b;c=x;d=4") {
    let mut out = vec![];
    for (i, token) in text.split(';').enumerate() {
        let (key, value) = match token.split_once('=') {
            Some(pair) => pair,
            None => match yield_!(token) {
                Some(given) if given.len() > 3 => (token, "7"),
                Some(_) => continue,
                None => break,
            },
        };
        let n: i32 = match value.parse() {
            Ok(n) => n,
            Err(error) if i > 1 && yield_!(value).is_none() => return Err(Failed::from(error)),
            Err(_) => -1,
        };
        out.push((key, n + yield_!(key).map_or(0, |s| s.len() as i32)));
    }
    Ok(out)
}

// borrows.rs: refused; error[E0505]: cannot move out of `left` because it is borrowed
mix borrows_split_at_mut_in_loop(v: &mut [i32]) -> i32; yield i32, send i32; with let { let mut v = [1, 2, 3, 4, 5]; } (&mut v) then { t(format_args!("{v:?}")); } {
    let middle = v.len() / 2;
    let (left, right) = v.split_at_mut(middle);
    let mut moved = 0;
    'outer: for (i, l) in left.iter_mut().enumerate() {
        let mut j = i;
        while let Some(&there) = right.get(j) {
            match yield_!(*l * 10 + there) {
                0 => continue 'outer,
                1 => { std::mem::swap(l, &mut right[j]); moved += 1; }
                n if n > 5 => break 'outer,
                n => { right[j] += n; let m = yield_!(right[j]); *l -= m; }
            }
            j += 1;
        }
    }
    moved + right.iter().sum::<i32>()
}

// borrows.rs: refused; error[E0505]: cannot move out of `v` because it is borrowed
plain dead_slice_of_local() -> (Vec<i32>); yield i32, send i32; with () {
    let mut v = vec![1, 2, 3];
    let (first, rest) = v.split_first().expect("it is not empty");
    let n = first + rest.len() as i32;
    v.push(yield_!(n));
    let tail = &mut v[1..];
    tail.reverse();
    v.push(yield_!(v[1]));
    v
}

// borrows.rs: refused; error[E0521]: borrowed data escapes outside of closure
plain slice_iter_mut(v: &mut [i32]) -> (); yield i32, send i32; with let { let mut v = [1, 2, 3]; } (&mut v) then { t(format_args!("{v:?}")); } {
    for x in v.iter_mut() {
        *x += yield_!(*x);
    }
    yield_!(9);
}

// borrows.rs: refused; error[E0521]: borrowed data escapes outside of closure
plain vec_pushed_through_reference(v: &mut Vec<D>) -> usize; yield i32, send D; with let { let mut v = ds("a"); } (&mut v) then { t(format_args!("{v:?}")); } {
    v.push(yield_!(v.len() as i32));
    let last = v.last_mut().expect("it is not empty");
    last.touch();
    v.push(yield_!(2));
    v.swap(0, 1);
    v.len()
}

// borrows.rs: refused; error[E0521]: borrowed data escapes outside of closure
plain reborrow_of_argument_lives_across(p: &mut Pair) -> i32; yield i32, send i32; with let { let mut p = pair("p"); } (&mut p) then { t(format_args!("{p:?}")); } {
    p.n += 1;
    let n = &mut p.n;
    let a = &mut p.a;
    *n += yield_!(*n);
    a.touch();
    yield_!(2);
    a.touch();
    *n += 1;
    *n
}

// borrows.rs: refused; error[E0521]: borrowed data escapes outside of closure
plain map_changed_through_argument(map: &mut BTreeMap<i32, D>) -> (); yield i32, send i32; with let { let mut map = BTreeMap::new(); } (&mut map) then { t(format_args!("{map:?}")); } {
    for i in 0..3 {
        map.entry(yield_!(i)).or_insert_with(|| d(i)).touch();
    }
    for (key, one) in map.iter_mut() {
        one.put(yield_!(*key));
    }
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

// borrows.rs: wrong trace; native: ["yield 4", "return 6"] / frame:  ["panicked: internal error: entered unreachable code: coframe: a local was used while its sl
plain reassigned_borrow_is_not_rebuilt(v: &[i32]) -> i32; yield i32, send i32; with (&[1, 2, 3, 4, 5]) {
    let mut view = &v[..2];
    yield_!(view[0]);
    view = &v[3..];
    yield_!(view[0]);
    view[0] + view.len() as i32
}

// closures.rs: refused; error: two items of one name in the body of a coroutine, in blocks that pause; give one of them another name
plain nested_item_in_inner_block() -> i32; yield i32, send i32; with () {
    let n = { const A: i32 = 1; yield_!(A) };
    let m = { const A: i32 = 2; fn g(n: i32) -> i32 { n + A } g(yield_!(A)) };
    n + m
}

// drops.rs: refused; error[E0425]: cannot find value `a` in this scope
plain overwritten_value_dropped_at_once() -> (); yield i32, send i32; with () {
    let mut a = d("a1");
    yield_!(1);
    a = d("a2");
    yield_!(2);
    a = d("a3");
    t(&a);
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

// generics.rs: wrong trace; native: ["drop e", "drop w", "drop c", "drop a", "return 1"] / frame:  ["drop c", "drop e", "drop w", "drop a", "return 1"]
plain argument_order_of_drops(a: D, (b, c): (D, D), _: D, _e: D) -> i32; yield i32, send i32; with (d("a"), (d("b"), d("c")), d("w"), d("e")) {
    let n = yield_!(1);
    if n > 1 {
        drop(b);
    }
    yield_!(c.len())
}

// loops.rs: wrong trace; native: ["make 1", "D(1).len", "yield 1", "drop 1", "make 2", "D(2).len", "yield 1", "drop 2", "retu / frame:  ["panicked: internal error: entered unreachable code: coframe: 
plain for_body_is_block_with_value_in_let() -> i32; yield i32, send i32; with () {
    let mut last = 0;
    for i in 0..3 {
        last = { let one = d(i); yield_!(one.len()) + i };
    }
    last
}

// macros.rs: refused; error[E0425]: cannot find value `SEEN` in this scope
plain thread_local_and_env() -> usize; yield usize, send i32; with () {
    thread_local!(static SEEN: std::cell::Cell<usize> = const { std::cell::Cell::new(3) });
    let n = yield_!(SEEN.get());
    SEEN.set(4);
    SEEN.replace(3) + n as usize
}

// macros.rs: wrong trace; native: ["panicked: assertion failed: yield_!(1) != 2"] / frame:  ["panicked: assertion failed: ::coframe::private::sent(&mut signal)? != 2"]
plain assert_condition() -> i32; yield i32, send i32; with () {
    let _a = d("a");
    assert!(yield_!(1) != 2);
    assert!(yield_!(2) < 4, "too big after {}", f(2));
    yield_!(3)
}

// macros.rs: wrong trace; native: ["return 0"] / frame:  ["yield 2", "panicked: 0 is too big, says 0"]
plain assert_message_yields() -> i32; yield i32, send i32; with () {
    let n = yield_!(1);
    assert!(n < 3, "{n} is too big, says {}", yield_!(2));
    n
}

// macros.rs: wrong trace; native: ["return \"   3|1   |0004\""] / frame:  ["raised AlreadyStarted"]
plain format_several_arguments() -> String; yield i32, send i32; with () {
    format!("{:>4}|{:<4}|{:04}", yield_!(1), yield_!(2), yield_!(3))
}

// macros.rs: wrong trace; native: ["return \"3 2 3      1 Some(3)\""] / frame:  ["raised AlreadyStarted"]
plain format_positions_and_names() -> String; yield i32, send i32; with () {
    let w = 6;
    format!("{0} {1} {0} {name:>w$} {2:?}", yield_!(1), f(2), Some(3), name = yield_!(4))
}

// macros.rs: wrong trace; native: ["return \"[  1.5] [mid*]\""] / frame:  ["raised AlreadyStarted"]
plain format_runtime_width_and_precision() -> String; yield i32, send usize; with () {
    let x = 1.5;
    format!("[{x:>1$.2$}] [{:*^3$}]", "mid", yield_!(1) + 2, yield_!(2), yield_!(3))
}

// macros.rs: wrong trace; native: ["yield 3", "return Ok(4)", "3-1=4\n"] / frame:  ["raised AlreadyStarted", ""]
plain write_with_question(out: &mut String) -> (Result<i32, std::fmt::Error>); yield i32, send i32; with let { let mut out = String::new(); } (&mut out) then { t(&out); } {
    write!(out, "{}-{}", yield_!(1), yield_!(2))?;
    let n = yield_!(3);
    writeln!(out, "={n}")?;
    Ok(n)
}

// methods.rs: refused; error[E0594]: cannot assign to value, as it is not declared as mutable
mix consuming_machine in Machine { enum Machine { Start(D), Run { d: D, left: i32 }, Stop } } as { impl Machine } (mut self) -> (Vec<String>); yield i32, send i32;
with (Machine::Start(d("m"))) {
    let mut log = vec![];
    loop {
        self = match self {
            Self::Start(one) if yield_!(0) == 0 => { log.push(one.into_name()); Self::Stop }
            Self::Start(one) => { let left = yield_!(1); Self::Run { d: one, left } }
            Self::Run { left: ..=0, d: one } => { t(one.len()); Self::Stop }
            Self::Run { d: one, left } => {
                log.push(format!("{one}{left}"));
                let _turn = d("turn");
                match yield_!(left) {
                    n if n > left => return log,
                    n => Self::Run { d: D::with(one, n), left: left - n - 1 },
                }
            }
            Self::Stop => break,
        };
    }
    log
}

// methods.rs: refused; error[E0596]: cannot borrow value as mutable, as it is not declared as mutable
plain by_value_mut in Bag { struct Bag { all: Vec<D> } } as { impl Bag } (mut self, extra: D) -> (Vec<D>); yield i32, send bool;
with (Bag { all: ds("a b") }, d("extra")) {
    if yield_!(1) {
        self.all.push(extra);
    }
    let last = self.all.pop();
    yield_!(last.as_ref().map_or(0, |one| one.len()));
    self.all
}

// mixes_control.rs: refused; error[E0004]: non-exhaustive patterns: `std::cmp::Ordering::Equal` not covered
mix control_binary_search(v: &[i32]) -> (Result<usize, usize>); yield (usize, i32), send i32; with (&[1, 3, 5, 7, 9, 11]) {
    use std::cmp::Ordering::*;
    let (mut low, mut high) = (0, v.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match v[middle].cmp(&(yield_!((middle, v[middle])) * 2)) {
            Equal => return Ok(middle),
            Less if yield_!((low, 0)) == 0 => break,
            Less => low = middle + 1,
            Greater => high = middle,
        }
    }
    Err(low)
}

// mixes_control.rs: refused; error[E0004]: non-exhaustive patterns: `things::Shape::Two(_, _)` and `things::Shape::Nest(_)` not covered
mix control_while_let_stack_of_shapes() -> (Vec<i32>); yield i32, send i32; with () {
    let mut out = vec![];
    let mut stack = vec![shape(4), shape(3)];
    while let Some(top) = stack.pop() {
        out.push(match top {
            Shape::Nest(inner) => { stack.push(*inner); continue }
            Shape::Two(a, b) if a.len() > b.len() => 0,
            Shape::Two(a, b) => { drop(b); yield_!(a.len()) }
            Shape::Named { n, d: inner } if yield_!(n) > 1 => { stack.push(Shape::One(inner)); n }
            Shape::Named { .. } => break,
            Shape::One(one) => { let n = yield_!(9); n + eat(one) }
            Shape::Empty => -1,
        });
    }
    out
}

// mixes_control.rs: wrong trace; native: ["yield 4", "drop bb", "D(cc).len", "make guard", "yield 2", "yield 3", "drop guard", "yield / frame:  ["drop bb", "drop cc", "drop d", "raised AlreadyStarted
mix control_guards_that_yield_in_loops() -> (Vec<&'static str>); yield i32, send i32; with () {
    let mut out = vec![];
    for one in ds("a bb cc d") {
        out.push(match one.len() {
            1 if yield_!(1) > 2 => "one",
            2 if { let _g = d("guard"); yield_!(2) == yield_!(3) } => continue,
            2 if matches!(yield_!(4), 1 | 2) => "two",
            _ if out.len() > 2 => break,
            _ => "else",
        });
    }
    out
}

// mixes_drops.rs: wrong trace; native: ["drop wild", "drop b1", "return Some(D(v0))", "drop v0"] / frame:  ["drop b1", "drop wild", "return Some(D(v0))", "drop v0"]
mix drops_arguments_in_mixed_fates(a: D, (b, _): (D, D), mut all: Vec<D>, _: D) -> (Option<D>); yield i32, send i32; with (d("a"), (d("b0"), d("b1")), ds("v0 v1 v2"), d("wild")) {
    all.push(a);
    for _ in 0..2 {
        let last = all.pop()?;
        match yield_!(last.len()) {
            0 => { all.insert(0, b); return all.pop() }
            n if n % 2 == 1 => { all.truncate(1); all.push(last); }
            _ => { yield_!(7); }
        }
    }
    let _b = b;
    all.into_iter().nth(yield_!(9) as usize % 2)
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

// mixes_patterns.rs: refused; error: cannot explicitly borrow within an implicitly-borrowing pattern
mix patterns_for_heads_with_refs(rows: &[Vec<Option<D>>]) -> (Vec<&D>); yield usize, send bool; with let { let rows = vec![vec![Some(d("a")), None], vec![], vec![None, Some(d("bb")), Some(d("c"))]]; } (&rows) {
    let mut out = vec![];
    'rows: for (i, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        for cell in row {
            match cell {
                Some(one) if yield_!(i) => out.push(one),
                Some(one) => { if one.len() == 2 { break 'rows } }
                None if yield_!(99) => continue 'rows,
                None => {}
            }
        }
        if let [Some(first), ..] = &row[..] && yield_!(i + 10) {
            out.insert(0, first);
        }
    }
    out
}

// mixes_patterns.rs: refused; error[E0004]: non-exhaustive patterns: `(Ok(Some(_)), None)` not covered
mix patterns_results_of_options() -> (Result<Option<i32>, String>); yield i32, send (Result<Option<i32>, String>); with () {
    let mut best = None;
    for i in 0..4 {
        match (yield_!(i), best) {
            (Ok(Some(n)), None) => best = Some(n),
            (Ok(Some(n)), Some(m)) if n > m || yield_!(n)?.is_some() => best = Some(n),
            (Ok(Some(_)), old @ Some(_)) => t(format_args!("{old:?}")),
            (Ok(None), Some(n)) => return Ok(Some(-n)),
            (Ok(None), None) => continue,
            (Err(text), _) if i < 2 => { let _kept = d(text); yield_!(100)?; }
            (Err(text), _) => return Err(text),
        }
    }
    Ok(best)
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

// mixes_programs.rs: wrong trace; native: ["yield [D(b), D(c), D(d)]", "drop b", "drop c", "drop d", "yield [D(e)]", "drop e", "make l / frame:  ["drop b", "drop c", "drop d", "drop e", "drop f", "dr
mix program_batches(source: impl Iterator<Item = D>) -> (Result<usize, Vec<D>>); yield (Vec<D>), send i32; with (ds("a b c d e f g").into_iter()) {
    let mut size = 1;
    let mut batch = Vec::new();
    let mut sent = 0;
    for one in source {
        batch.push(one);
        if batch.len() < size { continue }
        sent += batch.len();
        size = match yield_!(std::mem::take(&mut batch)) {
            0 => return Ok(sent),
            n if n > 5 => break,
            n => n as usize,
        };
    }
    if batch.is_empty() { Ok(sent) } else if yield_!(vec![d("last")]) > 2 { Err(batch) } else { Ok(sent + batch.len()) }
}

// operands.rs: wrong trace; native: ["yield 3", "yield 4", "return false"] / frame:  ["raised AlreadyStarted"]
plain comparison_of_two() -> bool; yield i32, send i32; with () {
    (yield_!(1) <= yield_!(2)) == (yield_!(3) != yield_!(4))
}

// patterns.rs: refused; error: cannot explicitly borrow within an implicitly-borrowing pattern
mix slices_with_guards_and_rest(v: &[i32]) -> (Vec<i32>); yield i32, send i32; with (&[3, 1, 2, 5, 5, 0, 9]) {
    let mut out = vec![];
    let mut rest = v;
    loop {
        rest = match rest {
            [] => break,
            [a, b, tail @ ..] if a > b && yield_!(*a) > 1 => { out.push(a - b); tail }
            [a, b, tail @ ..] if a == b => { out.push(yield_!(a + b)); tail }
            [one, tail @ ..] => {
                if yield_!(-one) == 0 {
                    break;
                }
                tail
            }
        };
    }
    out
}

// patterns.rs: refused; error[E0614]: type `i32` cannot be dereferenced
plain slice_patterns(v: &[i32]) -> i32; yield i32, send i32; with (&[4, 5, 6, 7]) {
    match v {
        [first, .., last] if yield_!(*first) > 2 => yield_!(*last) + first,
        [first, rest @ ..] => { yield_!(rest.len() as i32); first + rest[0] }
        [] => 0,
    }
}
