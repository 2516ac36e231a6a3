//! Introspection: INT-01 to INT-18.

use std::hint::black_box;

use coframe::prelude::*;
use coframe::{BoxCoroutine, Chain, CodeFlag, CodeKind, Frame, Inspectable, Node, State, sleep};

#[coframe::coroutine(yield = u32)]
fn leaf(n: u32) -> u32 {
    yield_!(n);
    n
}

#[coframe::coroutine(yield = u32)]
fn outer(n: u32) -> u32 {
    yield_!(0);
    let sum = yield_from!(leaf(n));
    yield_from!(vec![7]);
    sum + n
}

fn locals(frame: Option<Frame<'_>>) -> String {
    frame.map_or_else(|| "over".to_owned(), |frame| format!("{:?}", frame.locals()))
}

fn chain(co: &dyn Inspectable) -> Vec<String> {
    let mut names = Vec::new();
    Chain::new(co).for_each(|frame| names.push(format!("{} {:?}", frame.code().name(), frame.locals())));
    names
}

#[test]
fn cre_15_an_async_function_is_a_coroutine_and_no_generator() {
    #[coframe::coroutine]
    async fn future() {}
    assert_eq!((future::CODE.kind(), leaf::CODE.kind()), (CodeKind::Coroutine, CodeKind::Generator));
    drop(future());
}

#[test]
fn del_30_delegators_are_seen_while_the_delegate_runs() {
    #[coframe::coroutine(tracked, yield = Vec<&'static str>)]
    fn innermost() {
        let frames = std::iter::successors(Frame::current(), Frame::back);
        yield_!(frames.map(|frame| frame.code().name()).collect());
    }
    #[coframe::coroutine(tracked, yield = Vec<&'static str>)]
    fn middle() {
        yield_from!(innermost());
    }
    #[coframe::coroutine(tracked, yield = Vec<&'static str>)]
    fn outermost() {
        yield_from!(middle());
    }
    assert_eq!(outermost().next().unwrap(), ["innermost", "middle", "outermost"]);
}

#[test]
fn int_02_only_a_frame_that_runs_has_a_caller() {
    #[coframe::coroutine(tracked, yield = Vec<&'static str>)]
    fn callers() {
        let frames = std::iter::successors(Frame::current(), Frame::back);
        yield_!(frames.map(|frame| frame.code().name()).collect());
    }
    #[coframe::coroutine(tracked, yield = Vec<&'static str>)]
    fn caller() {
        yield_from!(callers());
    }
    let mut co = caller();
    assert!(co.frame().unwrap().back().is_none());
    assert_eq!(co.next().unwrap(), ["callers", "caller"]);
    assert!(co.frame().unwrap().back().is_none());
    assert!(Frame::current().is_none());

    #[coframe::coroutine(tracked, yield = Frame<'static>)]
    fn kept() {
        yield_!(Frame::current().unwrap());
    }
    let kept = kept().next().unwrap();
    assert_eq!((kept.state(), kept.code().name(), kept.locals().count()), (State::Running, "kept", 0));
    assert!(kept.back().is_none() && kept.delegate().is_none());
}

#[test]
fn int_02_a_panic_leaves_no_frame_running() {
    #[coframe::coroutine(tracked, yield = u32)]
    fn panics() {
        yield_!(1);
        panic!("on purpose");
    }
    let mut co = panics();
    co.next();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| co.next())).is_err());
    assert!(Frame::current().is_none());
}

#[test]
fn int_05_the_delegate_is_there_while_it_is_waited_on() {
    let mut co = outer(3);
    let delegate = |co: &Generator<_>| -> Option<(Option<&'static str>, bool)> {
        let frame: Frame<'_> = Generator::frame(co)?;
        let delegate = frame.delegate()?;
        Some((delegate.with_frame(|frame| frame.code().name()), delegate.type_name().contains("IntoIter<u32>")))
    };
    assert_eq!(delegate(&co), None);
    co.next();
    assert_eq!(delegate(&co), None);
    co.next();
    assert_eq!(delegate(&co), Some((Some("leaf"), false)));
    co.next();
    assert_eq!(delegate(&co), Some((None, true)));
    co.next();
    assert_eq!(delegate(&co), None);
}

