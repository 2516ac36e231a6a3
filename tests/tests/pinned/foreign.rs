//! A suspension point that something else polls than its coroutine's own resume.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use coframe::{CoroutineExt, Exception, State, Step};

use crate::{D, awaited, hidden, t, trace};

fn is_foreign<T>(polled: &Poll<Result<T, Exception>>) -> bool {
    matches!(polled, Poll::Ready(Err(Exception::ForeignAwait)))
}

#[coframe::coroutine(pinned, yield = D)]
fn polls_by_hand(waker: Waker) -> bool {
    let _local = D("local");
    let refused = {
        let mut future = pin!(hidden!(try_yield!(D("lost"))));
        is_foreign(&future.as_mut().poll(&mut Context::from_waker(&waker)))
    };
    yield_!(D("kept"));
    refused
}

#[test]
fn a_waker_of_nobody() {
    let mut co = pin!(polls_by_hand(Waker::noop().clone()));
    assert!(matches!(co.start(), Ok(Step::Yielded(D("kept")))));
    assert_eq!(co.start().unwrap(), Step::Returned(true));
    assert_eq!(trace(), ["drop lost", "drop kept", "drop local"]);
}

#[coframe::coroutine(pinned, yield = D)]
fn polls_with_a_clone() -> bool {
    let (clone, is_other) = awaited!(poll_fn(|context| {
        let clone = context.waker().clone();
        let is_other = !clone.will_wake(context.waker());
        Poll::Ready((clone, is_other))
    }));
    let refused = {
        let mut future = pin!(hidden!(try_yield!(D("lost"))));
        is_foreign(&future.as_mut().poll(&mut Context::from_waker(&clone)))
    };
    refused && is_other && clone.data() == Waker::noop().data()
}

#[test]
fn a_clone_of_the_waker() {
    assert_eq!(pin!(polls_with_a_clone()).start().unwrap(), Step::Returned(true));
    assert_eq!(trace(), ["drop lost"]);
}

type Hidden<'a> = Pin<&'a mut dyn Future<Output = Result<(), Exception>>>;

/// Of the same types as what it polls.
#[coframe::coroutine(pinned, yield = D)]
fn polls_of_another(other: Hidden<'_>) -> Result<(), Exception> {
    awaited!(other)
}

#[coframe::coroutine(pinned, yield = D)]
fn lends_its_point() -> bool {
    let mut future = pin!(hidden!(try_yield!(D("lost"))));
    let mut inner = pin!(polls_of_another(future.as_mut()));
    matches!(inner.as_mut().start(), Ok(Step::Returned(Err(Exception::ForeignAwait))))
}

#[test]
fn the_resume_of_another_of_the_same_types() {
    assert_eq!(pin!(lends_its_point()).start().unwrap(), Step::Returned(true));
    assert_eq!(trace(), ["drop lost"]);
}

#[coframe::coroutine(pinned, yield = u8, send = u64)]
fn polls_of_other_types(other: Hidden<'_>) -> Result<(), Exception> {
    awaited!(other)
}

#[coframe::coroutine(pinned, yield = D)]
fn lends_its_point_to_other_types() -> bool {
    let mut future = pin!(hidden!(try_yield!(D("lost"))));
    let mut inner = pin!(polls_of_other_types(future.as_mut()));
    matches!(inner.as_mut().start(), Ok(Step::Returned(Err(Exception::ForeignAwait))))
}

#[test]
fn the_resume_of_another_of_other_types() {
    assert_eq!(pin!(lends_its_point_to_other_types()).start().unwrap(), Step::Returned(true));
    assert_eq!(trace(), ["drop lost"]);
}

#[coframe::coroutine(pinned, yield = D)]
fn waits() {
    let _local = D("local");
    yield_!(D("value"));
    awaited!(pending::<()>());
    t("never");
}

#[test]
fn a_hidden_await() {
    let mut co = pin!(waits());
    assert!(matches!(co.start(), Ok(Step::Yielded(D("value")))));
    assert!(matches!(co.start(), Err(Exception::ForeignAwait)));
    assert_eq!(co.state(), State::Closed);
    assert!(matches!(co.start(), Err(Exception::Finished)));
    assert_eq!(trace(), ["drop value", "drop local"]);
}

#[coframe::coroutine(pinned, yield = D)]
fn yields_two_in_one_resume() -> bool {
    {
        let mut first = pin!(hidden!(try_yield!(D("first"))));
        awaited!(poll_fn(|context| {
            assert!(first.as_mut().poll(context).is_pending());
            assert!(first.as_mut().poll(context).is_pending());
            Poll::Ready(())
        }));
    }
    let refused = {
        let mut second = pin!(hidden!(try_yield!(D("second"))));
        awaited!(poll_fn(|context| Poll::Ready(is_foreign(&second.as_mut().poll(context)))))
    };
    t(refused);
    yield_!(D("third"));
    refused
}

#[test]
fn two_values_in_one_resume() {
    let mut co = pin!(yields_two_in_one_resume());
    // The third one is a second one too: it is raised there, and what reached the slot is lost with the body.
    assert!(matches!(co.start(), Err(Exception::ForeignAwait)));
    assert_eq!(co.state(), State::Closed);
    assert_eq!(trace(), ["drop second", "true", "drop third", "drop first"]);
}

#[coframe::coroutine(pinned, yield = D)]
fn gives_up_a_pause() -> u8 {
    {
        let mut given_up = pin!(hidden!(try_yield!(D("given up"))));
        awaited!(poll_fn(|context| Poll::Ready(given_up.as_mut().poll(context).is_pending())));
    }
    7
}

#[test]
fn a_pause_that_is_given_up() {
    let mut co = pin!(gives_up_a_pause());
    assert!(matches!(co.start(), Err(Exception::ForeignAwait)));
    assert_eq!(co.state(), State::Closed);
    assert_eq!(trace(), ["drop given up"]);
}
