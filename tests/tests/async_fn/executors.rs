//! Under other executors, and in other threads.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{Exception, attempt, or_raise, raise, sleep, try_await};

use crate::support::{Trace, ValueError, block_on, poll_times};

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The executor that everybody writes once.
fn parking<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Is answered by another thread, once it has been polled.
struct Received {
    letter: Arc<Mutex<Letter>>,
    polled: mpsc::Sender<()>,
}

#[derive(Default)]
struct Letter {
    value: Option<u32>,
    /// That of the last poll: whoever polls next, in another thread for instance, is the one to be woken.
    waker: Option<Waker>,
}

impl Future for Received {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        let mut letter = self.letter.lock().unwrap();
        match letter.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                letter.waker = Some(context.waker().clone());
                // The thread ends after the first: the polls that follow find nobody who listens.
                let _ = self.polled.send(());
                Poll::Pending
            }
        }
    }
}

fn received() -> Received {
    let letter = Arc::<Mutex<Letter>>::default();
    let (polled, is_polled) = mpsc::channel();
    thread::spawn({
        let letter = letter.clone();
        move || {
            // An error is a future that has been dropped.
            let Ok(()) = is_polled.recv() else { return };
            let waker = {
                let mut letter = letter.lock().unwrap();
                letter.value = Some(20);
                letter.waker.take().unwrap()
            };
            waker.wake();
        }
    });
    Received { letter, polled }
}

#[coframe::coroutine]
async fn add(times: u32) -> u32 {
    let mut sum = 0;
    for _ in 0..times {
        sum += received().await;
    }
    if sum > 50 {
        raise!(ValueError("too much"));
    }
    sum
}

#[coframe::coroutine]
async fn careful(times: u32) -> u32 {
    attempt! { add(times).await + 2 }.unwrap_or_default()
}

#[test]
fn an_executor_that_knows_nothing_runs_it() {
    assert_eq!(parking(careful(2)).unwrap(), 42);
    assert_eq!(parking(careful(3)).unwrap(), 0);
    assert_eq!(parking(add(3)).unwrap_err().to_string(), "too much");
}

#[test]
fn it_goes_to_other_threads() {
    let results: Vec<_> = (1..3).map(|times| thread::spawn(move || parking(careful(times)).unwrap())).collect();
    let results: Vec<u32> = results.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(results, [22, 42]);
}

#[test]
fn it_moves_between_threads_while_it_waits() {
    let mut future = Box::pin(careful(1));
    assert!(poll_times(future.as_mut(), 1).is_none());
    let result = thread::spawn(move || parking(future)).join().unwrap();
    assert_eq!(result.unwrap(), 22);
}

#[test]
fn it_is_send_if_what_it_holds_is() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    #[coframe::coroutine]
    async fn holds_a_cell(cell: Cell<u32>, text: &str) -> Result<usize, std::num::ParseIntError> {
        cell.set(cell.get() + 1);
        std::future::ready(()).await;
        {
            let local = std::rc::Rc::new(1);
            if *local > 1 {
                // No await: the local is dropped as the exception leaves.
                raise!(ValueError("no"));
            }
            or_raise!(Ok::<(), Exception>(()));
        }
        let n: usize = text.parse()?;
        let more = try_await!(std::future::ready(3));
        Ok(n + cell.get() as usize + or_raise!(more))
    }
    assert_eq!(block_on(send(holds_a_cell(Cell::new(1), "10"))).unwrap(), Ok(15));
    drop(send(careful(1)));
}

#[test]
fn dropping_it_runs_no_handler() {
    #[coframe::coroutine]
    async fn handles(trace: Trace) {
        let _local = trace.loud("local");
        if let Err(exception) = try_await!(trace.turn("wait")) {
            trace.say(exception);
        }
    }
    let trace = Trace::default();
    assert!(poll_times(handles(trace.clone()), 1).is_none());
    assert_eq!(trace.line(), "wait? -wait -local");
}

#[test]
fn a_part_that_has_a_waker_of_its_own() {
    /// Polls a future with another waker, as executors inside of futures do.
    struct Apart<F>(Pin<Box<F>>, Arc<Count>);
    struct Count(AtomicUsize, Waker);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
            self.1.wake_by_ref();
        }
    }
    impl<F: Future> Future for Apart<F> {
        type Output = F::Output;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
            self.1 = Arc::new(Count(AtomicUsize::new(0), context.waker().clone()));
            let waker = Waker::from(self.1.clone());
            self.0.as_mut().poll(&mut Context::from_waker(&waker))
        }
    }
    #[coframe::coroutine]
    async fn inside(trace: Trace) -> &'static str {
        let _local = trace.loud("inside");
        sleep(1.0).await;
        trace.say("slept");
        sleep(3600.0).await;
        "never"
    }
    #[coframe::coroutine]
    async fn outside(trace: Trace) -> &'static str {
        let apart = Apart(Box::pin(inside(trace.clone())), Arc::new(Count(AtomicUsize::new(0), Waker::noop().clone())));
        match try_await!(apart) {
            Ok(text) => text,
            Err(exception) => {
                trace.say(exception.is::<ValueError>());
                sleep(0.5).await;
                "caught outside"
            }
        }
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(outside(trace.clone()));
    let cancelling = task.clone();
    event_loop.call_later(2.0, move || _ = cancelling.cancel()).unwrap();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), "caught outside");
    // Whatever stands between has its own way to wake, and so is a plain future.
    assert_eq!(trace.line(), "slept -inside false");
}