#[test]
fn int_05_delegates_of_every_kind_are_seen_through() {
    #[coframe::coroutine(yield = u32)]
    fn by_reference(mut inner: Generator<impl coframe::Machine<Yield = u32, Return = u32>>) {
        yield_from!(&mut inner);
        drop(inner);
    }
    struct Owner {
        inner: BoxCoroutine<'static, u32, u32>,
    }
    impl Owner {
        #[coframe::coroutine(yield = u32)]
        fn in_a_field(&mut self) {
            yield_from!(&mut self.inner);
        }
        #[coframe::coroutine(yield = u32)]
        fn behind_a_box(mut self) {
            yield_from!(&mut *self.inner);
        }
    }
    #[coframe::coroutine(yield = u32)]
    fn shared(inner: Shared<BoxCoroutine<'static, u32, u32>>) {
        yield_from!(inner);
    }
    #[coframe::coroutine(yield = u32)]
    fn pinned() {
        yield_from!(Box::pin(leaf(4)));
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn levels(n: u32) {
        if n == 0 {
            yield_from!(leaf(5));
        } else {
            yield_from!(levels(n - 1));
        }
    }
    #[coframe::coroutine(yield = u32)]
    fn of_levels() {
        yield_from!(levels(2));
    }

    let boxed = |n| -> BoxCoroutine<'static, u32, u32> { Box::new(leaf(n)) };
    let mut co = by_reference(leaf(1));
    co.next();
    assert_eq!(chain(&co)[1..], ["leaf {n: 1}"]);
    let mut owner = Owner { inner: boxed(2) };
    let mut co = owner.in_a_field();
    co.next();
    assert_eq!(chain(&co)[1..], ["leaf {n: 2}"]);
    drop(co);
    let mut co = Owner { inner: boxed(6) }.behind_a_box();
    co.next();
    assert_eq!(chain(&co)[1..], ["leaf {n: 6}"]);
    let mut co = shared(Shared::new(boxed(3)));
    co.next();
    assert_eq!(chain(&co)[1..], ["leaf {n: 3}"]);
    let mut co = pinned();
    co.next();
    assert_eq!(chain(&co)[1..], ["leaf {n: 4}"]);
    let mut co = of_levels();
    co.next();
    assert_eq!(chain(&co)[1..], ["levels {}", "levels {}", "levels {}", "leaf {n: 5}"]);
}

#[test]
fn int_06_a_chain_is_walked_from_the_outside() {
    #[coframe::coroutine(yield = u32)]
    fn top() -> u32 {
        yield_from!(outer(9))
    }
    let mut co = top();
    assert_eq!(chain(&co), ["top {}"]);
    co.nth(1);
    assert_eq!(chain(&co), ["top {}", "outer {n: 9}", "leaf {n: 9}"]);
    let text = co.frame().unwrap().chain().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("  top at ") && lines[1].ends_with("yield_from!(outer(9))"), "{text}");
    assert!(lines[4].starts_with("  leaf at ") && lines[5].ends_with("yield_!(n);"), "{text}");
    assert_eq!(co.frame().unwrap().chain().innermost(|frame| frame.line()), Some(leaf::CODE.points()[0].line()));
    co.by_ref().for_each(drop);
    assert!(chain(&co).is_empty());
}

#[test]
fn int_06_a_million_levels_are_one_line() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn down(n: u32) {
        if n == 0 {
            yield_!(0);
        } else {
            yield_from!(down(n - 1));
        }
    }
    let mut co = down(1_000_000);
    co.next();
    let text = Chain::new(&co).to_string();
    assert!(text.contains("(1000000 times)"), "{text}");
    let mut seen = 0;
    co.frame().unwrap().chain().for_each(|_| seen += 1);
    assert_eq!(seen, 1_000_001);
}

