//! Time in an event loop: moments, delays, and the clock that says what moment it is.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::LoopError;

/// A span of time from now, or from the loop's epoch where a moment is asked for: made from a [`Duration`], or from
/// seconds as a number, which may be negative.
///
/// It is kept in whole nanoseconds, the nearest ones. What is further away than 292 years, infinity included, never
/// comes. [NaN](f64::NAN) is refused with [`LoopError::NotANumber`] by whatever takes the delay.
///
/// ```
/// use coframe::event_loop::Delay;
/// use std::time::Duration;
///
/// assert_eq!(Delay::from(0.25), Duration::from_millis(250).into());
/// assert!(Delay::from(-2.0) < Delay::from(-1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Delay(Option<i64>); // Nanoseconds; `None` came from NaN.

impl Delay {
    /// Whether nobody has to wait for it.
    pub(crate) fn is_over(self) -> Result<bool, LoopError> {
        Ok(self.nanoseconds()? <= 0)
    }

    /// As a time of a loop: what [`EventLoop::time`](super::EventLoop::time) says then.
    pub(crate) fn since_epoch(self) -> Result<Duration, LoopError> {
        Moment::at(self).map(Moment::since_epoch)
    }

    #[inline]
    fn nanoseconds(self) -> Result<i64, LoopError> {
        self.0.ok_or(LoopError::NotANumber)
    }
}

impl From<Duration> for Delay {
    #[inline]
    fn from(duration: Duration) -> Self {
        Delay(Some(nanoseconds(duration)))
    }
}

/// As many as there are, or as can be counted.
#[inline]
fn nanoseconds(duration: Duration) -> i64 {
    const BILLION: u64 = 1_000_000_000;
    if duration.as_secs() > i64::MAX.unsigned_abs() / BILLION {
        return i64::MAX;
    }
    i64::try_from(duration.as_secs() * BILLION + u64::from(duration.subsec_nanos())).unwrap_or(i64::MAX)
}

/// From seconds.
impl From<f64> for Delay {
    fn from(seconds: f64) -> Self {
        // The cast saturates.
        Delay((!seconds.is_nan()).then(|| (seconds * 1e9).round() as i64))
    }
}

/// From whole seconds.
impl From<i32> for Delay {
    fn from(seconds: i32) -> Self {
        Delay(Some(i64::from(seconds) * 1_000_000_000))
    }
}

/// A moment in the life of a loop: nanoseconds since its epoch. Negative ones come from negative delays and sort before
/// all moments that a clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    pub(super) const EPOCH: Moment = Moment(0);

    /// Where all moments end up that are too far away. No clock comes so far.
    pub(super) const NEVER: Moment = Moment(i64::MAX);

    /// The moment that is `delay` after the epoch.
    #[inline]
    pub(super) fn at(delay: Delay) -> Result<Self, LoopError> {
        delay.nanoseconds().map(Moment)
    }

    /// The moment that is `delay` after this one.
    #[inline]
    pub(super) fn after(self, delay: Delay) -> Result<Self, LoopError> {
        Ok(Moment(self.0.saturating_add(delay.nanoseconds()?)))
    }

    /// A number for what comes at this moment, of which there is a first, a second and so on: compared at once, without a
    /// branch that nobody can foretell.
    #[inline]
    pub(super) fn place(self, sequence: u64) -> i128 {
        i128::from(self.0) << 64 | i128::from(sequence)
    }

    /// The time from `earlier` to this moment; none if it is not earlier.
    pub(super) fn since(self, earlier: Moment) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The time from the epoch to this moment; none if it is before.
    pub(super) fn since_epoch(self) -> Duration {
        self.since(Moment::EPOCH)
    }
}

/// From the epoch.
impl From<Moment> for Delay {
    fn from(moment: Moment) -> Self {
        Delay(Some(moment.0))
    }
}

/// A clock starts at its epoch, and never goes back.
#[derive(Debug)]
pub(super) enum Clock {
    /// It began at this instant, and is waited for.
    Real(Instant),
    /// It stands at this moment until a loop that has nothing to do sets it.
    Virtual(Cell<Moment>),
}

impl Clock {
    /// CPython adds the resolution of the clock to this and takes what is earlier. Here both the clock and deadlines
    /// are whole nanoseconds, so that what is due is what is not later than now.
    #[inline]
    pub(super) fn now(&self) -> Moment {
        match self {
            Clock::Real(epoch) => Moment(nanoseconds(epoch.elapsed())),
            Clock::Virtual(now) => now.get(),
        }
    }
}
