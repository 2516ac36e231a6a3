//! The kernels of the loop. All tasks are coroutines of our own, but for the one that is woken by a plain waker.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Promise, Task, TaskOutput, sleep, spawn, try_yield_from, yield_, yield_from};

use crate::allocations;

/// Runs it on a loop of its own.
fn run<F>(main: F) -> <F::Output as TaskOutput>::Value
where
    F: IntoFuture + 'static,
    F::Output: TaskOutput,
{
    let ended = EventLoop::new().and_then(|event_loop| event_loop.run_until_complete(main));
    ended.expect("the kernel raises nothing")
}

/// `tasks` tasks that do nothing but let the others run.
pub(super) fn switch(tasks: u64, items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn turns(turns: u64) -> u64 {
        for _ in 0..turns {
            yield_!();
        }
        turns
    }

    #[coframe::coroutine(task)]
    fn all(tasks: u64, items: u64) -> u64 {
        let tasks: Vec<Task<u64>> = (0..tasks).map(|_| spawn(turns(items / tasks))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += yield_from!(task);
        }
        sum
    }

    run(all(tasks, items))
}

/// A hundred at a time.
pub(super) fn spawn_and_join(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn one(number: u64) -> u64 {
        number
    }

    #[coframe::coroutine(task)]
    fn all(items: u64) -> u64 {
        let mut sum = 0;
        for batch in 0..items / 100 {
            let tasks: Vec<Task<u64>> = (0..100).map(|number| spawn(one(batch ^ number))).collect();
            for task in tasks {
                sum += yield_from!(task);
            }
        }
        sum
    }

    run(all(items))
}

/// Each hop has a promise of its own.
pub(super) fn hops(items: u64) -> u64 {
    type Table = Rc<[RefCell<Promise<u64>>; 2]>;

    #[coframe::coroutine(task)]
    fn player(table: Table, me: usize, turns: u64) -> u64 {
        let mut sum = 0;
        for _ in 0..turns {
            let mine = table[me].borrow().clone();
            let ball = yield_from!(mine);
            sum += ball;
            if let Some(event_loop) = EventLoop::running() {
                *table[me].borrow_mut() = event_loop.create_promise();
            }
            // The last ball finds nobody there.
            _ = table[1 - me].borrow().set_result(ball + 1);
        }
        sum
    }

    #[coframe::coroutine(task)]
    fn game(table: Table, turns: u64) -> u64 {
        let one = spawn(player(table.clone(), 0, turns));
        let other = spawn(player(table.clone(), 1, turns));
        _ = table[0].borrow().set_result(1);
        yield_from!(one) + yield_from!(other)
    }

    let event_loop = EventLoop::new().expect("a loop can be had");
    let table = Rc::new([RefCell::new(event_loop.create_promise()), RefCell::new(event_loop.create_promise())]);
    event_loop.run_until_complete(game(table, items / 2)).expect("the kernel raises nothing")
}

/// They are all set before the first runs out.
pub(super) fn timers(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn sleeps(micros: u64) -> u64 {
        yield_from!(sleep(Duration::from_micros(micros)));
        micros
    }

    #[coframe::coroutine(task)]
    fn all(items: u64) -> u64 {
        let tasks: Vec<Task<u64>> = (0..items).map(|at| spawn(sleeps(at * 7919 % 1000))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += yield_from!(task);
        }
        sum
    }

    run(all(items))
}

/// Nobody waits for them.
pub(super) fn cancelled_timers(items: u64) -> u64 {
    let event_loop = EventLoop::new().expect("a loop can be had");
    for at in 0..items {
        let timer = event_loop.call_later(Duration::from_millis(1000 + at % 1000), || ());
        timer.expect("the loop is open").cancel();
    }
    items
}

/// A hundred tasks give their wakers to a thread that wakes them.
pub(super) fn threads(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn woken(wakers: mpsc::Sender<Waker>, times: u64) -> u64 {
        let mut left = times;
        yield_from!(poll_fn(move |context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            wakers.send(context.waker().clone()).map_or(Poll::Ready(()), |()| Poll::Pending)
        }));
        times
    }

    #[coframe::coroutine(task)]
    fn all(wakers: mpsc::Sender<Waker>, items: u64) -> u64 {
        let tasks: Vec<Task<u64>> = (0..100).map(|_| spawn(woken(wakers.clone(), items / 100))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += yield_from!(task);
        }
        sum
    }

    let (wakers, woken) = mpsc::channel::<Waker>();
    let waking = thread::spawn(move || woken.into_iter().for_each(Waker::wake));
    let sum = run(all(wakers, items));
    waking.join().expect("waking does not panic");
    sum
}

/// A hundred in a pass.
pub(super) fn callbacks(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn all(items: u64) -> u64 {
        let count = Rc::new(Cell::new(0));
        let event_loop = EventLoop::running().expect("a task has a loop");
        for batch in 1..=items / 100 {
            for _ in 0..100 {
                let count = count.clone();
                _ = event_loop.call_soon(move || count.set(count.get() + 1));
            }
            while count.get() < 100 * batch {
                yield_!();
            }
        }
        count.get()
    }

    run(all(items))
}

/// Waits until it is cancelled.
#[coframe::coroutine(task)]
fn waits() {
    yield_from!(pending::<()>());
}

/// They all wait before the first is cancelled.
pub(super) fn cancel(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn all(items: u64) -> u64 {
        let tasks: Vec<Task<()>> = (0..items).map(|_| spawn(waits())).collect();
        yield_!();
        for task in &tasks {
            task.cancel();
        }
        let mut cancelled = 0;
        for task in tasks {
            cancelled += u64::from(matches!(try_yield_from!(task), Err(Exception::Cancelled(_))));
        }
        cancelled
    }

    run(all(items))
}

/// What that many waiting tasks keep allocated, without the `Vec` of their handles.
pub(super) fn idle(items: u64) -> u64 {
    #[coframe::coroutine(task)]
    fn all(items: u64) -> u64 {
        let mut tasks: Vec<Task<()>> = Vec::with_capacity(items as usize);
        let before = allocations::alive();
        for _ in 0..items {
            tasks.push(spawn(waits()));
        }
        yield_!();
        (allocations::alive() - before) as u64
    }

    run(all(items))
}
