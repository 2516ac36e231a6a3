//! Attempts, raising, and yields whose exceptions are values.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain nothing_raised() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(1) + yield_!(2) };
        match r {
            Ok(n) => n,
            Err(e) => caught(&e),
        }
    }

    plain raised_is_passed_on() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(1) + yield_!(2) };
        match r {
            Ok(n) => n,
            Err(e) => { let c = d("c"); raise!(e) }
        }
    }

    // Was dropped at the next pause: its type was taken for that of `send`.
    plain result_of_a_try_is_kept() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let x = try_yield!(1);
        yield_!(2);
        let y = try_yield!(3);
        let z = d("z");
        yield_!(4);
        5
    }

    // Was refused: in the native form a `match` ended the statement.
    plain before_an_operator() -> i32; yield i32, send i32; with () {
        let r = attempt! { yield_!(1) + yield_!(2) };
        attempt! { yield_!(3) + f(raise!(oops("o"))) }.unwrap_or(4) + caught(&match r { Ok(n) => raise!(oops(n)), Err(e) => e })
    }

    // The next ones were refused: nothing gave a type to what is never assigned.
    plain blocks_without_an_end() -> i32; yield i32, send i32; with () {
        let Err(e) = attempt! { let a = d("a"); loop { let b = d("b"); yield_!(1); } };
        let r = attempt! { loop { yield_!(2); } };
        match r { Err(f) => caught(&f) + caught(&e) }
    }

    plain blocks_that_are_always_left() -> i32; yield i32, send i32; with () {
        'k: for k in 0..3 {
            let r = attempt! { let a = d("a"); if yield_!(1) > 2 { break 'k } else { continue 'k } };
            let Err(e) = r;
            yield_!(caught(&e));
        }
        let r = attempt! { match yield_!(3) { 1 => raise!(oops("x")), 2 => return 1, _ => raise!(oops("y")) } };
        let s = attempt! { match yield_!(3) { 1 => raise!(oops("x")), 2 => return 1, _ => raise!(oops("y")) }; };
        let t = attempt! { raise!(oops(yield_!(4))) };
        let u = attempt! { raise!(oops(yield_!(4))); };
        caught(&u.unwrap_err())
    }

    plain block_that_returns() -> i32; yield i32, send i32; with () {
        for k in 0..2 {
            let r = attempt! { yield_!(1); return 5i32; };
            yield_!(1);
        }
        1
    }

    plain block_that_panics() -> i32; yield i32, send i32; with () {
        let r = attempt! {
            attempt! { attempt! { yield_!(1); raise!(oops("1")); }.unwrap_err(); raise!(oops(yield_!(2))) }.is_ok();
            yield_!(3)
        };
        let u = attempt! { panic!("{}", yield_!(4)) };
        caught(&u.unwrap_err())
    }
}
