//! Bodies that once ran differently from native Rust, found by hand and by the fuzzer.

use crate::things::*;

cases! { ($)
    plain comparison_with_indexed_temporary() -> (bool); yield i32, send i32; with () {
        [f(1), f(2)][at(1) % 2] < yield_!(3)
    }

    plain comparison_with_indexed_temporary_sent() -> (bool); yield i32, send i32; with () {
        [yield_!(1), 2][0] < sum3(yield_!(2), 0, 0)
    }

    plain receiver_indexed_temporary() -> (i32); yield i32, send i32; with () {
        [f(1), f(2)][at(1) % 2].max(yield_!(3))
    }

    plain late_init_meets_in_resume_slot() -> (i32); yield i32, send i32; with () {
        let x;
        let b = d("b");
        if yield_!(1) > 2 { x = d("x"); } else { x = d("y"); }
        4
    }

    plain guarded_match_on_indexed_temporary() -> (i32); yield i32, send i32; with () {
        match [f(1), yield_!(5)][at(4) % 2] { 0 => 4, n if yield_!(3) > 2 => n, _ => 5 }
    }

    plain guard_reads_what_the_arm_moves() -> (i32); yield i32, send i32; with () {
        for i in 0..3 {
            match shape(yield_!(i)) {
                Shape::One(x) if b(x.len() > 2) => { let n = yield_!(7); eat(x); t(n); }
                Shape::Named { d: x, n } => { t(format!("{n} {x}")); yield_!(8); }
                _ => {}
            }
        }
        3
    }

    plain guard_reads_2() -> (i32); yield i32, send i32; with () {
        match shape(yield_!(0)) {
            Shape::One(x) if b(x.len() > 2) => { let p = Pair { a: d("a"), n: yield_!(1), b: x }; yield_!(p.n) }
            other => yield_!(3),
        }
    }

    plain temporary_inside_vec_in_a_head() -> (); yield i32, send i32; with () {
        for n in vec![d("first").len(), d("second").len()] {
            yield_!(n);
            t("body");
        }
        let mut out = String::new();
        let n = f(1) + { use std::fmt::Write; write!(out, "{}", d("shown")).is_ok() } as i32 + yield_!(2);
        t(format_args!("{n} {out}"));
    }

    // The next ones were refused: what stands behind a `return` that does not pause was declared, or even run.
    plain operand_that_returns() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = f({ yield_!(1); return 5i32; });
        r
    }

    plain operand_that_returns_in_each_branch() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = f({ let b = d("b"); if yield_!(1) > 2 { return 5i32; } else { panic!("no") } });
        let s = sum3(f(yield_!(1)), { let b = d("b"); return 4; }, yield_!(2));
        r
    }

    plain operand_behind_one_that_returns() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = sum3(f(yield_!(1)), { let b = d("b"); yield_!(1); return 4; f(1) }, yield_!(2));
        r
    }

    // Was refused: the place was written down twice.
    plain move_in_the_index_of_a_compound_assignment() -> i32; yield i32, send (Option<i32>); with () {
        let mut x = [1i32, 5i32, 3i32];
        for y in ds("i j") {
            x[at(eat(y)) % 3] += yield_!(1).unwrap_or(1);
        }
        x[at(yield_!(2).unwrap_or(0)) % 3]
    }

    // rustc itself lost the index over an await in a guard.
    plain guard_over_an_index(v: &[(i32, D)]) -> i32; yield i32, send i32;
    with let { let v = [(0, d("a")), (1, d("b")), (2, d("c")), (3, d("e"))]; } (&v) {
        let a = match v[at(yield_!(0)) % 4].0 { 0 if yield_!(1) > 2 => 10, n if yield_!(2) > 2 => n, 2 => 12, n => n + 20 };
        let b = matches!(v[at(yield_!(3)) % 4], (1 | 3, _) if yield_!(4) > 1);
        t(b);
        a + match v[3] { (n, ref x) if yield_!(6) > 1 => { yield_!(7); n + x.len() } _ => 9 }
    }

    plain guard_over_an_index_that_is_changed(v: &mut [Option<i32>; 3]) -> i32; yield i32, send i32;
    with let { let mut v = [Some(1), None, Some(3)]; } (&mut v) then { t(format!("{v:?}")); } {
        match v[at(yield_!(0)) % 3] {
            Some(ref mut n) if yield_!(1) > 2 => { *n += 10; yield_!(2); }
            None if yield_!(3) > 2 => v[0] = Some(yield_!(4)),
            _ => v[1] = None,
        }
        f(3)
    }
}
