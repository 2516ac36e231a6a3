//! Loops with nothing to spare: a queue of what is to be run, in one thread, without anything that makes them of general
//! use. A floor, not something to be reached in all.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hint::black_box;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// What a task does in a turn; it is over when it says so.
type Turn = Box<dyn FnMut() -> bool>;

fn run(mut ready: VecDeque<Turn>) {
    while let Some(mut turn) = ready.pop_front() {
        if !turn() {
            ready.push_back(turn);
        }
    }
}

/// `tasks` counters.
pub(super) fn switch(tasks: u64, items: u64) -> u64 {
    let sum = Rc::new(Cell::new(0));
    let task = |_| {
        let (mut left, sum) = (items / tasks, sum.clone());
        black_box(Box::new(move || {
            if left == 0 {
                return true;
            }
            left -= 1;
            sum.set(sum.get() + 1);
            false
        }) as Turn)
    };
    run((0..tasks).map(task).collect());
    sum.get()
}

/// A hundred at a time; each has a cell for its value.
pub(super) fn spawn_and_join(items: u64) -> u64 {
    let mut sum = 0;
    for batch in 0..items / 100 {
        let mut ready: VecDeque<Turn> = VecDeque::with_capacity(100);
        let spawned = |number: u64| {
            let cell = Rc::new(Cell::new(None));
            let result = cell.clone();
            ready.push_back(black_box(Box::new(move || {
                result.set(Some(batch ^ number));
                true
            })));
            cell
        };
        let cells: Vec<_> = (0..100).map(spawned).collect();
        run(ready);
        sum += cells.iter().filter_map(|cell| cell.get()).sum::<u64>();
    }
    sum
}

/// Where the ball of a player arrives.
type Court = Cell<Option<Rc<Cell<u64>>>>;

/// A cell that is made for each hop.
pub(super) fn hops(items: u64) -> u64 {
    let sum = Rc::new(Cell::new(0));
    let table: Rc<[Court; 2]> = Rc::new([Cell::new(Some(Rc::new(Cell::new(1)))), Cell::new(None)]);
    let player = |me: usize| {
        let (mut left, sum, table) = (items / 2, sum.clone(), table.clone());
        black_box(Box::new(move || {
            if left == 0 {
                return true;
            }
            if let Some(ball) = table[me].take() {
                left -= 1;
                sum.set(sum.get() + ball.get());
                table[1 - me].set(Some(black_box(Rc::new(Cell::new(ball.get() + 1)))));
            }
            false
        }) as Turn)
    };
    run([player(0), player(1)].into());
    sum.get()
}

/// A heap, and the clock read when the next is not due yet.
pub(super) fn timers(items: u64) -> u64 {
    let mut heap = BinaryHeap::new();
    for at in 0..items {
        let micros = at * 7919 % 1000;
        let task = black_box(Box::new(move || micros) as Box<dyn Fn() -> u64>);
        heap.push(Reverse(Timer { due: Instant::now() + Duration::from_micros(micros), task }));
    }
    let (mut sum, mut now) = (0, Instant::now());
    while let Some(Reverse(timer)) = heap.pop() {
        while timer.due > now {
            thread::sleep(timer.due - now);
            now = Instant::now();
        }
        sum += (timer.task)();
    }
    sum
}

struct Timer {
    due: Instant,
    task: Box<dyn Fn() -> u64>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.due.cmp(&other.due)
    }
}

/// Pushed to a heap and marked; the heap is swept when half of it is marked.
pub(super) fn cancelled_timers(items: u64) -> u64 {
    let mut heap: BinaryHeap<Reverse<(u64, u64)>> = BinaryHeap::new();
    let (mut gone, mut swept) = (vec![false; 128], 0);
    for at in 0..items {
        let slot = at % 128;
        heap.push(Reverse((black_box(1000 + at % 1000), slot)));
        gone[slot as usize] = true;
        if heap.len() == 128 {
            heap.retain(|Reverse((_, slot))| !gone[*slot as usize]);
            swept += 128 - heap.len() as u64;
            gone.fill(false);
        }
    }
    swept + heap.len() as u64
}

/// A hundred counters; the other thread sends back what it is sent.
pub(super) fn threads(items: u64) -> u64 {
    type Inbox = (Mutex<Vec<usize>>, Condvar);
    let inbox: Arc<Inbox> = Arc::default();
    let (wakers, woken) = mpsc::channel::<usize>();
    let waking = thread::spawn({
        let inbox = inbox.clone();
        move || {
            for task in woken {
                let Ok(mut tasks) = inbox.0.lock() else { return };
                tasks.push(task);
                if tasks.len() == 1 {
                    inbox.1.notify_one();
                }
            }
        }
    });
    let mut left = [items / 100; 100];
    let (mut alive, mut sum) = (100, 0);
    let mut ready: Vec<usize> = (0..100).collect();
    while alive > 0 {
        for task in ready.drain(..) {
            if left[task] == 0 {
                alive -= 1;
                continue;
            }
            left[task] -= 1;
            sum += 1;
            wakers.send(task).expect("the other thread is there");
        }
        let Ok(mut tasks) = inbox.0.lock() else { break };
        while tasks.is_empty() && alive > 0 {
            let Ok(again) = inbox.1.wait(tasks) else { return sum };
            tasks = again;
        }
        std::mem::swap(&mut *tasks, &mut ready);
    }
    drop(wakers);
    waking.join().expect("waking does not panic");
    sum
}

/// A queue of boxed closures.
pub(super) fn callbacks(items: u64) -> u64 {
    let count = Rc::new(Cell::new(0));
    let mut ready: VecDeque<Box<dyn FnOnce()>> = VecDeque::new();
    for _ in 0..items / 100 {
        for _ in 0..100 {
            let count = count.clone();
            ready.push_back(black_box(Box::new(move || count.set(count.get() + 1))));
        }
        while let Some(callback) = ready.pop_front() {
            callback();
        }
    }
    count.get()
}
