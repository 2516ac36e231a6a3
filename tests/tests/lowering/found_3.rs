//! Bodies with exceptions and delegation, and what they touch, that once ran differently or were refused.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain loop_over_mut_left_by_raise() -> i32; yield i32, send i32; with () {
        let mut list = vec![1, 2, 3];
        let mut count = 0;
        let r = attempt! {
            loop {
                let x = yield_!(count);
                for t in &mut list {
                    if *t == x { raise!(std::fmt::Error); }
                    *t += 1;
                }
                count += 1;
                if count > 3 { break; }
            }
        };
        match r {
            Ok(()) => list[0],
            Err(e) => caught(&e),
        }
    }

    plain loop_over_mut_left_by_label() -> i32; yield i32, send i32; with () {
        let mut list = vec![1, 2, 3];
        let mut count = 0;
        'all: loop {
            let x = yield_!(count);
            if x == 7 || count > 3 { break; }
            for t in &mut list {
                if *t == x { break 'all; }
                *t += 1;
            }
            count += 1;
        }
        yield_!(list[1]);
        list[0]
    }

    plain branch_that_yields_and_returns(x: Option<i32>) -> i32; yield i32, send i32; with (None) {
        let a = d("a");
        let list = match x { Some(n) => vec![n], None => { yield_!(0); return 5; } };
        yield_!(list[0]);
        6
    }

    plain branch_that_yields_and_raises(x: Option<i32>) -> i32; yield i32, send i32; with (None) {
        let a = d("a");
        let n = match x { Some(n) => n, None => { yield_!(0); raise!(std::fmt::Error); } };
        let b = d("b");
        n
    }

    plain shadowed_by_the_pattern(x: Option<i32>) -> i32; yield i32, send i32; with (None) {
        let n = match x { Some(n) => n, None => { yield_!(0); return 1 } };
        n + f(2)
    }

    plain plain_jumps_out_of_attempts() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        'turns: loop {
            let a = d("a");
            let r = attempt! {
                let b = d("b");
                let n = yield_!(sum);
                sum += n + 1;
                if n % 2 == 0 { continue 'turns; }
                if sum > 6 { break 'turns; }
                n
            };
            match r {
                Ok(n) => sum += n,
                Err(e) => { caught(&e); break }
            }
        }
        sum
    }

    plain maybe_moved_behind_a_variable_at_a_question(n: i32) -> (Option<i32>); yield i32, send i32; with (0) {
        let a = d("a");
        let mut b = d("b");
        if yield_!(1) % 2 == 1 { drop(b); }
        let m = yield_!(2);
        (if m < 2 { None } else { Some(m) })?;
        b = d("b2");
        let k = yield_!(3) + eat(a);
        Some(k)
    }
}
