//! All primitives at once, with cancellations and drops at every wait.
//!
//! Time is virtual, so that a second of sleep lets everything run that can. What holds then is checked: nobody waits for
//! what is there, nothing is held by nobody, and every item is where it should be.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use coframe::sync::{Barrier, Condition, Event, Lock, Queue, Semaphore};
use coframe::{Exception, Task, or_raise, raise, sleep, spawn, try_yield_from, yield_from};

use crate::support::virtual_loop;

const PERMITS: usize = 3;
const PARTIES: usize = 3;

/// Everything, or one primitive alone: there is more in its way then.
const THEMES: [(u64, u64); 7] = [(0, 8), (0, 1), (1, 1), (2, 1), (3, 2), (5, 2), (7, 1)];

/// A small generator of random numbers: xorshift.
#[derive(Clone)]
struct Random(Rc<Cell<u64>>);

impl Random {
    fn below(&self, n: u64) -> u64 {
        let mut x = self.0.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.0.set(x);
        x % n
    }
}

#[derive(Clone)]
struct World {
    random: Random,
    lock: Lock,
    semaphore: Semaphore,
    event: Event,
    condition: Condition,
    barrier: Barrier,
    queue: Queue<u64>,
    workers: Rc<RefCell<Vec<Task<()>>>>,
    /// What is done in this round: the first kind of act, and how many kinds.
    theme: Rc<Cell<(u64, u64)>>,
    seen: Rc<Seen>,
}

/// What is so, by the count of those who do it.
#[derive(Default)]
struct Seen {
    locking: Cell<usize>,
    permitted: Cell<usize>,
    getting: Cell<usize>,
    putting: Cell<usize>,
    hearing: Cell<usize>,
    taking: Cell<usize>,
    stock: Cell<usize>,
    next_item: Cell<u64>,
    /// The items that were put and not got.
    items: RefCell<BTreeSet<u64>>,
    cancelled: Cell<usize>,
    dropped: Cell<usize>,
    ended: Cell<usize>,
}

/// Counts one who does something, while it does.
struct Doing(Rc<Seen>, fn(&Seen) -> &Cell<usize>);

impl Doing {
    fn new(seen: &Rc<Seen>, what: fn(&Seen) -> &Cell<usize>, most: usize) -> Self {
        what(seen).set(what(seen).get() + 1);
        assert!(what(seen).get() <= most, "too many at a time");
        Doing(seen.clone(), what)
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        let count = (self.1)(&self.0);
        count.set(count.get() - 1);
    }
}

fn more(count: &Cell<usize>) {
    count.set(count.get() + 1);
}

impl World {
    fn new(seed: u64) -> Self {
        World {
            random: Random(Rc::new(Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)))),
            lock: Lock::new(),
            semaphore: Semaphore::new(PERMITS),
            event: Event::new(),
            condition: Condition::new(),
            barrier: Barrier::new(PARTIES).unwrap(),
            queue: Queue::new(1),
            workers: Rc::default(),
            theme: Rc::default(),
            seen: Rc::default(),
        }
    }

    fn item(&self) -> u64 {
        let seen = &self.seen;
        seen.next_item.set(seen.next_item.get() + 1);
        seen.next_item.get()
    }

    fn cancel_one(&self) {
        let workers = self.workers.borrow();
        // Rather one of the first, which have waited longest and are woken first.
        let unlucky = self.random.below(1 + self.random.below(workers.len() as u64));
        workers[unlucky as usize].cancel();
    }

    /// Cancels one in the step in which others were woken: before they run.
    fn perhaps_cancel_one(&self) {
        if self.random.below(2) == 0 {
            self.cancel_one();
        }
    }

    fn is_in_stock(&self) -> impl FnMut() -> bool + use<> {
        let seen = self.seen.clone();
        move || seen.stock.get() > 0
    }

    fn check(&self) {
        let seen = &self.seen;
        assert_eq!(format!("{:?}", self.lock), "<Lock [unlocked]>");
        assert_eq!(format!("{:?}", self.semaphore), format!("<Semaphore [unlocked, value:{PERMITS}]>"));
        assert!(!self.condition.locked());
        assert!(seen.stock.get() == 0 || seen.taking.get() == 0, "somebody waits for a stock that is there");
        assert!(!self.event.is_set() || seen.hearing.get() == 0, "somebody waits for an event that is set");
        assert!(self.queue.empty() || seen.getting.get() == 0, "somebody waits for an item that is there");
        assert!(self.queue.full() || seen.putting.get() == 0, "somebody waits for room that is there");
        assert_eq!(self.queue.qsize(), seen.items.borrow().len());
        assert!(self.barrier.n_waiting() < PARTIES && format!("{:?}", self.barrier).contains("filling"));
    }

    fn check_empty(&self) {
        assert_eq!(format!("{:?}", self.condition), "<Condition [unlocked]>");
        assert!(format!("{:?}", self.event).ends_with("set]>"));
        assert_eq!(self.barrier.n_waiting(), 0);
    }
}

