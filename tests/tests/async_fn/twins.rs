//! The same body as an `async fn` and as a coroutine that is one: the same effects and the same drops, to the end and
//! dropped at every await.

use std::num::ParseIntError;

use crate::support::{Trace, poll_times};

macro_rules! twins {
    ($($name:ident($t:ident) -> $returns:ty { $($body:tt)* })*) => {$(
        #[test]
        fn $name() {
            #[allow(clippy::unused_async)]
            async fn native($t: &Trace, argument: crate::support::Loud) -> $returns {
                _ = &argument;
                $($body)*
            }
            #[coframe::coroutine]
            async fn coroutine($t: &Trace, argument: crate::support::Loud) -> $returns {
                _ = &argument;
                $($body)*
            }
            for times in 0..100 {
                let (one, other) = (Trace::default(), Trace::default());
                let ours = poll_times(coroutine(&one, one.loud("argument")), times);
                let theirs = poll_times(native(&other, other.loud("argument")), times);
                assert_eq!(one.lines(), other.lines(), "after {times} polls");
                let ours = ours.map(Result::unwrap);
                assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
                if ours.is_some() {
                    return;
                }
            }
            panic!("it has no end");
        }
    )*};
}

fn pick(n: u32) -> Option<u32> {
    (n > 0).then_some(n)
}

