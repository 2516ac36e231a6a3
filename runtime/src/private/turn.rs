//! What a driver and the levels that it runs have between them: the levels, what is raised, yielded and returned.
//!
//! A body is given a [`Turn`] by shared reference, and may be of a level that has captured what lives longer than what the
//! driver knows of all of them. So a turn is contravariant in that lifetime: it can only be given levels. The levels
//! themselves, which are covariant in it, are the [`Levels`] of the driver. That one is the other is the unsafe part here.
//!
//! A call first runs inside the resume of its caller, where its frame is no level yet. Its place is taken by then, since what
//! it calls is to lie above it; there it is put if it pauses. Between the pause of a callee and that of its caller the
//! expansion only moves values, so that nothing can panic there: the level of the callee would be on a place that is given
//! back.
//!
//! The invariant: between resumes, [`Core::top`] and from each level the one below are the levels of a driver, each a value
//! in the arena above the one below, and each outlives the lifetime of the [`Levels`] that the core is in. It comes there
//! through a turn with a lifetime that is longer or the same; and who has the core, a driver, has a `Drop`, by which that
//! lifetime has to be there still when the levels drop. A turn is given by `&mut Levels`, and while there is one nobody has
//! a reference to a level but those that run. What [`Core::returned`] points to is a level that is over, and has what its
//! body returned; nothing has been put there since.

#![allow(unsafe_code)]

use alloc::vec::Vec;
use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr::NonNull;
use core::{fmt, mem};

use super::arena::Arena;
use super::machine::Raised;
use super::recursion::{Activation, Level, LevelFrame, Outcome};
use crate::{Exception, Step};

/// How many calls at most run inside the resume of their callers.
const ROOM: u32 = 16;
/// How large a frame may be, in bytes, that begins on the thread's stack. A larger one is not to be moved, and would take too
/// much of it.
const LARGEST_INSIDE: usize = 512;

struct Core<Y, S> {
    /// The innermost level.
    top: Cell<Option<Place<Y, S>>>,
    /// How many levels there are.
    depth: Cell<usize>,
    arena: Arena,
    /// What the level that is resumed next finds raised.
    raised: Cell<Option<Exception>>,
    /// What a level has yielded that has paused, unless it has called.
    yielded: Cell<Option<Y>>,
    /// The level that was over last, if it has returned and nobody has taken what.
    returned: Cell<Option<Place<Y, S>>>,
    /// How many more calls may run inside the resume of their callers.
    room: Cell<u32>,
}

/// Where a level is: at its start there is its [`Link`].
pub(super) type Place<Y, S> = NonNull<Link<Y, S>>;

/// What a level starts with.
pub(super) struct Link<Y, S> {
    level: NonNull<dyn Level<Y, S>>,
    below: Option<Place<Y, S>>,
}

/// What a level starts with whose body returns an `R`.
#[repr(C)]
pub(super) struct Start<Y, R, S> {
    link: Link<Y, S>,
    pub(super) returned: MaybeUninit<R>,
}

/// The levels of a call, as their driver has them.
pub struct Levels<'a, Y, S> {
    core: Core<Y, S>,
    captured: PhantomData<&'a ()>,
}

/// What a body that may call itself is resumed with.
#[repr(transparent)]
pub struct Turn<'a, Y, S> {
    core: Core<Y, S>,
    captured: PhantomData<fn(&'a ())>,
}

impl<'a, Y: 'a, S: 'a> Levels<'a, Y, S> {
    /// None yet.
    pub(crate) const fn new() -> Self {
        let core = Core {
            top: Cell::new(None),
            depth: Cell::new(0),
            arena: Arena::new(),
            raised: Cell::new(None),
            yielded: Cell::new(None),
            returned: Cell::new(None),
            room: Cell::new(ROOM),
        };
        Levels { core, captured: PhantomData }
    }

    /// How many there are. Each was called by the one below.
    #[inline(always)]
    pub(super) const fn depth(&self) -> usize {
        self.core.depth.get()
    }

    /// The innermost.
    #[inline(always)]
    pub(super) fn top(&self) -> Option<Place<Y, S>> {
        self.core.top.get()
    }

    /// The level that the innermost is on.
    pub(super) fn below(&self) -> Option<Place<Y, S>> {
        // SAFETY: a level is there.
        unsafe { self.top()?.as_ref().below }
    }

