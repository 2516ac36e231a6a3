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
}
