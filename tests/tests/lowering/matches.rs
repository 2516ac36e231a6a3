//! `match`, `if let`, `while let`, `let … else`: scrutinees, guards, arms, and the temporaries of each.

use std::cell::Cell;

use crate::things::*;

cases! { ($)
    plain scrutinee() -> i32; yield i32, send i32; with () {
        match yield_!(1) {
            0 => f(10),
            1..=3 => f(20),
            n if n % 2 == 0 => n,
            n => -n,
        }
    }

    plain arms() -> i32; yield i32, send i32; with () {
        match f(2) {
            0 => 1,
            2 => yield_!(2) + yield_!(3),
            n => yield_!(n),
        }
    }

    plain scrutinee_and_arms() -> i32; yield i32, send i32; with () {
        match yield_!(0) % 3 {
            0 => yield_!(10),
            1 => { yield_!(20); yield_!(21) }
            n => n + yield_!(30),
        }
    }

    plain guard_yields() -> (&'static str); yield i32, send i32; with () {
        match f(4) {
            n if n == yield_!(1) => "first",
            4 if yield_!(2) > 2 => "second",
            n if n > 4 => "no",
            _ if yield_!(3) == 0 => "third",
            _ => "last",
        }
    }

    plain guard_yields_and_moves_binding_after() -> i32; yield i32, send bool; with () {
        match d("one") {
            one if yield_!(1) => eat(one),
            one if yield_!(2) => one.len() + 100,
            one => { yield_!(3); eat(D::with(one, "end")) }
        }
    }

    plain match_on_sent_option() -> i32; yield i32, send (Option<i32>); with () {
        match yield_!(1) {
            Some(n @ 1..=3) => n,
            Some(n) => yield_!(n).unwrap_or(7),
            None => match yield_!(2) {
                None => -1,
                Some(n) => -n,
            },
        }
    }

    plain match_on_result() -> (Result<i32, String>); yield i32, send (Result<i32, String>); with () {
        match yield_!(1) {
            Ok(n) => yield_!(n).map(|m| m + n),
            Err(text) => { t(&text); yield_!(2).map_err(|more| text + &more) }
        }
    }

    plain match_on_tuple() -> i32; yield i32, send bool; with () {
        match (yield_!(1), yield_!(2)) {
            (true, true) => f(3),
            (true, false) | (false, true) => i32::from(yield_!(4)),
            (false, false) => f(5),
        }
    }

    plain match_as_operand() -> i32; yield i32, send i32; with () {
        f(1) + match yield_!(2) { 0 => 5, n => n } * match yield_!(3) { n if n > 1 => yield_!(4), _ => 1 }
    }

    plain match_binding_with_or() -> i32; yield i32, send i32; with () {
        match (yield_!(1), yield_!(2)) {
            (0, n) | (n, 0) => yield_!(n),
            (a, b) if a == b => yield_!(a) * 2,
            (a @ (1 | 3), _) | (_, a) => a + yield_!(a),
        }
    }

    plain match_ref_binding_dead_at_yield() -> D; yield i32, send i32; with () {
        let slot = Some(d("one"));
        let n = match slot {
            Some(ref one) => one.len(),
            None => 0,
        };
        yield_!(n);
        slot.expect("there is one")
    }

    plain match_moves_out_of_local() -> i32; yield i32, send i32; with () {
        let slot = Some(d("one"));
        match slot {
            Some(one) => { let n = yield_!(one.len()); n + eat(one) }
            None => yield_!(0),
        }
    }

    plain match_arm_diverges() -> i32; yield i32, send i32; with () {
        let n = match yield_!(1) {
            0 => return f(-1),
            n => n,
        };
        n + yield_!(n)
    }

    plain match_no_yield_inside_then_yield() -> (Vec<i32>); yield i32, send i32; with () {
        let mut out = vec![];
        match out.first() {
            Some(n) => t(n),
            None => t("none"),
        }
        out.push(yield_!(1));
        out
    }

    plain if_let_sent() -> i32; yield i32, send (Option<D>); with () {
        if let Some(one) = yield_!(1) {
            yield_!(one.len());
            one.len()
        } else {
            yield_!(2);
            0
        }
    }

    plain if_let_else_if_let() -> i32; yield i32, send i32; with () {
        if let 0 = yield_!(1) {
            f(0)
        } else if let Some(n) = even(yield_!(2)) {
            yield_!(n)
        } else if let n @ 3.. = yield_!(3) {
            n
        } else {
            f(-1)
        }
    }

    plain if_let_else_releases_before_else(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(3); } (&cell) {
        if let Some(n) = even(lock(cell, "head").get()) {
            f(n)
        } else {
            t("else");
            yield_!(cell.get())
        }
    }

    plain if_let_nested_patterns() -> i32; yield i32, send (Option<(i32, bool)>); with () {
        if let Some((n, true)) = yield_!(1) {
            yield_!(n);
            n
        } else if let Some((n @ 1.., _)) = yield_!(2) {
            n * 10
        } else {
            -1
        }
    }

    plain while_let_sent() -> i32; yield i32, send (Option<i32>); with () {
        let mut sum = 0;
        while let Some(n) = yield_!(sum) {
            sum += n;
            if sum > 20 {
                break;
            }
        }
        sum
    }

    plain while_let_pop_with_yield() -> (Vec<D>); yield i32, send bool; with () {
        let mut stack = ds("a b c");
        let mut kept = vec![];
        while let Some(top) = stack.pop() {
            if yield_!(top.len()) {
                kept.push(top);
            }
        }
        kept
    }

    plain while_let_iterator_next() -> i32; yield i32, send i32; with () {
        let mut it = count("it", 3);
        let mut sum = 0;
        while let Some(n) = it.next() {
            sum += yield_!(n);
        }
        sum
    }

    plain let_else_sent() -> i32; yield i32, send (Option<i32>); with () {
        let Some(n) = yield_!(1) else {
            return f(-1);
        };
        let Some(m) = yield_!(n) else {
            yield_!(100);
            return n;
        };
        n + m
    }

    plain let_else_in_loop() -> (Vec<i32>); yield i32, send (Option<i32>); with () {
        let mut out = vec![];
        for i in 0..5 {
            let Some(n @ 0..=5) = yield_!(i) else {
                continue;
            };
            out.push(n);
        }
        out
    }

    plain let_else_drops_the_rest() -> i32; yield i32, send i32; with () {
        let (Some(n), _, last) = (even(yield_!(1)), d("ignored"), d("last")) else {
            t("else");
            yield_!(2);
            return 0;
        };
        n + last.len()
    }

    plain let_else_moves_binding() -> D; yield i32, send i32; with () {
        let Shape::One(one) = shape(yield_!(1)) else {
            return d("other");
        };
        yield_!(one.len());
        one
    }

    mix match_in_loop_with_state() -> (Vec<i32>); yield i32, send i32; with () {
        enum Mode {
            Idle,
            Adding(i32),
            Done { sum: i32 },
        }
        let mut out = vec![];
        let mut mode = Mode::Idle;
        loop {
            mode = match mode {
                Mode::Idle => Mode::Adding(yield_!(0)),
                Mode::Adding(n) if n > 8 => Mode::Done { sum: n },
                Mode::Adding(n) => {
                    out.push(n);
                    Mode::Adding(n + yield_!(n) + 1)
                }
                Mode::Done { sum } => break out.push(sum),
            };
        }
        out
    }

    mix match_labelled_arms() -> i32; yield i32, send i32; with () {
        'outer: loop {
            let _turn = d("turn");
            match yield_!(1) {
                0 => break 'outer yield_!(2),
                n if n % 2 == 1 => continue 'outer,
                n => {
                    let r = 'inner: {
                        if yield_!(n) > 2 {
                            break 'inner 1;
                        }
                        break 'outer n;
                    };
                    t(r);
                }
            }
        }
    }

    mix match_result_question_and_shadow() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let n = match small(yield_!(1)) {
            Ok(n) => n,
            Err(Big(n)) if n > 4 => small(yield_!(n))?,
            Err(_) => match small(yield_!(0)) {
                Ok(n) => small(n + yield_!(n))?,
                Err(big) => return Err(big.into()),
            },
        };
        let n = n + small(yield_!(n))?;
        Ok(n)
    }

    mix while_let_with_match_and_else() -> (Vec<String>); yield i32, send (Result<i32, String>); with () {
        let mut out = vec![];
        let mut left = 6;
        while let Ok(n) | Err(n) = yield_!(left).map_err(|text| text.len() as i32) && left > 0 {
            left -= 1;
            let Ok(n) = n_or(n, left) else {
                out.push(format!("skip {left}"));
                continue;
            };
            out.push(match yield_!(n) {
                Ok(m) if m > n => format!("{m}>{n}"),
                Ok(m) => format!("{m}"),
                Err(text) => text,
            });
        }
        fn n_or(n: i32, left: i32) -> Result<i32, ()> {
            if n == left { Err(()) } else { Ok(n) }
        }
        out
    }
}