    /// All of them, the innermost first.
    pub(super) fn iter<'l>(&'l self) -> impl Iterator<Item = &'l (dyn Level<Y, S> + 'a)> {
        let mut next = self.top();
        core::iter::from_fn(move || {
            // SAFETY: there is no turn, and the level outlives `'a`.
            unsafe {
                let Link { level, below } = next?.as_ref();
                next = *below;
                Some(mem::transmute::<NonNull<dyn Level<Y, S>>, NonNull<dyn Level<Y, S> + 'a>>(*level).as_ref())
            }
        })
    }

    /// For a level to be resumed with.
    #[inline(always)]
    pub(crate) fn turn(&mut self) -> &Turn<'a, Y, S> {
        // SAFETY: a turn is nothing but a core, and only gets levels that outlive `'a`.
        unsafe { &*(&raw const self.core).cast() }
    }

    /// Resumes the innermost. If it is over, it is no level any more.
    #[inline(always)]
    pub(super) fn resume(&mut self, sent: Option<S>) -> Outcome {
        let Some(place) = self.top() else { unreachable!("coframe: a driver without levels is over") };
        // SAFETY: a level is there, on which no other is, so that nobody has a reference to it.
        let outcome = unsafe { (*place.as_ref().level.as_ptr()).resume(sent, self.turn()) };
        if outcome != Outcome::Paused {
            self.core.pop(place);
            self.core.returned.set((outcome == Outcome::Returned).then_some(place));
        }
        outcome
    }

    /// Drops the innermost, and runs none of it. A panic may have left less room than there is.
    pub(super) fn abandon(&mut self) {
        self.core.room.set(ROOM);
        self.core.abandon();
    }

    /// Drops what the level returned that was over last, unless it was taken.
    pub(super) fn forget_returned(&mut self) {
        self.core.forget_returned();
    }

    /// Moves all levels onto those of a turn.
    pub(super) fn join(&mut self, turn: &Turn<'a, Y, S>) {
        let mut levels: Vec<NonNull<dyn Level<Y, S>>> = Vec::with_capacity(self.depth());
        let mut next = self.top();
        while let Some(place) = next {
            // SAFETY: a level is there.
            let Link { level, below } = unsafe { place.as_ref() };
            levels.push(*level);
            next = *below;
        }
        for mut level in levels.into_iter().rev() {
            // SAFETY: `self` is borrowed, so that nobody else has a reference to the level.
            unsafe { level.as_mut() }.join(turn);
        }
        while self.depth() > 0 {
            self.abandon();
        }
    }
}

impl<Y, S> Core<Y, S> {
    /// Takes the innermost level from the others. Its place is free then.
    #[inline(always)]
    fn pop(&self, place: Place<Y, S>) {
        // SAFETY: a level is there.
        self.top.set(unsafe { place.as_ref() }.below);
        self.depth.set(self.depth.get() - 1);
        self.arena.pop(place.cast());
    }

    fn abandon(&self) {
        if let Some(place) = self.top.get() {
            // SAFETY: a level is there.
            let mut level = unsafe { place.as_ref() }.level;
            self.pop(place);
            // SAFETY: nothing has been put there since, and nobody has a reference to it.
            unsafe { level.as_mut() }.abandon();
        }
    }

    fn forget_returned(&self) {
        if let Some(place) = self.returned.take() {
            // SAFETY: nothing has been put there since, and nobody knows it any more. It has what was returned.
            unsafe { (*place.as_ref().level.as_ptr()).forget_returned() };
        }
    }
}

/// The levels of a core that is dropped, the innermost first. Where the drop of one panics the others are dropped all the same.
struct Rest<'c, Y, S>(&'c Core<Y, S>);

impl<Y, S> Rest<'_, Y, S> {
    fn abandon(&self) {
        while self.0.depth.get() > 0 {
            self.0.abandon();
        }
    }
}

impl<Y, S> Drop for Rest<'_, Y, S> {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl<Y, S> Drop for Core<Y, S> {
    fn drop(&mut self) {
        let rest = Rest(self);
        self.forget_returned();
        rest.abandon();
    }
}

impl<'a, Y, S> Turn<'a, Y, S> {
    /// What is raised, which is nothing then.
    #[inline(always)]
    pub fn pending(&self) -> Raised {
        Raised::new(self.raised())
    }

