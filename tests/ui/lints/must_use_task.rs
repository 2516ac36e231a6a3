#![deny(unused_must_use)]

use coframe::{TaskBuilder, TaskGroup, event_loop::EventLoop, spawn};

async fn work() {}

fn forgets(event_loop: &EventLoop, group: &TaskGroup) {
    spawn(work());
    TaskBuilder::new().spawn(work());
    event_loop.create_task(work());
    // These are owned by the group.
    group.create_task(work());
    TaskBuilder::new().spawn_in(group, work());
}

fn main() {
    forgets(&EventLoop::new().unwrap(), &TaskGroup::new());
}
