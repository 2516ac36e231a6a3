//! What a task knows of itself, whatever it runs and gives.

use std::cell::{Cell, OnceCell, RefCell};
use std::mem;
use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::panic::Location;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use super::AnyTask;
use super::flags::Flags;
use super::waker::{self, OwnWaker};
use crate::context::Scope;
use crate::promise::Awaited;
use crate::{Cancelled, Code, Exception, Frame, FrameVisitor, Inspectable, PromiseError};

/// Nothing in here stays borrowed while foreign code runs or is dropped.
pub(crate) struct Core {
    pub(super) id: u64,
    pub(super) name: RefCell<Option<Rc<str>>>,
    pub(super) made_at: &'static Location<'static>,
    /// The type of its future.
    runs: &'static str,
    pub(super) flags: Flags,
    /// Every step runs in it.
    pub(super) scope: Scope,
    /// Where the loop's registry has it, while it is there.
    pub(super) key: Cell<Option<usize>>,
    pub(super) waker: OnceCell<OwnWaker>,
    /// What it waits for since its last step.
    awaits: RefCell<Awaits>,
    /// While it runs: what it waited for before.
    awaited: RefCell<Awaits>,
    /// A cancellation that it has not been told of.
    must_cancel: RefCell<Option<Cancelled>>,
    /// What was cancelled on its behalf, while it waits for that and for nothing else.
    passed_on: RefCell<Option<Rc<dyn Awaited>>>,
    /// How many cancellations were asked for, less those taken back.
    pub(super) cancelling: Cell<usize>,
    /// The code of the outermost coroutine in which it has waited.
    code: Cell<Option<&'static Code>>,
    /// Where the first coroutine stands in which it waits since its last step: an innermost one.
    position: Cell<Option<Position>>,
    /// Where the others stand, innermost first.
    outer_positions: RefCell<Vec<Position>>,
    /// The promises that coroutines in it have yielded, and not been resumed from.
    yielded: RefCell<Vec<(YieldId, Rc<dyn Awaited>)>>,
}

/// Names a promise that a coroutine has yielded, to the coroutine: that may be `Send`, the promise is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct YieldId(NonZeroU64);

impl YieldId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        YieldId(NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroU64::MAX))
    }
}