    /// What is raised, which is nothing then.
    #[inline(always)]
    pub(super) fn raised(&self) -> Option<Exception> {
        self.core.raised.take()
    }

    /// Raises in the level that is resumed next.
    #[inline(always)]
    pub(super) fn raise(&self, exception: Exception) {
        self.core.raised.set(Some(exception));
    }

    /// Yields.
    #[inline(always)]
    pub fn yielded(&self, value: Y) {
        self.core.yielded.set(Some(value));
    }

    /// What was yielded, unless there was a call.
    #[inline(always)]
    pub(super) fn take_yielded(&self) -> Option<Y> {
        self.core.yielded.take()
    }

    /// Puts a level on the others.
    #[inline(always)]
    pub(crate) fn enter<A: LevelFrame<Y, R, S> + 'a, R: 'a>(&self, frame: A) {
        Reserved::new(&self.core).put(frame);
    }

    /// Runs a frame inside the resume of its caller, if there is room. It is a level only if it pauses. What it returns goes
    /// to the place, and what it raises to the turn.
    ///
    /// It runs where it is, so that the compiler sees what it does.
    #[inline(always)]
    pub(super) fn run<A: LevelFrame<Y, R, S> + 'a, R: 'a>(
        &self,
        mut frame: A,
        returned: &mut MaybeUninit<R>,
    ) -> Outcome {
        let reserved = Reserved::new(&self.core);
        if const { size_of::<A>() <= LARGEST_INSIDE }
            && let Some(room) = self.core.room.get().checked_sub(1)
        {
            self.core.room.set(room);
            let resumed = frame.run(None, self);
            self.core.room.set(room + 1);
            match resumed {
                Ok(Step::Yielded(())) => {}
                Ok(Step::Returned(value)) => {
                    returned.write(value);
                    return Outcome::Returned;
                }
                Err(exception) => {
                    self.raise(exception);
                    return Outcome::Raised;
                }
            }
        }
        reserved.put(frame);
        Outcome::Paused
    }

    /// What the level returned that was over last, once.
    ///
    /// # Safety
    ///
    /// It was one whose body returns an `R`.
    #[inline(always)]
    pub(super) unsafe fn take_returned<R>(&self) -> Option<R> {
        let place = self.core.returned.take()?;
        // SAFETY: as the caller says. Nothing has been put there since.
        Some(unsafe { place.cast::<Start<Y, R, S>>().as_ref().returned.assume_init_read() })
    }
}

/// A place for a level. Until it is put there it is the top nevertheless, for what it calls to be put on it.
struct Reserved<'c, A, Y, R, S> {
    core: &'c Core<Y, S>,
    place: NonNull<Activation<A, Y, R, S>>,
    below: Option<Place<Y, S>>,
}

impl<'c, A: LevelFrame<Y, R, S>, Y, R, S> Reserved<'c, A, Y, R, S> {
    #[inline(always)]
    fn new(core: &'c Core<Y, S>) -> Self {
        let (place, below) = (core.arena.push(), core.top.get());
        core.top.set(Some(place.cast()));
        Reserved { core, place, below }
    }

    #[inline(always)]
    fn put(self, frame: A) {
        let Reserved { core, place, below } = *ManuallyDrop::new(self);
        let level: NonNull<dyn Level<Y, S> + '_> = place;
        // SAFETY: the place was given for this. The level outlives the lifetime of the turn, which is no shorter than that of
        // the `Levels`.
        unsafe {
            let level = mem::transmute::<NonNull<dyn Level<Y, S> + '_>, NonNull<dyn Level<Y, S>>>(level);
            let start = Start { link: Link { level, below }, returned: MaybeUninit::uninit() };
            place.write(Activation::new(start, frame));
        }
        core.depth.set(core.depth.get() + 1);
    }
}

/// The call is over, or has panicked.
impl<A, Y, R, S> Drop for Reserved<'_, A, Y, R, S> {
    #[inline(always)]
    fn drop(&mut self) {
        self.core.top.set(self.below);
        self.core.arena.pop(self.place.cast());
    }
}

impl<Y, S> fmt::Debug for Turn<'_, Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

impl<Y, S> fmt::Debug for Levels<'_, Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Levels")
    }
}
