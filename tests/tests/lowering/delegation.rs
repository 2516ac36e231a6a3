//! Delegation, to coroutines and iterators, in every position.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain to_a_leaf() -> D; yield i32, send i32; with () {
        let a = d("a");
        yield_!(0);
        yield_from!(int::leaf(d("held"), 2))
    }

    // Was refused: the outcome's own names shadowed a temporary.
    plain value_is_held_behind_another() -> (); yield i32, send i32; with () {
        let x = d("x");
        yield_from!(int::leaf(d("held"), 1));
    }

    // Was dropped at the next pause: its type was taken for that of `send`.
    plain result_of_a_try_is_kept() -> (); yield i32, send i32; with () {
        let x = try_yield_from!(int::leaf(d("first"), 0));
        yield_from!(int::leaf(d("second"), 1));
    }
}
