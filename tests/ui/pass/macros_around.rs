//! Macros by example around coroutines.
#![deny(warnings)]

use coframe::prelude::coroutine;

// The whole function.
macro_rules! counter {
    ($(#[$meta:meta])* $vis:vis $name:ident, $ty:ty, $from:expr, $to:expr) => {
        $(#[$meta])*
        #[coframe::coroutine(yield = $ty)]
        $vis fn $name() {
            let mut n: $ty = $from;
            while n < $to {
                yield_!(n);
                n += 1;
            }
        }
    };
}

counter! {
    /// Documented.
    pub(crate) up, u32, 1, 3
}

// The body, with markers in it.
macro_rules! with_body {
    ($name:ident($($args:tt)*) $body:block) => {
        #[coframe::coroutine(yield = u32, send = u32)]
        fn $name($($args)*) -> u32 $body
    };
}

with_body!(sum(first: u32) {
    let second = yield_!(first);
    let third = yield_!(second);
    first + second + third
});

// An expression with a marker in it.
macro_rules! twice {
    ($name:ident, $e:expr, $ty:ty) => {
        #[coframe::coroutine(yield = u32, send = $ty)]
        fn $name() -> ($ty, $ty) {
            ($e, $e)
        }
    };
}

twice!(pair, yield_!(1) + 1, u32);

// Markers and coroutines in the arguments of macros.
macro_rules! define {
    ($($item:item)*) => { $($item)* };
}

define! {
    #[coframe::coroutine(yield = u32)]
    fn one() {
        yield_!(1);
    }

    #[coframe::coroutine(yield = u32)]
    fn two() {
        yield_!(2);
    }
}

macro_rules! expression {
    ($n:expr) => {
        coroutine!(yield = u32, move || {
            for n in 0..$n {
                yield n;
            }
        })
    };
}

macro_rules! double {
    ($e:expr) => {
        $e * 2
    };
}

// A macro of the user's inside of a body, without a marker.
#[coframe::coroutine(yield = u32)]
fn inside(n: u32) {
    macro_rules! triple {
        ($e:expr) => {
            $e * 3
        };
    }
    let m = double!(n);
    yield_!(double!(m));
    yield_!(triple!(m));
    let all = vec![double!(n), n];
    for n in all {
        yield_!(double!(n));
    }
}

fn main() {
    assert_eq!(up().collect::<Vec<_>>(), [1, 2]);
    use coframe::{CoroutineExt, Step};
    let mut sum = sum(1);
    assert!(matches!(sum.start(), Ok(Step::Yielded(1))));
    assert!(matches!(sum.send(2), Ok(Step::Yielded(2))));
    assert!(matches!(sum.send(3), Ok(Step::Returned(6))));
    let mut pair = pair();
    assert!(matches!(pair.start(), Ok(Step::Yielded(1))));
    assert!(matches!(pair.send(2), Ok(Step::Yielded(1))));
    assert!(matches!(pair.send(3), Ok(Step::Returned((3, 4)))));
    assert_eq!(one().chain(two()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(expression!(3)().collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(inside(1).collect::<Vec<_>>(), [4, 6, 4, 2]);
}
