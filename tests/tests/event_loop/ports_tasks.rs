//! Ports of the Python programs about tasks, their cancellation and their contexts. What they must print is in `expected`.

use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{
    Cancelled, Context, ContextVar, CoroutineExt, Exception, Promise, Runner, Task, TaskBuilder, attempt, current_task,
    or_raise, raise, sleep, spawn, try_yield_from, yield_, yield_from,
};

use crate::support::{Trace, compare, run_virtual, yes};

#[test]
fn f03_task_interleaving() {
    #[coframe::coroutine(task)]
    fn worker(name: &'static str, n: u32, log: Trace) -> &'static str {
        for i in 0..n {
            log.say(format!("{name}{i}"));
            yield_from!(sleep(0));
        }
        name
    }

    #[coframe::coroutine(task)]
    fn no_block(log: Trace) -> u32 {
        log.say("nb");
        yield_from!(inner(log))
    }

    #[coframe::coroutine(task)]
    fn inner(log: Trace) -> u32 {
        log.say("inner");
        1
    }

    #[coframe::coroutine(task)]
    fn main(log: Trace) {
        let [a, b, c] = [("a", 3), ("b", 1), ("c", 2)].map(|(name, n)| spawn(worker(name, n, log.clone())));
        log.say("created");
        yield_from!(no_block(log.clone()));
        log.say("plain await did not switch");
        yield_from!(sleep(0));
        log.say("main turn");
        log.say(format!("got {}", yield_from!(c)));
        log.say(format!("got {}", yield_from!(a)));
        log.say(format!("got {}", yield_from!(b)));
    }

    fn subtree(depth: u32, log: Trace) -> Task<u32> {
        spawn(spawn_tree(depth, log))
    }

    #[coframe::coroutine(task)]
    fn spawn_tree(depth: u32, log: Trace) -> u32 {
        log.say(format!("d{depth}"));
        if depth < 3 {
            let left = subtree(depth + 1, log.clone());
            let right = subtree(depth + 1, log.clone());
            let n = 1 + yield_from!(right) + yield_from!(left);
            log.say(format!("u{depth}"));
            return n;
        }
        1
    }

    #[coframe::coroutine(task)]
    fn names(event_loop: EventLoop, log: Trace) {
        let t = TaskBuilder::new().name("my task").spawn(worker("x", 1, Trace::default()));
        log.say(format!("name: {} | me: {}", t.name(), me()));
        let mut all: Vec<_> = event_loop.all_tasks().iter().map(|task| task.name().to_string()).collect();
        all.sort();
        log.say(format!("all: {}", all.join(" ")));
        yield_from!(t);
        log.say(format!("after: {}", event_loop.all_tasks().len()));
    }

    fn me() -> String {
        current_task().unwrap().name().to_string()
    }

    #[coframe::coroutine(task)]
    fn named(log: Trace) {
        current_task().unwrap().set_name("root");
        yield_from!(names(EventLoop::running().unwrap(), log));
    }

    compare(include_str!("expected/f03_task_interleaving.out"), |trace| {
        run_virtual(main(trace.clone()))?;
        let log = Trace::default();
        trace.say(format!("tree size {}", run_virtual(spawn_tree(0, log.clone()))?));
        trace.say(log.line());
        run_virtual(named(trace.clone()))
    });
}

/// The same as `async` blocks: a plain future does all of this.
#[test]
fn f03_task_interleaving_as_futures() {
    async fn worker(name: &'static str, n: u32, log: Trace) -> Result<&'static str, Exception> {
        for i in 0..n {
            log.say(format!("{name}{i}"));
            sleep(0).await?;
        }
        Ok(name)
    }

    async fn no_block(log: &Trace) -> u32 {
        log.say("nb");
        async {
            log.say("inner");
            1
        }
        .await
    }

    async fn main(log: Trace) -> Result<(), Exception> {
        let [a, b, c] = [("a", 3), ("b", 1), ("c", 2)].map(|(name, n)| spawn(worker(name, n, log.clone())));
        log.say("created");
        no_block(&log).await;
        log.say("plain await did not switch");
        sleep(0).await?;
        log.say("main turn");
        for task in [c, a, b] {
            log.say(format!("got {}", task.await?));
        }
        Ok(())
    }

    fn subtree(depth: u32, log: &Trace) -> Task<u32> {
        spawn(spawn_tree(depth, log.clone()))
    }

    async fn spawn_tree(depth: u32, log: Trace) -> Result<u32, Exception> {
        log.say(format!("d{depth}"));
        if depth < 3 {
            let (left, right) = (subtree(depth + 1, &log), subtree(depth + 1, &log));
            let n = 1 + right.await? + left.await?;
            log.say(format!("u{depth}"));
            return Ok(n);
        }
        Ok(1)
    }

    async fn named(log: Trace) -> Result<(), Exception> {
        let (event_loop, me) = (EventLoop::running().unwrap(), current_task().unwrap());
        me.set_name("root");
        let t = TaskBuilder::new().name("my task").spawn(worker("x", 1, Trace::default()));
        log.say(format!("name: {} | me: {}", t.name(), me.name()));
        let mut all: Vec<_> = event_loop.all_tasks().iter().map(|task| task.name().to_string()).collect();
        all.sort();
        log.say(format!("all: {}", all.join(" ")));
        t.await?;
        log.say(format!("after: {}", event_loop.all_tasks().len()));
        Ok(())
    }

    compare(include_str!("expected/f03_task_interleaving.out"), |trace| {
        run_virtual(main(trace.clone()))?;
        let log = Trace::default();
        trace.say(format!("tree size {}", run_virtual(spawn_tree(0, log.clone()))?));
        trace.say(log.line());
        run_virtual(named(trace.clone()))
    });
}

#[test]
fn k01_cancel_basics() {
    #[coframe::coroutine(task)]
    fn body(log: Trace, cleanup_turns: u32) {
        log.say("start");
        let _finally = log.loud("finally");
        if let Err(e) = try_yield_from!(sleep(3600)) {
            log.say(because(&e));
            for _ in 0..cleanup_turns {
                yield_from!(sleep(0));
                log.say("cleanup turn");
            }
            raise!(e);
        }
    }

    fn because(exception: &Exception) -> String {
        match exception {
            Exception::Cancelled(cancelled) => match cancelled.message() {
                Some(message) => format!("cancelled because {message}"),
                None => "cancelled".to_owned(),
            },
            other => format!("{other}"),
        }
    }

    #[coframe::coroutine(task)]
    fn finish(t: Task<u32>) -> String {
        match try_yield_from!(t.clone()) {
            Ok(value) => format!("result {value}"),
            Err(Exception::Cancelled(_)) => {
                format!("CancelledError, cancelled {}, done {}", yes(t.cancelled()), yes(t.done()))
            }
            Err(other) => raise!(other),
        }
    }

    /// `body` gives nothing.
    #[coframe::coroutine(task)]
    fn zero(log: Trace, cleanup_turns: u32) -> u32 {
        yield_from!(body(log, cleanup_turns));
        0
    }

    #[coframe::coroutine(task)]
    fn quick() -> u32 {
        5
    }

    #[coframe::coroutine(task)]
    fn cancels_itself(log: Trace) -> u32 {
        current_task().unwrap().cancel();
        log.say("still running after cancelling myself");
        yield_from!(sleep(0));
        log.say("never");
        0
    }

    #[coframe::coroutine(task)]
    fn cancels_itself_at_end() -> u32 {
        current_task().unwrap().cancel();
        7
    }

    fn shown(log: &Trace) -> String {
        let lines = log.lines();
        if lines.is_empty() { "empty: the body never ran".to_owned() } else { lines.join(", ") }
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        let log = Trace::default();
        let t = spawn(zero(log.clone(), 0));
        trace.say(format!("before start: {}", yes(t.cancel())));
        let end = yield_from!(finish(t));
        trace.say(format!("{end} | log {}", shown(&log)));

        let t = spawn(zero(log.clone(), 2));
        yield_from!(sleep(0));
        let taken = t.cancel_with(Cancelled::new("told so"));
        trace.say(format!("while sleeping: {} | cancelled yet {}", yes(taken), yes(t.cancelled())));
        let end = yield_from!(finish(t.clone()));
        trace.say(format!("{end} | log {}", shown(&log)));
        trace.say(format!("after the end: {}", yes(t.cancel())));

        let t = spawn(quick());
        yield_from!(t.clone());
        trace.say(format!("finished: {} {}", yes(t.cancel()), yield_from!(finish(t.clone()))));

        let end = yield_from!(finish(spawn(cancels_itself(log.clone()))));
        trace.say(format!("{end} | log {}", shown(&log)));

        let end = yield_from!(finish(spawn(cancels_itself_at_end())));
        trace.say(format!("no await after self-cancel: {end}"));
    }

    compare(include_str!("expected/k01_cancel_basics.out"), |trace| run_virtual(main(trace.clone())));
}

mod k03 {
    use super::*;

    #[coframe::coroutine(task, recursive)]
    fn level(n: i32, handler_at: i32, log: Trace) {
        log.say(format!("in{n}"));
        let _finally = Out(log.clone(), n);
        let waited = attempt! {
            if n == 0 {
                yield_from!(sleep(3600));
            } else {
                yield_from!(level(n - 1, handler_at, log.clone()));
            }
        };
        if let Err(e) = waited {
            log.say(format!("c{n}"));
            if n != handler_at {
                raise!(e);
            }
            yield_from!(sleep(0));
            log.say(format!("handled{n}"));
        }
    }

    struct Out(Trace, i32);

    impl Drop for Out {
        fn drop(&mut self) {
            self.0.say(format!("out{}", self.1));
        }
    }

    #[coframe::coroutine(task)]
    fn of_level(handler_at: i32, log: Trace) -> &'static str {
        yield_from!(level(5, handler_at, log));
        "None"
    }

    #[coframe::coroutine(task)]
    fn via_task(log: Trace) -> &'static str {
        let child = TaskBuilder::new().name("child").spawn(level(1, -1, log.clone()));
        match try_yield_from!(child.clone()) {
            Ok(()) => "None",
            Err(e) => {
                log.say(format!("parent sees it; child cancelled {}", yes(child.cancelled())));
                raise!(e)
            }
        }
    }

    #[coframe::coroutine(task)]
    fn refusing_child(log: Trace) -> &'static str {
        match try_yield_from!(sleep(3600)) {
            Err(Exception::Cancelled(_)) => {
                log.say("child refuses");
                "child value"
            }
            Err(other) => raise!(other),
            Ok(()) => "slept",
        }
    }

    #[coframe::coroutine(task)]
    fn via_task_child_survives(log: Trace) -> &'static str {
        let v = yield_from!(spawn(refusing_child(log.clone())));
        log.say(format!("parent was not cancelled, got {v}"));
        "parent value"
    }

    #[coframe::coroutine(task)]
    fn run(label: &'static str, t: Task<&'static str>, log: Trace, trace: Trace) {
        for _ in 0..3 {
            yield_from!(sleep(0));
        }
        t.cancel();
        let r = match try_yield_from!(t) {
            Ok(value) => value,
            Err(Exception::Cancelled(_)) => "cancelled",
            Err(other) => raise!(other),
        };
        trace.say(format!("{label} -> {r}"));
        let joint = if label.contains("level") { " " } else { " | " };
        trace.say(format!("  {}", log.lines().join(joint)));
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        let log = Trace::default();
        yield_from!(run("level, handled nowhere", spawn(of_level(-1, log.clone())), log.clone(), trace.clone()));
        yield_from!(run("level, handled at 3", spawn(of_level(3, log.clone())), log.clone(), trace.clone()));
        yield_from!(run("through a task", spawn(via_task(log.clone())), log.clone(), trace.clone()));
        let t = spawn(via_task_child_survives(log.clone()));
        yield_from!(run("child task survives", t, log.clone(), trace.clone()));
    }

    #[test]
    fn k03_cancel_deep_chain() {
        compare(include_str!("expected/k03_cancel_deep_chain.out"), |trace| run_virtual(main(trace.clone())));
    }

    /// The same with `async` blocks around the coroutines: they see what comes out of those. The parent that looks at how
    /// its child has ended cannot be one: it waits for nothing but the child, and is dropped.
    #[test]
    fn k03_cancel_deep_chain_through_futures() {
        let futures = |trace: Trace| async move {
            let log = Trace::default();
            for (label, handler_at) in [("level, handled nowhere", -1), ("level, handled at 3", 3)] {
                let levels = level(5, handler_at, log.clone());
                let t = spawn(async {
                    levels.await?;
                    Ok("None")
                });
                run(label, t, log.clone(), trace.clone()).await?;
            }
            run("through a task", spawn(via_task(log.clone())), log.clone(), trace.clone()).await?;
            let inner = log.clone();
            let t = spawn(async move {
                let v = spawn(refusing_child(inner.clone())).await?;
                inner.say(format!("parent was not cancelled, got {v}"));
                Ok("parent value")
            });
            run("child task survives", t, log, trace).await
        };
        compare(include_str!("expected/k03_cancel_deep_chain.out"), |trace| run_virtual(futures(trace.clone())));
    }
}

