//! Guards, labelled blocks and closures that once ran differently or were refused.

use crate::things::*;

fn peek(d: &D) -> i32 {
    d.len()
}

cases! { ($)
    plain wildcard_beside_a_guard_that_asks(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(peek(&x)) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcard_beside_a_plain_guard(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if peek(&x) > 0 => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcard_beside_a_guard_that_yields(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(1) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcards_beside_guards(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(1) => { t(peek(&x)); 7 }, (_, u) if format!("{u}").len() > 1 => { yield_!(6); 4 }, _ => 5 };
        yield_!(3);
        r
    }

    plain moved_unless_a_block_is_left(x1: D) -> i32; yield i32, send bool; with (d("x1")) {
        let n = 'w1: { if b(2i32 == 1i32) { break 'w1 1i32; } drop(x1); 3 };
        yield_!(1);
        3
    }

    plain moved_unless_a_block_in_a_condition_is_left(x1: D) -> i32; yield i32, send bool; with (d("x1")) {
        if b(('w1: { if b(2i32 == 1i32) { break 'w1 1i32; } { drop(x1); 3 } }) > 3) { t(3); } else { yield_!(1); }
        3
    }

    plain guard_that_yields_then_moves_a_local(x: Option<D>) -> i32; yield i32, send bool; with (Some(d("x"))) {
        match x { Some(s) if yield_!(1) => eat(s), Some(s) => { yield_!(2); peek(&s) }, _ => 5 }
    }

    plain binding_of_a_whole_beside_a_guard(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (all @ Some(_), u) if yield_!(1) => { yield_!(8); drop(u); all.map_or(1, |d| eat(d)) }, (Some(x), _) if yield_!(peek(&x)) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain guards_on_a_reference['a](v: &'a [(i32, D)]) -> i32; yield i32, send bool; with let { let v = [(1, d("a")), (1, d("b"))]; } (&v) {
        match &v[1] { (1, x) if yield_!(peek(x)) && peek(x) > 0 => peek(x), (_, y) if yield_!(3) => peek(y), (n, _) => *n }
    }

    plain guards_on_a_reference_taken_apart['a](v: &'a [(i32, D)]) -> i32; yield i32, send bool; with let { let v = [(1, d("a")), (1, d("b"))]; } (&v) {
        match &v[1] { &(n, ref x) if yield_!(n) && n > 0 => peek(x), &(n, _) if { t(n); yield_!(3) } => n, x => x.0 }
    }

    plain receiver_read_by_a_closure(mut v: Vec<D>) -> i32; yield i32, send i32; with (ds("a b")) {
        v.push({ let held = |n: i32| v.iter().map(|x| x.len() + n).sum::<i32>(); D::with(d("c"), yield_!(held(1))) });
        eat(v.remove(0))
    }

    plain operand_changed_by_a_closure(mut k: i32) -> i32; yield i32, send i32; with (3) {
        let r = sum3(k, { (|| k += 1)(); yield_!(2) }, k);
        r + k
    }
}
