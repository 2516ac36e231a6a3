//! What runs a body twice, as a frame and as plain Rust, and compares the ordered traces.
//!
//! A body is written once. The frame is driven by `drive`; the native twin is an ordinary function in which `yield_!`
//! calls `pause`, which records the value and returns the next one of the same script. To see what a frame does when
//! it is closed, dropped or thrown into at its k-th yield, the twin's k-th `pause` unwinds: both must then drop the same
//! locals in the same order. No expected trace is ever typed in.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

use coframe::{BoxCoroutine, Coroutine, CoroutineExt, Exception, Step};

use crate::script::Script;

/// Each case runs under this many scripts, so that it takes different paths.
const SEEDS: usize = 4;
/// A body that yields more often than this is ended.
const LIMIT: usize = 64;
/// The yields at which each case is closed, dropped and thrown into.
const ENDS: usize = 12;

thread_local! {
    static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static RUN: Cell<Run> = const { Cell::new(Run { seed: 0, stop: LIMIT, end: End::Drop }) };
    static YIELDS: Cell<usize> = const { Cell::new(0) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// One run: which script, at which yield it ends early (0: before the body starts), and how.
#[derive(Clone, Copy, Debug)]
struct Run {
    seed: usize,
    stop: usize,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Close,
    Drop,
    Throw,
}

/// What unwinds the native twin.
struct Stopped;

/// What is thrown into the frame.
#[derive(Debug)]
struct Probe;

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("probe")
    }
}

impl std::error::Error for Probe {}

/// Adds a line to the trace.
pub(crate) fn t(line: impl fmt::Display) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// Runs one case: `frame` calls `drive`, `native` and `abandoned` call `twin`.
pub(crate) fn check(frame: &dyn Fn(), native: &dyn Fn(), abandoned: &dyn Fn()) {
    let mut yields = 0;
    for seed in 0..SEEDS {
        let full = compare(Run { seed, stop: LIMIT, end: End::Drop }, frame, native);
        let reached = full.iter().filter(|line| line.starts_with("yield ")).count();
        yields += reached;
        for stop in 1..=reached.min(ENDS) {
            for end in [End::Close, End::Drop, End::Throw] {
                compare(Run { seed, stop, end }, frame, native);
            }
        }
    }
    assert_ne!(yields, 0, "the case never yields");
    for end in [End::Close, End::Drop, End::Throw] {
        never_started(Run { seed: 0, stop: 0, end }, frame, abandoned);
    }
}

fn compare(run: Run, frame: &dyn Fn(), native: &dyn Fn()) -> Vec<String> {
    let expected = trace_of(run, native);
    let actual = trace_of(run, frame);
    if actual != expected {
        let same = actual.iter().zip(&expected).take_while(|(a, e)| a == e).count();
        panic!(
            "{run:?}: the traces part at line {same}\n  native: {:?}\n  frame:  {:?}\n  both before: {:?}",
            &expected[same..],
            &actual[same..],
            &expected[..same],
        );
    }
    expected
}

/// A frame that was never started runs none of its body and drops its arguments, in an order that is its own affair.
fn never_started(run: Run, frame: &dyn Fn(), abandoned: &dyn Fn()) {
    let mut expected = trace_of(run, abandoned);
    let mut actual = trace_of(run, frame);
    expected.sort();
    actual.sort();
    assert_eq!(actual, expected, "{run:?}: what an unstarted frame does (sorted; left: frame, right: native)");
}

fn trace_of(run: Run, body: &dyn Fn()) -> Vec<String> {
    RUN.set(run);
    YIELDS.set(0);
    TRACE.take();
    body();
    TRACE.take()
}

/// Runs the native twin.
pub(crate) fn twin<R: Debug>(body: impl FnOnce() -> R) {
    match quietly(body) {
        Ok(value) => t(format_args!("return {value:?}")),
        Err(payload) if payload.is::<Stopped>() => t("stopped"),
        Err(payload) => t(format_args!("panicked: {}", message(&*payload))),
    }
}

/// The body of a function that ends before its body runs.
pub(crate) fn abandon() -> ! {
    resume_unwind(Box::new(Stopped))
}

/// The native twin's `yield_!`.
pub(crate) fn pause<Y: Debug, S: Script>(value: Y) -> S {
    let index = hand_out(value);
    if index == RUN.get().stop {
        abandon();
    }
    S::script(RUN.get().seed, index)
}

/// Records a yielded value, which is dropped, and says the how many-th it was.
fn hand_out<Y: Debug>(value: Y) -> usize {
    t(format_args!("yield {value:?}"));
    drop(value);
    YIELDS.set(YIELDS.get() + 1);
    YIELDS.get()
}

/// Runs the frame.
pub(crate) fn drive<S: Script, C: Coroutine<S, Yield: Debug, Return: Debug> + Unpin>(coroutine: C) {
    drive_boxed::<S, _, _>(Box::new(coroutine));
}

