//! What runs a body three times, as a frame, as `pinned` and as plain Rust, and compares the ordered traces.
//!
//! A body is written once. The coroutines are driven by `drive`; the native twin is an ordinary function whose markers are
//! those of `twin`. All go by one plan, which says at each yield whether a value is sent, an exception is thrown in, or the body
//! is closed or dropped. No expected trace is ever typed in.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Once;

use coframe::private::Machine;
use coframe::{Coroutine, CoroutineExt, Exception, Generator, Misbehaviour, Recursive, State, Step};

use crate::script::Script;

/// Each case runs under this many scripts, so that it takes different paths.
const SEEDS: usize = 4;
/// A body that yields more often than this is ended.
const LIMIT: usize = 64;
/// The yields at which each case is closed, dropped and thrown into.
const ENDS: usize = 12;
/// Where a body goes on after that, the yields behind it at which the same is done once more.
const SECONDS: usize = 4;
/// How many random plans a body that goes on has for each script.
const DICE: u64 = 16;

thread_local! {
    static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static RUN: Cell<Run> = const { Cell::new(Run { seed: 0, plan: Plan::Full }) };
    static YIELDS: Cell<usize> = const { Cell::new(0) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// One run: which script, and what is done at which yield.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) seed: usize,
    plan: Plan,
}

/// What a body is resumed with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Send,
    Throw,
    ThrowExit,
    Close,
    Drop,
}

const ACTS: [Act; 4] = [Act::Throw, Act::ThrowExit, Act::Close, Act::Drop];

#[derive(Clone, Copy, Debug)]
enum Plan {
    /// Values are sent to the end.
    Full,
    Unstarted(Act),
    At(usize, Act),
    Twice((usize, Act), (usize, Act)),
    Dice(u64),
}

impl Run {
    /// What is done at a yield, counted from 1; 0 is before the body starts.
    fn act(self, index: usize) -> Act {
        match self.plan {
            _ if index >= LIMIT => Act::Drop,
            Plan::Unstarted(act) if index == 0 => act,
            Plan::At(at, act) | Plan::Twice((at, act), _) | Plan::Twice(_, (at, act)) if at == index => act,
            Plan::Dice(seed) => {
                let roll = (seed << 16 | index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
                match roll.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 60 {
                    0..=8 => Act::Send,
                    9..=12 => Act::Throw,
                    13 => Act::ThrowExit,
                    14 => Act::Close,
                    _ => Act::Drop,
                }
            }
            _ => Act::Send,
        }
    }
}

/// What is thrown in.
#[derive(Debug)]
pub(crate) struct Probe(usize);

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "probe {}", self.0)
    }
}

impl std::error::Error for Probe {}

impl Drop for Probe {
    fn drop(&mut self) {
        t(format_args!("drop probe {}", self.0));
    }
}

/// Adds a line to the trace.
pub(crate) fn t(line: impl fmt::Display) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// An exception and what it was raised from, without the places.
pub(crate) fn text(exception: &Exception) -> String {
    match exception.source() {
        None => exception.to_string(),
        Some(source) => format!("{exception} from {}", text(source)),
    }
}

