//! What a resume and a body that rustc compiled exchange: a slot on the resumer's stack, to which the waker points.
//!
//! A body that rustc compiled as an `async` block is polled, and a poll carries nothing but a waker. So a resume makes a
//! waker of its own for the length of one poll, whose data pointer is the slot. A suspension point finds it there: it takes
//! what was sent, and leaves what is yielded.
//!
//! This is the one file of the crate with unsafe code. It rests on two checks, both made by [`open`]: the waker's vtable says
//! that its data is a [`Slot`], and the slot's [`Key`] says of which types.

#![allow(unsafe_code)]

use core::cell::Cell;
use core::marker::PhantomData;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, RawWaker, RawWakerVTable, Waker};

use crate::{Exception, Signal};

/// The identity of one activation, which its machine and its suspension points share. No two are equal, so that equal ones
/// are of the same types; it is invariant in them, so that none is passed off as one of a subtype.
#[derive(Debug)]
pub(super) struct Key<S, Y> {
    number: usize,
    /// As if it had them: whoever has a suspension point can move them.
    types: PhantomData<Exchanged<S, Y>>,
}

type Exchanged<S, Y> = (S, Y, fn(S, Y) -> (S, Y));

impl<S, Y> Key<S, Y> {
    /// A new one, for the machine and for the body.
    ///
    /// # Panics
    ///
    /// Where a `usize` has 32 bits, after 2^31 of them.
    #[inline]
    pub(super) fn pair() -> (Self, Self) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        if number > usize::MAX / 2 {
            NEXT.store(number, Ordering::Relaxed);
            panic!("coframe: there were more activations than can be numbered");
        }
        (Key { number, types: PhantomData }, Key { number, types: PhantomData })
    }
}

// A scoped thread may poll a suspension point, if its key can be sent there: whatever else is in a slot must be `Send` too.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Exception>();
};

/// What a body leaves behind when it is polled.
#[derive(Debug)]
pub(super) enum Left<Y> {
    Nothing,
    /// It paused at the suspension point of that number.
    Yielded(Y, u32),
    /// It is over.
    Raised(Exception),
}

/// The slot. `repr(C)`: a pointer to it is one to its header.
#[repr(C)]
pub(super) struct Slot<'a, S, Y> {
    header: Header<'a>,
    signal: Cell<Option<Signal<S>>>,
    left: Cell<Left<Y>>,
}

/// What can be read of a slot whose types are not known.
struct Header<'a> {
    key: usize,
    /// The waker of whoever resumes.
    waker: &'a Waker,
}

impl<'a, S, Y> Slot<'a, S, Y> {
    #[inline]
    pub(super) fn new(key: &Key<S, Y>, waker: &'a Waker, signal: Option<Signal<S>>) -> Self {
        Slot { header: Header { key: key.number, waker }, signal: Cell::new(signal), left: Cell::new(Left::Nothing) }
    }

    /// Polls with a waker that points here.
    #[inline]
    pub(super) fn enter<T>(&self, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let data = ptr::from_ref(self).cast();
        // SAFETY: the functions of `VTABLE` keep the contract of `RawWaker` for a pointer to a slot that lives and is not
        // moved. This one is borrowed until the waker is gone, of which nobody gets a second one: its clone is that of
        // another waker.
        let waker = unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) };
        poll(&mut Context::from_waker(&waker))
    }

    /// What the resume brought, the first time it is asked.
    #[inline]
    pub(super) fn signal(&self) -> Option<Signal<S>> {
        self.signal.take()
    }

    /// Leaves something. Whether it is the first to do so.
    #[inline]
    pub(super) fn leave(&self, left: Left<Y>) -> bool {
        match self.left.replace(left) {
            Left::Nothing => true,
            before => {
                self.left.set(before);
                false
            }
        }
    }

    /// Leaves what ends the body, in place of a value that was left by what the body has given up.
    #[inline]
    pub(super) fn leave_raised(&self, exception: Exception) {
        self.left.set(Left::Raised(exception));
    }

    #[inline]
    pub(super) fn into_left(self) -> Left<Y> {
        self.left.into_inner()
    }
}

/// The slot of the activation with that key, if it is what polls here.
#[inline]
pub(super) fn open<'k, 'c: 'k, S, Y>(context: &Context<'c>, key: &'k mut Key<S, Y>) -> Option<&'k Slot<'c, S, Y>> {
    let waker = context.waker();
    if header(waker)?.key != key.number {
        return None;
    }
    // SAFETY: `header` has found that the waker points to a slot, which lives as long as the waker. It was made with a key of
    // this number, so that it has these types. Its cells are used by one thread at a time: the key is borrowed exclusively,
    // there is but one outside of the machine, and the machine waits for this poll to be over.
    Some(unsafe { &*waker.data().cast() })
}

/// The waker of whoever resumes, where a slot polls; else the one that polls.
#[cfg(feature = "event-loop")]
#[inline]
pub(crate) fn resumer<'c>(context: &Context<'c>) -> &'c Waker {
    header(context.waker()).map_or(context.waker(), |header| header.waker)
}

/// The header of the slot to which a waker points, if it points to one.
#[inline]
fn header<'c>(waker: &'c Waker) -> Option<&'c Header<'c>> {
    if !ptr::eq(waker.vtable(), &VTABLE) {
        return None;
    }
    // SAFETY: only `enter` makes a waker with this vtable, over a slot that lives as long as that waker. A slot starts with its
    // header, of which nothing ever changes.
    Some(unsafe { &*waker.data().cast() })
}

/// A static, since a constant may have several addresses.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake_by_ref, wake_by_ref, |_| {});

fn clone(data: *const ()) -> RawWaker {
    // SAFETY: as in `header`, since this is a function of `VTABLE`.
    let header: &Header<'_> = unsafe { &*data.cast() };
    let clone = core::mem::ManuallyDrop::new(header.waker.clone());
    RawWaker::new(clone.data(), clone.vtable())
}

fn wake_by_ref(data: *const ()) {
    // SAFETY: as in `header`, since this is a function of `VTABLE`.
    let header: &Header<'_> = unsafe { &*data.cast() };
    header.waker.wake_by_ref();
}
