//! Ports of the Python programs about primitives. What they must print is in `expected`.

use std::cell::Cell;
use std::rc::Rc;

use coframe::sync::{Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, QueueShutDown};
use coframe::{Exception, attempt, or_raise, raise, sleep, spawn, try_yield_from, yield_from};

use super::support::{all_over, turns, yn};
use crate::support::{Trace, ValueError, virtual_loop};

/// Compares what the program prints.
macro_rules! compare {
    ($program:ident) => {
        let (event_loop, out) = virtual_loop();
        event_loop.run_until_complete($program(out.clone())).unwrap();
        let expected: Vec<_> = include_str!(concat!("../expected/", stringify!($program), ".out")).lines().collect();
        assert_eq!(out.lines(), expected);
    };
}

#[test]
fn y01() {
    compare!(y01_lock);
}

#[coframe::coroutine(task)]
fn user(name: &'static str, lock: Lock, turns: u32, log: Trace) {
    let used = attempt! {
        let _guard = yield_from!(lock.acquire());
        log.say(format!("{name} in"));
        for _ in 0..turns {
            yield_from!(sleep(0));
        }
        log.say(format!("{name} out"));
    };
    if let Err(Exception::Cancelled(_)) = &used {
        log.say(format!("{name} cancelled"));
    }
    or_raise!(used)
}

#[coframe::coroutine(task)]
fn fails(lock: Lock) {
    let _guard = yield_from!(lock.acquire());
    raise!(ValueError("inside".to_owned()));
}

#[coframe::coroutine(task)]
fn y01_lock(out: Trace) {
    let (lock, log) = (Lock::new(), Trace::default());
    let tasks: Vec<_> =
        ["a", "b", "c", "d", "e"].into_iter().map(|name| spawn(user(name, lock.clone(), 2, log.clone()))).collect();
    yield_from!(sleep(0));
    out.say(format!("locked {}", yn(lock.locked())));
    tasks[2].cancel();
    yield_from!(sleep(0));
    tasks[0].cancel();
    yield_from!(all_over(tasks));
    out.say(log.lines().join(" | "));
    out.say(format!("locked {}", yn(lock.locked())));

    if let Err(e) = lock.release() {
        out.say(format!("release: {e}"));
    }

    yield_from!(lock.acquire()).forget();
    let waiting = spawn(user("w", lock.clone(), 0, log.clone()));
    yield_from!(sleep(0));
    or_raise!(lock.release());
    out.say(format!("released with a waiter; locked at once {}", yn(lock.locked())));
    let barger = spawn(user("barger", lock.clone(), 0, log.clone()));
    yield_from!(all_over(vec![waiting, barger]));
    out.say(log.lines().join(" | "));

    // The woken waiter is cancelled before it runs: the lock goes to the next one.
    yield_from!(lock.acquire()).forget();
    let x = spawn(user("x", lock.clone(), 0, log.clone()));
    let y = spawn(user("y", lock.clone(), 0, log.clone()));
    yield_from!(sleep(0));
    or_raise!(lock.release());
    x.cancel();
    yield_from!(all_over(vec![x, y]));
    out.say(format!("{} | locked {}", log.lines().join(" | "), yn(lock.locked())));

    match try_yield_from!(fails(lock.clone())) {
        Err(e) if e.is::<ValueError>() => out.say(format!("released after an error: {}", yn(!lock.locked()))),
        other => or_raise!(other),
    }
}

#[test]
fn y03() {
    compare!(y03_event);
}

#[coframe::coroutine(task)]
fn on_event(name: &'static str, event: Event, log: Trace) {
    yield_from!(event.wait());
    log.say(name);
}

#[coframe::coroutine(task)]
fn y03_event(out: Trace) {
    let (event, log) = (Event::new(), Trace::default());
    let tasks = ["a", "b", "c"].map(|name| spawn(on_event(name, event.clone(), log.clone())));
    yield_from!(sleep(0));
    event.set();
    event.clear();
    let late = spawn(on_event("late", event.clone(), log.clone()));
    yield_from!(all_over(tasks.into()));
    out.say(format!("event woke {} | late done {}", log.line(), yn(late.done())));
    event.set();
    yield_from!(late);
    yield_from!(on_event("immediate", event.clone(), log.clone()));
    out.say(format!("then {} | set {}", log.line(), yn(event.is_set())));

    let event = Event::new();
    let tasks = ["x", "y", "z"].map(|name| spawn(on_event(name, event.clone(), log.clone())));
    let y = tasks[1].clone();
    yield_from!(sleep(0));
    y.cancel();
    event.set();
    event.set();
    yield_from!(all_over(tasks.into()));
    out.say(format!("with one cancelled: {} | y cancelled {}", log.line(), yn(y.cancelled())));
}

#[test]
fn y05() {
    compare!(y05_queue_kinds);
}

#[coframe::coroutine(task)]
fn drain<T: 'static>(queue: Queue<T>) -> Vec<T> {
    let mut out = Vec::new();
    while !queue.empty() {
        let item = yield_from!(queue.get());
        out.push(item);
    }
    out
}

