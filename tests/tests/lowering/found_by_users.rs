//! Bodies that users wrote and that were refused: let-chains.

use crate::things::*;

cases! { ($)
    plain a_chain_takes_before_its_last_test(text: Option<D>) -> i32; yield i32, send i32; with (Some(d("text"))) {
        let a = d("a");
        if let Some(x) = text && x.len() > f(2) { println!("{x}"); }
        let c = d("c");
        yield_!(1);
        2
    }

    plain a_chain_takes_before_its_last_test_of_nothing(text: Option<D>) -> i32; yield i32, send i32; with (None) {
        if let Some(x) = text && x.len() > f(9) { println!("{x}"); } else { t("else"); }
        let c = d("c");
        yield_!(1);
        2
    }

    plain a_chain_takes_twice(x: Option<D>, y: Option<D>) -> i32; yield i32, send i32; with (Some(d("x")), Some(d("y"))) {
        let a = d("a");
        let n = if let Some(x) = x && x.len() == f(1) && let Some(y) = y && b(x.len() > 2) { y.len() } else { t("else"); 4 };
        let c = d("c");
        yield_!(n);
        n
    }

    plain a_chain_takes_before_a_yield(x: Option<D>) -> i32; yield i32, send i32; with (Some(d("x"))) {
        let a = d("a");
        if let Some(x) = x && x.len() > 0 && b(true) { let c = d("c"); yield_!(x.len()); } else { yield_!(7); }
        yield_!(2)
    }

    plain a_loop_takes_before_its_last_test() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut next = Some(d("n"));
        let c = d("c");
        while let Some(x) = next && x.len() < f(3) {
            next = (x.len() < 2).then(|| x.with("more"));
            t("turn");
        }
        yield_!(1);
        2
    }
}
