//! Tasks and promises in allocations that others had before: nothing is left of those.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use crate::call_graph::TaskState;
use crate::event_loop::EventLoop;
use crate::{Exception, Promise, Task, TaskBuilder, sleep};

/// Fails or waits, by its argument.
async fn works(fails: bool, value: Rc<Cell<u32>>) -> Result<Counted, Exception> {
    sleep(1.0).await?;
    if fails { Err(io::Error::other("on purpose").into()) } else { Ok(Counted(value)) }
}

#[derive(Clone)]
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

fn address<T: 'static>(task: &Task<T>) -> *const () {
    Rc::as_ptr(&task.handle().0).cast()
}

/// So many passes; one with nothing to wait for is refused as a deadlock, and does nothing.
fn drive(event_loop: &EventLoop, passes: u32) {
    (0..passes).for_each(|_| drop(event_loop.run_once()));
}

#[test]
fn a_task_in_a_used_allocation_is_like_new() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let dropped = Rc::new(Cell::new(0));
    let first = TaskBuilder::new().name("first").spawn_on(&event_loop, works(false, dropped.clone()));
    drive(&event_loop, 1);
    first.cancel();
    drive(&event_loop, 3);
    assert!(first.cancelled() && first.cancelling() == 1);
    let (before, seen) = (address(&first), first.exception());
    assert!(seen.is_err());
    drop(first);
    let second = event_loop.create_task(works(false, dropped.clone()));
    assert_eq!(address(&second), before);
    assert_eq!((&*second.name(), second.id(), second.cancelling(), second.done()), ("Task-2", 2, 0, false));
    assert_eq!(second.handle().state(), TaskState::Created);
    drive(&event_loop, 3);
    assert!(second.done() && !second.cancelled());
    assert_eq!(dropped.get(), 0);
    drop(second);
    assert_eq!(dropped.get(), 1, "with the last handle, though the allocation is kept");
}

#[test]
fn what_one_failed_with_is_reported_once_and_of_no_other() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let reports = Rc::new(RefCell::new(Vec::new()));
    let seen = reports.clone();
    event_loop.set_exception_handler(move |_, report| seen.borrow_mut().push(report.message().to_owned()));
    let unseen = "exception was never retrieved";
    for _ in 0..2 {
        let task = event_loop.create_task(works(true, Rc::default()));
        drive(&event_loop, 3);
        drop(task);
        drop(event_loop.create_task(works(false, Rc::default())));
        drive(&event_loop, 3);
        let promise: Promise<u32> = event_loop.create_promise();
        promise.set_exception(io::Error::other("on purpose")).unwrap();
        drop(promise);
        drop(event_loop.create_promise::<u32>());
    }
    let expected = ["Task", "Promise", "Task", "Promise"].map(|of| format!("{of} {unseen}"));
    assert_eq!(*reports.borrow(), expected);
}

#[test]
fn who_waited_for_a_promise_does_not_wait_for_the_next_in_its_place() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let called = Rc::new(Cell::new(0));
    let first: Promise<u32> = event_loop.create_promise();
    let count = called.clone();
    first.add_done_callback(move |_| count.set(count.get() + 1)).unwrap();
    let before = Rc::as_ptr(&first.awaited()).cast::<()>();
    drop(first);
    assert_eq!(Rc::strong_count(&called), 1);
    let second: Promise<u32> = event_loop.create_promise();
    assert_eq!(Rc::as_ptr(&second.awaited()).cast::<()>(), before);
    second.set_result(1).unwrap();
    second.set_result(2).unwrap_err();
    event_loop.call_soon(|| ()).unwrap();
    drive(&event_loop, 1);
    assert_eq!((second.result().unwrap(), called.get()), (1, 0));
}

#[test]
fn what_is_kept_keeps_neither_the_loop_nor_values() {
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let weak = event_loop.downgrade();
    let promise = event_loop.create_promise();
    promise.set_result(Counted(dropped.clone())).unwrap();
    let task = event_loop.create_task(works(false, dropped.clone()));
    drive(&event_loop, 3);
    drop((promise, task));
    assert_eq!((dropped.get(), Rc::strong_count(&dropped)), (2, 1));
    drop(event_loop);
    assert!(weak.upgrade().is_none());
}
