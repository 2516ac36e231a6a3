//! The matrix of DEL-23 to DEL-29: what a delegate does on its way out, by what is done to the one that delegates to it.
//!
//! No expected outcome is typed in. A model computes each: generator objects as CPython has them, `yield from` as
//! PEP 380 expands it. Every effect, in its order, must be the same in the library, for each form of delegation.

use coframe::prelude::*;
use coframe::{BoxCoroutine, Delegate, Recursive, Resumed, State};
use coframe_tests::Movable;

use crate::tools::{Fault, Loud, Mishap, chain, closed, gave, hear_the_unraisable, said, say};

/// A row: what the delegate does when something is raised at its first yield.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// Nothing: it cleans up and lets it pass.
    Passes,
    RaisesExit,
    /// Raises an error of the sort that is thrown.
    RaisesMishap,
    /// Raises an error of another sort.
    RaisesFault,
    /// Yields once more, after which what was raised goes on.
    Yields,
    Returns,
}

/// A column: what is done to the delegator while it is suspended in its delegate.
#[derive(Clone, Copy, Debug)]
enum Act {
    Close,
    ThrowExit,
    ThrowMishap,
    ThrowFinished,
    Drop,
}

const ACTS: [Act; 5] = [Act::Close, Act::ThrowExit, Act::ThrowMishap, Act::ThrowFinished, Act::Drop];

mod model {
    //! Python, in straight code. An exception is its text; `a <- b` was raised while `b` was handled.

    use super::{Act, Way};
    use crate::tools::{said, say};

    /// What `yield` gives: a value, or what is raised there.
    type Given = Result<(), String>;
    type Stepped = Result<Step, String>;

    enum Step {
        Yielded(u32),
        Returned(&'static str),
    }

    /// A generator object. Its body is a function from what the last `yield` gives to the next one or the end.
    pub(super) struct Generator {
        name: &'static str,
        body: Box<dyn FnMut(Given) -> Stepped>,
        over: bool,
    }

    impl Generator {
        fn new(name: &'static str, body: impl FnMut(Given) -> Stepped + 'static) -> Self {
            Generator { name, body: Box::new(body), over: false }
        }

        /// `next(g)` and `g.throw(e)`.
        fn resume(&mut self, given: Given) -> Stepped {
            if self.over {
                return Err(given.err().unwrap_or_else(|| "Finished".to_owned()));
            }
            let stepped = (self.body)(given);
            self.over = !matches!(stepped, Ok(Step::Yielded(_)));
            stepped
        }

        /// `g.close()`, as in 3.13.
        fn close(&mut self) -> Result<Option<&'static str>, String> {
            if self.over {
                return Ok(None);
            }
            match self.resume(Err("Exit".to_owned())) {
                Ok(Step::Returned(value)) => Ok(Some(value)),
                Ok(Step::Yielded(_)) => Err("IgnoredExit".to_owned()),
                Err(raised) if raised == "Exit" => Ok(None),
                Err(raised) => Err(raised),
            }
        }
    }

    /// `del g`. What is left of the frame is dropped.
    impl Drop for Generator {
        fn drop(&mut self) {
            if let Err(raised) = self.close() {
                say(format_args!("unraisable in {}: {raised}", self.name));
            }
            if !self.over {
                say(format_args!("drop {}", self.name));
            }
        }
    }

    pub(super) fn delegate(way: Way) -> Generator {
        let mut at = 0;
        let mut pending = None;
        Generator::new("delegate", move |given| {
            let stepped = match (at, given) {
                (0, _) => Ok(Step::Yielded(1)),
                (1, Ok(())) => Ok(Step::Returned("resumed")),
                (1, Err(raised)) => {
                    say(format_args!("delegate sees {raised}"));
                    match way {
                        Way::Passes => Err(raised),
                        // An exit has no room for what it was raised from. Here is all that Python has and we do not.
                        Way::RaisesExit => Err("Exit".to_owned()),
                        Way::RaisesMishap => Err(format!("mishap 2 <- {raised}")),
                        Way::RaisesFault => Err(format!("fault cleanup <- {raised}")),
                        Way::Yields => {
                            pending = Some(raised);
                            Ok(Step::Yielded(2))
                        }
                        Way::Returns => Ok(Step::Returned("cleanup")),
                    }
                }
                (_, Ok(())) => {
                    say("delegate goes on");
                    Err(pending.take().expect("it yielded while something was raised"))
                }
                (_, Err(raised)) => Err(raised),
            };
            at += 1;
            if !matches!(stepped, Ok(Step::Yielded(_))) {
                say("drop delegate");
            }
            stepped
        })
    }

