//! Conditions: `&&`, `||`, `if`, `while`, let-chains.

use crate::things::*;

cases! { ($)
    plain and_right() -> bool; yield i32, send bool; with () {
        b(true) && yield_!(1)
    }

    plain and_left() -> bool; yield i32, send bool; with () {
        yield_!(1) && b(true)
    }

    plain and_chain() -> bool; yield i32, send bool; with () {
        yield_!(1) && yield_!(2) && yield_!(3)
    }

    plain or_chain() -> bool; yield i32, send bool; with () {
        yield_!(1) || yield_!(2) || yield_!(3)
    }

    plain and_or_mixed() -> bool; yield i32, send bool; with () {
        (b(false) || yield_!(1)) && (yield_!(2) || b(false)) || !yield_!(3)
    }

    plain and_statement() -> (); yield i32, send bool; with () {
        let _ = yield_!(1) && { t("right"); yield_!(2) };
        let _ = yield_!(3) || return;
        t("end");
    }

    plain short_circuit_skips_droppable() -> bool; yield i32, send bool; with () {
        yield_!(1) && { let one = d("one"); yield_!(one.len()) } && d("two").len() == 3
    }

    plain if_condition() -> i32; yield i32, send bool; with () {
        if yield_!(1) { f(10) } else { f(20) }
    }

    plain if_condition_and_arms() -> i32; yield i32, send i32; with () {
        if yield_!(1) > f(1) { yield_!(2) } else if yield_!(3) > 0 { yield_!(4) } else { f(5) }
    }

    plain if_without_else() -> (); yield i32, send bool; with () {
        if yield_!(1) {
            t("then");
        }
        if b(true) {
            yield_!(2);
        }
        t("end");
    }

    plain if_as_operand() -> i32; yield i32, send i32; with () {
        f(1) + if yield_!(2) % 2 == 0 { yield_!(3) } else { f(4) } + yield_!(5)
    }

    plain if_condition_releases_temporaries(cell: &std::cell::Cell<i32>) -> i32; yield i32, send i32; with let { let cell = std::cell::Cell::new(2); } (&cell) {
        if lock(cell, "head").get() > 1 {
            yield_!(1)
        } else {
            yield_!(2)
        }
    }

    plain while_condition() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        while yield_!(n) > 0 && n < 5 {
            n += 1;
        }
        n
    }

    plain while_body() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        while f(n) < 4 {
            n += 1 + yield_!(n);
        }
        n
    }

    plain while_condition_with_block() -> (Vec<i32>); yield i32, send i32; with () {
        let mut seen = vec![];
        while { let n = yield_!(1); seen.push(n); n != 0 && seen.len() < 6 } {
            seen.push(-1);
        }
        seen
    }

    plain let_chain_of_two() -> i32; yield i32, send (Option<i32>); with () {
        if let Some(a) = yield_!(1) && let Some(b) = yield_!(a) {
            a * 10 + b
        } else {
            -1
        }
    }

    plain let_chain_with_test_between() -> i32; yield i32, send (Option<i32>); with () {
        if let Some(a) = yield_!(1) && a > 1 && let Some(b) = yield_!(2) && b < a {
            yield_!(a);
            a + b
        } else {
            yield_!(3);
            0
        }
    }

    plain let_chain_starts_with_test() -> i32; yield i32, send i32; with () {
        if yield_!(1) > 0 && let Some(n) = even(yield_!(2)) && n > 0 { n } else { f(-1) }
    }

    plain let_chain_holds_droppables() -> i32; yield i32, send D; with () {
        if let one = yield_!(1) && one.len() > 2 && let two = yield_!(2) && two.len() > 7 {
            yield_!(3);
            one.len() + two.len()
        } else {
            yield_!(4);
            0
        }
    }

    plain while_let_chain() -> i32; yield i32, send (Option<i32>); with () {
        let mut sum = 0;
        while let Some(n) = yield_!(sum) && n < 7 && sum < 20 {
            sum += n + 1;
        }
        sum
    }

    plain logic_in_arguments() -> i32; yield i32, send bool; with () {
        sum3(i32::from(yield_!(1) && b(true)), i32::from(b(false) || yield_!(2)), f(3))
    }

    plain condition_on_moved_value() -> i32; yield i32, send i32; with () {
        let one = d("one");
        if yield_!(1) > 1 {
            eat(one)
        } else {
            yield_!(2)
        }
    }

    plain bool_assign_with_short_circuit() -> bool; yield bool, send bool; with () {
        let mut all = true;
        all = all && yield_!(all);
        all &= yield_!(all);
        all |= yield_!(all);
        all
    }

    mix let_chain_then_else_drop_order() -> i32; yield i32, send (Option<D>); with () {
        let _outer = d("outer");
        let r = if let Some(a) = yield_!(1)
            && let Some(b) = yield_!(2)
            && a.len() == b.len()
        {
            let _inner = d("inner");
            yield_!(a.len())
                .map_or(0, |c| c.len())
        } else {
            yield_!(3).map_or_else(|| f(0), eat)
        };
        yield_!(r);
        r
    }

    mix while_with_if_break_continue() -> (Vec<i32>); yield i32, send i32; with () {
        let mut out = Vec::new();
        let mut i = 0;
        while i < yield_!(i) + 2 && out.len() < 8 {
            i += 1;
            if i % 3 == 2 {
                continue;
            }
            if yield_!(-i) == 7 {
                break;
            }
            out.push(i);
        }
        out
    }

    mix nested_conditions_in_condition() -> i32; yield i32, send bool; with () {
        let mut n = 0;
        if if yield_!(1) { yield_!(2) } else { !yield_!(3) } {
            n += 1;
        }
        while (match n { 0..=2 => yield_!(n), _ => false }) {
            n += 1;
        }
        if { let flag = yield_!(9); flag && yield_!(10) } || n == 0 {
            n += 100;
        }
        n
    }
}
