//! Other libraries' futures as tasks here, and tasks, promises and coroutines of ours under other executors.

mod generators;
mod here;
mod there;

use std::cell::RefCell;
use std::rc::Rc;

use coframe::Exception;
use coframe::event_loop::EventLoop;

/// What was said, in order.
#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    fn say(&self, line: impl ToString) {
        self.0.borrow_mut().push(line.to_string());
    }

    fn line(&self) -> String {
        self.0.take().join(" ")
    }
}

fn virtual_loop() -> (EventLoop, Trace) {
    (EventLoop::with_virtual_clock().unwrap(), Trace::default())
}

fn end(result: Result<(), Exception>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(e @ Exception::Cancelled(_)) => format!("cancelled({e})"),
        Err(e) => format!("failed({e})"),
    }
}
