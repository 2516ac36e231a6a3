//! Ports of Python programs: what they must print is in `expected`.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{
    AsyncGenerator, AsyncMachine, CoroutineExt, Exception, Runner, Step, attempt, for_await, or_raise, raise, sleep,
    spawn, try_await, try_yield, yield_,
};

use crate::support::{KeyError, Trace, ValueError, block_on};

#[track_caller]
fn compare(expected: &str, trace: &Trace) {
    assert_eq!(trace.lines(), expected.lines().collect::<Vec<_>>());
}

#[test]
fn a01_async_generator() {
    #[coframe::coroutine(yield = i32, send = Option<i32>)]
    async fn numbers(n: i32, out: Trace, ticks: Trace) {
        let mut total = 0;
        let tried = attempt! {
            for i in 0..n {
                ticks.tick(i).await;
                match try_yield!(i) {
                    Ok(got) => total += got.unwrap_or(0),
                    Err(e) if e.is::<ValueError>() => {
                        out.say(format!("  caught {e}"));
                        ticks.tick(50).await;
                        yield_!(-1);
                    }
                    Err(e) => raise!(e),
                }
            }
        };
        out.say(format!("  cleaning, total {total}"));
        ticks.tick(99).await;
        or_raise!(tried);
    }

    #[coframe::coroutine]
    async fn main(out: Trace, ticks: Trace) {
        let numbers = |n| numbers(n, out.clone(), ticks.clone());
        let mut all = Vec::new();
        for_await!(v in numbers(3) { all.push(v); });
        out.say(format!("for: {all:?}"));
        let mut g = numbers(5);
        let (a, b, c) = (g.next().await.unwrap(), g.asend(Some(10)).await.unwrap(), g.asend(Some(20)).await.unwrap());
        out.say(format!("asend {a} {b} {c}"));
        out.say(format!("athrow {}", g.athrow(ValueError("v")).await.unwrap()));
        out.say(format!("anext {}", g.next().await.unwrap()));
        g.aclose().await;
        out.say("aclose None");
        out.say(format!("after {}", g.next().await.map_or("nothing".to_owned(), |v| v.to_string())));
        g.aclose().await;
        out.say("aclose again None");
        let mut h = numbers(1);
        out.say(format!("first {}", h.next().await.unwrap()));
        if h.next().await.is_none() {
            out.say("ended");
        }
        let mut k = numbers(2);
        k.next().await;
        match try_await!(k.athrow(KeyError("k"))) {
            Err(e) if e.is::<KeyError>() => out.say(format!("escaped {e}")),
            other => unreachable!("{other:?}"),
        }
        let mut u = numbers(2);
        u.aclose().await;
        out.say("unstarted closed quietly");
        if let Err(Exception::NotStarted) = try_await!(numbers(1).asend(Some(5))) {
            out.say("can't send non-None value to a just-started async generator");
        }
    }

    let (out, ticks) = (Trace::default(), Trace::default());
    block_on(main(out.clone(), ticks.clone())).unwrap();
    out.say(format!("ticks [{}]", ticks.lines().join(", ")));
    compare(include_str!("expected/a01_async_generator.out"), &out);
}

/// A request that a coroutine of `c01` makes of its driver.
#[derive(Debug)]
struct Request {
    what: &'static str,
    n: i32,
}

/// Python's `OverflowError`.
#[derive(Debug)]
struct OverflowError(String);

impl fmt::Display for OverflowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OverflowError {}

/// The program, whose coroutines are of one kind or the other.
macro_rules! c01 {
    ([$($kind:tt)*], $hold:ident) => {{
        #[coframe::coroutine($($kind)* yield = Request, send = i32)]
        fn small(n: i32, out: Trace) -> i32 {
            out.say(format!("    small begins {n}"));
            let a = yield_!(Request { what: "square", n });
            out.say(format!("    small got {a}"));
            let b = yield_!(Request { what: "double", n: a });
            a + b
        }

        #[coframe::coroutine($($kind)* yield = Request, send = i32)]
        fn big(n: i32, out: Trace) -> i32 {
            out.say("  big begins");
            let x = yield_from!(small(n, out.clone()));
            if x > 50 {
                raise!(OverflowError(format!("too big: {x}")));
            }
            let y = yield_from!(small(n + 1, out));
            x + y
        }

        #[coframe::coroutine($($kind)* yield = Request, send = i32)]
        fn immediate() -> &'static str {
            yield_from!(nothing())
        }

        #[coframe::coroutine($($kind)* yield = Request, send = i32)]
        fn nothing() -> &'static str {
            "no request at all"
        }

        fn drives<C: CoroutineExt<i32, Yield = Request> + Unpin>(mut co: C, out: &Trace) -> Result<C::Return, Exception> {
            let mut step = co.start()?;
            loop {
                let req = match step {
                    Step::Returned(value) => return Ok(value),
                    Step::Yielded(req) => req,
                };
                out.say(format!("request {} {}", req.what, req.n));
                step = co.send(if req.what == "square" { req.n * req.n } else { req.n * 2 })?;
            }
        }

        let out = Trace::default();
        out.say("created");
        let c = $hold!(big(2, out.clone()));
        out.say("driving");
        out.say(format!("result {}", drives(c, &out).unwrap()));
        let error = drives($hold!(big(5, out.clone())), &out).unwrap_err();
        out.say(format!("error: {}", error.downcast::<OverflowError>().unwrap()));
        out.say(format!("immediate: {}", drives($hold!(immediate()), &out).unwrap()));
        let mut c = $hold!(big(1, out.clone()));
        let Ok(Step::Yielded(first)) = c.start() else { unreachable!("it asks first") };
        out.say(format!("half driven, asked {}", first.what));
        c.close().unwrap();
        if let Err(Exception::Finished) = c.start() {
            out.say("reuse: cannot reuse already awaited coroutine");
        }
        c.close().unwrap();
        out.say("close again is fine");
        compare(include_str!("expected/c01_await_by_hand.out"), &out);
    }};
}

