//! What leaks out of a resume: its waker, to other threads and to later times.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use coframe::{CoroutineExt, Exception, Step};

use crate::{awaited, hidden};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[coframe::coroutine(pinned, yield = String, send = String)]
fn yields_on_another_thread() -> String {
    let mut future = pin!(hidden!(try_yield!("from afar".to_owned())));
    let sent: Result<String, Exception> = awaited!(poll_fn(|context| {
        let (waker, future) = (context.waker(), future.as_mut());
        thread::scope(|scope| {
            scope.spawn(move || future.poll(&mut Context::from_waker(waker))).join().expect("it does not panic")
        })
    }));
    sent.unwrap_or_else(|exception| exception.to_string())
}

#[test]
fn the_resume_itself_on_a_scoped_thread() {
    let mut co = pin!(yields_on_another_thread());
    assert_eq!(co.start().unwrap(), Step::Yielded("from afar".to_owned()));
    assert_eq!(co.send("back".to_owned()).unwrap(), Step::Returned("back".to_owned()));

    let mut co = pin!(yields_on_another_thread());
    co.start().unwrap();
    let thrown = co.throw("x".parse::<u8>().unwrap_err());
    assert_eq!(thrown.unwrap(), Step::Returned("invalid digit found in string".to_owned()));
}

#[coframe::coroutine(pinned, yield = String)]
fn clones_on_many_threads() -> bool {
    awaited!(poll_fn(|context| {
        let waker = context.waker();
        let clones: Vec<Waker> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(move || {
                        waker.wake_by_ref();
                        waker.clone()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        });
        Poll::Ready(clones.iter().all(|clone| clone.data() == Waker::noop().data() && !clone.will_wake(waker)))
    }))
}

#[test]
fn clones_on_other_threads() {
    assert_eq!(pin!(clones_on_many_threads()).start().unwrap(), Step::Returned(true));
}

thread_local! {
    static KEPT: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
}

fn keep(context: &mut Context<'_>) -> Poll<()> {
    let mut kept = Waker::noop().clone();
    kept.clone_from(context.waker());
    KEPT.with_borrow_mut(|all| all.extend([kept, context.waker().clone()]));
    Poll::Ready(())
}

#[coframe::coroutine(yield = u8)]
async fn keeps_its_waker() {
    awaited!(poll_fn(keep));
    yield_!(1);
    awaited!(poll_fn(keep));
}

#[test]
fn clones_that_outlive_the_coroutine() {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    {
        let mut values = Box::pin(keeps_its_waker());
        let mut context = Context::from_waker(&waker);
        for expected in [Some(1), None] {
            let mut next = pin!(poll_fn(|context| futures::Stream::poll_next(values.as_mut(), context)));
            match next.as_mut().poll(&mut context) {
                Poll::Ready(value) => assert_eq!(value.map(Result::unwrap), expected),
                Poll::Pending => panic!("it waits for nothing"),
            }
        }
    }
    let kept = KEPT.take();
    assert_eq!(kept.len(), 4);
    assert!(kept.iter().all(|kept| kept.data() == waker.data()));
    kept.iter().for_each(Waker::wake_by_ref);
    kept.into_iter().for_each(Waker::wake);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 8);
    drop(waker);
    assert_eq!(Arc::strong_count(&wakes), 1);
}

/// A slot is used by whichever thread polls: what goes through it has to be `Send` for that.
#[test]
fn what_crosses_threads_in_a_slot_is_send() {
    fn is_send<T: Send>() {}
    is_send::<Exception>();
    is_send::<coframe::Signal<String>>();
}