fn drive_boxed<S: Script, Y: Debug, R: Debug>(mut coroutine: BoxCoroutine<'_, Y, R, S>) {
    let run = RUN.get();
    if run.stop == 0 {
        return end(coroutine);
    }
    let mut resumed = quietly(|| coroutine.start());
    loop {
        match resumed {
            Ok(Ok(Step::Yielded(value))) => {
                let index = hand_out(value);
                if index == run.stop {
                    return end(coroutine);
                }
                resumed = quietly(|| coroutine.send(S::script(run.seed, index)));
            }
            Ok(Ok(Step::Returned(value))) => {
                t(format_args!("return {value:?}"));
                break;
            }
            Ok(Err(exception)) => {
                t(format_args!("raised {exception:?}"));
                break;
            }
            Err(payload) => {
                t(format_args!("panicked: {}", message(&*payload)));
                break;
            }
        }
    }
    // It is over, whatever ended it, and has nothing left to drop: a trace from here on is a difference.
    assert!(matches!(coroutine.start(), Err(Exception::Finished)), "a finished coroutine was resumed");
    assert!(matches!(coroutine.close(), Ok(None)), "a finished coroutine was closed");
}

/// Ends a suspended frame early, in the way that this run asks for.
fn end<S, Y: Debug, R: Debug>(mut coroutine: BoxCoroutine<'_, Y, R, S>) {
    match RUN.get().end {
        End::Drop => drop(coroutine),
        End::Close => {
            let closed = coroutine.close();
            assert!(matches!(closed, Ok(None)), "close gave {closed:?}");
            t("stopped");
            return;
        }
        End::Throw => {
            let thrown = coroutine.throw(Probe);
            assert!(matches!(&thrown, Err(exception) if exception.is::<Probe>()), "throw gave {thrown:?}");
            t("stopped");
            return;
        }
    }
    t("stopped");
}

/// Catches a panic without its report on stderr.
fn quietly<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                report(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    QUIET.set(false);
    result
}

fn message(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<String>() {
        Some(text) => text,
        None => payload.downcast_ref::<&str>().copied().unwrap_or("something that is no text"),
    }
}

/// A table of bodies. Each is `kind name [generics](arguments) -> Return; yield Y, send S; with (call) { body }`, where
/// `kind` is `mix` if the body mixes three constructs or more, else `plain`. `let { … }` before the call makes what the
/// arguments borrow, `then { … }` after it looks at that again. The leading `($)` is what the markers' macro is made with.
macro_rules! cases {
    (($dollar:tt) $(
        $kind:ident $name:ident $([$($generics:tt)*])? ($($params:tt)*) -> $return:tt $(where { $($where:tt)* })?;
        yield $yield:tt, send $send:tt;
        with $(let { $($setup:tt)* })? ($($call:tt)*) $(then { $($after:tt)* })?
        { $($body:tt)* }
    )*) => {
        pub(crate) const CASES: &[(&str, &str)] = &[$((stringify!($kind), stringify!($name))),*];
        $(
            #[test]
            fn $name() {
                #[coframe::coroutine(yield = $yield, send = $send)]
                fn frame $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                native_marker!($dollar $yield $send);
                fn native $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                fn abandoned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? {
                    $crate::harness::abandon()
                }
                $crate::harness::check(
                    &|| { $($($setup)*)? $crate::harness::drive(frame($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::harness::twin(|| native($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::harness::twin(|| abandoned($($call)*)); $($($after)*)? },
                );
            }
        )*
    };
}

/// A table of methods: as `cases!`, with `in Type { items } as { impl header }` before the arguments.
macro_rules! methods {
    (($dollar:tt) $(
        $kind:ident $name:ident in $type:ident { $($items:tt)* } as { $($header:tt)* }
        $([$($generics:tt)*])? ($($params:tt)*) -> $return:tt $(where { $($where:tt)* })?;
        yield $yield:tt, send $send:tt;
        with $(let { $($setup:tt)* })? ($($call:tt)*) $(then { $($after:tt)* })?
        { $($body:tt)* }
    )*) => {
        pub(crate) const CASES: &[(&str, &str)] = &[$((stringify!($kind), stringify!($name))),*];
        $(
            #[test]
            fn $name() {
                native_marker!($dollar $yield $send);
                $($items)*
                $($header)* {
                    #[coframe::coroutine(yield = $yield, send = $send)]
                    fn frame $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                    fn native $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                    fn abandoned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? {
                        $crate::harness::abandon()
                    }
                }
                $crate::harness::check(
                    &|| { $($($setup)*)? $crate::harness::drive($type::frame($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::harness::twin(|| $type::native($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::harness::twin(|| $type::abandoned($($call)*)); $($($after)*)? },
                );
            }
        )*
    };
}

/// Defines the twin's `yield_!`, whose operand is evaluated as a `let` initialiser of type `Y` is.
#[rustfmt::skip] // it indents the inner macro further on each run
macro_rules! native_marker {
    ($dollar:tt $yield:tt $send:tt) => {
        macro_rules! yield_ {
            () => {
                $crate::harness::pause::<(), $send>(())
            };
            ($dollar operand:expr) => {
                $crate::harness::pause::<$yield, $send>({
                    let value: $yield = $dollar operand;
                    value
                })
            };
        }
    };
}
