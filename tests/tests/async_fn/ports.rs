//! Ports of Python programs whose functions are `async def`. What they must print is in `expected`.

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{
    Cancelled, Exception, Task, TaskOutput, attempt, current_task, or_raise, raise, sleep, spawn, try_await,
};

use crate::support::{Trace, ValueError, kind};

#[track_caller]
fn compare<F>(expected: &str, main: impl FnOnce(Trace) -> F)
where
    F: IntoFuture<Output = Result<(), Exception>, IntoFuture: 'static>,
{
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    event_loop.run_until_complete(main(trace.clone())).unwrap();
    assert_eq!(trace.lines(), expected.lines().collect::<Vec<_>>());
}

fn yn(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// The lines that a part of a program collects.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    fn append(&self, line: impl fmt::Display) {
        self.0.borrow_mut().push(line.to_string());
    }

    fn join(&self, separator: &str) -> String {
        self.0.borrow().join(separator)
    }
}

/// Python's `type(e).__name__`.
fn type_name(exception: &Exception) -> &'static str {
    match exception {
        other if other.is::<OSError>() => "OSError",
        other if other.is::<RuntimeError>() => "RuntimeError",
        other => kind(other),
    }
}

macro_rules! error {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name(String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

error!(OSError RuntimeError);

mod x07 {
    use super::*;

    #[derive(Clone)]
    pub(super) struct Res {
        name: &'static str,
        log: Log,
        fail_enter: bool,
        swallow: Option<&'static str>,
        fail_exit: bool,
    }

    pub(super) fn res(name: &'static str, log: &Log) -> Res {
        Res { name, log: log.clone(), fail_enter: false, swallow: None, fail_exit: false }
    }

    impl Res {
        #[coframe::coroutine]
        async fn enter(&self) -> &'static str {
            sleep(0).await;
            if self.fail_enter {
                self.log.append(format!("{} cannot open", self.name));
                raise!(OSError(self.name.to_owned()));
            }
            self.log.append(format!("{} open", self.name));
            self.name
        }

        /// Whether it takes the exception.
        #[coframe::coroutine]
        async fn exit(&self, raised: Option<&Exception>) -> bool {
            sleep(0).await;
            let with = raised.map_or(String::new(), |exception| format!(" with {}", type_name(exception)));
            self.log.append(format!("{} close{with}", self.name));
            if self.fail_exit {
                raise!(RuntimeError(format!("{} exit", self.name)));
            }
            raised.is_some_and(|exception| self.swallow == Some(type_name(exception)))
        }
    }

    /// `async with`: what comes out of the block goes to `exit`, which may take it or raise another.
    #[coframe::coroutine]
    async fn with<T, F>(res: &Res, block: impl FnOnce(&'static str) -> F) -> Option<T>
    where
        F: Future<Output = Result<T, Exception>>,
    {
        let name = res.enter().await;
        match try_await!(block(name)) {
            Ok(value) => {
                res.exit(None).await;
                Some(value)
            }
            Err(exception) => match try_await!(res.exit(Some(&exception))) {
                Ok(true) => None,
                Ok(false) => raise!(exception),
                Err(other) => raise!(other, from = exception),
            },
        }
    }

    type Body = fn() -> Pin<Box<dyn Future<Output = Result<(), Exception>>>>;

    #[coframe::coroutine]
    async fn body_of_both(log: &Log, x: &'static str, y: &'static str, body: Body) {
        log.append(format!("body {x}{y}"));
        body().await;
    }

    #[coframe::coroutine]
    async fn scene(trace: Trace, label: &'static str, a: Res, b: Res, body: Body) {
        let log = &a.log.clone();
        let caught = attempt! {
            with(&a, |x| with(&b, move |y| body_of_both(log, x, y, body))).await;
            log.append("after the block");
        };
        if let Err(exception) = caught {
            let context = exception.source().map_or("nothing", type_name);
            log.append(format!("escaped {} during {context}", type_name(&exception)));
        }
        trace.say(label);
        log.0.borrow().iter().for_each(|line| trace.say(format!("  {line}")));
    }

    #[coframe::coroutine]
    async fn ok() {
        sleep(0).await;
    }

    #[coframe::coroutine]
    async fn bad() {
        raise!(ValueError("body"));
    }

    #[coframe::coroutine]
    async fn hang() {
        sleep(3600.0).await;
    }

    #[coframe::coroutine]
    pub(super) async fn main(trace: Trace) {
        let (ok, bad, hang): (Body, Body, Body) = (|| Box::pin(ok()), || Box::pin(bad()), || Box::pin(hang()));
        let both = || {
            let log = Log::default();
            (res("a", &log), res("b", &log))
        };
        let (a, b) = both();
        scene(trace.clone(), "normal", a, b, ok).await;
        let (a, b) = both();
        scene(trace.clone(), "body fails", a, b, bad).await;
        let (a, b) = both();
        scene(trace.clone(), "inner swallows", a, Res { swallow: Some("ValueError"), ..b }, bad).await;
        let (a, b) = both();
        scene(trace.clone(), "second cannot open", a, Res { fail_enter: true, ..b }, ok).await;
        let (a, b) = both();
        scene(trace.clone(), "exit fails too", a, Res { fail_exit: true, ..b }, bad).await;
        let (a, b) = both();
        let (a, b) = (Res { swallow: Some("RuntimeError"), ..a }, Res { fail_exit: true, ..b });
        scene(trace.clone(), "outer swallows the exit failure", a, b, bad).await;
        let (a, b) = both();
        let task = spawn(scene(trace.clone(), "cancelled in the body", a, b, hang));
        for _ in 0..4 {
            sleep(0).await;
        }
        task.cancel();
        // `asyncio.wait([t])`: until it is over, however it ends.
        task.handle().clone().await;
    }
}

#[test]
fn x07_async_with() {
    compare(include_str!("expected/x07_async_with.out"), x07::main);
}

mod k01 {
    use super::*;

    #[coframe::coroutine]
    async fn body(log: Log, cleanup_turns: u32) {
        log.append("start");
        let tried = attempt! {
            if let Err(exception) = try_await!(sleep(3600.0)) {
                if let Exception::Cancelled(cancelled) = &exception {
                    let because = cancelled.message().map_or(String::new(), |message| format!(" because {message}"));
                    log.append(format!("cancelled{because}"));
                }
                for _ in 0..cleanup_turns {
                    sleep(0).await;
                    log.append("cleanup turn");
                }
                raise!(exception);
            }
        };
        log.append("finally");
        or_raise!(tried);
    }

    #[coframe::coroutine]
    async fn finish<T: fmt::Display + Clone + 'static>(task: Task<T>) -> String {
        match try_await!(task.clone()) {
            Ok(value) => format!("result {value}"),
            Err(Exception::Cancelled(_)) => {
                format!("CancelledError, cancelled {}, done {}", yn(task.cancelled()), yn(task.done()))
            }
            Err(other) => raise!(other),
        }
    }

    #[coframe::coroutine]
    async fn shown(body: impl Future<Output = Result<(), Exception>>) -> &'static str {
        body.await;
        "None"
    }

    #[coframe::coroutine]
    async fn quick() -> u32 {
        5
    }

    #[coframe::coroutine]
    async fn cancels_itself(log: Log) {
        current_task().unwrap().cancel();
        log.append("still running after cancelling myself");
        sleep(0).await;
        log.append("never");
    }

    #[coframe::coroutine]
    async fn cancels_itself_at_end() -> &'static str {
        current_task().unwrap().cancel();
        "value"
    }

    #[coframe::coroutine]
    pub(super) async fn main(trace: Trace) {
        let log = Log::default();
        let task = spawn(shown(body(log.clone(), 0)));
        trace.say(format!("before start: {}", yn(task.cancel())));
        let empty = if log.0.borrow().is_empty() { "empty: the body never ran" } else { "" };
        trace.say(format!("{} | log {}{empty}", finish(task).await, log.join(", ")));

        let log = Log::default();
        let task = spawn(shown(body(log.clone(), 2)));
        sleep(0).await;
        let told = task.cancel_with(Cancelled::new("told so"));
        trace.say(format!("while sleeping: {} | cancelled yet {}", yn(told), yn(task.cancelled())));
        trace.say(format!("{} | log {}", finish(task.clone()).await, log.join(", ")));
        trace.say(format!("after the end: {}", yn(task.cancel())));

        let task = spawn(quick());
        task.clone().await;
        trace.say(format!("finished: {} {}", yn(task.cancel()), finish(task).await));

        let log = Log::default();
        let finished = finish(spawn(shown(cancels_itself(log.clone())))).await;
        trace.say(format!("{finished} | log {}", log.join(", ")));
        let finished = finish(spawn(cancels_itself_at_end())).await;
        trace.say(format!("no await after self-cancel: {finished}"));
    }
}

