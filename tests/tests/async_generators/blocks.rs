//! Section 12 of the semantics: blocks that are entered and left, and loops over streams.

use std::future::Future;

use coframe::{Exception, attempt, for_await, or_raise, raise, try_await, yield_};
use futures::{Stream, StreamExt, TryStreamExt, stream};

use crate::support::{KeyError, Trace, ValueError, block_on};

/// A block that is entered and left with awaits, as Python's `async with` has it.
#[derive(Clone)]
struct Manager {
    name: &'static str,
    trace: Trace,
    takes: bool,
    fails_to_enter: bool,
    fails_to_exit: bool,
}

fn manager(name: &'static str, trace: &Trace) -> Manager {
    Manager { name, trace: trace.clone(), takes: false, fails_to_enter: false, fails_to_exit: false }
}

impl Manager {
    #[coframe::coroutine]
    async fn enter(&self) {
        self.trace.tick(format!("enter {}", self.name)).await;
        if self.fails_to_enter {
            raise!(KeyError(self.name));
        }
    }

    #[coframe::coroutine]
    async fn exit(&self, raised: Option<&Exception>) -> bool {
        let with = raised.map_or(String::new(), |exception| format!(" with {exception}"));
        self.trace.tick(format!("exit {}{with}", self.name)).await;
        if self.fails_to_exit {
            raise!(KeyError(self.name));
        }
        self.takes && raised.is_some()
    }
}

#[coframe::coroutine]
async fn with<T, F: Future<Output = Result<T, Exception>>>(manager: &Manager, block: F) -> Option<T> {
    manager.enter().await;
    match try_await!(block) {
        Ok(value) => {
            manager.exit(None).await;
            Some(value)
        }
        Err(exception) => match try_await!(manager.exit(Some(&exception))) {
            Ok(true) => None,
            Ok(false) => raise!(exception),
            Err(other) => raise!(other, from = exception),
        },
    }
}

#[coframe::coroutine]
async fn says(trace: &Trace, line: &'static str) {
    trace.tick(line).await;
}

#[coframe::coroutine]
async fn fails(trace: &Trace) {
    trace.tick("body").await;
    raise!(ValueError("body"));
}

#[test]
fn acm_01_entered_in_order_left_in_reverse_and_an_exit_may_take_the_error() {
    let trace = Trace::default();
    let (a, b) = (manager("a", &trace), manager("b", &trace));
    block_on(with(&a, with(&b, says(&trace, "body")))).unwrap();
    assert_eq!(trace.lines().join(", "), "enter a, enter b, body, exit b, exit a");
    let b = Manager { takes: true, ..b };
    block_on(with(&a, with(&b, fails(&trace)))).unwrap();
    assert_eq!(trace.lines().join(", "), "enter a, enter b, body, exit b with body, exit a");
}

#[test]
fn acm_03_an_error_passes_through_a_neutral_exit() {
    let trace = Trace::default();
    let error = block_on(with(&manager("a", &trace), fails(&trace))).unwrap_err();
    assert!(error.is::<ValueError>() && error.source().is_none());
    assert_eq!(trace.lines().join(", "), "enter a, body, exit a with body");
}

/// ACM-02 and ACM-04 are types; what ACM-04 says of the ways out of a block is this.
#[test]
fn acm_04_whatever_the_way_out_of_a_block_its_end_is_run() {
    #[coframe::coroutine]
    async fn leaves(way: u32, trace: Trace) -> &'static str {
        for turn in 0..2 {
            let mut returned = None;
            trace.tick("enter").await;
            let left = attempt! {
                match way {
                    0 => says(&trace, "body").await,
                    1 => fails(&trace).await,
                    _ => returned = Some("returned"),
                }
            };
            trace.tick(format!("exit {}", left.is_err())).await;
            or_raise!(left);
            if let Some(returned) = returned {
                return returned;
            }
            if way == 0 && turn == 0 {
                continue;
            }
            break;
        }
        "end"
    }
    let run = |way| {
        let trace = Trace::default();
        let result = block_on(leaves(way, trace.clone())).map_err(|exception| exception.to_string());
        (result, trace.lines().join(", "))
    };
    assert_eq!(run(0), (Ok("end"), "enter, body, exit false, enter, body, exit false".to_owned()));
    assert_eq!(run(1), (Err("body".to_owned()), "enter, body, exit true".to_owned()));
    assert_eq!(run(2), (Ok("returned"), "enter, exit false".to_owned()));
}

#[test]
fn acm_05_an_error_of_the_exit_replaces_that_of_the_body_and_has_it_as_source() {
    let trace = Trace::default();
    let fails_too = |name| Manager { fails_to_exit: true, ..manager(name, &trace) };
    let error = block_on(with(&fails_too("a"), with(&fails_too("b"), fails(&trace)))).unwrap_err();
    assert_eq!(error.downcast_ref::<KeyError>().unwrap().0, "a");
    let source = error.source().unwrap();
    assert_eq!(source.downcast_ref::<KeyError>().unwrap().0, "b");
    assert!(source.source().unwrap().is::<ValueError>());
}

#[test]
fn acm_06_after_an_error_of_the_entry_there_is_no_exit() {
    let trace = Trace::default();
    let b = Manager { fails_to_enter: true, ..manager("b", &trace) };
    let error = block_on(with(&manager("a", &trace), with(&b, says(&trace, "body")))).unwrap_err();
    assert!(error.is::<KeyError>() && error.source().is_none());
    assert_eq!(trace.lines().join(", "), "enter a, enter b, exit a with b");
}

