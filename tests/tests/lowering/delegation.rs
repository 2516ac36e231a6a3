//! Delegation, to coroutines and iterators, in every position.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain to_a_leaf() -> D; yield i32, send i32; with () {
        let a = d("a");
        yield_!(0);
        yield_from!(int::leaf(d("held"), 2))
    }
}