twins! {
    nothing(t) -> () { t.say("nothing"); }

    one_after_the_other(t) -> () {
        t.turn("a").await;
        t.turn("b").await;
    }

    locals(t) -> u32 {
        let _a = t.loud("a");
        let b = t.later("b", 1).await;
        let _c = t.loud("c");
        t.turn("d").await;
        b + 1
    }

    a_tail_that_awaits(t) -> u32 {
        let _a = t.loud("a");
        t.later("b", 2).await
    }

    a_block(t) -> u32 {
        let n = {
            let _a = t.loud("a");
            t.later("b", 1).await
        };
        let _c = t.loud("c");
        t.later("d", n).await
    }

    operands(t) -> u32 {
        t.later("a", 1).await + t.later("b", 2).await * t.later("c", 3).await
    }

    temporaries_of_an_operand(t) -> usize {
        t.later("a", t.loud("t").name().len()).await + t.later("b", t.loud("u").name().len()).await
    }

    temporaries_that_are_borrowed(t) -> usize {
        async fn len(text: &str, t: &Trace) -> usize { t.turn("len").await; text.len() }
        let n = len(t.loud("temp").name(), t).await + len(t.loud("other").name(), t).await;
        t.say(n);
        n
    }

    temporaries_of_the_tail(t) -> usize {
        async fn len(text: &str, t: &Trace) -> usize { t.turn("len").await; text.len() }
        let _a = t.loud("a");
        len(t.loud("temp").name(), t).await
    }

    arguments_of_a_call(t) -> String {
        fn join(a: crate::support::Loud, b: u32, c: u32) -> String { format!("{a:?}{b}{c}") }
        join(t.loud("a"), t.later("b", 1).await, t.later("c", 2).await)
    }

    a_loop_with_break(t) -> u32 {
        let mut n = 0;
        loop {
            let _each = t.loud(n);
            n += t.later("a", 1).await;
            if n == 3 { break n; }
        }
    }

    a_for_loop(t) -> Vec<u32> {
        let mut all = Vec::new();
        for i in [1, 2, 3] {
            let _each = t.loud(i);
            if t.later("a", i).await == 2 { continue; }
            all.push(i);
        }
        all
    }

    a_while_loop(t) -> u32 {
        let mut n = 0;
        while t.later("cond", n < 3).await {
            let _each = t.loud("each");
            n += t.later("body", 1).await;
        }
        n
    }

    labels(t) -> u32 {
        'outer: for i in 0..3 {
            let _i = t.loud(format!("i{i}"));
            for j in 0..3 {
                let _j = t.loud(format!("j{j}"));
                t.turn("turn").await;
                if j == 1 { continue 'outer; }
                if i == 2 { break 'outer; }
            }
        }
        'block: {
            let _a = t.loud("a");
            if t.later("leave", true).await { break 'block 1; }
            t.turn("never").await;
            2
        }
    }

    a_match(t) -> u32 {
        match t.later("scrutinee", pick(3)).await {
            Some(n) if n == t.later("value", 2).await => 0,
            Some(n) => { let _a = t.loud("a"); t.later("arm", n).await }
            None => 1,
        }
    }

    temporaries_of_a_scrutinee(t) -> usize {
        match t.later("wait", t.loud("temp").name().len()).await {
            4 => { t.turn("arm").await; 1 }
            _ => 0,
        }
    }

    if_let_and_else(t) -> u32 {
        if let Some(n) = t.later("a", pick(0)).await {
            n
        } else if let Some(n) = t.later("b", pick(2)).await && t.later("c", n == 2).await {
            t.turn("then").await;
            n
        } else {
            7
        }
    }

    let_else(t) -> u32 {
        let _a = t.loud("a");
        let Some(n) = t.later("b", pick(1)).await else { return 0 };
        let Some(m) = t.later("c", pick(0)).await else {
            t.turn("else").await;
            return n;
        };
        n + m
    }

    an_early_return(t) -> u32 {
        let _a = t.loud("a");
        for n in 0.. {
            let _b = t.loud(n);
            if t.later("b", n).await == 1 { return n; }
        }
        0
    }

    question_marks(t) -> Result<u32, ParseIntError> {
        let _a = t.loud("a");
        let n: u32 = t.later("b", "12").await.parse()?;
        let _c = t.loud("c");
        let m = t.later("d", "x".parse::<u32>()).await?;
        t.turn("never").await;
        Ok(n + m)
    }

    question_marks_of_options(t) -> Option<u32> {
        let n = t.later("a", pick(1)).await?;
        let _b = t.loud("b");
        Some(n + t.later("c", pick(0)).await?)
    }

    lazy_operators(t) -> bool {
        t.later("a", false).await && t.later("b", true).await || t.later("c", true).await
    }

    assignments(t) -> Vec<u32> {
        let mut v = vec![1, 2];
        v[t.later("index", 0).await] = t.later("value", 5).await;
        v[1] += t.later("more", 5).await;
        let mut d = t.loud("old");
        t.say(d.name());
        d = { t.turn("wait").await; t.loud("new") };
        t.say(d.name());
        v
    }

    moves(t) -> String {
        let a = t.loud("a");
        let b = t.loud("b");
        if t.later("c", true).await { drop(a); } else { t.turn("never").await; }
        t.turn("d").await;
        b.name().to_owned()
    }

    shadowing(t) -> u32 {
        let a = t.loud("first");
        t.say(a.name());
        let a = { let _a = t.loud("second"); t.later("b", 1).await };
        let a = a + t.later("c", 1).await;
        t.say(a);
        a
    }

    closures_and_blocks(t) -> u32 {
        let add = |n: u32| { let _in = t.loud("closure"); n + 1 };
        let block = async { let _in = t.loud("block"); t.later("inner", 1).await };
        t.turn("between").await;
        add(block.await)
    }

    a_future_that_is_dropped(t) -> u32 {
        let never = t.turn("never");
        let other = t.later("other", 1);
        drop(never);
        t.turn("between").await;
        other.await
    }

    a_future_by_reference(t) -> u32 {
        let mut future = t.later("future", 3);
        let n = (&mut future).await;
        t.turn("after").await;
        n
    }

    patterns(t) -> u32 {
        let (a, [b, .., c]) = (t.loud("a"), [t.later("b", 1).await, 2, t.later("c", 3).await]);
        let (_, _kept) = (t.loud("ignored"), t.loud("kept"));
        t.turn("d").await;
        drop(a);
        b + c
    }

    in_macros(t) -> String {
        println!("{}", t.later("a", 1).await);
        assert_eq!(t.later("b", 1).await, 1, "{}", t.later("c", 1).await);
        let v = vec![t.later("d", 1).await, t.later("e", 2).await];
        format!("{v:?}{}{x}", t.later("f", 1).await, x = t.later("g", 2).await)
    }

    holding_what_borrows(t) -> usize {
        let list = vec![t.loud("a"), t.loud("b")];
        let first = &list[0];
        let mut n = t.later("c", first.name().len()).await;
        for it in &list { n += t.later(it.name(), 1).await; }
        n
    }

    awaits_of_awaits(t) -> u32 {
        let inner = t.later("outer", t.later("inner", 4)).await;
        t.say("between");
        inner.await
    }
}
