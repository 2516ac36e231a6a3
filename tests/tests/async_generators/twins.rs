//! The same body as a frame and as an async generator: what is yielded, said and dropped, in that order, must be the same
//! wherever the consumer stops.

use coframe::{CoroutineExt, Exception, Step, attempt, for_await, or_raise, raise, try_yield, yield_};
use futures::stream;

use crate::support::{Trace, ValueError, block_on};

/// What a consumer does after so many values.
#[derive(Clone, Copy, Debug)]
enum Then {
    GoesOn,
    Throws,
    Closes,
    Drops,
}

/// A body as both kinds, compared wherever it is stopped.
macro_rules! twins {
    ($($name:ident($trace:ident) -> $ends:ty { $($body:tt)* })*) => {$(
        #[test]
        fn $name() {
            #[coframe::coroutine(yield = u32, send = Option<u32>)]
            fn frame($trace: Trace) -> $ends { $($body)* }
            #[coframe::coroutine(yield = u32, send = Option<u32>)]
            async fn generator($trace: Trace) -> $ends { $($body)* }
            for then in [Then::GoesOn, Then::Throws, Then::Closes, Then::Drops] {
                for after in 0..8 {
                    let (a, b) = (Trace::default(), Trace::default());
                    as_frame(frame(a.clone()), &a, after, then);
                    as_generator(generator(b.clone()), &b, after, then);
                    assert_eq!(a.lines(), b.lines(), "{then:?} after {after}");
                }
            }
        }
    )*};
}

trait Ends {
    fn ends(self) -> String;
}

impl Ends for () {
    fn ends(self) -> String {
        "end".to_owned()
    }
}

impl<E: std::fmt::Display> Ends for Result<(), E> {
    fn ends(self) -> String {
        self.map_or_else(|error| format!("error {error}"), Ends::ends)
    }
}

fn as_frame<C>(mut co: C, trace: &Trace, after: u32, then: Then)
where
    C: CoroutineExt<Option<u32>, Yield = u32, Return: Ends> + Unpin,
{
    for n in 0..20 {
        let step = match then {
            Then::Throws if n == after => co.throw(ValueError("thrown")),
            Then::Closes if n == after => {
                let closed = co.close();
                trace.say(match closed {
                    Ok(Some(end)) => end.ends(),
                    Ok(None) => "end".to_owned(),
                    Err(exception) => format!("error {exception}"),
                });
                return;
            }
            Then::Drops if n == after => break,
            _ if n == 0 => co.start(),
            _ => co.send((n % 2 == 0).then_some(n)),
        };
        match step {
            Ok(Step::Yielded(value)) => trace.say(format!("= {value}")),
            Ok(Step::Returned(end)) => return trace.say(end.ends()),
            Err(exception) => return trace.say(format!("error {exception}")),
        }
    }
    drop(co);
    trace.say("dropped");
}

fn as_generator<M>(mut g: coframe::AsyncGenerator<M>, trace: &Trace, after: u32, then: Then)
where
    M: coframe::AsyncMachine<Send = Option<u32>, Yield = u32>,
{
    for n in 0..20 {
        let step = match then {
            Then::Throws if n == after => block_on(g.athrow(ValueError("thrown"))),
            Then::Closes if n == after => block_on(g.aclose()).map(|()| None),
            Then::Drops if n == after => break,
            _ if n == 0 => block_on(g.next()),
            _ => block_on(g.asend((n % 2 == 0).then_some(n))),
        };
        match step {
            Ok(Some(value)) => trace.say(format!("= {value}")),
            Ok(None) => return trace.say("end"),
            Err(exception) => return trace.say(format!("error {exception}")),
        }
    }
    drop(g);
    trace.say("dropped");
}

