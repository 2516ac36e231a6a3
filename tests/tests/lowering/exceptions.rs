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
}