    /// `RESULT = yield from EXPR` in PEP 380's expansion, from what one `yield _y` in it gives to the next `yield _y`
    /// (`Yielded`), its `break` (`Returned`) or what it raises.
    fn yield_from(i: &mut Generator, given: Given) -> Stepped {
        match given {
            // except GeneratorExit as _e: _i.close(); raise _e
            Err(e) if e == "Exit" => {
                i.close()?;
                Err(e)
            }
            // except BaseException as _e: _y = _i.throw(_e)
            Err(e) => i.resume(Err(e)),
            // else: _y = next(_i)
            Ok(()) => i.resume(Ok(())),
        }
    }

    /// What delegates. It `catches` if it looks at what is raised and raises it again. If it `keeps` the delegate, that is
    /// a local of its own, and else gone with the delegation.
    pub(super) fn delegator(name: &'static str, delegate: Generator, catches: bool, keeps: bool) -> Generator {
        let mut delegate = Some(delegate);
        Generator::new(name, move |given| {
            let stepped = yield_from(delegate.as_mut().expect("it is not over"), given);
            if matches!(stepped, Ok(Step::Yielded(_))) {
                return stepped;
            }
            delegate.take_if(|_| !keeps);
            match &stepped {
                Ok(Step::Returned(value)) => say(format_args!("{name} has {value}")),
                Err(raised) if catches => say(format_args!("{name} sees {raised}")),
                _ => {}
            }
            delegate.take();
            say(format_args!("drop {name}"));
            stepped
        })
    }

    /// Starts it, acts, resumes it three times more, closes it and drops it.
    pub(super) fn run(mut generator: Generator, act: Act) -> Vec<String> {
        let gave = |stepped: Stepped| match stepped {
            Ok(Step::Yielded(value)) => say(format_args!("yielded {value:?}")),
            Ok(Step::Returned(value)) => say(format_args!("returned {value:?}")),
            Err(raised) => say(format_args!("raised {raised}")),
        };
        let closed = |result| match result {
            Ok(None) => say("closed"),
            Ok(Some(value)) => say(format_args!("closed with {value:?}")),
            Err(raised) => say(format_args!("raised {raised}")),
        };
        gave(generator.resume(Ok(())));
        match act {
            Act::Close => closed(generator.close()),
            Act::ThrowExit => gave(generator.resume(Err("Exit".to_owned()))),
            Act::ThrowMishap => gave(generator.resume(Err("mishap 1".to_owned()))),
            Act::ThrowFinished => gave(generator.resume(Err("Finished".to_owned()))),
            Act::Drop => {
                drop(generator);
                return said();
            }
        }
        say(if generator.over { "is over" } else { "is suspended" });
        for _ in 0..3 {
            gave(generator.resume(Ok(())));
        }
        closed(generator.close());
        drop(generator);
        said()
    }
}

/// What tells its state.
trait Stands: Coroutine<(), Yield = u32, Return = &'static str> + Unpin {
    fn state(&self) -> State;
}

impl<M: Machine<(), Yield = u32, Return = &'static str>> Stands for Generator<M> {
    fn state(&self) -> State {
        Generator::state(self)
    }
}

impl Stands for Recursive<'_, u32, &'static str> {
    fn state(&self) -> State {
        Recursive::state(self)
    }
}

/// [`model::run`] of the library's.
fn run(mut generator: impl Stands, act: Act) -> Vec<String> {
    say(gave(generator.start()));
    match act {
        Act::Close => say(closed(generator.close())),
        Act::ThrowExit => say(gave(generator.throw(Exception::Exit))),
        Act::ThrowMishap => say(gave(generator.throw(Mishap(1)))),
        Act::ThrowFinished => say(gave(generator.throw(Exception::Finished))),
        Act::Drop => {
            drop(generator);
            return said();
        }
    }
    say(match generator.state() {
        State::Suspended => "is suspended",
        State::Closed => "is over",
        other => panic!("{other}"),
    });
    for _ in 0..3 {
        say(gave(generator.start()));
    }
    say(closed(generator.close()));
    drop(generator);
    said()
}

