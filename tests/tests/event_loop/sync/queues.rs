//! Queues: PRM-06.

use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;

use coframe::sync::{LifoQueue, PriorityQueue, PutError, Queue, QueueEmpty, QueueFull, QueueShutDown, SyncError};
use coframe::{Exception, attempt, or_raise, raise, sleep, spawn, try_yield_from, yield_from};

use super::support::{all_over, run, running, turns};
use crate::support::{Trace, virtual_loop};

/// `test_get_with_waiting_putters`.
#[coframe::coroutine(task)]
fn get_with_waiting_putters(_trace: Trace) {
    let queue = Queue::new(1);
    let _putters = ["a", "b"].map(|item| spawn(queue.put(item)));
    for item in ["a", "b"] {
        assert_eq!(yield_from!(queue.get()), item);
    }
}

#[test]
fn prm_06_putters_are_served_in_order() {
    run(get_with_waiting_putters);
}

#[coframe::coroutine(task)]
fn getters_in_order(trace: Trace) {
    let queue = Queue::new(0);
    let getters = [1, 2, 3].map(|name| {
        let (queue, trace) = (queue.clone(), trace.clone());
        spawn(async move {
            let item: char = queue.get().await?;
            trace.say(format!("{name}{item}"));
            Ok(())
        })
    });
    yield_from!(turns(1));
    for item in ['a', 'b', 'c'] {
        or_raise!(queue.put_nowait(item));
    }
    yield_from!(all_over(getters.into()));
    assert_eq!(trace.line(), "1a 2b 3c");
}

#[test]
fn prm_06_getters_are_served_in_order() {
    run(getters_in_order);
}

#[coframe::coroutine(task)]
fn producer(queue: Queue<u32>, trace: Trace) {
    for n in 1..=5 {
        yield_from!(queue.put(n));
        trace.say(format!("+{n}"));
    }
    queue.shutdown(false);
}

#[coframe::coroutine(task)]
fn consumer(queue: Queue<u32>, trace: Trace) {
    let Err(end) = attempt! {
        loop {
            let n = yield_from!(queue.get());
            yield_from!(sleep(1.0)); // work
            trace.say(format!("-{n}"));
        }
    };
    if !end.is::<QueueShutDown>() {
        raise!(end);
    }
}

/// What CPython 3.13 prints of the same program.
#[test]
fn prm_06_a_producer_goes_no_faster_than_the_consumer() {
    let (event_loop, trace) = virtual_loop();
    let queue = Queue::new(2);
    let producer = event_loop.create_task(producer(queue.clone(), trace.clone()));
    event_loop.run_until_complete(consumer(queue.clone(), trace.clone())).unwrap();
    assert!(producer.done() && queue.is_shut_down());
    assert_eq!(trace.line(), "+1 +2 +3 -1 +4 -2 +5 -3 -4 -5");
    assert_eq!(event_loop.time().as_secs(), 5);
}

/// `test_maxsize`.
#[coframe::coroutine(task)]
fn maxsize(trace: Trace) {
    let queue = Queue::new(2);
    assert_eq!(queue.maxsize(), 2);
    let putter = spawn(producer(queue.clone(), trace.clone()));
    yield_from!(turns(2));
    assert!(queue.full());
    assert_eq!(trace.line(), "+1 +2");
    assert_eq!(yield_from!(queue.get()), 1);
    yield_from!(turns(1));
    assert_eq!(trace.line(), "+3");
    putter.cancel();
    yield_from!(turns(1));
    assert_eq!((queue.get_nowait().ok(), queue.get_nowait().ok(), queue.empty()), (Some(2), Some(3), true));
}

#[test]
fn prm_06_a_full_queue_holds_its_putters_up() {
    run(maxsize);
}

/// `test_put_cancelled_race`.
#[coframe::coroutine(task)]
fn put_cancelled_race(_trace: Trace) {
    let queue = Queue::new(1);
    let [a, b, c] = ["a", "b", "X"].map(|item| spawn(queue.put(item)));
    yield_from!(turns(1));
    assert!(a.done() && !b.done());
    c.cancel();
    yield_from!(turns(1));
    assert!(c.cancelled());
    assert_eq!(or_raise!(queue.get_nowait()), "a");
    yield_from!(turns(1));
    assert_eq!(or_raise!(queue.get_nowait()), "b");
    yield_from!(b);
}

/// `test_get_cancelled_race`.
#[coframe::coroutine(task)]
fn get_cancelled_race(_trace: Trace) {
    let queue = Queue::new(0);
    let [one, two] = [(); 2].map(|()| spawn(queue.get()));
    yield_from!(turns(1));
    one.cancel();
    yield_from!(turns(1));
    assert!(one.done());
    yield_from!(queue.put('a'));
    assert_eq!(yield_from!(two), 'a');
}

#[test]
fn prm_06_cancelled_ones_leave_no_hole() {
    run(put_cancelled_race);
    run(get_cancelled_race);
}

