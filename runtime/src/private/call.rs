//! A call of a recursive coroutine that has not begun: what makes the frame, without its type.
//!
//! Half of all calls are over as soon as they begin. So a call is a small value, which makes its frame where that is to run.
//! One that is looked at or cloned makes it then, in a box, because those who look run foreign code: that may change what it
//! sees, and come back to the call.
//!
//! The invariant: `words` holds a value of the type that `table` is for, in place if it has room and else in a box, until the
//! call begins or is dropped. Nobody has a reference to that value but to a frame in its box, which is not moved before then.

#![allow(unsafe_code)]

use alloc::boxed::Box;
use core::cell::Cell;
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
    words: Cell<Words>,
    table: Cell<&'static Table>,
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
    /// Makes the frame, in a box: what holds that. `None` if it is there.
    made: Option<MakeNow>,
    /// Once it is there.
    look: unsafe fn(*const Words, &mut See<'_>),
    /// The same.
    fork: unsafe fn(*const Words) -> Words,
}

type MakeNow = unsafe fn(*const Words) -> (Words, &'static Table);

/// What looks at a frame.
type See<'s> = dyn FnMut(&dyn LookedAt) + 's;

/// What makes the frame `A` of a call, and does nothing else but to move.
trait Make<A> {
    fn make(self) -> A;
}

impl<A, M: FnOnce() -> A> Make<A> for M {
    #[inline(always)]
    fn make(self) -> A {
        self()
    }
}

/// A frame that is there.
struct Made<A>(Box<A>);

impl<A> Make<A> for Made<A> {
    fn make(self) -> A {
        *self.0
    }
}

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
        turn.run(take::<M>(words).make(), returned)
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
    unsafe { (*turn.cast::<Turn<'a, Y, S>>()).enter::<A, R>(take::<M>(words).make()) }
}

/// Drops what the frame would have, in the order in which it would.
///
/// # Safety
///
/// As for [`take`].
unsafe fn drop_call<A, M: Make<A>>(words: *const Words) {
    // SAFETY: as the caller says.
    drop(unsafe { take::<M>(words).make() });
}

/// # Safety
///
/// As for [`take`].
#[cold]
unsafe fn made<'a, Y: 'a, R: 'a, S: 'a, A: LevelFrame<Y, R, S> + 'a, M: Make<A>>(
    words: *const Words,
) -> (Words, &'static Table) {
    // SAFETY: as the caller says.
    let frame = Box::new(unsafe { take::<M>(words).make() });
    (put(Made(frame)), const { &Table::of::<Y, R, S, A, Made<A>>(None) })
}

/// # Safety
///
/// A [`Made`] was put there.
unsafe fn look<A: LookedAt>(words: *const Words, see: &mut See<'_>) {
    // SAFETY: as the caller says. The frame stays in its box.
    see(unsafe { &*(*place::<Made<A>>(words)).0 });
}

/// # Safety
///
/// As for [`look`].
unsafe fn fork<Y, R, S, A: LevelFrame<Y, R, S>>(words: *const Words) -> Words {
    // SAFETY: as the caller says. The frame stays in its box.
    put(Made(Box::new(unsafe { &*(*place::<Made<A>>(words)).0 }.fork())))
}

impl<'a, Y: 'a, R: 'a, S: 'a> Call<'a, Y, R, S> {
    /// A call whose frame is made by a function that does nothing but to move.
    #[inline(always)]
    pub(super) fn new<A: LevelFrame<Y, R, S> + 'a, M: FnOnce() -> A + 'a>(make: M) -> Self {
        let table = const { &Table::of::<Y, R, S, A, M>(Some(made::<Y, R, S, A, M>)) };
        Call { words: Cell::new(put(make)), table: Cell::new(table), types: PhantomData }
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
            match (this.table.get().run)(this.words.as_ptr(), (&raw const *turn).cast(), returned.as_mut_ptr().cast()) {
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
        unsafe { (this.table.get().enter)(this.words.as_ptr(), (&raw const *turn).cast()) }
    }
}

impl<Y, R, S> Call<'_, Y, R, S> {
    pub(crate) fn code(&self) -> &'static Code {
        self.table.get().code
    }

    pub(crate) fn sends(&self) -> Sends {
        self.table.get().sends
    }

    /// Has the frame made, if it is not there.
    fn make(&self) {
        if let Some(made) = self.table.get().made {
            // SAFETY: the call has not begun. What was put there is not used again: something else takes its place.
            let (words, table) = unsafe { made(self.words.as_ptr()) };
            self.words.set(words);
            self.table.set(table);
        }
    }

    /// Looks at the frame.
    pub(crate) fn look<T>(&self, see: impl FnOnce(&dyn LookedAt) -> T) -> T {
        self.make();
        let (mut see, mut seen) = (Some(see), None);
        // SAFETY: the call has not begun, and the frame is there.
        unsafe {
            (self.table.get().look)(self.words.as_ptr(), &mut |frame| seen = see.take().map(|see| see(frame)));
        }
        let Some(seen) = seen else { unreachable!("coframe: a frame is shown once") };
        seen
    }

    /// A clone of a call whose frame can be cloned.
    pub(super) fn fork(&self) -> Self {
        self.make();
        let table = self.table.get();
        // SAFETY: the call has not begun, and the frame is there.
        let words = unsafe { (table.fork)(self.words.as_ptr()) };
        Call { words: Cell::new(words), table: Cell::new(table), types: PhantomData }
    }
}

impl<Y, R, S> Inspect for Call<'_, Y, R, S> {
    fn code(&self) -> &'static Code {
        self.table.get().code
    }

    fn position(&self) -> u32 {
        CREATED
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.look(|frame| frame.see(what, show));
    }
}

impl Table {
    const fn of<'a, Y: 'a, R: 'a, S: 'a, A: LevelFrame<Y, R, S> + 'a, M: Make<A>>(made: Option<MakeNow>) -> Self {
        Table {
            code: A::CODE,
            sends: A::SENDS,
            run: run::<Y, R, S, A, M>,
            enter: enter::<Y, R, S, A, M>,
            drop: drop_call::<A, M>,
            made,
            look: look::<A>,
            fork: fork::<Y, R, S, A>,
        }
    }
}

impl<Y, R, S> Drop for Call<'_, Y, R, S> {
    fn drop(&mut self) {
        // SAFETY: the call has not begun, and is not used again.
        unsafe { (self.table.get().drop)(self.words.as_ptr()) }
    }
}

impl<Y, R, S> fmt::Debug for Call<'_, Y, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.table.get().code.name()).finish()
    }
}