macro_rules! as_it_is {
    ($coroutine:expr) => {
        $coroutine
    };
}

macro_rules! boxed {
    ($coroutine:expr) => {
        $coroutine.boxed()
    };
}

#[test]
fn c01_await_by_hand_with_frames() {
    c01!([], as_it_is);
}

#[test]
fn c01_await_by_hand_with_pinned() {
    c01!([pinned,], boxed);
}

/// Python's `OSError`.
#[derive(Debug)]
struct OSError(String);

impl fmt::Display for OSError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OSError {}

#[test]
#[allow(clippy::async_yields_async, reason = "Python's `main` returns its task, too")]
fn x03_run_shutdown() {
    #[coframe::coroutine]
    async fn background(name: &'static str, log: Trace, behave: &'static str) -> &'static str {
        let tried = attempt! {
            log.say(format!("{name} running"));
            match try_await!(sleep(3600.0)) {
                Err(e @ Exception::Cancelled(_)) => {
                    log.say(format!("{name} cancelled"));
                    sleep(0).await;
                    match behave {
                        "fail" => raise!(OSError(format!("{name} cleanup failed"))),
                        "return" => "ignored value",
                        _ => raise!(e),
                    }
                }
                other => {
                    or_raise!(other);
                    ""
                }
            }
        };
        log.say(format!("{name} finally"));
        or_raise!(tried)
    }

    #[coframe::coroutine(yield = u32)]
    async fn feed(log: Trace) {
        let tried = attempt! {
            yield_!(1);
            yield_!(2);
        };
        sleep(0).await;
        log.say("generator closed");
        or_raise!(tried);
    }

    // What the caller of `run` keeps: Python returns the generator, so that it outlives the loop's tasks.
    type Kept = Rc<RefCell<Option<Box<dyn std::any::Any>>>>;

    fn keep<M: AsyncMachine + 'static>(kept: &Kept, g: AsyncGenerator<M>) {
        *kept.borrow_mut() = Some(Box::new(g));
    }

    #[coframe::coroutine]
    async fn main(
        log: Trace,
        behave: &'static str,
        error: Option<KeyError>,
        kept: Kept,
    ) -> coframe::Task<&'static str> {
        let saying = log.clone();
        EventLoop::running().unwrap().set_exception_handler(move |_, report| {
            saying.say(format!("handler: {}", report.exception().unwrap()));
        });
        let t = spawn(background("bg", log.clone(), behave));
        let mut g = feed(log.clone());
        log.say(format!("got {}", g.next().await.unwrap()));
        sleep(0).await;
        log.say("main leaves");
        if let Some(error) = error {
            raise!(error);
        }
        keep(&kept, g);
        t
    }

    let out = Trace::default();
    let cases = [
        ("plain", "raise", None),
        ("background fails", "fail", None),
        ("background returns", "return", None),
        ("main fails", "raise", Some(KeyError("m"))),
    ];
    for (label, behave, error) in cases {
        let (log, kept) = (Trace::default(), Kept::default());
        let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
        let result = runner.run(main(log.clone(), behave, error, kept.clone()));
        runner.close().unwrap();
        match result {
            Ok(t) => {
                out.say(format!("{label} -> main result | task cancelled {}", if t.cancelled() { "yes" } else { "no" }))
            }
            Err(e) => out.say(format!("{label} -> KeyError {}", e.downcast::<KeyError>().unwrap())),
        }
        out.say(format!("  {}", log.lines().join(", ")));
    }
    compare(include_str!("expected/x03_run_shutdown.out"), &out);
}