/// `test_get_cancel_drop_one_pending_reader`.
#[coframe::coroutine(task)]
fn drop_one_pending_reader(_trace: Trace) {
    let queue = Queue::new(0);
    let reader = spawn(queue.get());
    yield_from!(turns(1));
    or_raise!(queue.put_nowait(1));
    or_raise!(queue.put_nowait(2));
    reader.cancel();
    yield_from!(reader.handle().clone());
    assert!(reader.cancelled());
    assert_eq!(yield_from!(queue.get()), 1, "if it is 2 then 1 got lost");
}

/// `test_get_cancel_drop_many_pending_readers`.
#[coframe::coroutine(task)]
fn drop_many_pending_readers(_trace: Trace) {
    let queue = Queue::new(0);
    let [one, two, three] = [(); 3].map(|()| spawn(queue.get()));
    yield_from!(turns(1));
    or_raise!(queue.put_nowait(1));
    or_raise!(queue.put_nowait(2));
    one.cancel();
    yield_from!(one.handle().clone());
    assert!(one.cancelled());
    assert_eq!((yield_from!(two), yield_from!(three)), (1, 2));
}

/// `test_put_cancel_drop`, and with another one who waits behind.
#[coframe::coroutine(task)]
fn drop_pending_writers(_trace: Trace) {
    let queue = Queue::new(1);
    or_raise!(queue.put_nowait(1));
    let [one, two] = [2, 3].map(|item| spawn(queue.put(item)));
    yield_from!(turns(1));
    assert_eq!(or_raise!(queue.get_nowait()), 1);
    one.cancel();
    yield_from!(two);
    assert!(one.cancelled());
    assert_eq!((or_raise!(queue.get_nowait()), queue.qsize()), (3, 0));
}

#[test]
fn prm_06_a_woken_then_cancelled_waiter_passes_it_on() {
    run(drop_one_pending_reader);
    run(drop_many_pending_readers);
    run(drop_pending_writers);
}

#[test]
fn prm_06_without_waiting_it_is_refused_and_the_item_comes_back() {
    let queue = Queue::new(1);
    assert!(queue.get_nowait().unwrap_err().is::<QueueEmpty>());
    queue.put_nowait(Box::new(1)).unwrap();
    let refused = queue.put_nowait(Box::new(2)).unwrap_err();
    assert!(matches!(refused, PutError::Full(_)));
    assert_eq!(refused.to_string(), "the queue is full");
    assert!(Exception::from(refused.clone()).is::<QueueFull>());
    assert_eq!(*refused.into_item(), 2);
    queue.shutdown(false);
    let refused = queue.put_nowait(Box::new(3)).unwrap_err();
    assert_eq!(refused.to_string(), "the queue is shut down");
    assert!(Exception::from(refused.clone()).is::<QueueShutDown>());
    assert_eq!(*refused.into_item(), 3);
    assert_eq!(format!("{queue:?}"), "<Queue maxsize=1 qsize=1 tasks=1 shutdown>");
    assert_eq!(*queue.get_nowait().unwrap(), 1);
    assert!(queue.get_nowait().unwrap_err().is::<QueueShutDown>());
}

/// `test_task_done_underflow`.
#[test]
fn prm_06_more_done_than_put_is_refused() {
    let queue = Queue::new(0);
    assert_eq!(queue.task_done(), Err(SyncError::DoneTooOften));
    queue.put_nowait(1).unwrap();
    queue.task_done().unwrap();
    assert_eq!(queue.task_done().unwrap_err().to_string(), "task_done() called too many times");
}

#[coframe::coroutine(task)]
fn worker(queue: Queue<u32>, sum: Rc<Cell<u32>>) {
    loop {
        let item = yield_from!(queue.get());
        sum.set(sum.get() + item);
        yield_from!(sleep(0.1));
        or_raise!(queue.task_done());
    }
}

/// `test_task_done`, `test_join_empty_queue`.
#[coframe::coroutine(task)]
fn join(_trace: Trace) {
    let (queue, sum) = (Queue::new(0), Rc::new(Cell::new(0)));
    yield_from!(queue.join());
    for i in 0..100 {
        or_raise!(queue.put_nowait(i));
    }
    let workers = [(); 2].map(|()| spawn(worker(queue.clone(), sum.clone())));
    yield_from!(queue.join());
    assert_eq!(sum.get(), (0..100).sum::<u32>());
    assert!(queue.empty() && running().time().as_millis() == 5000);
    for worker in workers {
        worker.cancel();
    }
}

#[test]
fn prm_06_join_waits_until_all_is_done() {
    run(join);
}