#[coframe::coroutine(yield = u32)]
async fn count(to: u32, trace: Trace) {
    let _loud = trace.loud("stream");
    for n in 0..to {
        trace.tick(format!("before {n}")).await;
        yield_!(n);
    }
}

#[test]
fn afr_01_a_head_is_evaluated_once_break_leaves_and_continue_goes_on() {
    #[coframe::coroutine]
    async fn loops(trace: Trace) {
        let head = || {
            trace.say("head");
            count(5, trace.clone())
        };
        let mut broke = false;
        for_await!(n in head() {
            if n == 1 {
                continue;
            }
            trace.say(format!("= {n}"));
            if n == 2 {
                broke = true;
                break;
            }
        });
        trace.say(broke);
        for_await!(n in count(1, trace.clone()) { trace.say(format!("= {n}")); });
        trace.say("end");
    }
    let trace = Trace::default();
    block_on(loops(trace.clone())).unwrap();
    let expected = "head, before 0, = 0, before 1, before 2, = 2, -stream, true, before 0, = 0, -stream, end";
    assert_eq!(trace.lines().join(", "), expected);
}

#[test]
fn afr_01_a_loop_is_left_by_its_label_by_return_and_by_an_error() {
    #[coframe::coroutine]
    async fn loops(way: u32, trace: Trace) -> Result<u32, ValueError> {
        let mut turns = 0;
        for_await!('outer: a in count(3, trace.clone()) {
            for_await!(b in count(3, trace.clone()) {
                turns += 1;
                match way {
                    0 if b == 1 => continue 'outer,
                    1 if a == 1 => break 'outer,
                    2 if a + b == 2 => return Ok(100),
                    3 if a + b == 2 => Err(ValueError("left"))?,
                    4 if a + b == 2 => raise!(ValueError("raised")),
                    _ => (),
                }
            });
        });
        Ok(turns)
    }
    let run = |way| {
        let trace = Trace::default();
        let result = block_on(loops(way, trace.clone()));
        let dropped = trace.lines().iter().filter(|line| line.starts_with('-')).count();
        (result.map_err(|exception| exception.to_string()).map(|turns| turns.map_err(|error| error.0)), dropped)
    };
    assert_eq!(run(0), (Ok(Ok(6)), 4));
    assert_eq!(run(1), (Ok(Ok(4)), 3));
    assert_eq!(run(2), (Ok(Ok(100)), 2));
    assert_eq!(run(3), (Ok(Err("left")), 2));
    assert_eq!(run(4), (Err("raised".to_owned()), 2));
}

#[test]
fn afr_03_an_error_of_the_head_leaves_before_any_turn() {
    #[coframe::coroutine]
    async fn opens(trace: Trace) -> stream::Empty<u32> {
        trace.tick("opens").await;
        raise!(ValueError("no stream"))
    }
    #[coframe::coroutine]
    async fn loops(trace: Trace) {
        for_await!(_n in opens(trace.clone()).await { trace.say("never"); });
    }
    let trace = Trace::default();
    assert!(block_on(loops(trace.clone())).unwrap_err().is::<ValueError>());
    assert_eq!(trace.line(), "opens");
}

#[test]
fn afr_03_an_error_of_the_stream_is_raised_in_the_head_and_can_be_attempted() {
    #[coframe::coroutine(yield = u32)]
    async fn fails_after_one() {
        yield_!(1);
        raise!(ValueError("stream"));
    }
    #[coframe::coroutine]
    async fn loops(trace: Trace) {
        let caught = attempt! {
            for_await!(n in fails_after_one() { trace.say(n); });
            trace.say("never");
        };
        trace.say(caught.unwrap_err());
    }
    let trace = Trace::default();
    block_on(loops(trace.clone())).unwrap();
    assert_eq!(trace.line(), "1 stream");
}

/// AFR-04: an item is only raised if it is a `Result` with an `Exception`.
#[test]
fn afr_04_items_arrive_as_they_are() {
    #[coframe::coroutine]
    async fn loops() -> Vec<String> {
        let mut seen = Vec::new();
        for_await!((a, b) in stream::iter([(1, 2)]) { seen.push(format!("{a} {b}")); });
        for_await!(item in stream::iter([None, Some(1)]) { seen.push(format!("{item:?}")); });
        for_await!(item in stream::iter([Err::<u32, _>(ValueError("value"))]) { seen.push(item.unwrap_err().0.to_owned()); });
        for_await!(item in stream::iter([Ok::<_, Exception>(3)]) { seen.push(format!("{item}")); });
        seen
    }
    assert_eq!(block_on(loops()).unwrap(), ["1 2", "None", "Some(1)", "value", "3"]);
}

/// AFR-06 asks for nothing; what Python has comprehensions for is done by the adaptors of the ecosystem.
#[test]
fn afr_06_adaptors_of_streams_are_the_comprehensions() {
    let trace = Trace::default();
    let squares = count(4, trace.clone()).try_filter(|n| std::future::ready(n % 2 == 1)).map_ok(|n| n * n);
    assert_eq!(block_on(squares.try_collect::<Vec<_>>()).unwrap(), [1, 9]);
    fn pairs(trace: &Trace) -> impl Stream<Item = Result<(u32, u32), Exception>> {
        let trace = trace.clone();
        count(2, trace.clone()).map_ok(move |a| count(2, trace.clone()).map_ok(move |b| (a, b))).try_flatten()
    }
    assert_eq!(block_on(pairs(&trace).try_collect::<Vec<_>>()).unwrap(), [(0, 0), (0, 1), (1, 0), (1, 1)]);
    assert_eq!(block_on(count(3, trace).count()), 3);
}
