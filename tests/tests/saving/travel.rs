//! A coroutine that is replaced before each resume, by one that is made of what was saved of it.

use std::fmt::Debug;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use coframe::private::Machine;
use coframe::save::Load;
use coframe::{Coroutine, Exception, Generator, Resumed, Signal, State, Step};

use crate::harness::{Driven, drive_boxed};
use crate::lenient::private::STAYS;
use crate::script::Script;

static TRAVELLED: AtomicUsize = AtomicUsize::new(0);
static STAYED: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn drive<S: Script, M: Machine<S, Yield: Debug, Return: Debug> + Load>(coroutine: Generator<M>) {
    drive_boxed::<S, _, _>(Box::new(Travelling { coroutine, turn: 0 }));
}

struct Travelling<M> {
    coroutine: Generator<M>,
    turn: usize,
}

impl<M> Unpin for Travelling<M> {}

impl<M: Load> Travelling<M> {
    /// Through JSON and postcard in turn. What is left behind is forgotten, for its contents are somewhere else now.
    fn travel(&mut self) {
        self.turn += 1;
        let arrived = if self.turn % 2 == 0 {
            serde_json::to_string(&self.coroutine).map(|text| serde_json::from_str(&text).expect(&text))
        } else {
            match postcard::to_allocvec(&self.coroutine) {
                Ok(bytes) => Ok(postcard::from_bytes(&bytes).expect("what was saved can be restored")),
                // It has one error for all that is not its own.
                Err(_) => serde_json::to_string(&self.coroutine).map(|text| panic!("postcard refuses {text}")),
            }
        };
        match arrived {
            Ok(arrived) => {
                mem::forget(mem::replace(&mut self.coroutine, arrived));
                TRAVELLED.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                assert!(error.to_string().contains(STAYS), "{error}");
                STAYED.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl<S, M: Machine<S> + Load> Coroutine<S> for Travelling<M> {
    type Yield = M::Yield;
    type Return = M::Return;

    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<M::Yield, M::Return> {
        self.travel();
        Pin::new(&mut self.coroutine).resume(signal)
    }
}

impl<S, M: Machine<S> + Load> Driven<S> for Travelling<M> {
    fn is_over(&self) -> bool {
        self.coroutine.state() == State::Closed
    }
}

/// How many resumes were of a frame that had travelled, and how many not.
pub(crate) fn report() {
    println!("{} travelled, {} stayed", TRAVELLED.load(Ordering::Relaxed), STAYED.load(Ordering::Relaxed));
}
