//! `return`, `?`, `break` with a yield as operand or as an operand of a yield, and what never returns.

use std::ops::ControlFlow;
use std::task::Poll;

use crate::things::*;

cases! { ($)
    plain return_yield() -> i32; yield i32, send i32; with () {
        return yield_!(1);
    }

    plain return_early_drops_locals() -> i32; yield i32, send bool; with () {
        let _a = d("a");
        if yield_!(1) {
            return f(1);
        }
        let _b = d("b");
        if yield_!(2) {
            return yield_!(3).into();
        }
        let _c = d("c");
        7
    }

    plain return_in_marker_operand() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        yield_!(if n > 2 { return f(n) } else { n + 1 })
    }

    plain return_in_call_argument() -> i32; yield i32, send i32; with () {
        sum3(f(1), yield_!(2), match yield_!(3) { 0 | 1 => return -1, n => n })
    }

    plain return_drops_pending_operands() -> i32; yield i32, send i32; with () {
        fn join(a: D, b: i32, c: D) -> i32 {
            t(format_args!("join {a} {b} {c}"));
            b
        }
        join(d("left"), match yield_!(1) { 1 => return f(5), n => n }, d("right"))
    }

    plain break_drops_pending_operands() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..4 {
            let pair = (d(i), match yield_!(i) { 0 => continue, 3 => break, n => n }, d("after"));
            sum += pair.1;
        }
        sum
    }

    plain return_unit_in_the_middle() -> (); yield i32, send i32; with () {
        if yield_!(1) == 3 {
            return;
        }
        yield_!(2);
        return ();
    }

    plain return_in_every_arm() -> i32; yield i32, send i32; with () {
        match yield_!(1) {
            0 => return f(0),
            1 => { let one = d("one"); return yield_!(one.len()) }
            n => return n,
        }
    }

    plain unreachable_after_return() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        return n;
        yield_!(2);
    }

    plain never_typed_let() -> i32; yield i32, send i32; with () {
        let n: i32 = if yield_!(1) > 0 { yield_!(2) } else { return f(-1) };
        n
    }

    plain question_option() -> (Option<i32>); yield i32, send (Option<i32>); with () {
        let _a = d("a");
        let n = yield_!(1)?;
        let _b = d("b");
        let m = yield_!(n)?;
        Some(n + m)
    }

    plain question_option_of_call() -> (Option<i32>); yield i32, send i32; with () {
        let n = even(yield_!(1))? + even(yield_!(2))?;
        even(n)?;
        Some(n)
    }

    plain question_result() -> (Result<i32, Big>); yield i32, send i32; with () {
        let n = small(yield_!(1))?;
        let m = small(yield_!(n))?;
        Ok(n + m)
    }

    plain question_result_converts() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let _a = d("a");
        let n = small(yield_!(1))?;
        let m: i32 = "12x"[..2 + n as usize % 2].parse()?;
        let _b = d("b");
        Ok(n + m + small(yield_!(m))?)
    }

    plain question_boxed_error() -> (Result<i32, Box<dyn std::error::Error>>); yield i32, send (Result<i32, String>); with () {
        let n = yield_!(1)?;
        let m: i32 = format!("{n}{}", yield_!(2)?).parse()?;
        if m > 40 {
            return Err("too big".into());
        }
        Ok(m)
    }

    plain question_control_flow() -> (ControlFlow<i32, i32>); yield i32, send i32; with () {
        fn step(n: i32) -> ControlFlow<i32, i32> {
            if n > 2 { ControlFlow::Break(n) } else { ControlFlow::Continue(n) }
        }
        let n = step(yield_!(1))?;
        step(yield_!(n))?;
        ControlFlow::Continue(n + 100)
    }

    plain question_poll() -> (Poll<Result<i32, Failed>>); yield i32, send i32; with () {
        fn poll(n: i32) -> Poll<Result<i32, Big>> {
            if n == 0 { Poll::Pending } else { Poll::Ready(small(n)) }
        }
        let Poll::Ready(n) = poll(yield_!(1))? else {
            return Poll::Pending;
        };
        let m = poll(yield_!(n))?;
        m.map(|m| Ok(n + m))
    }

    plain question_poll_option() -> (Poll<Option<Result<i32, Big>>>); yield i32, send i32; with () {
        fn poll(n: i32) -> Poll<Option<Result<i32, Big>>> {
            match n {
                0 => Poll::Pending,
                1 => Poll::Ready(None),
                n => Poll::Ready(Some(small(n))),
            }
        }
        let first = poll(yield_!(1))?;
        let second = poll(yield_!(2))?;
        match (first, second) {
            (Poll::Ready(Some(a)), Poll::Ready(Some(b))) => Poll::Ready(Some(Ok(a + b))),
            (_, other) => other.map(|o| o.map(Ok)),
        }
    }

    plain question_inside_operands() -> (Option<i32>); yield i32, send i32; with () {
        Some(sum3(f(1), even(yield_!(1))?, yield_!(even(yield_!(2))?)))
    }

    plain question_on_marker_operand() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let n = yield_!(small(f(3))?);
        Ok(yield_!(small(n)?))
    }

    plain question_drops_pending_operands() -> (Option<i32>); yield i32, send i32; with () {
        let both = (d("left"), even(yield_!(1))?, d("right"));
        Some(both.1)
    }

    plain question_in_loop_head() -> (Option<i32>); yield i32, send (Option<i32>); with () {
        let mut sum = 0;
        for i in 0..yield_!(0)? {
            sum += i * yield_!(i)?;
        }
        Some(sum)
    }

    plain question_in_condition() -> (Option<i32>); yield i32, send (Option<bool>); with () {
        if yield_!(1)? && !yield_!(2)? {
            return Some(1);
        }
        while yield_!(3)? {
            t("turn");
        }
        Some(2)
    }

    plain question_chained_methods() -> (Option<i32>); yield i32, send i32; with () {
        even(even(yield_!(1))?.checked_add(yield_!(2))?)?.checked_sub(yield_!(3))
    }

    plain question_in_closure_is_its_own() -> (Option<i32>); yield i32, send i32; with () {
        let inner = |n: i32| -> Option<i32> { Some(even(n)? + 1) };
        let n = inner(yield_!(1));
        let m = inner(yield_!(2))?;
        Some(n.unwrap_or(100) + m)
    }

    plain infinite_with_return() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        loop {
            n += yield_!(n);
            if n > 7 {
                return n;
            }
        }
    }

    plain break_value_with_question() -> (Option<i32>); yield i32, send i32; with () {
        let n = loop {
            let m = yield_!(1);
            if m != 3 {
                break even(m)?;
            }
        };
        Some(n + yield_!(n))
    }

    plain panics_in_body() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        let n = yield_!(1);
        let _b = d("b");
        if n % 3 == 0 {
            panic!("body panic with {n}");
        }
        yield_!(n)
    }

    plain panics_in_operand() -> i32; yield i32, send (Option<i32>); with () {
        let _a = d("a");
        let pair = (d("left"), yield_!(1).expect("there is a number"), d("right"));
        yield_!(pair.1).unwrap()
    }

    plain panics_in_callee_with_moved_argument() -> i32; yield i32, send i32; with () {
        fn fail(d: D, n: i32) -> i32 {
            assert!(n < 3, "{d} has {n}");
            n
        }
        let one = d("one");
        let two = d("two");
        let n = fail(one, yield_!(1));
        let m = fail(two, yield_!(n));
        n + m
    }

    plain panics_in_loop_by_index() -> i32; yield i32, send i32; with () {
        let row = [d("0"), d("1"), d("2")];
        let mut sum = 0;
        for i in count("it", 4) {
            sum += row[yield_!(i) as usize].len();
        }
        sum
    }

    plain panics_before_first_yield_sometimes(n: i32) -> i32; yield i32, send i32; with (2) {
        let _a = d("a");
        let m = 10 / (n - 2 + yield_!(1));
        m
    }

    plain panics_at_overflow_of_arithmetic() -> u8; yield u8, send u8; with () {
        let _a = d("a");
        let mut n = 1u8;
        while n > 0 {
            n -= yield_!(n) % 2;
            n = n.wrapping_add(0);
            n -= yield_!(n) % 3;
        }
        n
    }

    mix exits_through_guards_and_labels() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let _top = d("top");
        let r = 'work: loop {
            let _turn = d("turn");
            let n = small(yield_!(1))?;
            let m = 'pick: {
                let _pick = d("pick");
                if n == 0 {
                    break 'work f(100);
                }
                if n == 1 {
                    break 'pick yield_!(2);
                }
                small(yield_!(3)).or_else(|big| if big.0 > 5 { Err(big) } else { Ok(big.0) })?
            };
            if m > 3 {
                return Ok(m);
            }
            t(format_args!("turn {m}"));
        };
        Ok(r + yield_!(r))
    }

    mix exits_panic_in_nested_match() -> i32; yield i32, send i32; with () {
        let outer = d("outer");
        for i in 0..3 {
            match (d(i), yield_!(i)) {
                (one, 0) => panic!("zero with {one}"),
                (one, n) if n > 4 => { drop(one); return yield_!(n) }
                (_, 1) => continue,
                (one, n) => { yield_!(one.len()); assert_ne!(n, 3, "{outer}") }
            }
        }
        outer.len()
    }
}
