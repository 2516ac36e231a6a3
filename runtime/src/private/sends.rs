//! What a coroutine is sent, as far as a resume without a value is concerned.

/// Which of the three it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// `()`: a start and a send are the same act.
    Unit,
    /// An `Option`: a start sends `None`. Python's `next(g)`, which is `g.send(None)`.
    Option,
    /// A value, which only a send brings.
    Value,
}

/// What a resume brings to a suspension point, by the type that is written for it.
pub trait Receives<S> {
    /// Which it is.
    const SENDS: Sends;
    /// What is sent; `None` if a start cannot be a send.
    fn received(sent: Option<S>) -> Option<S>;
    /// Whether a start sends the same, so that this may begin a body that waits for nothing yet.
    fn starts(sent: &S) -> bool;
}

/// [`Sends::Unit`].
#[derive(Debug)]
pub struct SendsUnit;
/// [`Sends::Option`].
#[derive(Debug)]
pub struct SendsOption;
/// [`Sends::Value`].
#[derive(Debug)]
pub struct SendsValue;

impl Receives<()> for SendsUnit {
    const SENDS: Sends = Sends::Unit;

    #[inline]
    fn received(_: Option<()>) -> Option<()> {
        Some(())
    }

    #[inline]
    fn starts((): &()) -> bool {
        true
    }
}

impl<T> Receives<Option<T>> for SendsOption {
    const SENDS: Sends = Sends::Option;

    #[inline]
    fn received(sent: Option<Option<T>>) -> Option<Option<T>> {
        Some(sent.flatten())
    }

    #[inline]
    fn starts(sent: &Option<T>) -> bool {
        sent.is_none()
    }
}

impl<S> Receives<S> for SendsValue {
    const SENDS: Sends = Sends::Value;

    #[inline]
    fn received(sent: Option<S>) -> Option<S> {
        sent
    }

    #[inline]
    fn starts(_: &S) -> bool {
        false
    }
}
