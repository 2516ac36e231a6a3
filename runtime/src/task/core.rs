//! What a task knows of itself, whatever it runs and gives.

use std::cell::{Cell, OnceCell, RefCell};
use std::mem;
use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::panic::Location;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::flags::{Before, Flags};
use super::in_place::Lending;
use super::waker::OwnWaker;
use super::{AnyTask, current};
use crate::context::Scope;
use crate::event_loop::EventLoop;
use crate::promise::Awaited;
use crate::{Cancelled, Code, Exception, Frame, FrameVisitor, Inspectable, PromiseError};

/// Nothing in here stays borrowed while foreign code runs or is dropped.
pub(crate) struct Core {
    pub(super) id: u64,
    pub(super) made_at: &'static Location<'static>,
    /// Where the loop's registry has it, while it is there.
    pub(super) key: Cell<u32>,
    /// Where the first coroutine stands in which it waits since its last step, if the flags say so: an innermost one.
    point: Cell<u32>,
    /// The code of that coroutine. While it runs: of the outermost one in which it has waited.
    code: Cell<Option<&'static Code>>,
    /// What it waits for since its last step, if that is one promise.
    awaits: Spot,
    /// What few tasks have.
    rare: OnceCell<Box<Rare>>,
    pub(super) flags: Flags,
    /// Of its future.
    pub(super) lending: Lending,
    /// How many cancellations were asked for, less those taken back.
    cancelling: Cell<u32>,
}

/// The key of a task that is not in the registry.
pub(super) const NO_KEY: u32 = u32::MAX;

/// Made for a task when it has any of this.
#[derive(Default)]
pub(super) struct Rare {
    name: RefCell<Option<Rc<str>>>,
    /// Every step runs in it.
    pub(super) scope: Scope,
    /// Once somebody has a clone.
    pub(super) waker: OnceCell<Rc<OwnWaker>>,
    /// The cancellation that it has not been told of, if that says anything.
    must_cancel: RefCell<Option<Cancelled>>,
    /// What was cancelled on its behalf, while it waits for that and for nothing else.
    passed_on: RefCell<Option<Rc<dyn Awaited>>>,
    /// Where the others stand, innermost first.
    outer_positions: RefCell<Vec<Position>>,
    /// The promises that coroutines in it have yielded, and not been resumed from.
    yielded: RefCell<Vec<(YieldId, Rc<dyn Awaited>)>>,
}

/// A place for a promise.
#[derive(Default)]
struct Spot(Cell<Option<Rc<dyn Awaited>>>);

impl Spot {
    /// It is not in its place meanwhile.
    #[inline]
    fn look<R>(&self, look: impl FnOnce(Option<&Rc<dyn Awaited>>) -> R) -> R {
        let here = self.0.take();
        let result = look(here.as_ref());
        self.0.set(here);
        result
    }

    fn get(&self) -> Option<Rc<dyn Awaited>> {
        self.look(|here| here.cloned())
    }
}

