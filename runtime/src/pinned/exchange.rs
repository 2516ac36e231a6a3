//! What a resume and a body that rustc compiled exchange: a slot on the resumer's stack, to which the waker points.
//!
//! A body that rustc compiled as an `async` block is polled, and a poll carries nothing but a waker. So a resume makes a
//! waker of its own for the length of one poll, whose data pointer is the slot. A suspension point finds it there: it takes
//! what was sent, and leaves what is yielded.
//!
//! The unsafe code rests on two checks, both made by [`open`]: the waker's vtable says
//! that its data is a [`Slot`], and the slot's [`Key`] says of which types.

#![allow(unsafe_code)]

use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
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

/// What is in a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Nothing that the body has to take.
    Empty,
    /// For the body: a start, a value, an exception.
    Started,
    Sent,
    Thrown,
    /// Of the body: a value, an exception that has left it.
    Yielded,
    Raised,
}

/// What a resume brings to a suspension point.
pub(super) enum Received<S> {
    Nothing,
    /// `None` is a start.
    Value(Option<S>),
    Exception(Exception),
}

/// What a body leaves behind when it is polled.
pub(super) enum Left<Y> {
    Nothing,
    /// It paused at the suspension point of that number.
    Yielded(Y, u32),
    /// It is over.
    Raised(Exception),
}

/// The slot. `repr(C)`: a pointer to it is one to its header.
///
/// There is an exception in it in the states that say so, and in no other: so that a resume without one does not even ask.
#[repr(C)]
pub(super) struct Slot<'a, S, Y> {
    header: Header<'a>,
    state: Cell<State>,
    point: Cell<u32>,
    sent: Cell<Option<S>>,
    yielded: Cell<Option<Y>>,
    exception: ManuallyDrop<Cell<Option<Exception>>>,
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
        let (state, sent, exception) = match signal {
            None => (State::Empty, None, None),
            Some(Signal::Start) => (State::Started, None, None),
            Some(Signal::Send(value)) => (State::Sent, Some(value), None),
            Some(Signal::Throw(exception)) => (State::Thrown, None, Some(exception)),
        };
        Slot {
            header: Header { key: key.number, waker },
            state: Cell::new(state),
            point: Cell::new(0),
            sent: Cell::new(sent),
            yielded: Cell::new(None),
            exception: ManuallyDrop::new(Cell::new(exception)),
        }
    }

    /// Polls with a waker that points here.
    #[inline]
    pub(super) fn enter<T>(&self, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let data = ptr::from_ref(self).cast();
        // SAFETY: the functions of `VTABLE` keep the contract of `RawWaker` for a pointer to a slot that lives and is not
        // moved. This one is borrowed until the waker is gone, of which nobody gets a second one: its clone is that of
        // another waker.
        let waker = unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) };
        // Its drop does nothing, but by way of the vtable.
        let waker = ManuallyDrop::new(waker);
        poll(&mut Context::from_waker(&waker))
    }

    /// What the resume brought, the first time it is asked.
    #[inline]
    pub(super) fn receive(&self) -> Received<S> {
        let state = self.state.get();
        if state == State::Started {
            self.state.set(State::Empty);
            Received::Value(None)
        } else if state == State::Sent {
            self.state.set(State::Empty);
            Received::Value(self.sent.take())
        } else if state == State::Thrown {
            self.state.set(State::Empty);
            self.exception.take().map_or(Received::Nothing, Received::Exception)
        } else {
            Received::Nothing
        }
    }

    /// Hands a value out. It is lost if something is here already: `false` then.
    #[inline]
    pub(super) fn hand_out(&self, value: Y, point: u32) -> bool {
        if self.state.get() != State::Empty {
            return false;
        }
        self.state.set(State::Yielded);
        self.point.set(point);
        self.yielded.set(Some(value));
        true
    }

    /// Leaves the exception that has left the body.
    pub(super) fn raise(&self, exception: Exception) {
        _ = self.exception.replace(Some(exception));
        self.state.set(State::Raised);
    }

    /// What the body has left here.
    #[inline]
    pub(super) fn left(&self) -> Left<Y> {
        if self.state.get() == State::Yielded
            && let Some(value) = self.yielded.take()
        {
            return Left::Yielded(value, self.point.get());
        }
        self.left_nothing()
    }

    /// [`left`](Slot::left) where no value is: an exception may be there, that of the body or one that nobody took.
    fn left_nothing(&self) -> Left<Y> {
        match (self.state.get(), self.exception.take()) {
            (State::Raised, Some(exception)) => Left::Raised(exception),
            _ => Left::Nothing,
        }
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
    let clone = ManuallyDrop::new(header.waker.clone());
    RawWaker::new(clone.data(), clone.vtable())
}

fn wake_by_ref(data: *const ()) {
    // SAFETY: as in `header`, since this is a function of `VTABLE`.
    let header: &Header<'_> = unsafe { &*data.cast() };
    header.waker.wake_by_ref();
}
