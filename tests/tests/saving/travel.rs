//! A coroutine that is replaced before each resume, by one that is made of what was saved of it.

use std::fmt::Debug;
use std::mem;
use std::pin::Pin;

use coframe::private::Machine;
use coframe::save::Load;
use coframe::{Coroutine, Generator, Resumed, Signal, State};

use crate::harness::{Driven, drive_boxed};
use crate::script::Script;

pub(crate) fn drive<S: Script, M: Machine<S, Yield: Debug, Return: Debug> + Load>(coroutine: Generator<M>) {
    drive_boxed::<S, _, _>(Box::new(Travelling(coroutine)));
}

struct Travelling<M>(Generator<M>);

impl<M> Unpin for Travelling<M> {}

impl<M: Load> Travelling<M> {
    /// Through postcard, where nothing has a name and what is out of place is read as something else. What is left behind
    /// is forgotten, for its contents are somewhere else now.
    fn travel(&mut self) {
        match postcard::to_allocvec(&self.0) {
            Ok(bytes) => {
                let arrived = postcard::from_bytes(&bytes).expect("what was saved can be restored");
                mem::forget(mem::replace(&mut self.0, arrived));
            }
            // The one error of `Stays`.
            Err(error) => assert_eq!(error, postcard::Error::SerdeSerCustom),
        }
    }
}

impl<S, M: Machine<S> + Load> Coroutine<S> for Travelling<M> {
    type Yield = M::Yield;
    type Return = M::Return;

    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<M::Yield, M::Return> {
        self.travel();
        Pin::new(&mut self.0).resume(signal)
    }
}

impl<S, M: Machine<S> + Load> Driven<S> for Travelling<M> {
    fn is_over(&self) -> bool {
        self.0.state() == State::Closed
    }
}
