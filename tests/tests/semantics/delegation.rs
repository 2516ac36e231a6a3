//! Section 9: delegation (PEP 380). The matrix of its last lines is in `matrix.rs`.

use coframe::prelude::*;
use coframe::{BoxCoroutine, Delegate, Resumed, State};
use coframe_tests::Movable;

use crate::tools::{Fault, Loud, Mishap, closed, gave, said, say};

/// Two values, with what is sent said; its locals stand for CPython's `finally`.
#[super::coroutine(yield = u32)]
fn inner() -> &'static str {
    let _finally = Loud("inner");
    say("inner starts");
    yield_!(1);
    say("inner goes on");
    yield_!(2);
    say("inner ends");
    "result"
}

/// Raises when it is resumed for the `nth` time.
#[super::coroutine(yield = u32)]
fn fails_at(nth: u32) {
    let _finally = Loud("inner");
    for n in 0.. {
        if n == nth {
            raise!(Mishap(nth));
        }
        yield_!(n);
    }
}

/// Does what it is told to with what is raised at its yield.
#[super::coroutine(yield = u32)]
fn handles(how: &'static str) -> &'static str {
    let _finally = Loud("inner");
    let raised = match try_yield!(1) {
        Ok(()) => return "resumed",
        Err(caught) => caught,
    };
    say(format_args!("inner sees {raised}"));
    match how {
        "passes" => raise!(raised),
        "raises" => raise!(Fault("inner")),
        "yields" => {
            drop(raised);
            yield_!(2);
            "yielded"
        }
        _ => {
            drop(raised);
            "returned"
        }
    }
}

/// Delegates, says what comes of it, and yields once more.
#[super::coroutine(yield = u32)]
fn outer<'a>(delegate: BoxCoroutine<'a, u32, &'static str>) -> u32 {
    let _finally = Loud("outer");
    say("outer starts");
    match try_yield_from!(delegate) {
        Ok(value) => say(format_args!("outer has {value}")),
        Err(raised) => {
            say(format_args!("outer sees {raised}"));
            raise!(raised);
        }
    }
    yield_!(10);
    say("outer ends");
    11
}

/// A plain iterable that says when it is made, moved on and dropped.
struct Numbers(std::ops::Range<u32>);

impl Iterator for Numbers {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        say("next");
        self.0.next()
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        say("drop numbers");
    }
}

#[super::coroutine(yield = u32)]
fn of_numbers(end: u32) -> &'static str {
    let _finally = Loud("outer");
    let outcome = try_yield_from!(Numbers(0..end));
    match outcome {
        Ok(()) => "done",
        Err(raised) => {
            say(format_args!("outer sees {raised}"));
            raise!(raised)
        }
    }
}

#[test]
fn del_01_the_first_step_goes_straight_into_the_delegate() {
    let mut co = outer(Box::new(inner().movable())).movable();
    assert!(said().is_empty());
    assert_eq!(gave(co.start()), "yielded 1");
    assert_eq!(said(), ["outer starts", "inner starts"]);
    assert_eq!(co.by_ref().collect::<Vec<_>>(), [2, 10]);
    assert_eq!(said(), ["inner goes on", "inner ends", "drop inner", "outer has result", "outer ends", "drop outer"]);
}

#[test]
fn del_02_an_error_in_the_first_step_climbs() {
    #[super::coroutine(yield = u32)]
    fn outer() {
        let _finally = Loud("outer");
        yield_from!(fails_at(0));
        say("never");
    }
    let mut co = outer().movable();
    assert_eq!(gave(co.start()), "raised mishap 0");
    assert_eq!(said(), ["drop inner", "drop outer"]);
    assert_eq!(co.state(), State::Closed);
}