mod x01 {
    use super::*;

    static VAR: ContextVar<String> = ContextVar::with_default("var", || "default".to_owned());

    fn var() -> String {
        VAR.get().unwrap()
    }

    fn set(value: impl Into<String>) {
        VAR.set(value.into());
    }

    #[coframe::coroutine(task)]
    fn child(name: &'static str, log: Trace) {
        log.say(format!("{name} starts with {}", var()));
        set(name);
        yield_from!(sleep(0));
        log.say(format!("{name} still has {}", var()));
        yield_from!(awaited(name));
        log.say(format!("{name} after a plain await has {}", var()));
    }

    #[coframe::coroutine(task)]
    fn awaited(name: &'static str) {
        yield_from!(std::future::ready(()));
        set(format!("{name} (set in awaited)"));
    }

    fn callback(log: &Trace, tag: &'static str) -> impl FnOnce() + use<> {
        let log = log.clone();
        move || log.say(format!("callback {tag} sees {}", var()))
    }

    /// asyncio's `to_thread(var.get)`.
    fn get_in_a_thread(event_loop: &EventLoop) -> Promise<String> {
        thread_local! {
            static ANSWERED: std::cell::RefCell<Option<Promise<String>>> = const { std::cell::RefCell::new(None) };
        }
        let (answer, remote, context) = (event_loop.create_promise(), event_loop.remote(), Context::current());
        ANSWERED.set(Some(answer.clone()));
        thread::spawn(move || {
            let value = context.run(var).unwrap();
            remote.call_soon_threadsafe(move || ANSWERED.take().unwrap().set_result(value)).unwrap();
        });
        answer
    }