twins! {
    locals_are_dropped_in_the_same_order(trace) -> () {
        let _a = trace.loud("a");
        yield_!(1);
        {
            let _b = trace.loud("b");
            let _c = trace.loud("c");
            yield_!(2);
        }
        let a = trace.loud("moved");
        yield_!(3);
        drop(a);
        yield_!(4);
    }

    a_question_mark_ends_it(trace) -> Result<(), std::num::ParseIntError> {
        let _a = trace.loud("a");
        for text in ["1", "2", "x", "3"] {
            let _turn = trace.loud(text);
            yield_!(text.parse::<u32>()?);
        }
        Ok(())
    }

    attempts_in_loops(trace) -> () {
        let _a = trace.loud("a");
        for n in 0..3 {
            let caught = attempt! {
                let _inner = trace.loud("inner");
                let sent = yield_!(n);
                trace.say(format!("{sent:?}"));
                if n == 1 {
                    raise!(ValueError("one"));
                }
                yield_!(n + 10);
            };
            match caught {
                Err(exception) if exception.is::<ValueError>() => trace.say(format!("caught {exception}")),
                other => or_raise!(other),
            }
        }
    }

    nested_loops_with_labels(trace) -> () {
        let mut turns = 0;
        'outer: loop {
            let _outer = trace.loud("outer");
            for a in 0..3 {
                let _inner = trace.loud("inner");
                turns += 1;
                match yield_!(a) {
                    Some(2) => continue 'outer,
                    Some(_) if turns > 4 => break 'outer,
                    _ => (),
                }
            }
        }
        trace.say(turns);
    }

    a_name_is_shadowed(trace) -> () {
        let n = 1;
        let _loud = trace.loud("first");
        let sent = yield_!(n);
        let n = sent.map_or(n + 1, |sent| n + sent);
        let _loud = trace.loud("second");
        let sent = yield_!(n);
        {
            let n = n * 100;
            yield_!(n);
        }
        let n = sent.unwrap_or(n);
        yield_!(n);
    }

    a_return_in_the_middle(trace) -> () {
        let _a = trace.loud("a");
        if yield_!(1).is_none() {
            let _b = trace.loud("b");
            if let Some(2) = yield_!(2) {
                return;
            }
        }
        yield_!(3);
    }

    a_handler_that_yields_and_raises_another(trace) -> () {
        let _a = trace.loud("a");
        match try_yield!(1) {
            Ok(sent) => trace.say(format!("{sent:?}")),
            Err(exception) => {
                if !exception.is_exit() {
                    yield_!(2);
                    raise!(ValueError("another"), from = exception);
                }
                raise!(exception);
            }
        }
        yield_!(3);
    }

    operands_are_evaluated_once_and_in_order(trace) -> () {
        let saying = trace.clone();
        let said = move |n: u32| {
            saying.say(n);
            n
        };
        let tuple = (said(1), yield_!(said(2)), said(3), yield_!(said(4)));
        trace.say(format!("{tuple:?}"));
        let sum = yield_!(5).unwrap_or(0) + yield_!(6).unwrap_or(0);
        yield_!(sum);
    }
}

#[test]
fn loops_over_streams_in_loops_over_streams() {
    #[coframe::coroutine(yield = u32)]
    async fn pairs(trace: Trace) {
        let _a = trace.loud("a");
        for_await!('outer: a in stream::iter(1..=3) {
            let _turn = trace.loud(format!("turn {a}"));
            for_await!(b in inner(a, trace.clone()) {
                if b == 12 {
                    continue 'outer;
                }
                if b == 32 {
                    break 'outer;
                }
                yield_!(b);
            });
        });
        trace.say("over");
    }
    #[coframe::coroutine(yield = u32)]
    async fn inner(a: u32, trace: Trace) {
        let _inner = trace.loud(format!("inner {a}"));
        for b in 1..=2 {
            trace.tick("wait").await;
            yield_!(10 * a + b);
        }
    }
    let trace = Trace::default();
    let mut g = pairs(trace.clone());
    let mut seen = Vec::new();
    while let Some(n) = block_on(g.next()).unwrap() {
        seen.push(n);
    }
    assert_eq!(seen, [11, 21, 22, 31]);
    let expected =
        "wait, wait, -inner 1, -turn 1, wait, wait, -inner 2, -turn 2, wait, wait, -inner 3, -turn 3, over, -a";
    assert_eq!(trace.lines().join(", "), expected);
}

