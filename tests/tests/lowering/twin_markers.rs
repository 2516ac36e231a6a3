//! The markers of the native twin, as macros of its scope. `tests/fuzz` pastes this file into each of its modules.

/// Defines the markers. The operand of `yield_!` is evaluated as a `let` initialiser of type `Y` is.
#[rustfmt::skip] // it indents the inner macros further on each run
macro_rules! native_markers {
    ($dollar:tt $yield:tt $send:tt) => {
        macro_rules! yield_ {
            () => { $crate::twin::pause::<(), $send>(()) };
            ($dollar operand:expr $dollar(,)?) => {
                $crate::twin::pause::<$yield, $send>({ let value: $yield = $dollar operand; value })
            };
        }
        macro_rules! try_yield {
            () => { $crate::twin::try_pause::<(), $send>(()) };
            ($dollar operand:expr $dollar(,)?) => {
                $crate::twin::try_pause::<$yield, $send>({ let value: $yield = $dollar operand; value })
            };
        }
        macro_rules! delegate {
            ($dollar operand:expr) => {{
                use ::coframe::private::{Iterable as _, NoDelegate as _};
                let value = $dollar operand;
                ::coframe::private::Operand::<$yield, $send, _>::new(value).delegate()
            }};
        }
        macro_rules! yield_from {
            ($dollar operand:expr $dollar(,)?) => { $crate::twin::delegate::<$send, _>(delegate!($dollar operand)) };
        }
        macro_rules! try_yield_from {
            ($dollar operand:expr $dollar(,)?) => { $crate::twin::try_delegate::<$send, _>(delegate!($dollar operand)) };
        }
        macro_rules! raise {
            ($dollar exception:expr $dollar(,)?) => {
                $crate::twin::leave(::coframe::Exception::from($dollar exception))
            };
            ($dollar exception:expr, from = $dollar cause:expr $dollar(,)?) => {
                $crate::twin::leave(::coframe::private::raise_from($dollar exception, $dollar cause))
            };
        }
        macro_rules! or_raise {
            ($dollar outcome:expr $dollar(,)?) => {
                match $dollar outcome {
                    ::core::result::Result::Ok(value) => value,
                    ::core::result::Result::Err(error) => raise!(error),
                }
            };
        }
        macro_rules! attempt {
            ($dollar($dollar body:tt)*) => { native_attempt!{ ($dollar) $yield $send $dollar($dollar body)* } };
        }
    };
}

/// An attempt is a block, out of which the markers in it break.
#[rustfmt::skip] // as above
macro_rules! native_attempt {
    (($dollar:tt) $yield:tt $send:tt $($body:tt)*) => {
        'attempt: {
            macro_rules! or_break {
                ($dollar outcome:expr) => {
                    match $dollar outcome {
                        ::core::result::Result::Ok(value) => value,
                        ::core::result::Result::Err(exception) => break 'attempt ::core::result::Result::Err(exception),
                    }
                };
            }
            macro_rules! yield_ {
                () => { or_break!($crate::twin::try_pause::<(), $send>(())) };
                ($dollar operand:expr $dollar(,)?) => {
                    or_break!($crate::twin::try_pause::<$yield, $send>({ let value: $yield = $dollar operand; value }))
                };
            }
            macro_rules! yield_from {
                ($dollar operand:expr $dollar(,)?) => {
                    or_break!($crate::twin::try_delegate::<$send, _>(delegate!($dollar operand)))
                };
            }
            macro_rules! raise {
                ($dollar exception:expr $dollar(,)?) => {
                    break 'attempt ::core::result::Result::Err(::coframe::Exception::from($dollar exception))
                };
                ($dollar exception:expr, from = $dollar cause:expr $dollar(,)?) => {
                    break 'attempt ::core::result::Result::Err(
                        ::coframe::private::raise_from($dollar exception, $dollar cause)
                    )
                };
            }
            macro_rules! or_raise {
                ($dollar outcome:expr $dollar(,)?) => {
                    or_break!($dollar outcome.map_err(::coframe::Exception::from))
                };
            }
            ::core::result::Result::<_, ::coframe::Exception>::Ok({ $($body)* })
        }
    };
}