    #[coframe::coroutine(task)]
    fn main(event_loop: EventLoop, log: Trace) {
        log.say(format!("main {}", var()));
        set("before");
        let t1 = spawn(child("t1", log.clone()));
        or_raise!(event_loop.call_soon(callback(&log, "1")));
        set("after");
        let t2 = spawn(child("t2", log.clone()));
        or_raise!(event_loop.call_soon(callback(&log, "2")));
        let ctx = Context::current();
        or_raise!(ctx.run(|| set("explicit")));
        let t3 = TaskBuilder::new().context(ctx.clone()).spawn(child("t3", log.clone()));
        for task in [t1, t2, t3] {
            yield_from!(task);
        }
        log.say(format!("main unchanged {}", var()));
        log.say(format!("explicit context now has {}", ctx.get(&VAR).unwrap()));
        let fut = event_loop.create_promise();
        let done = callback(&log, "done");
        or_raise!(fut.add_done_callback(move |_| done()));
        set("changed after adding the callback");
        or_raise!(fut.set_result(1));
        yield_from!(sleep(0));
        let token = VAR.set("temporary".to_owned());
        or_raise!(VAR.reset(token));
        log.say(format!("reset to {}", var()));
        let in_a_thread = yield_from!(get_in_a_thread(&event_loop));
        log.say(format!("in a thread {in_a_thread}"));
    }

    /// In the place of the asynchronous generator of the original, which there is not yet.
    #[coframe::coroutine(yield = String)]
    fn gen_() {
        set("inside generator");
        yield_!(var());
        yield_!(var());
    }

    #[coframe::coroutine(task)]
    fn generators(trace: Trace) {
        set("consumer");
        let mut g = gen_();
        let inside = g.next();
        trace.say(format!("{} | consumer sees {}", inside.unwrap(), var()));
        set("changed");
        let inside = g.next();
        trace.say(format!("{} | generator sees the consumer's context", inside.unwrap()));
        or_raise!(g.close());
    }

    #[test]
    fn x01_contextvars() {
        compare(include_str!("expected/x01_contextvars.out"), |trace| {
            let event_loop = EventLoop::with_virtual_clock()?;
            let runner = Runner::of(event_loop.clone());
            runner.run(main(event_loop, trace.clone()))?;
            runner.close()?;
            trace.say(format!("outside: {}", var()));
            run_virtual(generators(trace.clone()))
        });
    }
}
