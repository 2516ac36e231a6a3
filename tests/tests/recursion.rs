//! Recursive coroutines: calls, returns, exceptions, closing, misuse, panics, depth, and all that can be delegated to.
//!
//! The names in the comments are the lines of `SEMANTICS.md`.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;

use coframe::{
    BoxCoroutine, Coroutine, CoroutineExt, Delegate, Exception, Recursive, Resumed, State, Step, attempt, raise,
    try_yield, try_yield_from, yield_, yield_from,
};

thread_local!(static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn say(line: impl ToString) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// The trace since the last call, as one line.
fn said() -> String {
    TRACE.take().join(" ")
}

/// From now on says what misbehaves in a drop. The hook is called on the thread of the drop.
fn report() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        coframe::set_unraisable_hook(|report| say(format_args!("unraisable-{}", report.code().name())));
    });
}

/// Says when it is dropped.
struct Loud(u32);

impl Drop for Loud {
    fn drop(&mut self) {
        say(format_args!("drop-{}", self.0));
    }
}

#[derive(Debug, PartialEq)]
struct Mishap(u32);

impl std::fmt::Display for Mishap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "mishap {}", self.0)
    }
}

impl std::error::Error for Mishap {}

struct Tree {
    left: Option<Box<Tree>>,
    value: u32,
    right: Option<Box<Tree>>,
}

impl Tree {
    /// The balanced tree of `values`.
    fn of(values: std::ops::Range<u32>) -> Option<Box<Tree>> {
        let middle = values.start + values.end.checked_sub(values.start).filter(|n| *n > 0)? / 2;
        let (left, right) = (Tree::of(values.start..middle), Tree::of(middle + 1..values.end));
        Some(Box::new(Tree { left, value: middle, right }))
    }

    #[coframe::coroutine(recursive, yield = &'t u32)]
    fn walk<'t>(&'t self) -> usize {
        let mut size = 1;
        if let Some(left) = &self.left {
            size += yield_from!(left.walk());
        }
        yield_!(&self.value);
        if let Some(right) = &self.right {
            size += yield_from!(right.walk());
        }
        size
    }
}

// PRG-01, DEL-10
#[test]
fn a_walk_in_order_returns_sizes() {
    let tree = Tree::of(0..1000).unwrap();
    let mut walk = tree.walk();
    let mut values = walk.values();
    assert!(values.by_ref().map(Result::unwrap).copied().eq(0..1000));
    assert_eq!(values.into_return(), Some(1000));
    assert!(tree.walk().copied().eq(0..1000));
}

/// Yields on its way down and up; returns how often an odd number was passed.
#[coframe::coroutine(recursive, yield = u32)]
fn even(n: u32) -> usize {
    yield_!(n);
    if n == 0 { 0 } else { yield_from!(odd(n - 1)).len() }
}

#[coframe::coroutine(recursive, yield = u32)]
fn odd(n: u32) -> String {
    yield_!(n);
    let mut marks = "*".to_owned();
    if n > 0 {
        marks.push_str(&"*".repeat(yield_from!(even(n - 1))));
    }
    yield_!(100 + n);
    marks
}

#[test]
fn mutual_recursion_with_returns_of_two_types() {
    let mut co = even(4);
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [4, 3, 2, 1, 0, 101, 103]);
    assert_eq!(values.into_return(), Some(2));
}

