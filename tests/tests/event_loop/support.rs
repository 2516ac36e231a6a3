//! A trace that callbacks write to.

use std::cell::RefCell;
use std::fmt;
use std::future::IntoFuture;
use std::rc::Rc;

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{Exception, Runner, TaskOutput};

/// What was said, in order. A clone writes to the same trace.
#[derive(Clone, Default)]
pub(crate) struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    pub(crate) fn say(&self, line: impl ToString) {
        self.0.borrow_mut().push(line.to_string());
    }

    /// A callback that says `line`.
    pub(crate) fn saying<L: ToString>(&self, line: L) -> impl FnOnce() + use<L> {
        let trace = self.clone();
        move || trace.say(line)
    }

    /// The lines since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.take()
    }

    /// The same as one line.
    pub(crate) fn line(&self) -> String {
        self.lines().join(" ")
    }

    /// A value that says `line` when it is dropped.
    pub(crate) fn loud(&self, line: &'static str) -> Loud {
        Loud(self.clone(), line)
    }
}

pub(crate) struct Loud(Trace, &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        self.0.say(self.1);
    }
}

/// A loop on a virtual clock, and a trace.
pub(crate) fn virtual_loop() -> (EventLoop, Trace) {
    (EventLoop::with_virtual_clock().unwrap(), Trace::default())
}

/// Runs until nothing is left to do.
#[track_caller]
pub(crate) fn run_out(event_loop: &EventLoop) {
    let end = event_loop.run_forever().unwrap_err();
    assert!(matches!(end.downcast_ref(), Some(LoopError::Deadlock)), "{end:?}");
}

/// Runs a program and compares what it says with what it should say.
#[track_caller]
pub(crate) fn compare(expected: &str, program: impl FnOnce(&Trace) -> Result<(), Exception>) {
    let trace = Trace::default();
    let end = program(&trace);
    let (said, expected) = (trace.lines(), expected.lines().collect::<Vec<_>>());
    for line in 0..said.len().max(expected.len()) {
        let (said, expected) = (said.get(line).map(String::as_str), expected.get(line).copied());
        assert_eq!(said, expected, "line {} is the first that differs: said, expected", line + 1);
    }
    end.unwrap();
}

/// How something has ended.
pub(crate) fn end(result: Result<(), Exception>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(e @ Exception::Cancelled(_)) => format!("cancelled({e})"),
        Err(e) => format!("failed({e})"),
    }
}

/// How the programs print a truth.
pub(crate) fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// Runs a program on a loop of its own with a virtual clock: `asyncio.run`.
pub(crate) fn run_virtual<F>(main: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let runner = Runner::of(EventLoop::with_virtual_clock()?);
    let result = runner.run(main);
    runner.close()?;
    result
}

/// Sends the reports of a loop to the trace.
pub(crate) fn trace_reports(event_loop: &EventLoop, trace: &Trace) {
    let trace = trace.clone();
    event_loop.set_exception_handler(move |_, report| {
        trace.say(match report.exception() {
            Some(exception) => format!("<{exception}>"),
            None => format!("<{}>", report.message()),
        });
    });
}

/// An error with a text: Python's `ValueError`.
#[derive(Debug)]
pub(crate) struct ValueError(pub(crate) String);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ValueError {}

/// A callback's way to raise.
pub(crate) fn value_error(text: impl Into<String>) -> Result<(), Exception> {
    Err(ValueError(text.into()).into())
}
