//! How long something may take.

use std::time::Duration;

use crate::event_loop::Delay;

/// A limit of time, or none: what [`timeout`](crate::timeout) and others take. Python's `timeout=None` is
/// [`Limit::NONE`].
///
/// It is made from what a [`Delay`] is made from, a [`Duration`] or a number of seconds, and from an `Option` of
/// that.
///
/// ```
/// use coframe::Limit;
/// use std::time::Duration;
///
/// assert_eq!(Limit::from(1.5), Limit::from(Some(Duration::from_millis(1500))));
/// assert_eq!(Limit::NONE, Limit::from(None::<f64>));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit(pub(crate) Option<Delay>);

impl Limit {
    /// It may take as long as it likes.
    pub const NONE: Limit = Limit(None);
}

impl From<Delay> for Limit {
    fn from(delay: Delay) -> Self {
        Limit(Some(delay))
    }
}

impl From<Duration> for Limit {
    fn from(duration: Duration) -> Self {
        Limit(Some(duration.into()))
    }
}

/// From seconds.
impl From<f64> for Limit {
    fn from(seconds: f64) -> Self {
        Limit(Some(seconds.into()))
    }
}

/// From whole seconds.
impl From<i32> for Limit {
    fn from(seconds: i32) -> Self {
        Limit(Some(seconds.into()))
    }
}

/// `None` is no limit.
impl<D: Into<Delay>> From<Option<D>> for Limit {
    fn from(delay: Option<D>) -> Self {
        Limit(delay.map(Into::into))
    }
}
