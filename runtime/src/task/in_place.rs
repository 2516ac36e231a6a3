//! A future in its place for good: the one place where tasks need unsafe.
//!
//! A task and its future are one allocation. Everybody has a shared handle on the task, and the standard library has no
//! safe way from there to a pinned future.

use std::cell::{Cell, UnsafeCell};
use std::pin::Pin;

/// A future that is never moved from when it is polled first until it is dropped, and that one at most has at a time.
///
/// That is the invariant of the type. It is upheld by [`TaskInner`](super::inner::TaskInner), the only one who has such a
/// field: that is made into an `Rc` at once, none of its functions has it otherwise than by `&` or `Rc`, and nothing takes
/// it out of its `Rc`; and it is always lent by way of its task's own [`Lending`].
pub(super) struct InPlace<F>(UnsafeCell<Option<F>>);

/// Whether a future is lent. It stands elsewhere than that because there is room for it.
#[derive(Default)]
pub(super) struct Lending(Cell<bool>);

/// The future while it is polled, which nobody else can do meanwhile.
pub(super) struct Lent<'a, F> {
    place: &'a UnsafeCell<Option<F>>,
    lending: &'a Lending,
}

impl<F> InPlace<F> {
    /// # Safety
    ///
    /// What is in there must not be moved any more once it was [lent](InPlace::lend), until it is dropped; and it is always
    /// lent by the same [`Lending`], which nothing else is lent by.
    #[allow(unsafe_code)]
    pub(super) unsafe fn new(future: F) -> Self {
        InPlace(UnsafeCell::new(Some(future)))
    }

    /// Another one, in place of one that is over.
    #[inline]
    pub(super) fn refill(&mut self, future: F) {
        *self.0.get_mut() = Some(future);
    }

    /// `None` while it is lent to somebody else.
    #[inline]
    pub(super) fn lend<'a>(&'a self, lending: &'a Lending) -> Option<Lent<'a, F>> {
        if lending.0.replace(true) { None } else { Some(Lent { place: &self.0, lending }) }
    }
}

impl<F> Lent<'_, F> {
    /// `None` if it was dropped.
    #[inline]
    pub(super) fn future(&mut self) -> Option<Pin<&mut F>> {
        self.pinned().as_pin_mut()
    }

    /// Drops it, where it stands.
    pub(super) fn clear(&mut self) {
        self.pinned().set(None);
    }

    #[inline]
    #[allow(unsafe_code)]
    fn pinned(&mut self) -> Pin<&mut Option<F>> {
        // SAFETY: by its lending nobody else has the place while this lives. Whoever called `InPlace::new` does not move it
        // any more, and in here its contents are only replaced by way of what is pinned.
        unsafe { Pin::new_unchecked(&mut *self.place.get()) }
    }
}

impl<F> Drop for Lent<'_, F> {
    #[inline]
    fn drop(&mut self) {
        self.lending.0.set(false);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{Future, poll_fn};
    use std::mem;
    use std::rc::Rc;
    use std::task::{Context, Poll, Waker};

    use crate::event_loop::EventLoop;
    use crate::{Exception, sleep};

    struct Counted(Rc<Cell<u32>>);

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    /// Borrows of a future's own locals.
    async fn borrows(dropped: Rc<Cell<u32>>) -> u64 {
        let numbers = [1_u64, 2, 3];
        let _counted = Counted(dropped);
        let mut sum = 0;
        for number in &numbers {
            sleep(0).await.unwrap();
            sum += number;
        }
        sum
    }

    /// Without a loop, so that miri can run it.
    #[test]
    #[allow(unsafe_code)]
    fn a_place_is_polled_shared_and_dropped_in_the_middle() {
        for polls in 0..5 {
            let dropped = Rc::new(Cell::new(0));
            let counted = dropped.clone();
            let future = async move {
                let numbers = [1_u32, 2, 3];
                let _counted = Counted(counted);
                for number in &numbers {
                    let mut waited = false;
                    poll_fn(|_| if mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
                    assert!(*number > 0);
                }
            };
            // SAFETY: it is not moved out of the `Rc`, and lent by what stands beside it.
            let place = Rc::new((unsafe { super::InPlace::new(future) }, super::Lending::default()));
            let handle = place.clone();
            let context = &mut Context::from_waker(Waker::noop());
            for _ in 0..polls {
                let mut lent = handle.0.lend(&handle.1).unwrap();
                assert!(place.0.lend(&place.1).is_none());
                let poll = lent.future().map(|future| future.poll(context));
                if poll == Some(Poll::Ready(())) {
                    lent.clear();
                    assert!(lent.future().is_none());
                }
            }
            drop((place, handle));
            assert_eq!(dropped.get(), u32::from(polls > 0));
        }
    }

    #[test]
    fn a_future_that_borrows_from_itself_runs_to_its_end_and_is_dropped_once() {
        let dropped = Rc::new(Cell::new(0));
        let event_loop = EventLoop::with_virtual_clock().unwrap();
        assert_eq!(event_loop.run_until_complete(borrows(dropped.clone())).unwrap(), 6);
        assert_eq!(dropped.get(), 1);
    }

    #[test]
    fn one_that_is_cancelled_or_left_over_is_dropped_where_it_stands() {
        let dropped = Rc::new(Cell::new(0));
        let event_loop = EventLoop::with_virtual_clock().unwrap();
        let cancelled = event_loop.create_task(borrows(dropped.clone()));
        let left_over = event_loop.create_task(borrows(dropped.clone()));
        event_loop.run_once().unwrap();
        cancelled.cancel();
        event_loop.run_once().unwrap();
        assert!(matches!(cancelled.result(), Err(Exception::Cancelled(_))));
        assert_eq!(dropped.get(), 1);
        event_loop.set_exception_handler(|_, _| ());
        event_loop.close().unwrap();
        assert!(left_over.done());
        assert_eq!(dropped.get(), 2);
    }
}
