//! Locals that were moved on one way to a pause, got a value again and are moved once more: E0507 before.

use crate::things::*;

cases! { ($)
    plain moved_on_one_way_and_given_a_value() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        if f(if yield_!(0) > 2 { 1 } else { yield_!(eat(r)); 1 }) < 1 {
            r = d("s");
            drop(r);
        }
        2
    }

    plain moved_on_one_way_of_a_value() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        let n = if yield_!(0) > 2 { 1 } else { yield_!(eat(r)); 1 };
        if n < 1 {
            r = d("s");
            drop(r);
        }
        2
    }

    plain moved_on_one_way_and_moved_behind_a_pause() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        if yield_!(1) > 2 { drop(r); }
        yield_!(3);
        r = d("s");
        drop(r);
        2
    }

    plain moved_on_a_way_that_pauses() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        if yield_!(1) > 2 { drop(r); yield_!(2); }
        r = d("s");
        eat(r)
    }

    plain moved_on_one_way_and_moved_into_a_pattern() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        if yield_!(1) > 2 { drop(r); }
        r = d("s");
        let (x, y) = (r, 1);
        eat(x)
    }

    plain moved_on_one_way_and_consumed_by_a_method() -> i32; yield i32, send i32; with () {
        let mut o = Some(d("o"));
        if yield_!(1) > 2 { drop(o); }
        o = Some(d("s"));
        let z = o.map(|x| eat(x));
        yield_!(2) + z.unwrap_or(1)
    }

    plain moved_on_one_way_in_a_loop() -> D; yield i32, send i32; with () {
        let a = d("a");
        let mut r = d("r");
        let b = d("b");
        for k in 0..3 {
            let c = d("c");
            if yield_!(1) > 2 { drop(r); } else { yield_!(2); }
            r = d("s");
            if f(k) == 1 { r = D::with(r, 1); return r }
            if f(k) == 2 { let x = (r, 1); r = x.0 }
        }
        drop(b);
        r
    }

    plain moved_on_one_way_and_an_operand() -> (Result<D, Big>); yield i32, send i32; with () {
        let mut r = d("r");
        let b = d("b");
        if yield_!(1) > 2 { drop(r); }
        r = d("s");
        let x = (r, small(yield_!(3))?);
        Ok(x.0)
    }

    plain moved_on_one_way_behind_a_question_mark() -> (Result<D, Big>); yield i32, send i32; with () {
        let mut r = d("r");
        let b = d("b");
        let n = if yield_!(1) > 2 { drop(r); 9 } else { 2 };
        r = d("s");
        let x = (small(n)?, r);
        Ok(x.1)
    }

    plain moved_on_one_way_and_in_a_condition() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        let b = d("b");
        let n = if yield_!(1) > 2 { drop(r); 9 } else { 2 };
        r = d("s");
        if eat(r) + n > 4 { yield_!(3) } else { n }
    }

    plain moved_on_one_way_and_renamed() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        let n = if yield_!(1) > 2 { drop(r); 9 } else { 2 };
        r = d("s");
        let x = r;
        let b = d("b");
        match yield_!(x.len()) { 1 => { return eat(x); } k => k }
    }

    plain moved_on_one_way_and_in_arms() -> i32; yield i32, send i32; with () {
        let mut r = d("r");
        let n = if yield_!(1) > 2 { drop(r); 9 } else { 2 };
        r = d("s");
        let k = r.len() + match f(n) { 9 => eat(r), 2 => { let q = r; q.len() } _ => 0 };
        k + yield_!(2)
    }

    plain moved_and_given_back_in_branches() -> D; yield i32, send i32; with () {
        let mut r = d("r");
        let b = d("b");
        'k: for k in 0..3 {
            if yield_!(1) > 2 { drop(r); r = d(k); if f(k) > 1 { break 'k } r = D::with(r, yield_!(2)); } else { r = D::with(r, k); }
        }
        drop(b);
        r
    }
}