#[test]
fn int_08_a_task_has_the_same_states() {
    #[coframe::coroutine(task)]
    fn naps() {
        yield_from!(sleep(0.0));
    }
    let mut co = naps();
    assert_eq!((co.state(), co.code().kind()), (State::Created, CodeKind::Coroutine));
    co.close().unwrap();
    assert_eq!(co.state(), State::Closed);
}

#[coframe::coroutine(yield = u32)]
async fn values(n: u32) {
    for i in 0..n {
        sleep(0.0).await;
        yield_!(i);
    }
}

#[test]
fn int_09_an_async_generator_is_suspended_between_values() {
    let event_loop = coframe::event_loop::EventLoop::with_virtual_clock().unwrap();
    let states = event_loop.run_until_complete(async {
        let mut values = values(1);
        let mut states = vec![values.state()];
        values.next().await?;
        states.push(values.state());
        values.next().await?;
        states.push(values.state());
        Ok::<_, Exception>(states)
    });
    assert_eq!(states.unwrap(), [State::Created, State::Suspended, State::Closed]);
}

#[test]
fn int_16_what_an_async_generator_tells() {
    assert_eq!((values::CODE.kind(), values::CODE.flags()), (CodeKind::AsyncGenerator, &[CodeFlag::Async][..]));
    assert_eq!(values::CODE.locals(), ["n", "i"]);
    let event_loop = coframe::event_loop::EventLoop::with_virtual_clock().unwrap();
    let seen = event_loop.run_until_complete(async {
        let mut values = values(1);
        let mut seen = vec![Chain::new(&values).innermost(|frame| frame.line())];
        values.next().await?;
        seen.push(Chain::new(&values).innermost(|frame| frame.line()));
        values.next().await?;
        seen.push(Chain::new(&values).innermost(|frame| frame.line()));
        Ok::<_, Exception>(seen)
    });
    let [start, paused] = [values::CODE.line(), values::CODE.points()[1].line()];
    assert_eq!(seen.unwrap(), [Some(start), Some(paused), None]);
}

#[test]
fn int_10_only_what_is_bound_is_a_local() {
    #[derive(Clone)]
    struct Opaque;

    #[coframe::coroutine(yield = u32)]
    fn body<T>(a: u32, b: String, opaque: Opaque, t: T) -> u32 {
        yield_!(1);
        let c = a + 1;
        {
            let b = c + 1;
            yield_!(b);
            black_box(b);
        }
        let moved = b;
        yield_!(2);
        drop(moved);
        yield_!(3);
        drop((opaque, t));
        a + c
    }
    let opaque = format!("opaque: <{}>", std::any::type_name::<Opaque>());
    let mut co = body(1, "x".to_owned(), Opaque, 5_u8);
    let mut seen = vec![locals(co.frame())];
    while co.next().is_some() {
        seen.push(locals(co.frame()));
    }
    seen.push(locals(co.frame()));
    assert_eq!(
        seen,
        [
            format!("{{a: 1, b: \"x\", {opaque}, t: <u8>}}"),
            format!("{{a: 1, b: \"x\", {opaque}, t: <u8>}}"),
            format!("{{a: 1, b: \"x\", {opaque}, t: <u8>, c: 2, b: 3}}"),
            format!("{{a: 1, {opaque}, t: <u8>, c: 2, moved: \"x\"}}"),
            format!("{{a: 1, {opaque}, t: <u8>, c: 2}}"),
            "over".to_owned(),
        ]
    );
}