/// `test_shutdown_empty`, `test_shutdown_nonempty`.
#[coframe::coroutine(task)]
fn shutdown(_trace: Trace) {
    let queue = Queue::<&str>::new(0);
    let getter = spawn(queue.get());
    yield_from!(turns(1));
    queue.shutdown(false);
    yield_from!(queue.join());
    assert!(try_yield_from!(getter).unwrap_err().is::<QueueShutDown>());
    assert!(try_yield_from!(queue.put("data")).unwrap_err().is::<QueueShutDown>());
    assert!(try_yield_from!(queue.get()).unwrap_err().is::<QueueShutDown>());

    let queue = Queue::new(1);
    or_raise!(queue.put_nowait("data"));
    let (joining, putter) = (spawn(queue.join()), spawn(queue.put("data2")));
    yield_from!(turns(1));
    queue.shutdown(false);
    assert_eq!(queue.qsize(), 1);
    assert!(try_yield_from!(putter).unwrap_err().is::<QueueShutDown>());
    assert_eq!(yield_from!(queue.get()), "data");
    yield_from!(turns(1));
    assert!(!joining.done(), "what is left is to be done");
    or_raise!(queue.task_done());
    yield_from!(joining);
    assert!(try_yield_from!(queue.get()).unwrap_err().is::<QueueShutDown>());
}

/// `test_shutdown_immediate`, and `test_shutdown_immediate_with_unfinished`.
#[coframe::coroutine(task)]
fn shutdown_immediate(trace: Trace) {
    let queue = Queue::new(2);
    or_raise!(queue.put_nowait(trace.loud("first dropped")));
    or_raise!(queue.put_nowait(trace.loud("second dropped")));
    let joining = spawn(queue.join());
    let putter = spawn(queue.put(trace.loud("third dropped")));
    yield_from!(turns(1));
    let taken = or_raise!(queue.get_nowait());
    putter.cancel();
    yield_from!(turns(1));
    assert_eq!(trace.line(), "third dropped");
    queue.shutdown(true);
    queue.shutdown(true);
    assert_eq!(trace.line(), "second dropped");
    assert_eq!(queue.qsize(), 0);
    yield_from!(turns(1));
    assert!(!joining.done(), "one was taken and is not done");
    drop(taken);
    or_raise!(queue.task_done());
    yield_from!(joining);
    assert_eq!(queue.task_done(), Err(SyncError::DoneTooOften));
}

#[test]
fn prm_06_shutdown_wakes_all_who_wait() {
    run(shutdown);
    run(shutdown_immediate);
}

#[test]
fn prm_06_kinds_of_queues_differ_in_their_order() {
    fn drained<T: 'static>(queue: &Queue<T>) -> Vec<T> {
        std::iter::from_fn(|| queue.get_nowait().ok()).collect()
    }
    let (fifo, lifo, priority) = (Queue::new(3), LifoQueue::new(3), PriorityQueue::new(3));
    for queue in [&fifo, &*lifo, &*priority] {
        for i in [1, 3, 2] {
            queue.put_nowait(i).unwrap();
        }
        assert!(queue.put_nowait(4).is_err());
    }
    assert_eq!(drained(&fifo), [1, 3, 2]);
    assert_eq!(drained(&lifo), [2, 3, 1]);
    assert_eq!(drained(&priority), [1, 2, 3]);
    assert_eq!(format!("{lifo:?}"), "<LifoQueue maxsize=3 qsize=0 tasks=3>");
    assert_eq!(format!("{priority:?}"), "<PriorityQueue maxsize=3 qsize=0 tasks=3>");
}

/// An item that is compared by its urgency alone, and uses a queue when it first is.
struct Job(u32, usize, Cell<Option<PriorityQueue<Job>>>);

impl Ord for Job {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some(queue) = self.2.take() {
            assert!(queue.get_nowait().is_err());
            queue.put_nowait(job(0, 4)).unwrap();
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Job {}

fn job(urgency: u32, name: usize) -> Job {
    Job(urgency, name, Cell::new(None))
}

/// The names of the jobs, in the order in which they come out.
fn drained(queue: &Queue<Job>) -> Vec<usize> {
    std::iter::from_fn(|| queue.get_nowait().ok()).map(|job| job.1).collect()
}

#[test]
fn equally_urgent_items_are_first_in_first_out() {
    let queue = PriorityQueue::new(0);
    for n in 0..100 {
        queue.put_nowait(job(n as u32 % 3, n)).unwrap();
    }
    let expected: Vec<_> = (0..3).flat_map(|urgency| (0..100).filter(move |n| n % 3 == urgency)).collect();
    assert_eq!(drained(&queue), expected);
}

#[test]
fn comparing_items_may_use_the_queue() {
    let queue = PriorityQueue::new(0);
    queue.put_nowait(job(2, 1)).unwrap();
    queue.put_nowait(Job(1, 2, Cell::new(Some(queue.clone())))).unwrap();
    queue.put_nowait(job(3, 3)).unwrap();
    assert_eq!(drained(&queue), [4, 2, 1, 3], "what is put in meanwhile joins the others");
}