/// A value as text. Exceptions in it are without the places, which only a coroutine knows, and without the name of their
/// variant, which is printed where there are none.
pub(crate) fn untraced(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut places = text.split("\n  at ");
    let mut plain = places.next().unwrap_or_default().to_owned();
    for place in places {
        let rest =
            place.split_once(".rs:").map_or("", |(_, rest)| rest).trim_start_matches(|c: char| c.is_ascii_digit());
        plain += rest.split_once(" times)").filter(|_| rest.starts_with(" (")).map_or(rest, |(_, rest)| rest);
    }
    while let Some(start) = plain.find("Thrown(") {
        let open = start + "Thrown".len();
        let mut depth = 0;
        let close = plain[open..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        plain.remove(open + close.expect("a tuple struct is closed"));
        plain.replace_range(start..=open, "");
    }
    plain
}

/// A body as one of the coroutines that it is compiled to, by name.
pub(crate) type Engine<'a> = (&'static str, &'a dyn Fn());

/// Runs one case: the engines call `drive`, `native` and `abandoned` call `twin`.
pub(crate) fn check(engines: &[Engine<'_>], native: &dyn Fn(), abandoned: &dyn Fn()) {
    check_with(&ACTS, engines, native, abandoned);
}

/// [`check`] with only some of what can be done to a body, besides sending it values.
pub(crate) fn check_with(acts: &[Act], engines: &[Engine<'_>], native: &dyn Fn(), abandoned: &dyn Fn()) {
    let mut yields = 0;
    for seed in 0..SEEDS {
        let compare = |plan| compare(Run { seed, plan }, engines, native);
        let reached = compare(Plan::Full);
        yields += reached;
        let mut goes_on = false;
        for (at, act) in each(acts, 1..=reached.min(ENDS)) {
            let reached = compare(Plan::At(at, act));
            goes_on |= reached > at;
            for second in each(acts, at + 1..=reached.min(at + SECONDS)) {
                compare(Plan::Twice((at, act), second));
            }
        }
        if goes_on {
            (0..DICE).for_each(|dice| _ = compare(Plan::Dice(dice)));
        }
    }
    assert_ne!(yields, 0, "the case never yields");
    for &act in acts {
        never_started(Run { seed: 0, plan: Plan::Unstarted(act) }, engines, abandoned);
    }
}

fn each(acts: &[Act], yields: impl Iterator<Item = usize>) -> impl Iterator<Item = (usize, Act)> {
    yields.flat_map(|at| acts.iter().map(move |act| (at, *act)))
}

/// Runs all, and says how many yields they reached.
fn compare(run: Run, engines: &[Engine<'_>], native: &dyn Fn()) -> usize {
    let expected = trace_of(run, native);
    let reached = YIELDS.get();
    for (name, engine) in engines {
        let actual = trace_of(run, engine);
        if actual != expected {
            let same = actual.iter().zip(&expected).take_while(|(a, e)| a == e).count();
            panic!(
                "{run:?}: the traces part at line {same}\n  native: {:?}\n  {name}: {:?}\n  both before: {:?}",
                &expected[same..],
                &actual[same..],
                &expected[..same],
            );
        }
    }
    reached
}

/// A coroutine that was never started runs none of its body and drops its arguments, in an order that is its own affair.
fn never_started(run: Run, engines: &[Engine<'_>], abandoned: &dyn Fn()) {
    let mut expected = trace_of(run, abandoned);
    expected.sort();
    for (name, engine) in engines {
        let mut actual = trace_of(run, engine);
        actual.sort();
        assert_eq!(actual, expected, "{run:?}: what an unstarted {name} does (sorted; left: {name}, right: native)");
    }
}

fn trace_of(run: Run, body: &dyn Fn()) -> Vec<String> {
    RUN.set(run);
    YIELDS.set(0);
    TRACE.take();
    body();
    TRACE.take()
}

/// Counts a yield: the how many-th it is, and what is to be done at it.
pub(crate) fn next_act() -> (usize, Act) {
    YIELDS.set(YIELDS.get() + 1);
    (YIELDS.get(), RUN.get().act(YIELDS.get()))
}

/// Whether the body is not to be started.
pub(crate) fn is_unstarted() -> bool {
    matches!(RUN.get().plan, Plan::Unstarted(_))
}

/// What is done to a body that was not started.
pub(crate) fn first_act() -> Act {
    RUN.get().act(0)
}

pub(crate) fn script<S: Script>(index: usize) -> S {
    S::script(RUN.get().seed, index)
}

pub(crate) fn probe(index: usize) -> Exception {
    Probe(index).into()
}

/// A coroutine of any type that can say whether it is over.
pub(crate) trait Driven<S>: Coroutine<S> + Unpin {
    fn is_over(&self) -> bool;
}

impl<S, M: Machine<S>> Driven<S> for Generator<M> {
    fn is_over(&self) -> bool {
        self.state() == State::Closed
    }
}

impl<Y, R, S> Driven<S> for Recursive<'_, Y, R, S> {
    fn is_over(&self) -> bool {
        self.state() == State::Closed
    }
}

type BoxDriven<'a, S, Y, R> = Box<dyn Driven<S, Yield = Y, Return = R> + 'a>;

/// Runs a coroutine.
pub(crate) fn drive<S: Script, M: Machine<S, Yield: Debug, Return: Debug>>(coroutine: Generator<M>) {
    drive_boxed::<S, _, _>(Box::new(coroutine));
}

pub(crate) fn drive_boxed<S: Script, Y: Debug, R: Debug>(mut coroutine: BoxDriven<'_, S, Y, R>) {
    let unstarted = is_unstarted();
    let mut resumed = if unstarted { None } else { Some(quietly(|| pinned(&mut coroutine).start())) };
    loop {
        match resumed {
            None => {}
            Some(Ok(Ok(Step::Yielded(value)))) => t(format_args!("yield {value:?}")),
            Some(Ok(Ok(Step::Returned(value)))) => {
                t(format_args!("return {}", untraced(&value)));
                break;
            }
            Some(Ok(Err(exception))) => {
                t(format_args!("raised {}", text(&exception)));
                break;
            }
            Some(Err(payload)) => {
                t(format_args!("panicked: {}", message(&*payload)));
                break;
            }
        }
        let (index, act) = if unstarted { (0, first_act()) } else { next_act() };
        resumed = match act {
            Act::Send => Some(quietly(|| pinned(&mut coroutine).send(script(index)))),
            Act::Throw => Some(quietly(|| pinned(&mut coroutine).throw(probe(index)))),
            Act::ThrowExit => Some(quietly(|| pinned(&mut coroutine).throw(Exception::Exit))),
            Act::Drop => {
                match quietly(|| drop(coroutine)) {
                    Ok(()) => t("dropped"),
                    Err(payload) => t(format_args!("panicked: {}", message(&*payload))),
                }
                return;
            }
            Act::Close => {
                match quietly(|| pinned(&mut coroutine).close()) {
                    Ok(Ok(None)) => t("closed"),
                    Ok(Ok(Some(value))) => t(format_args!("closed with {}", untraced(&value))),
                    Ok(Err(Exception::IgnoredExit)) if !coroutine.is_over() => {
                        t("ignored the exit");
                        resumed = None;
                        continue;
                    }
                    Ok(Err(exception)) => t(format_args!("close raised {}", text(&exception))),
                    Err(payload) => t(format_args!("panicked: {}", message(&*payload))),
                }
                break;
            }
        };
    }
    // It is over, whatever ended it, and has nothing left to drop: a trace from here on is a difference.
    assert!(coroutine.is_over(), "a finished coroutine says that it is not");
    assert!(matches!(pinned(&mut coroutine).start(), Err(Exception::Finished)), "a finished coroutine was resumed");
    assert!(matches!(pinned(&mut coroutine).close(), Ok(None)), "a finished coroutine was closed");
}

fn pinned<'a, S, Y, R>(
    coroutine: &'a mut BoxDriven<'_, S, Y, R>,
) -> Pin<&'a mut (impl Coroutine<S, Yield = Y, Return = R> + ?Sized)> {
    Pin::new(&mut **coroutine)
}

/// Catches a panic without its report on stderr; what drops do wrong goes into the trace.
pub(crate) fn quietly<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOKS: Once = Once::new();
    HOOKS.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                report(info);
            }
        }));
        coframe::set_unraisable_hook(|report| match report.what() {
            Misbehaviour::Raised(exception) => t(format_args!("unraisable: {}", text(exception))),
            Misbehaviour::Panicked(message) => t(format_args!("unraisable panic: {message}")),
            other => t(format_args!("{other:?}")),
        });
    });
    let outer = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    QUIET.set(outer);
    result
}

pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<String>() {
        Some(text) => text,
        None => payload.downcast_ref::<&str>().copied().unwrap_or("something that is no text"),
    }
}

/// A table of bodies. The crate says with `compiled!` how a frame is compiled and with `driven!` what runs it, with
/// `pinned_form!` whether there is a `pinned` form, and with `engines!` which of the two run.
///
/// Each is `kind name [generics](arguments) -> Return; yield Y, send S; with (call) { body }`, where
/// `kind` is `mix` if the body mixes three constructs or more, `lent` if what it is sent is lent for one resume, else `plain`. `let { … }` before the call makes what the
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
                compiled! { $yield $send
                    fn frame $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                }
                pinned_form! {
                    $kind $yield $send
                    fn pinned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                }
                native_markers!($dollar $yield $send);
                fn native $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                fn abandoned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? {
                    $crate::twin::abandon()
                }
                $crate::harness::check(
                    engines!(
                        $kind
                        &|| { $($($setup)*)? driven!(frame($($call)*)); $($($after)*)? },
                        &|| { $($($setup)*)? $crate::harness::drive(pinned($($call)*).boxed()); $($($after)*)? },
                    ),
                    &|| { $($($setup)*)? $crate::twin::twin(|| native($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::twin::twin(|| abandoned($($call)*)); $($($after)*)? },
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
                native_markers!($dollar $yield $send);
                $($items)*
                $($header)* {
                    compiled! { $yield $send
                        fn frame $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                    }
                    pinned_form! {
                        $kind $yield $send
                        fn pinned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                    }
                    fn native $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? { $($body)* }
                    fn abandoned $(<$($generics)*>)? ($($params)*) -> $return $(where $($where)*)? {
                        $crate::twin::abandon()
                    }
                }
                $crate::harness::check(
                    engines!(
                        $kind
                        &|| { $($($setup)*)? driven!($type::frame($($call)*)); $($($after)*)? },
                        &|| { $($($setup)*)? $crate::harness::drive($type::pinned($($call)*).boxed()); $($($after)*)? },
                    ),
                    &|| { $($($setup)*)? $crate::twin::twin(|| $type::native($($call)*)); $($($after)*)? },
                    &|| { $($($setup)*)? $crate::twin::twin(|| $type::abandoned($($call)*)); $($($after)*)? },
                );
            }
        )*
    };
}