/// A level of many: says what happens to it. What `n` and the levels below do about exceptions is `how`'s to say.
#[coframe::coroutine(recursive, yield = u32, send = u32)]
fn level(n: u32, last: u32, how: &dyn Fn(u32, &Exception) -> Reaction) -> u32 {
    say(format_args!("in-{n}"));
    let _local = Loud(n);
    let outcome = if n == last { try_yield!(n) } else { try_yield_from!(level(n + 1, last, how)) };
    match outcome {
        Ok(value) => {
            say(format_args!("out-{n}"));
            value + 1
        }
        Err(exception) => {
            say(format_args!("{}-at-{n}", name(&exception)));
            match how(n, &exception) {
                Reaction::Pass => raise!(exception),
                Reaction::Return(value) => value,
                Reaction::Raise(mishap) => raise!(Mishap(mishap)),
                Reaction::Yield(value) => {
                    let sent = yield_!(value);
                    say(format_args!("again-{n}-{sent}"));
                    sent
                }
                Reaction::Call(first) => yield_from!(helper(first)),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Reaction {
    Pass,
    Return(u32),
    Raise(u32),
    Yield(u32),
    Call(u32),
}
use Reaction::{Call, Pass, Raise, Return, Yield};

/// Called by a level that handles an exception: returns at 0, raises at 1, else yields two levels deeper.
#[coframe::coroutine(recursive, yield = u32, send = u32)]
fn helper(n: u32) -> u32 {
    let _local = Loud(n);
    say(format_args!("help-{n}"));
    match n {
        0 => 10,
        1 => raise!(Mishap(11)),
        20 => yield_from!(helper(0)) + 1,
        _ => yield_!(n),
    }
}

fn name(exception: &Exception) -> String {
    match exception {
        Exception::Thrown(error) => error.to_string().replace(' ', "-"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// What a reaction at each of some levels makes; others pass.
fn at(reactions: &'static [(u32, Reaction)]) -> impl Fn(u32, &Exception) -> Reaction {
    move |n, _| reactions.iter().find(|(at, _)| *at == n).map_or(Pass, |(_, reaction)| *reaction)
}

fn outcome<R: std::fmt::Debug>(outcome: Result<R, Exception>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(exception) => name(&exception),
    }
}

// DEL-01, DEL-03, DEL-05, DEL-10
#[test]
fn calls_start_at_once_and_returns_go_on_in_the_same_resume() {
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    assert_eq!((co.depth(), said().as_str()), (1, ""));
    assert_eq!(co.start().unwrap(), Step::Yielded(2));
    assert_eq!((co.depth(), said().as_str()), (3, "in-0 in-1 in-2"));
    assert_eq!(co.send(5).unwrap(), Step::Returned(8));
    assert_eq!((co.depth(), said().as_str()), (0, "out-2 drop-2 out-1 drop-1 out-0 drop-0"));
}

// DEL-09, DEL-18, DEL-19
#[test]
fn a_throw_reaches_the_innermost_and_climbs() {
    for (reactions, thrown, trace) in [
        (at(&[]), "mishap-7", "mishap-7-at-2 drop-2 mishap-7-at-1 drop-1 mishap-7-at-0 drop-0"),
        (at(&[(1, Return(3))]), "Returned(4)", "mishap-7-at-2 drop-2 mishap-7-at-1 drop-1 out-0 drop-0"),
        (at(&[(2, Raise(8))]), "mishap-8", "mishap-7-at-2 drop-2 mishap-8-at-1 drop-1 mishap-8-at-0 drop-0"),
        (at(&[(1, Yield(9))]), "Yielded(9)", "mishap-7-at-2 drop-2 mishap-7-at-1"),
        (at(&[(1, Call(5))]), "Yielded(5)", "mishap-7-at-2 drop-2 mishap-7-at-1 help-5"),
    ] {
        let mut co = level(0, 2, &reactions);
        co.start().unwrap();
        assert_eq!(said(), "in-0 in-1 in-2");
        assert_eq!(outcome(co.throw(Mishap(7))), thrown);
        assert_eq!(said(), trace);
        if co.state() == State::Suspended {
            assert_eq!(co.send(20).unwrap(), Step::Returned(21));
        }
        said();
        assert!(matches!(co.send(1), Err(Exception::Finished)));
        assert!(matches!(co.throw(Mishap(9)), Err(e) if e.is::<Mishap>()));
    }
}

// DEL-07, DRP-06
#[test]
fn a_close_ends_the_innermost_first() {
    let trace = "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0";
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!((co.state(), said().as_str()), (State::Closed, trace));
    assert!(matches!(co.close(), Ok(None)));

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert!(matches!(co.throw(Exception::Exit), Err(Exception::Exit)));
    assert_eq!(said(), trace);

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    drop(co);
    assert_eq!(said(), trace);
}

/// What closing three levels gives and does, and what dropping them does, which is the same for the body.
fn closing(reactions: &'static [(u32, Reaction)], closed: &str, trace: &str) {
    report();
    let how = at(reactions);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(outcome(co.close()), closed);
    assert_eq!(said(), trace);
    drop(co);
    said();

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    drop(co);
    assert!(said().starts_with(trace), "a drop closes");
}

// DEL-20, DEL-29
#[test]
fn an_exit_that_is_returned_from_goes_on_all_the_same() {
    closing(&[(2, Return(3))], "None", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
    closing(&[(2, Return(3)), (1, Return(4))], "None", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
    // CLO-03: nobody delegates to the outermost.
    closing(&[(0, Return(3))], "Some(3)", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
}

// DEL-08, DEL-22, EXC-10
#[test]
fn an_error_while_closing_climbs_instead_of_the_exit() {
    closing(&[(2, Raise(5))], "mishap-5", "exit-at-2 drop-2 mishap-5-at-1 drop-1 mishap-5-at-0 drop-0");
    // A level that swallows the error of another is closed all the same.
    closing(&[(2, Raise(5)), (1, Return(1))], "None", "exit-at-2 drop-2 mishap-5-at-1 drop-1 exit-at-0 drop-0");

    let how = at(&[(2, Raise(5))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    assert!(matches!(co.close().unwrap_err().source(), Some(Exception::Exit)));
    said();
}

// DEL-21, DEL-28
#[test]
fn an_exit_that_is_yielded_at_is_ignored() {
    // The level is dropped, which closes it for the last time: at its second yield this passes.
    closing(&[(2, Yield(6))], "ignoredexit", "exit-at-2 drop-2 ignoredexit-at-1 drop-1 ignoredexit-at-0 drop-0");
    closing(
        &[(2, Yield(6)), (1, Yield(7))],
        "ignoredexit",
        "exit-at-2 drop-2 ignoredexit-at-1 drop-1 ignoredexit-at-0 drop-0",
    );
    closing(&[(2, Yield(6)), (1, Return(7))], "None", "exit-at-2 drop-2 ignoredexit-at-1 drop-1 exit-at-0 drop-0");
}

// CLO-05
#[test]
fn the_outermost_stays_suspended_where_it_ignores_an_exit() {
    let how = at(&[(0, Yield(6))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(co.throw(Exception::Exit).unwrap(), Step::Yielded(6));
    assert_eq!((co.depth(), said().as_str()), (1, "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0"));
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!(said(), "drop-0");

    let mut co = level(0, 0, &how);
    co.start().unwrap();
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!(co.send(8).unwrap(), Step::Returned(8));
    said();
}

#[test]
fn calls_made_while_an_exit_is_handled() {
    // A call that returns, directly and through another: an ordinary return, in a level that is being closed.
    closing(&[(1, Call(0))], "None", "exit-at-2 drop-2 exit-at-1 help-0 drop-0 drop-1 exit-at-0 drop-0");
    closing(
        &[(1, Call(20))],
        "None",
        "exit-at-2 drop-2 exit-at-1 help-20 help-0 drop-0 drop-20 drop-1 exit-at-0 drop-0",
    );
    // One that raises.
    closing(&[(2, Call(1))], "mishap-11", "exit-at-2 help-1 drop-1 drop-2 mishap-11-at-1 drop-1 mishap-11-at-0 drop-0");
    // One that yields: the level that called it has ignored its exit, and both go.
    closing(&[(1, Call(5))], "ignoredexit", "exit-at-2 drop-2 exit-at-1 help-5 drop-5 drop-1 ignoredexit-at-0 drop-0");
    closing(&[(0, Call(0))], "Some(10)", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 help-0 drop-0 drop-0");
    // In the outermost that is a yield.
    let how = at(&[(0, Call(5))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(co.throw(Exception::Exit).unwrap(), Step::Yielded(5));
    assert_eq!((co.depth(), said().as_str()), (2, "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 help-5"));
    assert_eq!(co.send(8).unwrap(), Step::Returned(8));
    assert_eq!(said(), "drop-5 drop-0");
}

// DRP-03
#[test]
fn what_is_dropped_while_closing_is_closed_once_more_and_reported() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn stubborn(turns: u32) {
        for turn in 0..turns {
            if let Err(exception) = try_yield!(turn) {
                say(format_args!("{}-{turn}", name(&exception)));
            }
        }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn outer() {
        if let Err(exception) = try_yield_from!(stubborn(9)) {
            say(format_args!("outer-{}", name(&exception)));
            raise!(exception);
        }
    }
    report();
    let mut co = outer();
    co.start().unwrap();
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!(said(), "exit-0 exit-1 unraisable-stubborn outer-ignoredexit");
    let mut co = outer();
    co.start().unwrap();
    drop(co);
    assert_eq!(said(), "exit-0 exit-1 unraisable-stubborn outer-ignoredexit unraisable-outer");
}

// CRE-06, THR-04, CLO-01
#[test]
fn misuse_leaves_it_as_it_was() {
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    assert!(matches!(co.send(1), Err(Exception::NotStarted)));
    assert_eq!((co.state(), co.depth()), (State::Created, 1));
    co.start().unwrap();
    for _ in 0..2 {
        assert!(matches!(co.start(), Err(Exception::AlreadyStarted)));
    }
    assert_eq!((co.state(), co.depth(), said().as_str()), (State::Suspended, 3, "in-0 in-1 in-2"));
    assert_eq!(co.send(5).unwrap(), Step::Returned(8));
    said();

    for exception in [Exception::Exit, Mishap(1).into()] {
        let mut co = level(0, 2, &how);
        let thrown = name(&exception);
        assert_eq!(outcome(co.throw(exception)), thrown);
        assert_eq!((co.state(), co.depth()), (State::Closed, 0));
        assert!(matches!(co.start(), Err(Exception::Finished)));
    }
    drop(level(0, 2, &how));
    assert_eq!(said(), "");
}

#[test]
fn misuse_that_is_raised_is_an_exception_like_any_other() {
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn inner() {
        yield_!(1);
        raise!(Exception::AlreadyStarted);
    }
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn outer() -> String {
        name(&try_yield_from!(inner()).unwrap_err())
    }
    let mut co = outer();
    co.start().unwrap();
    assert_eq!(co.send(1).unwrap(), Step::Returned("alreadystarted".to_owned()));
}

#[test]
fn a_panic_drops_all_levels_and_runs_none() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn deep(n: u32) {
        let _local = Loud(n);
        yield_!(n);
        if n == 3 {
            panic!("bottom");
        }
        if let Err(exception) = try_yield_from!(deep(n + 1)) {
            say("handled");
            raise!(exception);
        }
    }
    let mut co = deep(0);
    for n in 0..4 {
        assert_eq!(co.next(), Some(n));
    }
    assert!(catch_unwind(AssertUnwindSafe(|| co.next())).is_err());
    assert_eq!(said(), "drop-3 drop-2 drop-1 drop-0");
    assert_eq!((co.state(), co.depth(), co.next()), (State::Closed, 0, None));
    assert!(matches!(co.close(), Ok(None)));
    drop(co);
    assert_eq!(said(), "");
}

// DEL-32
#[test]
fn a_callee_that_was_resumed_before() {
    let how = at(&[]);
    #[coframe::coroutine(recursive, yield = u32)]
    fn count(n: u32, to: u32) -> u32 {
        yield_!(n);
        if n == to { n } else { yield_from!(count(n + 1, to)) }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn join<'a>(inner: Recursive<'a, u32, u32>) -> u32 {
        yield_!(100);
        yield_from!(inner) * 10
    }
    let mut inner = count(0, 4);
    assert_eq!((inner.next(), inner.next()), (Some(0), Some(1)));
    let mut co = join(inner);
    assert_eq!((co.next(), co.depth()), (Some(100), 1));
    assert_eq!((co.next(), co.depth()), (Some(2), 4));
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [3, 4]);
    assert_eq!(values.into_return(), Some(40));

    let mut over = count(0, 0);
    over.by_ref().for_each(drop);
    let mut co = join(over);
    co.next();
    assert!(matches!(co.start(), Err(Exception::Finished)));

    // One that waits for a value has none to go on with.
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn join_waiting<'a>(inner: Recursive<'a, u32, u32, u32>) -> u32 {
        match try_yield_from!(inner) {
            Err(exception) => {
                say(name(&exception));
                yield_!(7)
            }
            Ok(value) => value,
        }
    }
    let mut inner = level(0, 1, &how);
    inner.start().unwrap();
    let mut co = join_waiting(inner);
    assert_eq!(co.start().unwrap(), Step::Yielded(7));
    assert_eq!(said(), "in-0 in-1 exit-at-1 drop-1 exit-at-0 drop-0 alreadystarted");
    co.close().unwrap();
}

/// Advances by itself, and says what it is told.
struct Told(u32);

impl Delegate for Told {
    type Yield = u32;
    type Return = &'static str;

    fn advance(&mut self, _: Option<()>) -> Resumed<u32, &'static str> {
        self.0 += 1;
        Ok(if self.0 > 2 { Step::Returned("told") } else { Step::Yielded(self.0) })
    }

    fn interrupt(&mut self, exception: Exception) -> Resumed<u32, &'static str> {
        say(format_args!("told-{}", name(&exception)));
        Ok(Step::Yielded(99))
    }

    fn release(&mut self) -> Result<(), Exception> {
        say("released");
        Ok(())
    }
}

#[coframe::coroutine(yield = u32)]
fn plain(n: u32) -> u32 {
    let _local = Loud(n);
    yield_!(n);
    yield_!(n + 1);
    n + 2
}

#[coframe::coroutine(recursive, yield = u32)]
fn calls(n: u32) -> u32 {
    yield_!(n);
    n + 1
}

#[test]
fn every_kind_of_operand() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn all(
        lent: &mut Recursive<'_, u32, u32>,
        dynamic: &mut (dyn Coroutine<Yield = u32, Return = u32> + Unpin),
        boxed: BoxCoroutine<'_, u32, u32>,
        list: &[u32],
    ) -> String {
        let mut results = vec![];
        results.push(yield_from!(calls(1)));
        results.push(yield_from!(plain(10)));
        results.push(yield_from!(lent));
        results.push(yield_from!(dynamic));
        results.push(yield_from!(boxed));
        results.push(yield_from!(Box::new(plain(40))));
        let told = yield_from!(Told(0));
        yield_from!(vec![50, 51]);
        yield_from!(list.iter().copied());
        yield_from!(std::iter::once(53));
        yield_from!(std::iter::empty());
        format!("{told} {results:?}")
    }
    let mut lent = calls(2);
    let mut dynamic = plain(20);
    let mut co = all(&mut lent, &mut dynamic, Box::new(plain(30)), &[52]);
    let mut values = co.values();
    assert_eq!(
        values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(),
        [1, 10, 11, 2, 20, 21, 30, 31, 40, 41, 1, 2, 50, 51, 52, 53]
    );
    assert_eq!(values.into_return().unwrap(), "told [2, 12, 3, 22, 32, 42]");
    drop(co);
    assert_eq!((lent.state(), dynamic.state()), (State::Closed, State::Closed));
    said();
}

// DEL-15, DEL-16
#[test]
fn a_delegate_that_is_no_call_is_told_of_exceptions_first() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn outer(depth: u32) -> u32 {
        let _local = Loud(depth);
        if depth > 0 {
            return yield_from!(outer(depth - 1));
        }
        yield_from!(Told(0));
        yield_from!(plain(7));
        yield_from!([8, 9]);
        0
    }
    let mut co = outer(1);
    assert_eq!(co.next(), Some(1));
    assert_eq!(co.throw(Mishap(1)).unwrap(), Step::Yielded(99));
    assert_eq!(said(), "told-mishap-1");
    co.close().unwrap();
    assert_eq!(said(), "released drop-0 drop-1");
    let mut co = outer(1);
    assert_eq!(co.nth(2), Some(7));
    co.close().unwrap();
    assert_eq!(said(), "drop-7 drop-0 drop-1");
    let mut co = outer(1);
    assert_eq!(co.nth(4), Some(8));
    said();
    assert!(co.throw(Mishap(2)).unwrap_err().is::<Mishap>());
    assert_eq!(said(), "drop-0 drop-1");
}

/// What is generic in all it takes: a list and what else yields its items.
#[coframe::coroutine(recursive, yield = T)]
fn generic<T, I, C>(items: &[T], more: I, co: C) -> C::Return
where
    T: Clone,
    I: IntoIterator<Item = T>,
    C: Coroutine<Yield = T> + Unpin,
{
    if let [first, rest @ ..] = items {
        yield_!(first.clone());
        return yield_from!(generic(rest, more, co));
    }
    yield_from!(more);
    yield_from!(co)
}

#[test]
fn generic_functions() {
    let mut co = generic(&[1, 2], [3], plain(4));
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(values.into_return(), Some(6));
    let words = ["a".to_owned(), "b".to_owned()];
    #[coframe::coroutine(recursive, yield = String)]
    fn owned(n: usize) -> usize {
        yield_!(n.to_string());
        n
    }
    assert_eq!(generic(&words, None, owned(3)).collect::<Vec<_>>(), ["a", "b", "3"]);
    said();
}

#[test]
fn a_callee_that_borrows_nothing_in_a_body_that_does() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn sum(list: &[u32]) -> u32 {
        match list {
            [first, rest @ ..] => yield_from!(calls(*first)) + yield_from!(sum(rest)),
            [] => 0,
        }
    }
    let list = vec![1, 2, 3];
    assert_eq!(sum(&list).collect::<Vec<_>>(), [1, 2, 3]);
    // Covariant in what it captures.
    fn shorter<'a>(long: Recursive<'static, u32, u32>, _: &'a str) -> Recursive<'a, u32, u32> {
        long
    }
    let local = String::new();
    assert_eq!(shorter(calls(4), &local).next(), Some(4));
}

#[test]
fn an_option_is_sent_as_none_where_nothing_is() {
    #[coframe::coroutine(recursive, yield = u32, send = Option<u32>)]
    fn sum(depth: u32) -> u32 {
        if depth > 0 {
            return yield_from!(sum(depth - 1));
        }
        let mut sum = 0;
        while let Some(n) = yield_!(sum) {
            sum += n;
        }
        sum
    }
    let mut co = sum(3);
    assert!(matches!(co.send(Some(1)), Err(Exception::NotStarted)));
    assert_eq!(co.start().unwrap(), Step::Yielded(0));
    assert_eq!(co.send(Some(4)).unwrap(), Step::Yielded(4));
    assert_eq!(co.start().unwrap(), Step::Returned(4));
}

#[test]
fn it_can_be_looked_at() {
    fn is_unpin<T: Unpin>(_: &T) {}
    let mut co = even(3);
    is_unpin(&co);
    assert_eq!(format!("{co:?}"), "<recursive coroutine even, created, depth 1>");
    assert_eq!((co.code().name(), co.depth()), ("even", 1));
    co.nth(1);
    let line = co.frame().unwrap().line();
    assert_eq!(line, co.code().points()[1].line());
    assert_eq!(format!("{co:?}"), format!("<recursive coroutine even, suspended at line {line}, depth 2>"));
    co.by_ref().for_each(drop);
    assert!(co.frame().is_none());
    assert_eq!(format!("{co:?}"), "<recursive coroutine even, closed, depth 0>");
}

#[test]
#[should_panic = "a coroutine raised an exception inside a `for` loop: mishap 3"]
fn an_iterator_panics_at_an_exception() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn raising() {
        yield_!(1);
        raise!(Mishap(3));
    }
    raising().for_each(drop);
}

#[test]
fn in_a_coroutine_that_is_not_recursive_it_is_a_delegate() {
    #[coframe::coroutine(yield = u32)]
    fn outer() -> u32 {
        let inner = attempt! { yield_from!(even(2)) };
        u32::try_from(inner.unwrap()).unwrap() + yield_from!(calls(9))
    }
    assert_eq!(outer().collect::<Vec<_>>(), [2, 1, 0, 101, 9]);
}

const MILLION: u32 = 1_000_000;

/// Counts the living.
struct Counted(Rc<Cell<u32>>);

impl Counted {
    fn new(count: &Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Counted(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A list a million long: yields at the bottom, and on the way up where `all` says so.
#[coframe::coroutine(recursive, yield = u32)]
fn list(n: u32, all: bool, count: Rc<Cell<u32>>) -> u32 {
    let _counted = Counted::new(&count);
    let below = if n > 0 { yield_from!(list(n - 1, all, count.clone())) } else { 0 };
    if all || n == 0 {
        yield_!(n);
    }
    below + 1
}

fn million(all: bool) -> (Recursive<'static, u32, u32>, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    let mut co = list(MILLION - 1, all, count.clone());
    assert_eq!(co.next(), Some(0));
    assert_eq!((co.depth(), count.get()), (MILLION as usize, MILLION));
    (co, count)
}

#[test]
fn a_million_levels_return() {
    let (mut co, count) = million(false);
    assert_eq!(co.start().unwrap(), Step::Returned(MILLION));
    assert_eq!(count.get(), 0);
    drop(co);
    assert_eq!(Rc::strong_count(&count), 1);
}

#[test]
fn a_million_levels_yield() {
    let (mut co, count) = million(true);
    assert!(co.by_ref().eq(1..MILLION));
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_let_an_exception_pass() {
    let (mut co, count) = million(false);
    assert!(co.throw(Mishap(1)).unwrap_err().is::<Mishap>());
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_closed() {
    let (mut co, count) = million(false);
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_dropped() {
    let (co, count) = million(false);
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_joined_and_dropped() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn join(inner: Recursive<'static, u32, u32>) -> u32 {
        yield_!(7);
        yield_from!(inner)
    }
    let (inner, count) = million(true);
    let mut co = join(inner);
    assert_eq!((co.next(), co.next()), (Some(7), Some(1)));
    assert_eq!(co.depth(), MILLION as usize);
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
    // Held by a body, and not called yet.
    let (inner, count) = million(true);
    let mut co = join(inner);
    co.next();
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_panic() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn fall(n: u32, count: Rc<Cell<u32>>) {
        let _counted = Counted::new(&count);
        if n == 0 {
            panic!("bottom");
        }
        yield_from!(fall(n - 1, count.clone()));
    }
    let count = Rc::new(Cell::new(0));
    let mut co = fall(MILLION, count.clone());
    assert!(catch_unwind(AssertUnwindSafe(|| co.next())).is_err());
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_ignore_their_exit() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn stubborn(n: u32, count: Rc<Cell<u32>>) {
        let _counted = Counted::new(&count);
        let outcome = if n == 0 { try_yield!(0) } else { try_yield_from!(stubborn(n - 1, count.clone())) };
        if let Err(exception) = outcome {
            yield_!(n);
            raise!(exception);
        }
    }
    let count = Rc::new(Cell::new(0));
    let mut co = stubborn(MILLION, count.clone());
    assert_eq!(co.next(), Some(0));
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!((co.depth(), count.get()), (1, 1));
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}