#[coframe::coroutine(task)]
fn pause(random: Random) {
    for _ in 0..random.below(3) {
        yield_from!(sleep(0));
    }
    if random.below(8) == 0 {
        yield_from!(sleep(0.001));
    }
}

#[coframe::coroutine(task)]
fn locks(world: World) {
    let guard = yield_from!(world.lock.acquire());
    let _doing = Doing::new(&world.seen, |seen| &seen.locking, 1);
    yield_from!(pause(world.random.clone()));
    assert!(guard.holds());
}

#[coframe::coroutine(task)]
fn permits(world: World) {
    let _permit = yield_from!(world.semaphore.acquire());
    let _doing = Doing::new(&world.seen, |seen| &seen.permitted, PERMITS);
    yield_from!(pause(world.random.clone()));
}

#[coframe::coroutine(task)]
fn hears(world: World) {
    match world.random.below(4) {
        0 => world.event.set(),
        1 => world.event.clear(),
        _ => {
            let _doing = Doing::new(&world.seen, |seen| &seen.hearing, usize::MAX);
            yield_from!(world.event.wait());
        }
    }
}

#[coframe::coroutine(task)]
fn gets(world: World) {
    let doing = Doing::new(&world.seen, |seen| &seen.getting, usize::MAX);
    let item = yield_from!(world.queue.get());
    drop(doing);
    assert!(world.seen.items.borrow_mut().remove(&item), "an item that was not put, or got twice");
    world.perhaps_cancel_one();
}

#[coframe::coroutine(task)]
fn puts(world: World) {
    let doing = Doing::new(&world.seen, |seen| &seen.putting, usize::MAX);
    let item = world.item();
    yield_from!(world.queue.put(item));
    drop(doing);
    world.seen.items.borrow_mut().insert(item);
    world.perhaps_cancel_one();
}

#[coframe::coroutine(task)]
fn takes(world: World) {
    let guard = yield_from!(world.condition.acquire());
    let doing = Doing::new(&world.seen, |seen| &seen.taking, usize::MAX);
    let waited = try_yield_from!(world.condition.wait_for(world.is_in_stock()));
    drop(doing);
    assert!(guard.holds() || matches!(&waited, Err(exit) if exit.is_exit()));
    or_raise!(waited);
    world.seen.stock.set(world.seen.stock.get() - 1);
}

#[coframe::coroutine(task)]
fn gives(world: World) {
    let _guard = yield_from!(world.condition.acquire());
    yield_from!(pause(world.random.clone()));
    more(&world.seen.stock);
    or_raise!(world.condition.notify(1));
    world.perhaps_cancel_one();
}

