//! A call of a recursive coroutine that has not begun: what makes the frame, without its type.
//!
//! Half of all calls are over as soon as they begin. So a call is a small value, which makes its frame where that is to run.
//!
//! The invariant: `words` holds a value of the type that `table` is for, in place if it has room and else in a box, until the
//! call begins or is dropped.

#![allow(unsafe_code)]

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};

use super::machine::{CREATED, Inspect};
use super::recursion::{LevelFrame, LookedAt, Outcome};
use super::seen::Seen;
use super::sends::Sends;
use super::turn::Turn;
use crate::coroutine::Resumed;
use crate::{Code, Exception, Step};

/// What most arguments have room in.
const WORDS: usize = 4;
type Words = [MaybeUninit<usize>; WORDS];

/// A call that has not begun.
pub struct Call<'a, Y, R, S> {
    words: Words,
    table: &'static Table,
    #[allow(clippy::type_complexity)]
    types: PhantomData<(&'a (), *mut (Y, R, S))>,
}

/// What can be done with a call. Turns are without their types.
struct Table {
    code: &'static Code,
    sends: Sends,
    /// How the first resume ended. What was returned goes to the place.
    run: unsafe fn(*const Words, *const (), *mut ()) -> Outcome,
    enter: unsafe fn(*const Words, *const ()),
    drop: unsafe fn(*const Words),
    look: unsafe fn(*const Words, &mut See<'_>),
    clone: unsafe fn(*const Words) -> Words,
}

/// What looks at a frame.
type See<'s> = dyn FnMut(&dyn LookedAt) + 's;

/// A function that makes the frame `A` of a call and does nothing else but to move: so it can be undone by forgetting the
/// frame.
trait Make<A>: FnOnce() -> A {}
impl<A, M: FnOnce() -> A> Make<A> for M {}

const fn fits<M>() -> bool {
    size_of::<M>() <= size_of::<Words>() && align_of::<M>() <= align_of::<Words>()
}

#[inline(always)]
fn put<M>(make: M) -> Words {
    let mut words = [MaybeUninit::uninit(); WORDS];
    let place = words.as_mut_ptr();
    // SAFETY: there is room for what is put there.
    unsafe {
        if fits::<M>() {
            place.cast::<M>().write(make);
        } else {
            place.cast::<*mut M>().write(Box::into_raw(Box::new(make)));
        }
    }
    words
}

/// # Safety
///
/// This was put there.
#[inline(always)]
const unsafe fn place<M>(words: *const Words) -> *mut M {
    // SAFETY: as the caller says.
    unsafe { if fits::<M>() { words.cast::<M>().cast_mut() } else { words.cast::<*mut M>().read() } }
}

/// # Safety
///
/// This was put there, and is not used again.
#[inline(always)]
unsafe fn take<M>(words: *const Words) -> M {
    // SAFETY: as the caller says.
    unsafe {
        let place = place::<M>(words);
        if fits::<M>() { place.read() } else { *Box::from_raw(place) }
    }
}

/// # Safety
///
/// As for [`take`]; the turn is one that the frame may run in; there is room for an `R`.
unsafe fn run<'a, Y: 'a, R: 'a, S: 'a, A: LevelFrame<Y, R, S> + 'a, M: Make<A>>(
    words: *const Words,
    turn: *const (),
    returned: *mut (),
) -> Outcome {
    // SAFETY: as the caller says.
    unsafe {
        let (turn, returned) = (&*turn.cast::<Turn<'a, Y, S>>(), &mut *returned.cast::<MaybeUninit<R>>());
        turn.run(take::<M>(words)(), returned)
    }
}

/// # Safety
///
/// As for [`take`], and the turn is one that the frame may run in.
unsafe fn enter<'a, Y: 'a, R: 'a, S: 'a, A: LevelFrame<Y, R, S> + 'a, M: Make<A>>(
    words: *const Words,
    turn: *const (),
) {
    // SAFETY: as the caller says.
    unsafe { (*turn.cast::<Turn<'a, Y, S>>()).enter::<A, R>(take::<M>(words)()) }
}

/// Drops what the frame would have, in the order in which it would.
///
/// # Safety
///
/// As for [`take`].
unsafe fn drop_call<A, M: Make<A>>(words: *const Words) {
    // SAFETY: as the caller says.
    drop(unsafe { take::<M>(words)() });
}

/// Looks at the frame that would be made.
///
/// # Safety
///
/// This was put there.
unsafe fn look<A: LookedAt, M: Make<A>>(words: *const Words, see: &mut See<'_>) {
    // SAFETY: as the caller says. The frame is made of a copy of the bytes, is only looked at, and is forgotten: so it is
    // a view of what the call has.
    let frame = ManuallyDrop::new(unsafe { place::<M>(words).read()() });
    see(&*frame);
}

/// # Safety
///
/// This was put there.
unsafe fn clone<M: Clone>(words: *const Words) -> Words {
    // SAFETY: as the caller says.
    put(unsafe { (*place::<M>(words)).clone() })
}

/// # Safety
///
/// None is needed: it is not reached.
unsafe fn no_clone(_: *const Words) -> Words {
    unreachable!("coframe: only what derives `Clone` is cloned")
}

impl<'a, Y: 'a, R: 'a, S: 'a> Call<'a, Y, R, S> {
    /// A call whose frame is made by a function that does nothing but to move.
    #[inline(always)]
    pub(super) fn new<A: LevelFrame<Y, R, S> + 'a, M: FnOnce() -> A + 'a>(make: M) -> Self {
        Call { words: put(make), table: const { &Table::of::<Y, R, S, A, M>(no_clone) }, types: PhantomData }
    }

    /// [`new`](Call::new) where the arguments are `Clone`.
    #[inline(always)]
    pub(super) fn cloneable<A: LevelFrame<Y, R, S> + 'a, M: FnOnce() -> A + Clone + 'a>(make: M) -> Self {
        Call { words: put(make), table: const { &Table::of::<Y, R, S, A, M>(clone::<M>) }, types: PhantomData }
    }

    /// Makes the frame, and runs it inside the resume of its caller, if there is room. It is a level only if it pauses.
    ///
    /// # Errors
    ///
    /// What the body raises or lets pass.
    #[inline(always)]
    pub(super) fn run(self, turn: &Turn<'a, Y, S>) -> Resumed<(), R> {
        let this = ManuallyDrop::new(self);
        let mut returned = MaybeUninit::<R>::uninit();
        // SAFETY: the call is not used again. All it has outlives `'a`. Where something was returned, it is written.
        unsafe {
            match (this.table.run)(&this.words, (&raw const *turn).cast(), returned.as_mut_ptr().cast()) {
                Outcome::Paused => Ok(Step::Yielded(())),
                Outcome::Returned => Ok(Step::Returned(returned.assume_init())),
                Outcome::Raised => Err(turn.raised().unwrap_or(Exception::Finished)),
            }
        }
    }

    /// Makes the frame, as a level on the others.
    pub(crate) fn enter(self, turn: &Turn<'a, Y, S>) {
        let this = ManuallyDrop::new(self);
        // SAFETY: as for `run`.
        unsafe { (this.table.enter)(&this.words, (&raw const *turn).cast()) }
    }
}

impl<Y, R, S> Call<'_, Y, R, S> {
    pub(crate) const fn code(&self) -> &'static Code {
        self.table.code
    }

    pub(crate) const fn sends(&self) -> Sends {
        self.table.sends
    }

    /// Looks at the frame that would be made.
    pub(crate) fn look<T>(&self, see: impl FnOnce(&dyn LookedAt) -> T) -> T {
        let (mut see, mut seen) = (Some(see), None);
        // SAFETY: the call has not begun.
        unsafe { (self.table.look)(&self.words, &mut |frame| seen = see.take().map(|see| see(frame))) };
        let Some(seen) = seen else { unreachable!("coframe: a frame is shown once") };
        seen
    }

    /// A clone of a call that is [`cloneable`](Call::cloneable).
    pub(super) fn fork(&self) -> Self {
        // SAFETY: the call has not begun.
        Call { words: unsafe { (self.table.clone)(&self.words) }, table: self.table, types: PhantomData }
    }
}

impl<Y, R, S> Inspect for Call<'_, Y, R, S> {
    fn code(&self) -> &'static Code {
        self.table.code
    }

    fn position(&self) -> u32 {
        CREATED
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.look(|frame| frame.see(what, show));
    }
}

impl Table {
    const fn of<'a, Y: 'a, R: 'a, S: 'a, A: LevelFrame<Y, R, S> + 'a, M: FnOnce() -> A>(
        clone: unsafe fn(*const Words) -> Words,
    ) -> Self {
        Table {
            code: A::CODE,
            sends: A::SENDS,
            run: run::<Y, R, S, A, M>,
            enter: enter::<Y, R, S, A, M>,
            drop: drop_call::<A, M>,
            look: look::<A, M>,
            clone,
        }
    }
}

impl<Y, R, S> Drop for Call<'_, Y, R, S> {
    fn drop(&mut self) {
        // SAFETY: the call has not begun, and is not used again.
        unsafe { (self.table.drop)(&self.words) }
    }
}

impl<Y, R, S> fmt::Debug for Call<'_, Y, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.table.code.name()).finish()
    }
}
