//! The promise that a sleep waits for. The loop's heap of timers has it itself, so that a sleep is one allocation.

use std::panic::Location;
use std::rc::Rc;

use super::Promise;
use super::held::{Held, let_go};
use super::inner::{Awaited, Hook, Hooked, Inner, State};
use crate::Exception;
use crate::event_loop::{Delay, EventLoop, LoopError, Runnable, Standing};
use crate::task::Lane;

/// A handle on such a promise, which nobody else has: those who wait for it do not keep the time.
pub(crate) struct Nap(Held<Timing>);

/// It is done when its time has come, unless it was cancelled before.
pub(crate) type Timing = Hooked<(), Standing>;

impl Nap {
    pub(crate) fn begin(event_loop: EventLoop, delay: Delay) -> Result<Self, LoopError> {
        let nap = Timing::make(event_loop.clone());
        event_loop.end_later(delay, &nap)?;
        Ok(Nap(Held::new(nap)))
    }

    #[inline]
    pub(crate) fn done(&self) -> bool {
        self.0.inner.done()
    }

    #[inline]
    pub(crate) fn awaited(&self) -> Rc<dyn Awaited> {
        Rc::clone(&*self.0) as Rc<dyn Awaited>
    }

    /// Once it is done.
    #[inline]
    pub(crate) fn result(&self) -> Result<(), Exception> {
        self.0.inner.with_value(|()| ())
    }
}

/// Nobody is left to be woken.
impl Drop for Nap {
    fn drop(&mut self) {
        if let Some(event_loop) = self.0.inner.event_loop() {
            event_loop.forget_timer(&self.0.hook);
        }
    }
}

impl Timing {
    fn make(event_loop: EventLoop) -> Rc<Self> {
        if let Some(mut used) = event_loop.reused().take::<Self>()
            && let Some(timing) = Rc::get_mut(&mut used)
        {
            timing.inner.set_event_loop(Some(event_loop));
            return used;
        }
        Rc::new(Hooked { inner: Inner::new(Some(event_loop)), hook: Standing::default() })
    }

    #[inline]
    pub(crate) fn standing(&self) -> &Standing {
        &self.hook
    }
}

impl Hook<()> for Standing {
    const IS_REUSED: bool = true;

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        Vec::new()
    }

    fn renew(&self) {
        Standing::renew(self);
    }

    fn kind(&self) -> &'static str {
        "promise"
    }
}

impl Runnable for Timing {
    fn run(self: Rc<Self>, _: &mut Lane<'_>) {
        // It may have been cancelled in this pass, or be of no use to anybody.
        if !self.hook.is_cancelled() {
            _ = Promise::settle_as(&self.inner, || Promise::of(self.clone()), || State::Done(()));
        }
        let_go(self);
    }

    /// It has nothing to drop; the loop destroys the tasks that wait.
    fn discard(&self) {}

    fn scheduled_at(&self) -> &'static Location<'static> {
        Location::caller()
    }
}