/// Drops a wait that takes too many turns. Whether it does not.
async fn impatiently<T>(
    world: World,
    future: impl IntoFuture<Output = Result<T, Exception>>,
) -> Result<bool, Exception> {
    let mut future = Box::pin(future.into_future());
    for _ in 0..world.random.below(5) {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(result) = polled {
            return result.map(|_| true);
        }
        sleep(0).await?;
    }
    more(&world.seen.dropped);
    Ok(false)
}

#[coframe::coroutine(task)]
fn act(world: World) {
    let impatient = world.random.below(3) == 0;
    let (first, kinds) = world.theme.get();
    match (first + world.random.below(kinds), impatient) {
        (0, false) => yield_from!(locks(world.clone())),
        (0, true) => _ = yield_from!(impatiently(world.clone(), locks(world.clone()))),
        (1, false) => yield_from!(permits(world.clone())),
        (1, true) => _ = yield_from!(impatiently(world.clone(), permits(world.clone()))),
        (2, false) => yield_from!(hears(world.clone())),
        (2, true) => _ = yield_from!(impatiently(world.clone(), hears(world.clone()))),
        (3, false) => yield_from!(gets(world.clone())),
        (3, true) => _ = yield_from!(impatiently(world.clone(), gets(world.clone()))),
        (4, false) => yield_from!(puts(world.clone())),
        (4, true) => _ = yield_from!(impatiently(world.clone(), puts(world.clone()))),
        (5, false) => yield_from!(takes(world.clone())),
        (5, true) => _ = yield_from!(impatiently(world.clone(), takes(world.clone()))),
        (6, _) => yield_from!(gives(world.clone())),
        (_, false) => _ = yield_from!(world.barrier.wait()),
        (_, true) => _ = yield_from!(impatiently(world.clone(), world.barrier.wait())),
    }
}

#[coframe::coroutine(task)]
fn worker(world: World) {
    for _ in 0..3 {
        match try_yield_from!(act(world.clone())) {
            Ok(()) => more(&world.seen.ended),
            Err(cancelled @ Exception::Cancelled(_)) => {
                more(&world.seen.cancelled);
                if world.random.below(3) > 0 {
                    raise!(cancelled);
                }
            }
            Err(other) => raise!(other),
        }
    }
}

#[coframe::coroutine(task)]
fn round(world: World) {
    world.theme.set(THEMES[world.random.below(7) as usize]);
    world.workers.borrow_mut().extend((0..6).map(|_| spawn(worker(world.clone()))));
    for _ in 0..6 {
        yield_from!(pause(world.random.clone()));
        world.cancel_one();
    }
    yield_from!(quiet(world));
}

/// Lets everything run that can.
#[coframe::coroutine(task)]
fn quiet(world: World) {
    yield_from!(sleep(1.0));
    world.check();
    for task in world.workers.borrow().iter().filter(|task| task.done() && !task.cancelled()) {
        or_raise!(task.result());
    }
    world.workers.borrow_mut().retain(|task| !task.done());
}

#[coframe::coroutine(task)]
fn rounds(world: World) {
    for _ in 0..100 {
        yield_from!(round(world.clone()));
    }
    // Some refuse, and go on to their next wait.
    while !world.workers.borrow().is_empty() {
        for task in &*world.workers.borrow() {
            task.cancel();
        }
        yield_from!(quiet(world.clone()));
    }
    world.check_empty();
}

#[test]
fn prm_01_to_06_nothing_is_lost_and_nobody_is_stuck() {
    let (mut cancelled, mut dropped, mut ended) = (0, 0, 0);
    for seed in 1..=20 {
        let (event_loop, _) = virtual_loop();
        let world = World::new(seed);
        event_loop.run_until_complete(rounds(world.clone())).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
        cancelled += world.seen.cancelled.get();
        dropped += world.seen.dropped.get();
        ended += world.seen.ended.get();
    }
    assert!(cancelled > 3000 && dropped > 1000 && ended > 10_000, "{cancelled} {dropped} {ended}");
}
