//! The loop under load, in bounded time: nothing is lost, and nobody is stuck.
//!
//! The sizes are divided by `COFRAME_STRESS`, if that is set, for valgrind, which takes a few seconds then:
//!
//! ```text
//! COFRAME_STRESS=100 cargo test -p coframe-tests --test stress --config \
//!     'target."cfg(unix)".runner = "valgrind -q --error-exitcode=1 --leak-check=full --suppressions=valgrind.supp"'
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::task::Waker;
use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Promise, sleep, spawn, yield_from};

fn size(full: usize) -> usize {
    let divisor = std::env::var("COFRAME_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    (full / divisor).max(1)
}

#[coframe::coroutine(task)]
fn turn_and_count(count: Rc<Cell<usize>>) -> usize {
    yield_!();
    count.set(count.get() + 1);
    count.get()
}

#[test]
fn a_million_tasks_at_once() {
    let n = size(1_000_000);
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let count = Rc::new(Cell::new(0));
    let tasks: Vec<_> = (0..n).map(|_| event_loop.create_task(turn_and_count(count.clone()))).collect();
    assert_eq!(event_loop.all_tasks().len(), n);
    event_loop.run_once().unwrap();
    assert_eq!((count.get(), event_loop.all_tasks().len()), (0, n));
    event_loop.run_once().unwrap();
    assert_eq!((count.get(), event_loop.all_tasks().len()), (n, 0));
    assert!(tasks.iter().enumerate().all(|(index, task)| task.result().unwrap() == index + 1), "in order");
}

#[test]
fn a_million_timers_cancelled() {
    let n = size(1_000_000);
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let captured = Rc::new(());
    let rung = Rc::new(RefCell::new(Vec::new()));
    for index in 0..n {
        let (rung, captured) = (rung.clone(), captured.clone());
        let timer = event_loop.call_later((index % 1000) as f64, move || {
            rung.borrow_mut().push(index);
            drop(captured);
        });
        if index % 100_000 != 7 {
            timer.unwrap().cancel();
        }
    }
    let left: Vec<usize> = (0..n).filter(|index| index % 100_000 == 7).collect();
    assert_eq!(Rc::strong_count(&captured), 1 + left.len(), "what was cancelled has dropped what it held");
    assert!(!format!("{event_loop:?}").contains("timers: 1000000"), "{event_loop:?}");
    event_loop.call_later(1000.0, || EventLoop::running().unwrap().stop()).unwrap();
    event_loop.run_forever().unwrap();
    assert_eq!(*rung.borrow(), left);
}

/// A tree of tasks, each of which waits for the two below.
#[coframe::coroutine(task)]
fn tree(depth: u32) -> u64 {
    if depth == 0 {
        yield_from!(sleep(0.001));
        return 1;
    }
    let (left, right) = (spawn(boxed(depth - 1)), spawn(boxed(depth - 1)));
    yield_from!(left) + yield_from!(right)
}

/// A type that does not mention itself.
fn boxed(depth: u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u64, Exception>>>> {
    Box::pin(IntoFuture::into_future(tree(depth)))
}

#[test]
fn a_tree_of_tasks_that_wait_for_each_other() {
    let depth = size(1 << 14).ilog2();
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    assert_eq!(event_loop.run_until_complete(tree(depth)).unwrap(), 1 << depth);
    let task = event_loop.create_task(tree(depth));
    for _ in 0..=depth {
        event_loop.run_once().unwrap();
    }
    assert_eq!(event_loop.all_tasks().len(), (2 << depth) - 1);
    // The request goes down to a leaf, along those who wait for each other, and what it does comes up again.
    assert!(task.cancel());
    assert!(matches!(event_loop.run_until_complete(task), Err(Exception::Cancelled(_))));
    let left = (2 << depth) - 1 - (depth as usize + 1);
    assert_eq!(event_loop.all_tasks().len(), left, "nobody waited for the others");
    event_loop.set_exception_handler(|_, report| assert_eq!(report.message(), "Task was destroyed but it is pending!"));
    event_loop.close().unwrap();
    assert_eq!(event_loop.all_tasks().len(), 0);
}

/// Waits until it was woken often enough, by whoever has its waker.
struct Woken {
    waker: Arc<std::sync::Mutex<(usize, Option<Waker>)>>,
    often_enough: usize,
}

impl Future for Woken {
    type Output = usize;

    fn poll(self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<usize> {
        let mut state = self.waker.lock().unwrap();
        if state.0 >= self.often_enough {
            return std::task::Poll::Ready(state.0);
        }
        state.1 = Some(context.waker().clone());
        std::task::Poll::Pending
    }
}

#[test]
fn a_hundred_thousand_wake_ups_from_eight_threads() {
    const THREADS: usize = 8;
    let each = size(100_000) / THREADS;
    let event_loop = EventLoop::new().unwrap();
    let state = Arc::new(std::sync::Mutex::new((0, None::<Waker>)));
    let by_waker = Woken { waker: state.clone(), often_enough: THREADS * each };
    let by_callback = Rc::new(RefCell::new(vec![Vec::new(); THREADS]));
    let all_called: Promise<()> = event_loop.create_promise();
    let start = Arc::new(Barrier::new(THREADS));
    // What callbacks of other threads get at stays in this thread.
    thread_local! { static CALLED: RefCell<Option<Box<dyn Fn(usize, usize)>>> = const { RefCell::new(None) }; }
    let (called, done, left) = (by_callback.clone(), all_called.clone(), Cell::new(THREADS * each));
    CALLED.set(Some(Box::new(move |thread, n| {
        called.borrow_mut()[thread].push(n);
        left.set(left.get() - 1);
        if left.get() == 0 {
            done.set_result(()).unwrap();
        }
    })));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (remote, state, start) = (event_loop.remote(), state.clone(), start.clone());
            thread::spawn(move || {
                start.wait();
                for n in 0..each {
                    let waker = {
                        let mut state = state.lock().unwrap();
                        state.0 += 1;
                        state.1.clone()
                    };
                    waker.inspect(Waker::wake_by_ref);
                    let call = move || CALLED.with_borrow(|called| called.as_ref().unwrap()(thread, n));
                    remote.call_soon_threadsafe(call).unwrap();
                }
            })
        })
        .collect();
    let woken = event_loop
        .run_until_complete(async move {
            all_called.await?;
            Ok(by_waker.await)
        })
        .unwrap();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(woken, THREADS * each);
    assert!(by_callback.borrow().iter().all(|calls| calls.iter().copied().eq(0..each)), "each thread's in its order");
}
