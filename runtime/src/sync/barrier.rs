//! All go on together.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::{BrokenBarrier, Condition, SyncError};
use crate::{Awaitable, Generator, Machine, or_raise, raise, yield_from};

/// Where so many tasks wait for each other: asyncio's `Barrier`.
///
/// The last to come lets all go on, and the barrier can be used again once all have. One that is cancelled while it waits
/// is as one that has not come; as in asyncio, and not as in Python's `threading`, that does not break the barrier.
///
/// ```
/// use coframe::sync::Barrier;
/// use coframe::{or_raise, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn runner(start: Barrier) -> usize {
///     yield_from!(start.wait()) // who comes first gets 0, and so on
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> [usize; 3] {
///     let start = or_raise!(Barrier::new(3));
///     let (one, two) = (spawn(runner(start.clone())), spawn(runner(start.clone())));
///     let three = spawn(runner(start));
///     [yield_from!(one), yield_from!(two), yield_from!(three)]
/// }
///
/// assert_eq!(coframe::run(program())?, [0, 1, 2]);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct Barrier(Rc<Inner>);

struct Inner {
    /// Notified of when the phase changes.
    condition: Condition,
    parties: usize,
    phase: Cell<Phase>,
    /// How many are inside: wait, or are about to leave.
    count: Cell<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Who comes waits, until it is full.
    Filling,
    /// It was full, and all leave. Who comes waits until all have, and it is filling again.
    Draining,
    /// The same, and those who leave fail.
    Resetting,
    /// Who comes and who is inside fails, until it is reset.
    Broken,
}

impl Barrier {
    /// One for so many. No loop need run.
    ///
    /// # Errors
    ///
    /// [`SyncError::NoParties`] if that is none.
    pub fn new(parties: usize) -> Result<Self, SyncError> {
        if parties == 0 {
            return Err(SyncError::NoParties);
        }
        Ok(Barrier(Rc::new(Inner {
            condition: Condition::new(),
            parties,
            phase: Cell::new(Phase::Filling),
            count: Cell::new(0),
        })))
    }

    /// Waits until as many wait as there are [`parties`](Barrier::parties). Each gets a number of its own, from 0 to
    /// `parties - 1`, in the order in which they came.
    ///
    /// # Errors
    ///
    /// A [`BrokenBarrier`] if the barrier is aborted, or is reset meanwhile. As [`Condition::wait`].
    pub fn wait(&self) -> Generator<impl Machine<Yield = Awaitable, Return = usize> + use<>> {
        wait(self.clone())
    }

    /// Empties the barrier, broken or not, for new use. Those who wait fail.
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire`](super::Lock::acquire).
    pub fn reset(&self) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<>> {
        reset(self.clone())
    }

    /// Breaks the barrier: those who wait fail, and so do all who come, until it is [`reset`](Barrier::reset).
    ///
    /// ```
    /// use coframe::sync::{Barrier, BrokenBarrier};
    ///
    /// coframe::run(async {
    ///     let barrier = Barrier::new(2)?;
    ///     barrier.abort().await?;
    ///     assert!(barrier.broken());
    ///     assert!(barrier.wait().await.unwrap_err().is::<BrokenBarrier>());
    ///     Ok(())
    /// })?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Lock::acquire`](super::Lock::acquire).
    pub fn abort(&self) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<>> {
        abort(self.clone())
    }

    /// How many have to come.
    #[must_use]
    pub fn parties(&self) -> usize {
        self.0.parties
    }

    /// How many wait for others to come.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        if self.0.phase.get() == Phase::Filling { self.0.count.get() } else { 0 }
    }

    /// Whether it was aborted.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.0.phase.get() == Phase::Broken
    }

    /// For a condition: it is in none of these phases.
    fn not_in<const N: usize>(&self, phases: [Phase; N]) -> impl FnMut() -> bool + use<N> {
        let barrier = self.clone();
        move || !phases.contains(&barrier.0.phase.get())
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn wait(barrier: Barrier) -> usize {
    let _guard = yield_from!(barrier.0.condition.acquire());
    // Those before have to leave first.
    yield_from!(barrier.0.condition.wait_for(barrier.not_in([Phase::Draining, Phase::Resetting])));
    if barrier.broken() {
        raise!(BrokenBarrier::Aborted);
    }
    let inside = Inside::enter(&barrier);
    if inside.index + 1 == barrier.0.parties {
        barrier.0.phase.set(Phase::Draining);
        or_raise!(barrier.0.condition.notify_all());
    } else {
        yield_from!(barrier.0.condition.wait_for(barrier.not_in([Phase::Filling])));
        if let Phase::Broken | Phase::Resetting = barrier.0.phase.get() {
            raise!(BrokenBarrier::Interrupted);
        }
    }
    inside.index
}

#[coframe_macros::coroutine(task, crate = crate)]
fn reset(barrier: Barrier) {
    let _guard = yield_from!(barrier.0.condition.acquire());
    let nobody_inside = barrier.0.count.get() == 0;
    barrier.0.phase.set(if nobody_inside { Phase::Filling } else { Phase::Resetting });
    or_raise!(barrier.0.condition.notify_all());
}

#[coframe_macros::coroutine(task, crate = crate)]
fn abort(barrier: Barrier) {
    let _guard = yield_from!(barrier.0.condition.acquire());
    barrier.0.phase.set(Phase::Broken);
    or_raise!(barrier.0.condition.notify_all());
}

/// One who is inside, until it leaves, however that is. The last to leave lets those in who wait outside.
struct Inside {
    barrier: Barrier,
    index: usize,
}

impl Inside {
    fn enter(barrier: &Barrier) -> Self {
        let index = barrier.0.count.get();
        barrier.0.count.set(index + 1);
        Inside { barrier: barrier.clone(), index }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let Inner { condition, phase, count, .. } = &*self.barrier.0;
        count.set(count.get() - 1);
        if count.get() == 0 {
            if let Phase::Resetting | Phase::Draining = phase.get() {
                phase.set(Phase::Filling);
            }
            // One who is dropped where it waits does not hold the lock.
            condition.notify_anyway(usize::MAX);
        }
    }
}

/// As in CPython: `<Barrier [filling, waiters:1/3]>`.
impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiters = format_args!(", waiters:{}/{}", self.n_waiting(), self.parties()).to_string();
        match self.0.phase.get() {
            Phase::Filling => write!(f, "<Barrier [filling{waiters}]>"),
            Phase::Draining => write!(f, "<Barrier [draining{waiters}]>"),
            Phase::Resetting => write!(f, "<Barrier [resetting{waiters}]>"),
            Phase::Broken => f.write_str("<Barrier [broken]>"),
        }
    }
}
