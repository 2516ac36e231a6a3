//! What the bodies delegate to: coroutines that hold values, catch, raise, or ignore what they are told.

use crate::things::{D, d, t};
use coframe::Exception;

/// An error that is made, dropped and printed in the trace.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Oops(pub(crate) D);

/// Makes an `Oops`.
pub(crate) fn oops(name: impl std::fmt::Display) -> Oops {
    Oops(d(name))
}

impl std::fmt::Display for Oops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "oops {}", self.0)
    }
}

impl std::error::Error for Oops {}

/// A traced look at an exception.
pub(crate) fn caught(exception: &Exception) -> i32 {
    let text = crate::harness::text(exception);
    t(format_args!("caught {text}"));
    i32::try_from(text.len()).expect("texts are short") % 5
}

/// A delegate for any type that is sent.
macro_rules! delegates {
    ($send:ty) => {
        compiled! { i32 $send
            /// Catches nothing.
            pub(crate) fn leaf(held: D, n: i32) -> D {
                let own = d(format_args!("own {held}"));
                for k in 0..n {
                    let sent = yield_!(k + 100);
                    t(format_args!("{held} was sent {sent:?}"));
                }
                held.with(own.len())
            }
        }

        compiled! { i32 $send
            /// Makes what it catches a value, the exit too.
            pub(crate) fn swallow(held: D) -> i32 {
                let own = d(format_args!("own {held}"));
                match attempt! { let inner = d("inner"); yield_!(200); yield_!(201); eat_len(inner) } {
                    Ok(n) => n,
                    Err(e) => caught(&e),
                }
            }
        }

        compiled! { i32 $send
            /// Yields whatever happens, three times.
            pub(crate) fn stubborn(held: D) -> D {
                let mut n = 300;
                while n < 303 {
                    if let Err(e) = try_yield!(n) {
                        caught(&e);
                    }
                    n += 1;
                }
                held
            }
        }

        compiled! { i32 $send
            /// Makes an error of its own of what is thrown in, and of its end.
            pub(crate) fn failing(held: D) -> i32 {
                let own = d(format_args!("own {held}"));
                if let Err(e) = attempt! { yield_!(400) } {
                    raise!(oops(format_args!("instead of {}", caught(&e))), from = e);
                }
                raise!(oops("end"))
            }
        }

        compiled! { i32 $send
            /// Delegates itself.
            pub(crate) fn relay(held: D, n: i32) -> D {
                let other = yield_from!(leaf(d(format_args!("of {held}")), n));
                yield_!(500);
                drop(other);
                held
            }
        }
    };
}

fn eat_len(d: D) -> i32 {
    d.len()
}

/// Delegates that are sent an `i32`.
pub(crate) mod int {
    use super::*;
    delegates!(i32);
}

/// Delegates that are sent nothing.
pub(crate) mod unit {
    use super::*;
    delegates!(());
}

/// Delegates that are sent an `Option<i32>`.
pub(crate) mod option {
    use super::*;
    delegates!(Option<i32>);
}

/// Delegates that are lent a text.
pub(crate) mod text {
    use super::*;
    delegates!(&str);
}

/// Delegates that are sent a `bool`.
pub(crate) mod boolean {
    use super::*;
    delegates!(bool);
}

/// Delegates that are sent a `D`.
pub(crate) mod droppable {
    use super::*;
    delegates!(D);
}