macro_rules! delegate {
    ($name:ident: #[$($attribute:tt)*]) => {
        #[$($attribute)*]
        fn $name(way: Way) -> &'static str {
            let _finally = Loud("delegate");
            let raised = match try_yield!(1) {
                Ok(()) => return "resumed",
                Err(caught) => caught,
            };
            say(format_args!("delegate sees {}", chain(&raised)));
            match way {
                Way::Passes => raise!(raised),
                Way::RaisesExit => raise!(Exception::Exit, from = raised),
                Way::RaisesMishap => raise!(Mishap(2), from = raised),
                Way::RaisesFault => raise!(Fault("cleanup"), from = raised),
                Way::Yields => {
                    yield_!(2);
                    say("delegate goes on");
                    raise!(raised)
                }
                Way::Returns => {
                    drop(raised);
                    "cleanup"
                }
            }
        }
    };
}

delegate!(delegate: #[super::coroutine(yield = u32)]);
delegate!(recursive_delegate: #[coframe::coroutine(recursive, yield = u32)]);

/// [`delegate`] by hand: a type of the user's that implements [`Delegate`].
struct Own {
    way: Way,
    at: u32,
    pending: Option<Exception>,
}

impl Own {
    fn ends(&mut self, resumed: Resumed<u32, &'static str>) -> Resumed<u32, &'static str> {
        if matches!(resumed, Ok(Step::Yielded(_))) {
            self.at += 1;
        } else {
            self.at = 3;
            say("drop delegate");
        }
        resumed
    }
}

impl Delegate for Own {
    type Yield = u32;
    type Return = &'static str;

    fn advance(&mut self, _: Option<()>) -> Resumed<u32, &'static str> {
        let resumed = match self.at {
            0 => Ok(Step::Yielded(1)),
            1 => Ok(Step::Returned("resumed")),
            2 => {
                say("delegate goes on");
                Err(self.pending.take().unwrap())
            }
            _ => panic!("it is over"),
        };
        self.ends(resumed)
    }

    fn interrupt(&mut self, raised: Exception) -> Resumed<u32, &'static str> {
        if self.at == 2 {
            return self.ends(Err(raised));
        }
        say(format_args!("delegate sees {}", chain(&raised)));
        let resumed = match self.way {
            Way::Passes => Err(raised),
            Way::RaisesExit => Err(Exception::Exit),
            Way::RaisesMishap => Err(Exception::from(Mishap(2)).with_source(raised)),
            Way::RaisesFault => Err(Exception::from(Fault("cleanup")).with_source(raised)),
            Way::Yields => {
                self.pending = Some(raised);
                Ok(Step::Yielded(2))
            }
            Way::Returns => Ok(Step::Returned("cleanup")),
        };
        self.ends(resumed)
    }

    fn release(&mut self) -> Result<(), Exception> {
        match self.interrupt(Exception::Exit) {
            Ok(Step::Returned(_)) | Err(Exception::Exit) => Ok(()),
            Ok(Step::Yielded(_)) => Err(Exception::IgnoredExit),
            Err(raised) => Err(raised),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if self.at < 3 {
            self.release().unwrap();
        }
    }
}

/// What a delegator does with what its delegate returned.
fn has(name: &str, result: &'static str) -> &'static str {
    say(format_args!("{name} has {result}"));
    result
}

/// What one that catches does with what its delegate raised, before it raises that again.
fn sees(name: &str, raised: Exception) -> Exception {
    say(format_args!("{name} sees {}", chain(&raised)));
    raised
}

/// Compares a row with the model, for every column and every form of delegation.
fn check(way: Way) {
    hear_the_unraisable();
    for act in ACTS {
        let modelled =
            |catches, keeps| model::run(model::delegator("outer", model::delegate(way), catches, keeps), act);
        let bare = modelled(false, false);

        assert_eq!(
            run(delegate(way).movable(), act),
            model::run(model::delegate(way), act),
            "no delegation, {way:?}, {act:?}"
        );

        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                let result = yield_from!(delegate(way));
                has("outer", result)
            }
            assert_eq!(run(outer(way).movable(), act), bare, "by value, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                let mut local = delegate(way).movable();
                let result = yield_from!(&mut local);
                has("outer", result)
            }
            assert_eq!(run(outer(way).movable(), act), modelled(false, true), "by reference, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(boxed: BoxCoroutine<'static, u32, &'static str>) -> &'static str {
                let _finally = Loud("outer");
                let result = yield_from!(boxed);
                has("outer", result)
            }
            assert_eq!(run(outer(Box::new(delegate(way).movable())).movable(), act), bare, "boxed, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(shared: Shared<BoxCoroutine<'static, u32, &'static str>>) -> &'static str {
                let _finally = Loud("outer");
                let result = yield_from!(shared);
                has("outer", result)
            }
            assert_eq!(
                run(outer(Shared::new(Box::new(delegate(way).movable()))).movable(), act),
                bare,
                "shared, {way:?}, {act:?}"
            );
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                let result = yield_from!(Own { way, at: 0, pending: None });
                has("outer", result)
            }
            assert_eq!(run(outer(way).movable(), act), bare, "a type of the user's, {way:?}, {act:?}");
        }
        let catching = modelled(true, false);
        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                match try_yield_from!(delegate(way)) {
                    Ok(result) => has("outer", result),
                    Err(raised) => raise!(sees("outer", raised)),
                }
            }
            assert_eq!(run(outer(way).movable(), act), catching, "caught, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                let outcome = attempt! {
                    let result = yield_from!(delegate(way));
                    has("outer", result)
                };
                match outcome {
                    Ok(value) => value,
                    Err(raised) => raise!(sees("outer", raised)),
                }
            }
            assert_eq!(run(outer(way).movable(), act), catching, "attempted, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                let mut local = delegate(way).movable();
                match try_yield_from!(&mut local) {
                    Ok(result) => has("outer", result),
                    Err(raised) => raise!(sees("outer", raised)),
                }
            }
            assert_eq!(run(outer(way).movable(), act), modelled(true, true), "caught by reference, {way:?}, {act:?}");
        }
        {
            #[super::coroutine(yield = u32)]
            fn middle(way: Way) -> &'static str {
                let _finally = Loud("middle");
                let result = yield_from!(delegate(way));
                has("middle", result)
            }
            #[super::coroutine(yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                match try_yield_from!(middle(way)) {
                    Ok(result) => has("outer", result),
                    Err(raised) => raise!(sees("outer", raised)),
                }
            }
            let middle = model::delegator("middle", model::delegate(way), false, false);
            let expected = model::run(model::delegator("outer", middle, true, false), act);
            assert_eq!(run(outer(way).movable(), act), expected, "two levels, {way:?}, {act:?}");
        }
        // Whatever compiles the others: it is always a frame.
        {
            #[coframe::coroutine(recursive, yield = u32)]
            fn middle(way: Way) -> &'static str {
                let _finally = Loud("middle");
                let result = yield_from!(recursive_delegate(way));
                has("middle", result)
            }
            #[coframe::coroutine(recursive, yield = u32)]
            fn outer(way: Way) -> &'static str {
                let _finally = Loud("outer");
                match try_yield_from!(middle(way)) {
                    Ok(result) => has("outer", result),
                    Err(raised) => raise!(sees("outer", raised)),
                }
            }
            let middle = model::delegator("middle", model::delegate(way), false, false);
            let expected = model::run(model::delegator("outer", middle, true, false), act);
            assert_eq!(run(outer(way), act), expected, "recursive, {way:?}, {act:?}");
        }
        {
            let anonymous = super::expression!(yield = u32, |way: Way| -> &'static str {
                let _finally = Loud("outer");
                let result = yield_from!(delegate(way));
                has("outer", result)
            });
            let trace = run(anonymous(way).movable(), act);
            let trace: Vec<String> = trace.iter().map(|line| line.replace("<coroutine>", "outer")).collect();
            assert_eq!(trace, bare, "anonymous, {way:?}, {act:?}");
        }
    }
}

#[test]
fn del_23_what_is_raised_passes_through_a_delegate_that_does_nothing() {
    check(Way::Passes);
}

#[test]
fn del_24_a_delegate_that_raises_an_exit_of_its_own() {
    check(Way::RaisesExit);
}

#[test]
fn del_26_a_delegate_that_raises_an_error_of_another_sort() {
    check(Way::RaisesFault);
}

#[test]
fn del_27_a_delegate_that_raises_an_error_of_the_thrown_sort() {
    check(Way::RaisesMishap);
}

#[test]
fn del_28_a_delegate_that_yields() {
    check(Way::Yields);
}

#[test]
fn del_29_a_delegate_that_returns() {
    check(Way::Returns);
}