/// As those of a `for` loop.
#[test]
fn temporaries_of_a_head_live_as_long_as_the_loop() {
    struct Source<'a>(&'a Trace, crate::support::Loud);

    impl Source<'_> {
        fn items(&self) -> impl futures::Stream<Item = u32> + use<> {
            self.0.say("items");
            stream::iter([1, 2])
        }
    }

    #[coframe::coroutine(yield = u32)]
    async fn loops(trace: Trace) {
        for_await!(n in Source(&trace, trace.loud("source")).items() {
            yield_!(n);
            trace.say(n);
        });
        trace.say("after");
        let kept = Source(&trace, trace.loud("kept"));
        for n in [3] {
            yield_!(n);
        }
        trace.say(kept.1.name());
    }
    let trace = Trace::default();
    let mut g = loops(trace.clone());
    while block_on(g.next()).unwrap().is_some() {}
    assert_eq!(trace.lines().join(", "), "items, 1, 2, -source, after, kept, -kept");
}

#[test]
fn a_panic_in_a_body_leaves_it_finished() {
    #[coframe::coroutine(yield = u32)]
    async fn panics(trace: Trace) {
        let _local = trace.loud("local");
        yield_!(1);
        trace.tick("waits").await;
        assert!(trace.line().is_empty(), "on purpose");
    }
    for managed in [false, true] {
        let trace = Trace::default();
        let mut g = panics(trace.clone());
        let go = |g: &mut coframe::AsyncGenerator<_>| {
            let step = std::panic::AssertUnwindSafe(|| block_on(g.next()));
            std::panic::catch_unwind(step)
        };
        if managed {
            let event_loop = coframe::event_loop::EventLoop::with_virtual_clock().unwrap();
            event_loop
                .run_until_complete(async move {
                    assert_eq!(go(&mut g).unwrap().unwrap(), Some(1));
                    assert!(go(&mut g).is_err());
                    assert_eq!(g.state(), coframe::State::Closed);
                    assert_eq!(g.next().await?, None);
                    coframe::event_loop::EventLoop::running().unwrap().shutdown_asyncgens().await
                })
                .unwrap();
        } else {
            assert_eq!(go(&mut g).unwrap().unwrap(), Some(1));
            assert!(go(&mut g).is_err());
            assert_eq!((g.state(), go(&mut g).unwrap().unwrap()), (coframe::State::Closed, None));
        }
        assert_eq!(trace.line(), "-local");
    }
}

#[test]
fn a_generator_is_a_field_and_calls_itself_by_a_box() {
    type Items = std::pin::Pin<Box<dyn futures::Stream<Item = Result<u32, Exception>>>>;

    struct Reader {
        items: Items,
        seen: u32,
    }

    #[coframe::coroutine(yield = u32)]
    async fn countdown(n: u32, trace: Trace) {
        let _level = trace.loud(n);
        yield_!(n);
        if n > 0 {
            let inner: Items = Box::pin(countdown(n - 1, trace.clone()));
            for_await!(m in inner { yield_!(m); });
        }
    }

    let trace = Trace::default();
    let mut reader = Reader { items: Box::pin(countdown(3, trace.clone())), seen: 0 };
    while let Some(item) = block_on(futures::StreamExt::next(&mut reader.items)) {
        reader.seen = reader.seen * 10 + item.unwrap();
    }
    assert_eq!((reader.seen, trace.line()), (3210, "-0 -1 -2 -3".to_owned()));
    let mut stopped = countdown(3, trace.clone());
    for _ in 0..3 {
        block_on(stopped.next()).unwrap();
    }
    drop(stopped);
    assert_eq!(trace.line(), "-1 -2 -3");
}

#[test]
fn it_is_closed_in_the_thread_in_which_it_is_dropped() {
    #[coframe::coroutine(yield = u32)]
    async fn says(said: std::sync::Arc<std::sync::Mutex<Vec<&'static str>>>) {
        let done = attempt! { yield_!(1); };
        let name = if std::thread::current().name() == Some("other") { "other" } else { "own" };
        said.lock().unwrap().push(name);
        or_raise!(done);
    }
    let said = std::sync::Arc::default();
    let mut g = says(std::sync::Arc::clone(&said));
    let event_loop = coframe::event_loop::EventLoop::with_virtual_clock().unwrap();
    event_loop
        .run_until_complete(async move {
            g.next().await?;
            std::thread::Builder::new().name("other".to_owned()).spawn(move || drop(g)).unwrap().join().unwrap();
            // The table of this thread knows that it is gone.
            coframe::event_loop::EventLoop::running().unwrap().shutdown_asyncgens().await
        })
        .unwrap();
    assert_eq!(*said.lock().unwrap(), ["other"]);
}
