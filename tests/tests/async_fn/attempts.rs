//! `attempt!`, `raise!` and `or_raise!` around awaits, and what leaves them.

use std::num::ParseIntError;

use coframe::{Exception, attempt, or_raise, raise, try_await};

use crate::support::{Trace, ValueError, block_on};

#[test]
fn break_and_continue_leave_an_attempt() {
    #[coframe::coroutine]
    async fn looping(trace: Trace) -> Vec<u32> {
        let mut seen = Vec::new();
        'outer: for n in 0..10 {
            let caught = attempt! {
                let _inside = trace.loud(n);
                trace.turn("a").await;
                match n {
                    0 => continue,
                    1 => continue 'outer,
                    2 => raise!(ValueError("two")),
                    4 => break,
                    _ => {}
                }
                for m in 0.. {
                    trace.turn("b").await;
                    if m == 1 {
                        break;
                    }
                }
                n
            };
            match caught {
                Ok(n) => seen.push(n),
                Err(exception) => trace.say(exception),
            }
        }
        seen
    }
    let trace = Trace::default();
    assert_eq!(block_on(looping(trace.clone())).unwrap(), [3]);
    assert_eq!(trace.line(), "a? a! -a -0 a? a! -a -1 a? a! -a -2 two a? a! -a b? b! -b b? b! -b -3 a? a! -a -4");
}

#[test]
fn return_and_question_mark_leave_the_function() {
    #[coframe::coroutine]
    async fn parse(trace: Trace, text: &str) -> Result<u32, ParseIntError> {
        let _outside = trace.loud("outside");
        let outcome = attempt! {
            let _inside = trace.loud("inside");
            trace.turn("wait").await;
            if text.is_empty() {
                return Ok(0);
            }
            let n: u32 = text.parse()?;
            n
        };
        trace.say("goes on");
        Ok(or_raise!(outcome) + 1)
    }
    for (text, said) in [("", ""), ("x", ""), ("4", "goes on ")] {
        let trace = Trace::default();
        assert_eq!(
            block_on(parse(trace.clone(), text)).unwrap().ok(),
            [("", 0), ("4", 5)].iter().find(|it| it.0 == text).map(|it| it.1)
        );
        assert_eq!(trace.line(), format!("wait? wait! -wait -inside {said}-outside"));
    }
}

#[test]
fn what_is_raised_ends_the_innermost_attempt() {
    #[coframe::coroutine]
    async fn nested(trace: Trace) -> &'static str {
        let outer = attempt! {
            let _one = trace.loud("one");
            let inner = attempt! {
                let _two = trace.loud("two");
                or_raise!("x".parse::<u8>());
                trace.turn("never").await;
            };
            trace.turn("between").await;
            if let Err(cause) = inner {
                raise!(ValueError("outer"), from = cause);
            }
        };
        let exception = outer.unwrap_err();
        trace.say(exception.source().unwrap());
        trace.say(&exception);
        raise!(exception);
    }
    let trace = Trace::default();
    assert!(block_on(nested(trace.clone())).unwrap_err().is::<ValueError>());
    assert_eq!(trace.line(), "-two between? between! -between -one invalid digit found in string outer");
}

#[test]
fn locals_are_dropped_as_it_leaves_the_body() {
    #[coframe::coroutine]
    async fn raises(argument: crate::support::Loud, trace: Trace, _: crate::support::Loud) {
        let _local = trace.loud("local");
        {
            let _inner = trace.loud("inner");
            let never = (trace.loud("temporary"), or_raise!(Err::<u8, _>(ValueError("here"))));
            drop((argument, never));
        }
    }
    let trace = Trace::default();
    let exception = block_on(raises(trace.loud("first"), trace.clone(), trace.loud("last"))).unwrap_err();
    assert_eq!(exception.to_string(), "here");
    assert_eq!(trace.line(), "-temporary -inner -local -last -first");
}

#[test]
fn values_of_every_position() {
    #[coframe::coroutine]
    async fn everywhere(trace: Trace) -> String {
        let mut list = vec![trace.later("a", 1).await; trace.later("b", 2).await];
        list.push(trace.later("c", 3).await);
        list[trace.later("d", 0).await] += trace.later("e", 10).await;
        let pair = (trace.later("f", 4).await, attempt! { trace.later("g", 5).await }.unwrap_or(0));
        assert!(trace.later("h", true).await, "never");
        assert_eq!(trace.later("i", 1).await, 1);
        assert!(matches!(try_await!(trace.later("j", Some(2))), Ok(Some(n)) if n == pair.0 - 2));
        if let Some(n) = trace.later("k", Some(6)).await
            && n > trace.later("l", 5).await
        {
            list.push(n);
        }
        while list.len() < trace.later("m", 5).await {
            list.push(0);
        }
        let closure = |n: i32| n + 1;
        let block = async { std::future::ready(Ok::<_, Exception>(7)).await.unwrap() };
        list.push(closure(block.await));
        format!("{list:?} {} {pair:?}", trace.later("n", 'x').await)
    }
    let trace = Trace::default();
    assert_eq!(block_on(everywhere(trace.clone())).unwrap(), "[11, 1, 3, 6, 0, 8] x (4, 5)");
}

#[test]
fn in_macros_that_are_not_known() {
    macro_rules! sum {
        ($($value:expr),* $(; $last:expr)?) => { 0 $(+ $value)* $(+ $last)? };
    }
    macro_rules! choose {
        ($($when:expr => $then:expr,)*) => { { let mut all = Vec::new(); $(if $when { all.push($then); })* all } };
    }
    #[coframe::coroutine]
    async fn unknown(trace: Trace) -> (i32, Vec<i32>) {
        let sum = sum!(trace.later("a", 1).await, or_raise!(Ok::<_, Exception>(2)); try_await!(trace.later("b", 3)).unwrap_or(0));
        let chosen = choose! {
            trace.later("c", true).await => trace.later("d", 4).await,
            sum > 100 => { trace.turn("never").await; if sum > 6 { raise!(ValueError("never")) } else { 5 } },
        };
        (sum, chosen)
    }
    let trace = Trace::default();
    assert_eq!(block_on(unknown(trace.clone())).unwrap(), (6, vec![4]));
    assert_eq!(trace.line(), "a? a! -a b? b! -b c? c! -c d? d! -d");
}