/// So many frames of a coroutine are noted in debug mode whenever it waits, the outermost ones.
const DEEPEST: usize = 50;

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
    pub(super) fn new(
        id: u64,
        name: Option<Rc<str>>,
        scope: Scope,
        made_at: &'static Location<'static>,
        runs: &'static str,
    ) -> Self {
        Core {
            id,
            name: RefCell::new(name),
            made_at,
            runs,
            flags: Flags::default(),
            scope,
            key: Cell::new(None),
            waker: OnceCell::new(),
            awaits: RefCell::new(Awaits::Unknown),
            awaited: RefCell::new(Awaits::Unknown),
            must_cancel: RefCell::default(),
            passed_on: RefCell::default(),
            cancelling: Cell::new(0),
            code: Cell::new(None),
            position: Cell::new(None),
            outer_positions: RefCell::default(),
            yielded: RefCell::default(),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn name(&self) -> Rc<str> {
        self.name.borrow_mut().get_or_insert_with(|| format!("Task-{}", self.id).into()).clone()
    }

    /// The waker that the task is polled with; a task has one once it has been registered.
    pub(crate) fn waker(&self) -> &Waker {
        self.waker.get().map_or_else(|| waker::nobody(), |own| &own.waker)
    }

    /// What it waits for, if that is known.
    pub(crate) fn awaits(&self) -> Awaits {
        self.awaits.borrow().clone()
    }

    /// The only thing that it waits for. Nothing while it runs.
    pub(super) fn awaits_only(&self) -> Option<Rc<dyn Awaited>> {
        match &*self.awaits.borrow() {
            Awaits::Polled(awaited) | Awaits::Yielded(awaited) if !self.is_running() => Some(awaited.clone()),
            _ => None,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.flags.has(Flags::RUNNING)
    }

    /// Takes note that what it waits for was cancelled on its behalf.
    pub(super) fn has_passed_on(&self) {
        self.set_passed_on(self.awaits_only());
    }

    /// The cancellation of what was cancelled on its behalf, once that has not refused.
    pub(super) fn passed_on(&self) -> Option<Exception> {
        if !self.flags.has(Flags::PASSED_ON) {
            return None;
        }
        let passed_on = self.passed_on.borrow().clone()?;
        passed_on.cancellation().map(Exception::Cancelled)
    }

    fn set_passed_on(&self, to: Option<Rc<dyn Awaited>>) {
        self.flags.set(Flags::PASSED_ON, to.is_some());
        let before = self.passed_on.replace(to);
        drop(before);
    }

    /// Has the cancellation raised in its next step.
    pub(super) fn set_must_cancel(&self, cancelled: Cancelled) {
        self.flags.set(Flags::MUST_CANCEL, true);
        self.must_cancel.replace(Some(cancelled));
    }

    /// A cancellation that it has not been told of.
    #[inline]
    pub(super) fn must_cancel(&self) -> Option<Cancelled> {
        if self.flags.has(Flags::MUST_CANCEL) { self.must_cancel.borrow().clone() } else { None }
    }

    /// The same, which it is told of now.
    #[inline]
    pub(super) fn take_must_cancel(&self) -> Option<Cancelled> {
        if !self.flags.has(Flags::MUST_CANCEL) {
            return None;
        }
        self.flags.set(Flags::MUST_CANCEL, false);
        self.must_cancel.take()
    }

    /// The same, if it is `awaited` that was cancelled on its behalf.
    pub(super) fn passed_on_to(&self, awaited: &Rc<dyn Awaited>) -> Option<Exception> {
        let is_it = |to: &Rc<dyn Awaited>| ptr::addr_eq(Rc::as_ptr(to), Rc::as_ptr(awaited));
        if self.passed_on.borrow().as_ref().is_some_and(is_it) { self.passed_on() } else { None }
    }

    /// In a step: the cancellation of what it waited for before.
    pub(super) fn awaited_cancellation(&self) -> Option<Exception> {
        let awaited = match &*self.awaited.borrow() {
            Awaits::Polled(awaited) | Awaits::Yielded(awaited) => awaited.clone(),
            Awaits::Unknown | Awaits::Several => return None,
        };
        awaited.cancellation().map(Exception::Cancelled)
    }

    pub(crate) fn runs(&self) -> &'static str {
        self.runs
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.flags.has(Flags::BEGUN)
    }

    pub(crate) fn is_scheduled(&self) -> bool {
        self.flags.has(Flags::SCHEDULED)
    }

    pub(crate) fn awaits_several(&self) -> bool {
        matches!(*self.awaits.borrow(), Awaits::Several)
    }

    /// Where the coroutines stand in which it waits, innermost first.
    pub(crate) fn positions(&self) -> Vec<Position> {
        self.position.get().into_iter().chain(self.outer_positions.borrow().iter().copied()).collect()
    }

    /// Returns whether it waited in a coroutine, where an exception can be raised.
    #[inline]
    pub(super) fn begin_step(&self) -> bool {
        let flags = self.flags.begin_step();
        self.position.set(None);
        if flags.has(Flags::AWAITS) {
            self.awaited.swap(&self.awaits);
        }
        if flags.has(Flags::IN_SEVERAL) {
            self.outer_positions.borrow_mut().clear();
        }
        flags.has(Flags::IN_COROUTINE)
    }

    #[inline]
    pub(super) fn end_step(&self) {
        if self.flags.has(Flags::AWAITED) {
            self.flags.set(Flags::AWAITED, false);
            // Dropped outside of the cell: this may be the last handle on a promise.
            let before = self.awaited.replace(Awaits::Unknown);
            drop(before);
        }
        self.flags.set(Flags::RUNNING, false);
        if self.flags.has(Flags::PASSED_ON) {
            self.passes_on_still();
        }
    }

    /// What was cancelled may take its time, during which something else may wake the task.
    #[cold]
    fn passes_on_still(&self) {
        let awaits = self.awaits_only();
        let still =
            |to: &Rc<dyn Awaited>| awaits.as_ref().is_some_and(|it| ptr::addr_eq(Rc::as_ptr(it), Rc::as_ptr(to)));
        let passed_on = self.passed_on.take().filter(still);
        self.set_passed_on(passed_on);
    }

    /// It waits for nothing any more, as it is over. A promise and a task that wait for each other would keep each other.
    pub(super) fn forget_awaited(&self) {
        self.flags.set(Flags::AWAITS, false);
        let before = (self.awaits.replace(Awaits::Unknown), self.yielded.take());
        drop(before);
        self.end_step();
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
        self.flags.set(Flags::AWAITS, true);
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
        self.flags.set(Flags::AWAITS, true);
        drop(self.awaits.replace(next));
    }

    /// Keeps a promise for the coroutine that has yielded it.
    pub(super) fn keep(&self, awaited: Rc<dyn Awaited>) -> YieldId {
        let id = YieldId::next();
        self.yielded.borrow_mut().push((id, awaited));
        id
    }

    pub(super) fn kept(&self, id: YieldId) -> Option<Rc<dyn Awaited>> {
        self.yielded.borrow().iter().find(|(it, _)| *it == id).map(|(_, awaited)| awaited.clone())
    }

    /// For the caller to drop.
    pub(super) fn give_up(&self, id: YieldId) -> Option<Rc<dyn Awaited>> {
        let mut yielded = self.yielded.borrow_mut();
        let index = yielded.iter().position(|(it, _)| *it == id)?;
        Some(yielded.swap_remove(index).1)
    }

    /// Takes note that a coroutine of it waits.
    #[inline]
    pub(super) fn waits_at(&self, position: Option<Position>) {
        let Some(position) = position else { return };
        self.code.set(Some(position.0));
        if self.position.get().is_none() {
            self.position.set(Some(position));
        } else {
            self.waits_outside(position);
        }
    }

    /// Takes note that a coroutine of it waits, and those that it delegates to in place.
    pub(super) fn waits_in(&self, coroutine: &dyn Inspectable) {
        let (mut outermost, mut others) = (None, Vec::new());
        let mut see = |frame: &Frame<'_>| {
            let position = (frame.code(), frame.position());
            match outermost {
                None => outermost = Some(position),
                Some(_) => others.push(position),
            }
            if others.len() + 1 == DEEPEST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        _ = coroutine.visit_frames(&mut FrameVisitor::new(&mut see));
        others.into_iter().rev().chain(outermost).for_each(|position| self.waits_at(Some(position)));
    }

    /// The code of the outermost coroutine in which it has waited.
    pub(super) fn code(&self) -> Option<&'static Code> {
        self.code.get()
    }

    #[cold]
    #[inline(never)]
    fn waits_outside(&self, position: Position) {
        self.flags.set(Flags::IN_SEVERAL, true);
        self.outer_positions.borrow_mut().push(position);
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
            let positions = task.handle().0.core().positions();
            let names: Vec<_> = positions.iter().map(|(code, at)| (code.name(), *at)).collect();
            assert_eq!(names, [("inner", point + 1), ("frame", 1), ("outer", 1)]);
            let inner = positions[0].0.points()[point as usize];
            assert_eq!(inner.kind(), PointKind::Await);
            assert_eq!(inner.line(), positions[0].0.line() + 1 + point);
        }
    }
}