pub(super) fn same(one: &Rc<dyn Awaited>, other: &Rc<dyn Awaited>) -> bool {
    ptr::addr_eq(Rc::as_ptr(one), Rc::as_ptr(other))
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
        scope: Option<Scope>,
        made_at: &'static Location<'static>,
    ) -> Self {
        let core = Core {
            id,
            made_at,
            key: Cell::new(NO_KEY),
            point: Cell::new(0),
            code: Cell::new(None),
            awaits: Spot::default(),
            rare: OnceCell::new(),
            flags: Flags::default(),
            lending: Lending::default(),
            cancelling: Cell::new(0),
        };
        core.set_rare_if_any(name, scope);
        core
    }

    /// Makes it like new, but for what [`begin_again`](Core::begin_again) says.
    #[inline]
    pub(super) fn renew(&mut self) {
        // Foreign code is dropped with them, so they are out of their places before.
        let (rare, awaits) = (self.rare.take(), self.awaits.0.take());
        if rare.is_some() || awaits.is_some() {
            drop((rare, awaits));
        }
        self.key.set(NO_KEY);
        self.code.set(None);
        self.flags = Flags::default();
        self.cancelling.set(0);
    }

    /// Makes it that of another task.
    #[inline]
    pub(super) fn begin_again(
        &mut self,
        id: u64,
        name: Option<Rc<str>>,
        scope: Option<Scope>,
        made_at: &'static Location<'static>,
    ) {
        (self.id, self.made_at) = (id, made_at);
        self.set_rare_if_any(name, scope);
    }

    #[inline]
    fn set_rare_if_any(&self, name: Option<Rc<str>>, scope: Option<Scope>) {
        if name.is_some() || scope.is_some() {
            self.set_rare(name, scope);
        }
    }

    #[cold]
    fn set_rare(&self, name: Option<Rc<str>>, scope: Option<Scope>) {
        let scope = scope.unwrap_or_default();
        self.flags.set(Flags::IN_CONTEXT, !scope.is_blank());
        _ = self.rare.set(Box::new(Rare { name: RefCell::new(name), scope, ..Rare::default() }));
    }

    pub(super) fn rare(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn name(&self) -> Rc<str> {
        self.rare().name.borrow_mut().get_or_insert_with(|| format!("Task-{}", self.id).into()).clone()
    }

    pub(super) fn set_name(&self, name: Rc<str>) {
        self.rare().name.replace(Some(name));
    }

    pub(super) fn cancelling(&self) -> usize {
        self.cancelling.get() as usize
    }

    /// One more was asked for.
    pub(super) fn count_cancellation(&self) {
        self.cancelling.set(self.cancelling.get().saturating_add(1));
    }

    /// One is taken back, if there was any. How many are left.
    pub(super) fn uncount_cancellation(&self) -> usize {
        self.cancelling.set(self.cancelling.get().saturating_sub(1));
        self.cancelling()
    }

    /// Its own waker, if somebody has a clone of it.
    #[cold]
    pub(super) fn waker(&self) -> Option<Rc<OwnWaker>> {
        self.rare.get()?.waker.get().cloned()
    }

    /// Takes note of a waker of which somebody has a clone now. One that is over is woken no more.
    #[cold]
    pub(super) fn keep_waker(&self, waker: Rc<OwnWaker>) {
        if !self.flags.has(Flags::OVER | Flags::HAS_WAKER) {
            self.flags.set(Flags::HAS_WAKER, true);
            _ = self.rare().waker.set(waker);
        }
    }

    /// The end of a step that ran in a context.
    #[cold]
    pub(super) fn leave_context(&self) {
        let scope = &self.rare().scope;
        scope.swap_out();
        self.flags.set(Flags::IN_CONTEXT, !scope.is_blank());
    }

    /// For the registry, as the task is gone.
    pub(super) fn take_waker(&mut self) -> Option<Rc<OwnWaker>> {
        self.rare.get_mut()?.waker.take()
    }

    /// What it waits for, if that is one promise and nothing else that is one.
    pub(crate) fn awaits(&self) -> Option<Rc<dyn Awaited>> {
        self.awaits.get()
    }

    /// The same. Nothing while it runs.
    pub(super) fn awaits_only(&self) -> Option<Rc<dyn Awaited>> {
        if self.is_running() { None } else { self.awaits.get() }
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
        let passed_on = self.rare().passed_on.borrow().clone()?;
        passed_on.cancellation().map(Exception::Cancelled)
    }

    fn set_passed_on(&self, to: Option<Rc<dyn Awaited>>) {
        self.flags.set(Flags::PASSED_ON, to.is_some());
        let before = self.rare().passed_on.replace(to);
        drop(before);
    }

    /// Has the cancellation raised in its next step.
    pub(super) fn set_must_cancel(&self, cancelled: Cancelled) {
        self.flags.set(Flags::MUST_CANCEL, true);
        // Most say nothing, for which the flag is enough.
        if cancelled.message().is_some() {
            self.rare().must_cancel.replace(Some(cancelled));
        } else if let Some(rare) = self.rare.get() {
            rare.must_cancel.take();
        }
    }

    /// A cancellation that it has not been told of.
    #[inline]
    pub(super) fn must_cancel(&self) -> Option<Cancelled> {
        if !self.flags.has(Flags::MUST_CANCEL) {
            return None;
        }
        let said = self.rare.get().and_then(|rare| rare.must_cancel.borrow().clone());
        Some(said.unwrap_or_default())
    }

    /// The same, which it is told of now.
    #[inline]
    pub(super) fn take_must_cancel(&self) -> Option<Cancelled> {
        if !self.flags.has(Flags::MUST_CANCEL) {
            return None;
        }
        self.flags.set(Flags::MUST_CANCEL, false);
        let said = self.rare.get().and_then(|rare| rare.must_cancel.take());
        Some(said.unwrap_or_default())
    }

    /// The same, if it is `awaited` that was cancelled on its behalf.
    pub(super) fn passed_on_to(&self, awaited: &Rc<dyn Awaited>) -> Option<Exception> {
        if !self.flags.has(Flags::PASSED_ON) {
            return None;
        }
        let is_it = self.rare().passed_on.borrow().as_ref().is_some_and(|to| same(to, awaited));
        if is_it { self.passed_on() } else { None }
    }

    /// In a step: the cancellation of what it waited for before.
    pub(super) fn awaited_cancellation(&self) -> Option<Exception> {
        current::look_at_awaited(|awaited| awaited.cloned())?.cancellation().map(Exception::Cancelled)
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.flags.has(Flags::BEGUN)
    }

    pub(crate) fn is_scheduled(&self) -> bool {
        self.flags.has(Flags::SCHEDULED)
    }

    pub(crate) fn awaits_several(&self) -> bool {
        self.flags.has(Flags::AWAITS_SEVERAL)
    }

    /// Where the coroutines stand in which it waits, innermost first.
    pub(crate) fn positions(&self) -> Vec<Position> {
        current::note();
        let innermost = self.flags.has(Flags::AT_POINT).then(|| self.code.get().map(|code| (code, self.point.get())));
        let mut positions: Vec<_> = innermost.flatten().into_iter().collect();
        if self.flags.has(Flags::IN_SEVERAL) {
            positions.extend_from_slice(&self.rare().outer_positions.borrow());
        }
        positions
    }

    /// What it waited for before, for the step that begins.
    #[inline]
    pub(super) fn take_awaits(&self) -> Option<Rc<dyn Awaited>> {
        self.awaits.0.take()
    }

    /// Returns what was true before.
    #[inline]
    pub(super) fn begin_step(&self) -> Before {
        let before = self.flags.begin_step();
        if before.has(Flags::IN_SEVERAL) {
            self.forget_positions();
        }
        before
    }

    #[cold]
    fn forget_positions(&self) {
        let outermost = self.rare().outer_positions.take().pop();
        self.code.set(outermost.map(|(code, _)| code));
    }

    #[inline]
    pub(super) fn end_step(&self) {
        let flags = &self.flags;
        flags.set(Flags::RUNNING | Flags::AWAITED_SEVERAL, false);
        if flags.has(Flags::AWAITED | Flags::PASSED_ON) {
            self.forget_step();
        }
    }

    fn forget_step(&self) {
        if self.flags.has(Flags::AWAITED) {
            self.flags.set(Flags::AWAITED, false);
            current::forget_awaited();
        }
        if self.flags.has(Flags::PASSED_ON) {
            self.passes_on_still();
        }
    }

    /// What was cancelled may take its time, during which something else may wake the task.
    #[cold]
    fn passes_on_still(&self) {
        let awaits = self.awaits_only();
        let still = |to: &Rc<dyn Awaited>| awaits.as_ref().is_some_and(|it| same(it, to));
        let passed_on = self.rare().passed_on.take().filter(still);
        self.set_passed_on(passed_on);
    }

    /// It is over, and waits for nothing any more. A promise and a task that wait for each other would keep each other.
    pub(super) fn end(&self) {
        let before = self.flags.end();
        if before.has(Flags::AWAITS | Flags::AWAITS_SEVERAL) || self.rare.get().is_some() {
            let before = (self.awaits.0.take(), self.rare.get().map(|rare| rare.yielded.take()));
            drop(before);
        }
        self.end_step();
    }

    /// asyncio refuses both in the step after; here there is no need to wait.
    #[inline]
    pub(crate) fn check_can_await(
        task: &Rc<dyn AnyTask>,
        of: Option<&EventLoop>,
        awaited: &Rc<dyn Awaited>,
    ) -> Result<(), PromiseError> {
        let of_task: *const () = Rc::as_ptr(task).cast();
        if ptr::addr_eq(of_task, Rc::as_ptr(awaited)) {
            Err(PromiseError::AwaitsItself)
        } else if of != awaited.event_loop() {
            Err(PromiseError::OfAnotherLoop)
        } else {
            Ok(())
        }
    }

    /// Takes note of a promise that it polls and that is not done. Whether it has waited for that one before this step is
    /// known elsewhere.
    #[inline]
    pub(super) fn polls(
        &self,
        awaited: &Rc<dyn Awaited>,
        is_awaited_before: impl FnOnce(&Rc<dyn Awaited>) -> bool,
    ) -> Registration {
        let flags = &self.flags;
        if flags.has(Flags::AWAITS | Flags::AWAITS_SEVERAL | Flags::AWAITED_SEVERAL) {
            return self.polls_another(awaited, is_awaited_before(awaited));
        }
        let is_done = flags.has(Flags::AWAITED) && is_awaited_before(awaited);
        flags.set(Flags::AWAITS, true);
        // Nothing comes out, as the flag said.
        mem::forget(self.awaits.0.replace(Some(awaited.clone())));
        if is_done { Registration::Done } else { Registration::New }
    }

    #[cold]
    #[inline(never)]
    fn polls_another(&self, awaited: &Rc<dyn Awaited>, is_awaited_before: bool) -> Registration {
        let flags = &self.flags;
        let registration = if flags.has(Flags::AWAITED_SEVERAL) {
            Registration::Unsure
        } else if flags.has(Flags::AWAITED) && is_awaited_before {
            Registration::Done
        } else {
            Registration::New
        };
        if !flags.has(Flags::AWAITS | Flags::AWAITS_SEVERAL) {
            flags.set(Flags::AWAITS, true);
            self.awaits.0.set(Some(awaited.clone()));
        } else if self.awaits.look(|other| other.is_some_and(|it| same(it, awaited))) {
            return Registration::Done;
        } else {
            self.awaits_one_more();
        }
        registration
    }

    fn awaits_one_more(&self) {
        self.flags.set(Flags::AWAITS, false);
        self.flags.set(Flags::AWAITS_SEVERAL, true);
        let before = self.awaits.0.take();
        drop(before);
    }

    /// Takes note of a promise that a coroutine of it has yielded.
    pub(super) fn yields(&self, awaited: Rc<dyn Awaited>) {
        if self.flags.has(Flags::AWAITS | Flags::AWAITS_SEVERAL) {
            self.awaits_one_more();
        } else {
            self.flags.set(Flags::AWAITS, true);
            self.awaits.0.set(Some(awaited));
        }
    }

    /// Keeps a promise for the coroutine that has yielded it.
    pub(super) fn keep(&self, awaited: Rc<dyn Awaited>) -> YieldId {
        let id = YieldId::next();
        self.rare().yielded.borrow_mut().push((id, awaited));
        id
    }

    pub(super) fn kept(&self, id: YieldId) -> Option<Rc<dyn Awaited>> {
        self.rare.get()?.yielded.borrow().iter().find(|(it, _)| *it == id).map(|(_, awaited)| awaited.clone())
    }

    /// For the caller to drop.
    pub(super) fn give_up(&self, id: YieldId) -> Option<Rc<dyn Awaited>> {
        let mut yielded = self.rare.get()?.yielded.borrow_mut();
        let index = yielded.iter().position(|(it, _)| *it == id)?;
        Some(yielded.swap_remove(index).1)
    }

    /// Takes note that a coroutine of it waits.
    #[inline]
    pub(super) fn waits_at(&self, position: Option<Position>) {
        let Some(position) = position else { return };
        if self.flags.has(Flags::AT_POINT) {
            self.waits_outside(position);
        } else {
            self.flags.set(Flags::AT_POINT, true);
            self.code.set(Some(position.0));
            self.point.set(position.1);
        }
    }

    /// Where it waits after a usual step.
    #[inline]
    pub(super) fn waits_as_usual(&self, position: Option<Position>, scheduled: bool) {
        self.flags.add_at_usual_end(position.is_some(), scheduled);
        if let Some((code, point)) = position {
            self.code.set(Some(code));
            self.point.set(point);
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
        current::note();
        if self.flags.has(Flags::IN_SEVERAL) {
            self.rare().outer_positions.borrow().last().map(|(code, _)| *code)
        } else {
            self.code.get()
        }
    }

    #[cold]
    #[inline(never)]
    fn waits_outside(&self, position: Position) {
        self.flags.set(Flags::IN_SEVERAL, true);
        self.rare().outer_positions.borrow_mut().push(position);
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