#[coframe::coroutine(task)]
fn getter(name: &'static str, queue: Queue<&'static str>, log: Trace) {
    let Err(end) = attempt! {
        loop {
            let item = yield_from!(queue.get());
            log.say(format!("{name} {item}"));
            or_raise!(queue.task_done());
        }
    };
    if !end.is::<QueueShutDown>() {
        raise!(end);
    }
    log.say(format!("{name} shut"));
}

#[coframe::coroutine(task)]
fn putter(name: &'static str, queue: Queue<&'static str>, log: Trace) {
    match try_yield_from!(queue.put(name)) {
        Ok(()) => log.say(format!("{name} put")),
        Err(end) if end.is::<QueueShutDown>() => log.say(format!("{name} refused")),
        Err(other) => raise!(other),
    }
}

#[coframe::coroutine(task)]
fn y05_queue_kinds(out: Trace) {
    let queue = PriorityQueue::new(0);
    for item in [(3, "low"), (1, "high"), (2, "mid"), (1, "also high")] {
        or_raise!(queue.put_nowait(item));
    }
    let items = yield_from!(drain((*queue).clone()));
    let items: Vec<_> = items.into_iter().map(|(priority, name)| format!("{priority} {name}")).collect();
    out.say(format!("priority: {}", items.join(", ")));
    let stack = LifoQueue::new(3);
    for i in [1, 2, 3] {
        yield_from!(stack.put(i));
    }
    out.say(format!("stack: {:?}", yield_from!(drain((*stack).clone()))));

    let log = Trace::default();
    let queue = Queue::new(0);
    let tasks = ["g1", "g2"].map(|name| spawn(getter(name, queue.clone(), log.clone())));
    yield_from!(sleep(0));
    or_raise!(queue.put_nowait("last words"));
    queue.shutdown(false);
    yield_from!(putter("p1", queue.clone(), log.clone()));
    yield_from!(all_over(tasks.into()));
    yield_from!(queue.join());
    drop(queue);
    out.say(format!("graceful: {}", log.lines().join(" | ")));

    let queue = Queue::new(1);
    or_raise!(queue.put_nowait("lost"));
    let task = spawn(putter("p2", queue.clone(), log.clone()));
    yield_from!(sleep(0));
    queue.shutdown(true);
    yield_from!(task);
    yield_from!(getter("g3", queue.clone(), log.clone()));
    yield_from!(queue.join());
    out.say(format!("immediate: {} | size {}", log.lines().join(" | "), queue.qsize()));
    if queue.get_nowait().is_err_and(|e| e.is::<QueueShutDown>()) {
        out.say("get_nowait refused");
    }
}

#[test]
fn y07() {
    compare!(y07_condition);
}

#[coframe::coroutine(task)]
fn consumer(name: &'static str, need: u32, condition: Condition, stock: Rc<Cell<u32>>, log: Trace) {
    let _guard = yield_from!(condition.acquire());
    let seen = stock.clone();
    yield_from!(condition.wait_for(move || seen.get() >= need));
    stock.set(stock.get() - need);
    log.say(format!("{name} took {need} left {}", stock.get()));
}

#[coframe::coroutine(task)]
fn plain(name: &'static str, condition: Condition, log: Trace) {
    let _guard = yield_from!(condition.acquire());
    let waited = try_yield_from!(condition.wait());
    match &waited {
        Ok(()) => log.say(format!("{name} woke, locked {}", yn(condition.locked()))),
        Err(Exception::Cancelled(_)) => log.say(format!("{name} cancelled, locked {}", yn(condition.locked()))),
        Err(_) => {}
    }
    or_raise!(waited);
}

#[coframe::coroutine(task)]
fn y07_condition(out: Trace) {
    let (condition, log, stock) = (Condition::new(), Trace::default(), Rc::new(Cell::new(0)));
    let tasks = [("x", 3), ("y", 1), ("z", 2)]
        .map(|(name, need)| spawn(consumer(name, need, condition.clone(), stock.clone(), log.clone())));
    yield_from!(sleep(0));
    for add in [1, 2, 3] {
        {
            let _guard = yield_from!(condition.acquire());
            stock.set(stock.get() + add);
            log.say(format!("add {add}"));
            or_raise!(condition.notify_all());
        }
        yield_from!(turns(4));
    }
    yield_from!(all_over(tasks.into()));
    out.say(log.lines().join(" | "));

    let condition = Condition::new();
    let tasks = ["p", "q", "r", "s"].map(|name| spawn(plain(name, condition.clone(), log.clone())));
    let [_, _, r, s] = tasks.clone();
    yield_from!(sleep(0));
    {
        let _guard = yield_from!(condition.acquire());
        or_raise!(condition.notify(2));
        log.say("notified two, nobody runs yet");
    }
    yield_from!(sleep(0.01));
    out.say(format!("{} | s done {}", log.lines().join(" | "), yn(s.done())));
    r.cancel();
    yield_from!(all_over(vec![r]));
    {
        let _guard = yield_from!(condition.acquire());
        or_raise!(condition.notify_all());
    }
    yield_from!(all_over(tasks.into()));
    out.say(log.lines().join(" | "));
    if let Err(e) = condition.notify(1) {
        out.say(e);
    }
}