#[test]
#[allow(clippy::needless_late_init, reason = "that is what is looked at")]
fn int_10_hidden_and_stale_slots_are_no_locals() {
    #[coframe::coroutine(yield = u32)]
    fn body((a, b): (u32, u32), list: Vec<u32>, mut n: u32) {
        for x in list.clone() {
            let twice = x * 2;
            yield_!(twice + yield_two(a, n));
            if x > 1 {
                let late;
                yield_!(b);
                late = twice;
                yield_!(late);
                black_box(late);
            }
            n = 0;
        }
    }
    fn yield_two(a: u32, b: u32) -> u32 {
        a + b
    }
    let mut co = body((1, 2), vec![1, 2], 3);
    assert_eq!(locals(co.frame()), "{(a, b): (1, 2), list: [1, 2], n: 3}");
    co.next();
    assert_eq!(locals(co.frame()), "{a: 1, b: 2, list: [1, 2], x: 1, twice: 2}");
    co.next();
    assert_eq!(locals(co.frame()), "{a: 1, b: 2, list: [1, 2], x: 2, twice: 4}");
    co.next();
    assert_eq!(locals(co.frame()), "{a: 1, b: 2, list: [1, 2], x: 2, twice: 4}");
    co.next();
    assert_eq!(locals(co.frame()), "{a: 1, b: 2, list: [1, 2], x: 2, late: 4}");
}

#[test]
fn int_10_an_inner_local_hides_an_outer_one() {
    #[coframe::coroutine(yield = u32)]
    fn body(n: u32) {
        let text = "outer";
        {
            let text = vec![n];
            yield_!(1);
            drop(text);
        }
        yield_!(2);
        black_box(text);
    }
    let mut co = body(1);
    co.next();
    assert_eq!(format!("{:?}", co.frame().unwrap().local("text").unwrap()), "[1]");
    co.next();
    assert_eq!(format!("{:?}", co.frame().unwrap().local("text").unwrap().value().unwrap()), "\"outer\"");
    assert!(co.frame().unwrap().local("other").is_none());
}

#[test]
#[allow(clippy::question_mark, reason = "that is what is looked at")]
fn int_14_the_state_graph() {
    #[coframe::coroutine(yield = u32)]
    fn body(n: u32) -> Option<u32> {
        yield_!(0);
        for i in 0..n {
            if i == 3 {
                yield_!(1);
                continue;
            }
            let Some(i) = i.checked_sub(1) else { return None };
            yield_!(i);
        }
        let last = n.checked_sub(9)?;
        yield_!(2);
        Some(last)
    }
    drop(body(0));
    let edges: Vec<String> = body::CODE.edges().map(|(from, to)| format!("{from:?}->{to:?}")).collect();
    let wanted = "Start->Point(0) Point(0)->Point(1) Point(0)->Point(2) Point(0)->Point(3) Point(0)->End \
                  Point(1)->Point(1) Point(1)->Point(2) Point(1)->Point(3) Point(1)->End \
                  Point(2)->Point(1) Point(2)->Point(2) Point(2)->Point(3) Point(2)->End Point(3)->End";
    assert_eq!(edges.join(" "), wanted);
    assert!(body::CODE.edges().all(|(from, to)| from != Node::End && to != Node::Start));
}

#[test]
fn int_15_kinds_and_flags() {
    #[coframe::coroutine]
    async fn future() {}
    #[coframe::coroutine(task, tracked)]
    fn task() {}
    #[coframe::coroutine(recursive)]
    fn recursive() {}
    assert_eq!((leaf::CODE.kind(), leaf::CODE.flags()), (CodeKind::Generator, &[][..]));
    assert_eq!((future::CODE.kind(), future::CODE.flags()), (CodeKind::Coroutine, &[CodeFlag::Async][..]));
    assert_eq!(
        (task::CODE.kind(), task::CODE.flags()),
        (CodeKind::Coroutine, &[CodeFlag::Task, CodeFlag::Tracked][..])
    );
    assert_eq!((recursive::CODE.kind(), recursive::CODE.flags()), (CodeKind::Generator, &[CodeFlag::Recursive][..]));
    drop(future());
    drop((task(), recursive()));
}