// With `conformance/d01_values_and_returns.py`.
#[test]
fn del_03_the_end_of_a_delegate_is_no_yield() {
    #[super::coroutine(yield = &'static str)]
    fn leaf(tag: [&'static str; 3]) -> &'static str {
        say(format_args!("leaf {} starts", tag[0]));
        yield_!(tag[0]);
        yield_!(tag[1]);
        say(format_args!("leaf {} ends", tag[0]));
        tag[2]
    }
    #[super::coroutine(yield = &'static str)]
    fn branch() -> String {
        say("branch starts");
        let a = yield_from!(leaf(["a1", "a2", "A"]));
        yield_!("between");
        let b = yield_from!(leaf(["b1", "b2", "B"]));
        a.to_owned() + b
    }
    #[super::coroutine(yield = &'static str)]
    fn root() -> String {
        say("root starts");
        let both = yield_from!(branch());
        say(format_args!("root has {both}"));
        say(format!("empty gives {:?}", yield_from!([])));
        let never = yield_from!(never());
        say(format_args!("no yield gives {never}"));
        both
    }
    #[super::coroutine(yield = &'static str)]
    fn never() -> &'static str {
        "immediate"
    }
    let mut co = root().movable();
    let mut step = co.start();
    while let Ok(Step::Yielded(value)) = step {
        say(format_args!("consumer: {value}"));
        step = co.start();
    }
    assert_eq!(gave(step), "returned \"AB\"");
    let trace = [
        "root starts", "branch starts", "leaf a1 starts", "consumer: a1", "consumer: a2", "leaf a1 ends",
        "consumer: between", "leaf b1 starts", "consumer: b1", "consumer: b2", "leaf b1 ends", "root has AB",
        "empty gives ()", "no yield gives immediate",
    ];
    assert_eq!(said(), trace);
}

#[test]
fn del_04_an_error_in_a_later_step_is_seen_at_the_delegation() {
    #[super::coroutine(yield = u32)]
    fn outer() {
        let _finally = Loud("outer");
        let outcome: Result<(), Exception> = attempt! {
            let _inside = Loud("attempt");
            yield_from!(fails_at(2));
            say("never");
        };
        let raised = outcome.unwrap_err();
        say(format_args!("outer sees {raised}"));
        yield_!(10);
        raise!(raised);
    }
    let mut co = outer().movable();
    assert_eq!([co.start(), co.start(), co.start()].map(gave), ["yielded 0", "yielded 1", "yielded 10"]);
    assert_eq!(said(), ["drop inner", "drop attempt", "outer sees mishap 2"]);
    assert_eq!(gave(co.start()), "raised mishap 2");
    assert_eq!(said(), ["drop outer"]);
}

#[test]
fn del_05_what_is_sent_goes_to_the_delegate_and_none_is_lost() {
    #[super::coroutine(yield = &'static str, send = u32)]
    fn inner() -> u32 {
        let first = yield_!("inner 1");
        let second = yield_!("inner 2");
        say(format_args!("inner got {first} {second}"));
        second
    }
    #[super::coroutine(yield = &'static str, send = u32)]
    fn outer() -> u32 {
        let before = yield_!("outer 1");
        let result = yield_from!(inner());
        let after = yield_!("outer 2");
        say(format_args!("outer got {before} {result} {after}"));
        after
    }
    let mut co = outer().movable();
    assert_eq!(gave(co.start()), "yielded \"outer 1\"");
    let given = [1, 2, 3, 4].map(|sent| gave(co.send(sent)));
    assert_eq!(given, ["yielded \"inner 1\"", "yielded \"inner 2\"", "yielded \"outer 2\"", "returned 4"]);
    assert_eq!(said(), ["inner got 2 3", "outer got 1 3 4"]);
}

#[test]
fn del_06_an_error_of_a_sent_value_skips_the_rest() {
    #[super::coroutine(send = u32)]
    fn inner() {
        let _finally = Loud("inner");
        let sent = yield_!();
        raise!(Mishap(sent));
    }
    #[super::coroutine(send = u32)]
    fn outer() {
        let _finally = Loud("outer");
        yield_from!(inner());
        say("never");
    }
    let mut co = outer().movable();
    co.start().unwrap();
    assert_eq!(gave(co.send(7)), "raised mishap 7");
    assert_eq!(said(), ["drop inner", "drop outer"]);
    assert_eq!(gave(co.send(8)), "raised Finished");
}

#[test]
fn del_07_a_close_ends_the_delegate_first() {
    let mut co = outer(Box::new(inner().movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["drop inner", "outer sees coroutine is being closed", "drop outer"]);
    assert_eq!(co.state(), State::Closed);
    // With a delegate that has a handler.
    let mut co = outer(Box::new(handles("passes").movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "closed");
    let exit = "coroutine is being closed";
    assert_eq!(said(), [&format!("inner sees {exit}"), "drop inner", &format!("outer sees {exit}"), "drop outer"]);
}

#[test]
fn del_08_an_error_while_closing_the_delegate_replaces_the_exit() {
    let mut co = outer(Box::new(handles("raises").movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "raised fault inner <- Exit");
    assert_eq!(said(), ["inner sees coroutine is being closed", "drop inner", "outer sees fault inner", "drop outer"]);
    assert_eq!(gave(co.start()), "raised Finished");
    assert_eq!(closed(co.close()), "closed");
}

// With the first part of `conformance/d03_deep_throw.py`.
#[test]
fn del_09_a_throw_is_raised_in_the_innermost_and_climbs() {
    let mut co = outer(Box::new(handles("passes").movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(gave(co.throw(Mishap(1))), "raised mishap 1");
    assert_eq!(said(), ["inner sees mishap 1", "drop inner", "outer sees mishap 1", "drop outer"]);

    #[super::coroutine(yield = String, send = u32)]
    fn layer(n: u32) -> String {
        let outcome: Result<String, Exception> = attempt! {
            if n == 0 {
                loop {
                    if let Err(raised) = try_yield!("core".to_owned()) {
                        match raised.downcast::<Mishap>() {
                            Ok(_) => say("core absorbs"),
                            Err(raised) => raise!(raised),
                        }
                    }
                }
            }
            let deeper: BoxCoroutine<'_, String, String, u32> = Box::new(layer(n - 1).movable());
            yield_from!(deeper)
        };
        match outcome {
            Ok(result) => {
                say(format_args!("layer {n} has {result}"));
                result
            }
            Err(raised) if n == 2 && raised.is::<Fault>() => {
                say(format_args!("layer {n} handles {raised}"));
                let sent = yield_!(format!("layer {n} recovered"));
                format!("sent {sent}")
            }
            Err(raised) => {
                say(format_args!("layer {n} passes"));
                raise!(raised)
            }
        }
    }
    let mut co = layer(4).movable();
    assert_eq!(gave(co.start()), "yielded \"core\"");
    assert_eq!(gave(co.throw(Mishap(1))), "yielded \"core\"");
    assert_eq!(gave(co.throw(Fault("x"))), "yielded \"layer 2 recovered\"");
    assert_eq!(said(), ["core absorbs", "layer 0 passes", "layer 1 passes", "layer 2 handles fault x"]);
    assert_eq!(gave(co.send(42)), "returned \"sent 42\"");
    assert_eq!(said(), ["layer 3 has sent 42", "layer 4 has sent 42"]);
    let mut co = layer(2).movable();
    co.start().unwrap();
    co.throw(Fault("x")).unwrap();
    said();
    assert_eq!(gave(co.throw(Fault("again"))), "raised fault again");
    assert!(said().is_empty());
}

#[test]
fn del_10_the_returned_value_is_the_value_of_the_delegation() {
    #[super::coroutine(yield = u32)]
    fn returns<T>(value: T) -> T {
        yield_!(1);
        value
    }
    #[super::coroutine(yield = u32)]
    fn outer(first: Loud) -> (Loud, Option<Exception>, usize) {
        let moved = yield_from!(returns(first));
        let exception = yield_from!(returns(Some(Exception::Exit)));
        (moved, exception, yield_from!(returns(2)) + yield_from!(returns(3)))
    }
    let mut co = outer(Loud("value")).movable();
    for _ in 0..4 {
        assert_eq!(co.next(), Some(1));
    }
    let (moved, exception, sum) = co.start().unwrap().returned().unwrap();
    assert!(said().is_empty());
    assert_eq!((moved.0, sum), ("value", 5));
    assert!(matches!(exception, Some(Exception::Exit)));
}

/// A delegate by hand: it can be moved on, and knows when it is over.
struct Countdown(u32);

impl Delegate<u32> for Countdown {
    type Yield = u32;
    type Return = &'static str;

    fn advance(&mut self, sent: Option<u32>) -> Resumed<u32, &'static str> {
        say(format_args!("sent {sent:?}"));
        self.0 = self.0.saturating_sub(sent.unwrap_or(0));
        Ok(if self.0 == 0 { Step::Returned("lift-off") } else { Step::Yielded(self.0) })
    }
}

#[super::coroutine(yield = u32, send = u32)]
fn launch(countdown: Countdown) -> &'static str {
    let _finally = Loud("outer");
    let result = yield_from!(countdown);
    say("outer goes on");
    result
}

#[test]
fn del_11_a_delegate_by_hand_gives_a_result() {
    let mut co = launch(Countdown(10)).movable();
    assert_eq!(gave(co.start()), "yielded 10");
    assert_eq!(gave(co.send(4)), "yielded 6");
    assert_eq!(gave(co.send(6)), "returned \"lift-off\"");
    assert_eq!(said(), ["sent None", "sent Some(4)", "sent Some(6)", "outer goes on", "drop outer"]);
}

#[test]
fn del_12_iterables_can_be_delegated_to() {
    assert_eq!(of_numbers(2).movable().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(said(), ["next", "next", "next", "drop numbers", "drop outer"]);
    // An empty one does not suspend.
    assert_eq!(gave(of_numbers(0).movable().start()), "returned \"done\"");
    assert_eq!(said(), ["next", "drop numbers", "drop outer"]);

    #[super::coroutine(yield = &'a str)]
    fn every_sort<'a>(list: &[&'a str], owned: Vec<&'a str>) -> usize {
        yield_from!(list.iter().copied());
        yield_from!(["array"]);
        yield_from!(owned);
        yield_from!(Some("option"));
        let mut rest = "a b".split(' ');
        yield_from!(&mut rest);
        yield_from!(std::iter::empty());
        rest.count()
    }
    let mut co = every_sort(&["list"], vec!["vec"]).movable();
    let mut values = co.values();
    let all: Vec<&str> = values.by_ref().map(Result::unwrap).collect();
    assert_eq!(all, ["list", "array", "vec", "option", "a", "b"]);
    assert_eq!(values.into_return(), Some(0));
}

#[test]
fn del_13_a_send_of_unit_moves_a_plain_iterator_on() {
    let mut co = of_numbers(3).movable();
    assert_eq!(
        [co.send(()), co.send(()), co.start(), co.send(())].map(gave),
        ["yielded 0", "yielded 1", "yielded 2", "returned \"done\""]
    );
}

#[test]
fn del_15_a_delegate_without_a_close_is_dropped() {
    let mut co = of_numbers(3).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["drop numbers", "outer sees coroutine is being closed", "drop outer"]);
    let mut co = launch(Countdown(3)).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["drop outer"]);
}

#[test]
fn del_16_a_throw_to_a_delegate_without_one_is_raised_at_the_delegation() {
    let mut co = of_numbers(3).movable();
    co.start().unwrap();
    said();
    assert_eq!(gave(co.throw(Mishap(1))), "raised mishap 1");
    assert_eq!(said(), ["drop numbers", "outer sees mishap 1", "drop outer"]);
    let mut co = launch(Countdown(3)).movable();
    co.start().unwrap();
    said();
    assert_eq!(gave(co.throw(Mishap(2))), "raised mishap 2");
    assert_eq!(said(), ["drop outer"]);
}

#[test]
fn del_18_a_delegate_that_answers_a_throw_goes_on() {
    let mut co = outer(Box::new(handles("yields").movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(gave(co.throw(Mishap(1))), "yielded 2");
    assert_eq!(said(), ["inner sees mishap 1"]);
    assert_eq!(gave(co.start()), "yielded 10");
    assert_eq!(said(), ["drop inner", "outer has yielded"]);
    assert_eq!(gave(co.start()), "returned 11");
}

// With `conformance/d09_throw_that_returns.py`.
#[test]
fn del_19_a_delegate_that_returns_on_a_throw_lets_the_outer_go_on() {
    let mut co = outer(Box::new(handles("returns").movable())).movable();
    co.start().unwrap();
    said();
    assert_eq!(gave(co.throw(Mishap(1))), "yielded 10");
    assert_eq!(said(), ["inner sees mishap 1", "drop inner", "outer has returned"]);

    #[super::coroutine(yield = String, send = u32)]
    fn worker(name: &'static str) -> Vec<u32> {
        let mut done = vec![];
        loop {
            match try_yield!(format!("{name} idle")) {
                Ok(job) => done.push(job),
                Err(raised) => match raised.downcast::<Mishap>() {
                    Ok(_) => return done,
                    Err(raised) => raise!(raised),
                },
            }
        }
    }
    #[super::coroutine(yield = String, send = u32)]
    fn manager() -> Vec<u32> {
        let mut all = yield_from!(worker("w1"));
        yield_!(format!("first did {}", all.len()));
        all.extend(yield_from!(worker("w2")));
        all
    }
    let mut co = manager().movable();
    assert_eq!(gave(co.start()), "yielded \"w1 idle\"");
    assert_eq!([co.send(1), co.send(2)].map(gave), ["yielded \"w1 idle\"", "yielded \"w1 idle\""]);
    assert_eq!(gave(co.throw(Mishap(10))), "yielded \"first did 2\"");
    assert_eq!(gave(co.send(0)), "yielded \"w2 idle\"");
    assert_eq!(gave(co.send(3)), "yielded \"w2 idle\"");
    assert_eq!(gave(co.throw(Mishap(20))), "returned [1, 2, 3]");
}

// With `conformance/d05_close_with_failures.py`, for both ways of raising an exit.
#[test]
fn del_20_exit_is_never_a_delegation_result() {
    for closes in [true, false] {
        let mut co = outer(Box::new(handles("returns").movable())).movable();
        co.start().unwrap();
        said();
        if closes {
            assert_eq!(closed(co.close()), "closed");
        } else {
            assert_eq!(gave(co.throw(Exception::Exit)), "raised Exit");
        }
        let exit = "coroutine is being closed";
        assert_eq!(said(), [&format!("inner sees {exit}"), "drop inner", &format!("outer sees {exit}"), "drop outer"]);
        assert_eq!(gave(co.start()), "raised Finished");
    }
}

#[test]
fn del_21_a_delegate_that_ignores_the_exit_raises_in_the_outer() {
    for closes in [true, false] {
        let mut co = outer(Box::new(handles("yields").movable())).movable();
        co.start().unwrap();
        said();
        if closes {
            assert_eq!(closed(co.close()), "raised IgnoredExit");
        } else {
            assert_eq!(gave(co.throw(Exception::Exit)), "raised IgnoredExit");
        }
        // The delegate is given up, and so closed for good, before the outer goes on.
        let ignored = "outer sees coroutine yielded while it was being closed";
        assert_eq!(said(), ["inner sees coroutine is being closed", "drop inner", ignored, "drop outer"]);
        assert_eq!(gave(co.start()), "raised Finished");
    }
}

#[test]
fn del_22_a_delegate_that_raises_on_the_exit_replaces_it() {
    for closes in [true, false] {
        let mut co = outer(Box::new(handles("raises").movable())).movable();
        co.start().unwrap();
        said();
        let end = if closes { closed(co.close()) } else { gave(co.throw(Exception::Exit)) };
        assert_eq!(end, "raised fault inner <- Exit");
        assert_eq!(
            said(),
            ["inner sees coroutine is being closed", "drop inner", "outer sees fault inner", "drop outer"]
        );
        assert_eq!(gave(co.start()), "raised Finished");
    }
}

#[test]
fn del_31_a_delegate_that_only_moves_on_is_enough() {
    struct Collect(Vec<(u32, Option<()>)>);
    impl Delegate<(u32, Option<()>)> for Collect {
        type Yield = usize;
        type Return = Vec<(u32, Option<()>)>;

        fn advance(&mut self, sent: Option<(u32, Option<()>)>) -> Resumed<usize, Self::Return> {
            self.0.extend(sent);
            Ok(match self.0.len() {
                2 => Step::Returned(std::mem::take(&mut self.0)),
                n => Step::Yielded(n),
            })
        }
    }
    #[coframe::coroutine(yield = usize, send = (u32, Option<()>))]
    fn outer() -> Vec<(u32, Option<()>)> {
        yield_from!(Collect(vec![]))
    }
    let mut co = outer().movable();
    assert_eq!(gave(co.start()), "yielded 0");
    assert_eq!(gave(co.send((1, None))), "yielded 1");
    assert_eq!(gave(co.send((2, Some(())))), "returned [(1, None), (2, Some(()))]");
}

// Python gives `None`. A value of any type cannot be made up, so what is over raises.
#[test]
fn del_32_a_delegate_that_is_over_raises_finished() {
    #[super::coroutine(yield = u32)]
    fn twice() -> String {
        let mut delegate = inner().movable();
        let first = yield_from!(&mut delegate);
        let second = try_yield_from!(&mut delegate);
        say(format_args!("then {}", second.unwrap_err()));
        first.to_owned()
    }
    let mut co = twice().movable();
    assert_eq!([co.start(), co.start(), co.start()].map(gave), ["yielded 1", "yielded 2", "returned \"result\""]);
    assert_eq!(
        said(),
        ["inner starts", "inner goes on", "inner ends", "drop inner", "then coroutine is already finished"]
    );
    // An iterator that is over has nothing more to give, and `()` to return.
    #[super::coroutine(yield = u32)]
    fn rest() {
        let mut list = vec![1].into_iter();
        yield_from!(&mut list);
        yield_from!(&mut list);
    }
    assert_eq!(rest().movable().collect::<Vec<_>>(), [1]);
}
