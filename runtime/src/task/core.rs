//! What a task knows of itself, whatever it runs and gives.

use std::cell::{Cell, OnceCell, RefCell};
use std::mem;
use std::panic::Location;
use std::ptr;
use std::rc::Rc;
use std::task::Waker;

use super::AnyTask;
use crate::context::Scope;
use crate::promise::Awaited;
use crate::{Cancelled, Code, PromiseError};

/// Nothing in here stays borrowed while foreign code runs or is dropped.
pub(crate) struct Core {
    pub(super) id: u64,
    pub(super) name: RefCell<Option<Rc<str>>>,
    pub(super) made_at: &'static Location<'static>,
    /// Every step runs in it.
    pub(super) scope: Scope,
    /// Where the loop's registry has it, while it is there.
    pub(super) key: Cell<Option<usize>>,
    pub(super) waker: OnceCell<Waker>,
    /// Whether it stands in the ready queue.
    pub(super) scheduled: Cell<bool>,
    /// What it waits for since its last step.
    awaits: RefCell<Awaits>,
    /// While it runs: what it waited for before.
    awaited: RefCell<Awaits>,
    /// A cancellation that it has not been told of.
    pub(super) must_cancel: RefCell<Option<Cancelled>>,
    /// Whether what it waits for was cancelled on its behalf.
    pub(super) cancel_passed_on: Cell<bool>,
    /// How many cancellations were asked for, less those taken back.
    pub(super) cancelling: Cell<usize>,
    /// Whether it waits in a coroutine, where an exception can be raised, since its last step.
    pub(super) in_coroutine: Cell<bool>,
    /// Where the coroutines stand in which it waits since its last step, innermost first.
    positions: RefCell<Vec<Position>>,
}

/// A coroutine's code, and the suspension point at which it stands.
pub(crate) type Position = (&'static Code, u32);

/// What a task waits for.
#[derive(Clone)]
pub(crate) enum Awaits {
    /// The next turn, or a future that has its waker.
    Unknown,
    /// A promise that is polled, and nothing else that is one.
    Polled(Rc<dyn Awaited>),
    /// A promise that a coroutine yielded.
    Yielded(Rc<dyn Awaited>),
    /// More than one promise.
    Several,
}

/// How a promise is to add a task to those who wait for it.
pub(crate) enum Registration {
    /// It is there.
    Done,
    New,
    /// It may be there.
    Unsure,
}

impl Core {
    pub(super) fn new(id: u64, name: Option<Rc<str>>, scope: Scope, made_at: &'static Location<'static>) -> Self {
        Core {
            id,
            name: RefCell::new(name),
            made_at,
            scope,
            key: Cell::new(None),
            waker: OnceCell::new(),
            scheduled: Cell::new(false),
            awaits: RefCell::new(Awaits::Unknown),
            awaited: RefCell::new(Awaits::Unknown),
            must_cancel: RefCell::default(),
            cancel_passed_on: Cell::new(false),
            cancelling: Cell::new(0),
            in_coroutine: Cell::new(false),
            positions: RefCell::default(),
        }
    }

    pub(crate) fn name(&self) -> Rc<str> {
        self.name.borrow_mut().get_or_insert_with(|| format!("Task-{}", self.id).into()).clone()
    }

    /// The waker that the task is polled with; a task has one once it has been registered.
    pub(crate) fn waker(&self) -> &Waker {
        self.waker.get().unwrap_or(Waker::noop())
    }

    /// What it waits for, if that is known.
    pub(crate) fn awaits(&self) -> Awaits {
        self.awaits.borrow().clone()
    }

    pub(super) fn begin_step(&self) {
        self.awaited.swap(&self.awaits);
        self.positions.borrow_mut().clear();
    }

    pub(super) fn end_step(&self) {
        // Dropped outside of the cell: this may be the last handle on a promise.
        let before = self.awaited.replace(Awaits::Unknown);
        drop(before);
        self.cancel_passed_on.set(false);
    }

    /// It waits for nothing any more, as it is over. A promise and a task that wait for each other would keep each other.
    pub(super) fn forget_awaited(&self) {
        let before = self.awaits.replace(Awaits::Unknown);
        drop(before);
        self.end_step();
    }

    /// What it waited for before the step that it is in.
    pub(super) fn awaited(&self) -> Awaits {
        self.awaited.borrow().clone()
    }

    /// asyncio refuses both in the step after; here there is no need to wait.
    pub(crate) fn check_can_await(task: &Rc<dyn AnyTask>, awaited: &Rc<dyn Awaited>) -> Result<(), PromiseError> {
        let of_task: *const () = Rc::as_ptr(task).cast();
        if ptr::addr_eq(of_task, Rc::as_ptr(awaited)) {
            Err(PromiseError::AwaitsItself)
        } else if task.event_loop() != awaited.event_loop() {
            Err(PromiseError::OfAnotherLoop)
        } else {
            Ok(())
        }
    }

    /// Takes note of a promise that it polls and that is not done.
    pub(crate) fn polls(&self, awaited: Rc<dyn Awaited>) -> Registration {
        let same = |other: &Rc<dyn Awaited>| ptr::addr_eq(Rc::as_ptr(other), Rc::as_ptr(&awaited));
        let registration = match &*self.awaited.borrow() {
            Awaits::Polled(before) | Awaits::Yielded(before) if same(before) => Registration::Done,
            Awaits::Unknown | Awaits::Polled(_) | Awaits::Yielded(_) => Registration::New,
            Awaits::Several => Registration::Unsure,
        };
        let mut awaits = self.awaits.borrow_mut();
        match &*awaits {
            Awaits::Unknown => *awaits = Awaits::Polled(awaited),
            Awaits::Polled(other) | Awaits::Yielded(other) if same(other) => return Registration::Done,
            _ => {
                let before = mem::replace(&mut *awaits, Awaits::Several);
                drop(awaits);
                drop(before);
            }
        }
        registration
    }

    /// Takes note of a promise that a coroutine of it has yielded.
    pub(super) fn yields(&self, awaited: Rc<dyn Awaited>) {
        let next = match self.awaits() {
            Awaits::Unknown => Awaits::Yielded(awaited),
            _ => Awaits::Several,
        };
        drop(self.awaits.replace(next));
    }

    /// Takes note that a coroutine of it waits.
    pub(super) fn waits_at(&self, position: Option<Position>) {
        self.positions.borrow_mut().extend(position);
    }
}

#[cfg(test)]
mod tests {
    use crate::PointKind;
    use crate::event_loop::EventLoop;

    #[coframe_macros::coroutine(crate = crate)]
    async fn inner() {
        crate::sleep(0).await;
        crate::sleep(1.0).await;
    }

    #[coframe_macros::coroutine(task, crate = crate)]
    fn frame() {
        yield_from!(inner());
    }

    #[coframe_macros::coroutine(crate = crate)]
    async fn outer() {
        frame().await;
    }

    #[test]
    fn it_is_known_where_coroutines_of_both_kinds_wait() {
        let event_loop = EventLoop::with_virtual_clock().unwrap();
        let task = event_loop.create_task(outer());
        for point in 0..2 {
            event_loop.run_once().unwrap();
            let positions = task.handle().0.core().positions.borrow().clone();
            let names: Vec<_> = positions.iter().map(|(code, at)| (code.name(), *at)).collect();
            assert_eq!(names, [("inner", point + 1), ("frame", 1), ("outer", 1)]);
            let inner = positions[0].0.points()[point as usize];
            assert_eq!(inner.kind(), PointKind::Await);
            assert_eq!(inner.line(), positions[0].0.line() + 1 + point);
        }
    }
}