#[test]
fn k01_cancel_basics() {
    compare(include_str!("expected/k01_cancel_basics.out"), k01::main);
}

mod k03 {
    use super::*;

    #[coframe::coroutine]
    async fn level(n: i32, handler_at: i32, log: Log) {
        log.append(format!("in{n}"));
        let tried = attempt! {
            let caught = attempt! {
                if n == 0 {
                    sleep(3600.0).await;
                } else {
                    Box::pin(level(n - 1, handler_at, log.clone())).await;
                }
            };
            if let Err(exception) = caught {
                log.append(format!("c{n}"));
                if n != handler_at {
                    raise!(exception);
                }
                sleep(0).await;
                log.append(format!("handled{n}"));
            }
        };
        log.append(format!("out{n}"));
        or_raise!(tried);
    }

    #[coframe::coroutine]
    async fn plainly(n: i32, handler_at: i32, log: Log) -> &'static str {
        level(n, handler_at, log).await;
        "None"
    }

    #[coframe::coroutine]
    async fn via_task(log: Log) -> &'static str {
        let child = spawn(level(1, -1, log.clone()));
        if let Err(exception) = try_await!(child.clone()) {
            log.append(format!("parent sees it; child cancelled {}", yn(child.cancelled())));
            raise!(exception);
        }
        "None"
    }

    #[coframe::coroutine]
    async fn child(log: Log) -> &'static str {
        match try_await!(sleep(3600.0)) {
            Err(Exception::Cancelled(_)) => {
                log.append("child refuses");
                "child value"
            }
            other => {
                or_raise!(other);
                "None"
            }
        }
    }

    #[coframe::coroutine]
    async fn via_task_child_survives(log: Log) -> &'static str {
        let value = spawn(child(log.clone())).await;
        log.append(format!("parent was not cancelled, got {value}"));
        "parent value"
    }

    #[coframe::coroutine]
    async fn run<F>(trace: Trace, label: &'static str, make: impl FnOnce(Log) -> F)
    where
        F: Future<Output: TaskOutput<Value = &'static str>> + 'static,
    {
        let log = Log::default();
        let task = spawn(make(log.clone()));
        for _ in 0..3 {
            sleep(0).await;
        }
        task.cancel();
        let result = match try_await!(task) {
            Err(Exception::Cancelled(_)) => "cancelled",
            other => or_raise!(other),
        };
        trace.say(format!("{label} -> {result}"));
        trace.say(format!("  {}", log.join(if label.contains("level") { " " } else { " | " })));
    }

    #[coframe::coroutine]
    pub(super) async fn main(trace: Trace) {
        run(trace.clone(), "level, handled nowhere", |log| plainly(5, -1, log)).await;
        run(trace.clone(), "level, handled at 3", |log| plainly(5, 3, log)).await;
        run(trace.clone(), "through a task", via_task).await;
        run(trace.clone(), "child task survives", via_task_child_survives).await;
    }
}

#[test]
fn k03_cancel_deep_chain() {
    compare(include_str!("expected/k03_cancel_deep_chain.out"), k03::main);
}
