//! Chains of three, of every kind of function: what is raised climbs through all of them, level by level.

use std::future::Future;
use std::pin::Pin;

use coframe::event_loop::EventLoop;
use coframe::{Exception, attempt, raise, sleep, try_await, try_yield_from, yield_from};

use crate::support::{Trace, ValueError, cancelled_after, kind};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Coroutine,
    Attempt,
    Plain,
    Frame,
}

/// The levels of a chain, the innermost first, and what is to happen.
#[derive(Clone)]
struct Chain {
    kinds: Vec<Kind>,
    /// The level at which an exception is handled.
    handler: usize,
    /// Whether the innermost raises instead of waiting.
    raises: bool,
    trace: Trace,
}

type Boxed = Pin<Box<dyn Future<Output = Result<usize, Exception>>>>;

impl Chain {
    /// Level `n` as a future.
    fn level(self, n: usize) -> Boxed {
        match self.kinds[n] {
            Kind::Coroutine => Box::pin(coroutine(self, n)),
            Kind::Attempt => Box::pin(attempting(self, n)),
            Kind::Plain => Box::pin(plain(self, n)),
            Kind::Frame => Box::pin(frame(self, n).into_future()),
        }
    }

    /// What level `n` waits for.
    fn inner(&self, n: usize) -> Boxed {
        if let Some(inner) = n.checked_sub(1) {
            return self.clone().level(inner);
        }
        let raises = self.raises;
        Box::pin(
            async move { if raises { Err(ValueError("innermost").into()) } else { sleep(3600.0).await.map(|()| 0) } },
        )
    }

    /// What to do about an exception at level `n`: handle it, or raise it again.
    fn handled(&self, n: usize, exception: Exception) -> Result<(), Exception> {
        self.trace.say(format!("caught{n}:{}", kind(&exception)));
        if self.handler == n { Ok(()) } else { Err(exception) }
    }
}

#[coframe::coroutine]
async fn coroutine(chain: Chain, n: usize) -> usize {
    let _local = chain.trace.loud(n);
    let inner = chain.inner(n);
    if let Err(exception) = try_await!(inner) {
        if let Err(exception) = chain.handled(n, exception) {
            raise!(exception);
        }
        sleep(0).await;
    }
    chain.trace.say(format!("out{n}"));
    n
}

#[coframe::coroutine]
async fn attempting(chain: Chain, n: usize) -> usize {
    let _local = chain.trace.loud(n);
    let outcome = attempt! {
        let inner = chain.inner(n);
        inner.await;
    };
    if let Err(exception) = outcome {
        if let Err(exception) = chain.handled(n, exception) {
            raise!(exception);
        }
        sleep(0).await;
    }
    chain.trace.say(format!("out{n}"));
    n
}

async fn plain(chain: Chain, n: usize) -> Result<usize, Exception> {
    let _local = chain.trace.loud(n);
    let inner = chain.inner(n);
    if let Err(exception) = inner.await {
        chain.handled(n, exception)?;
        sleep(0).await?;
    }
    chain.trace.say(format!("out{n}"));
    Ok(n)
}

#[coframe::coroutine(task)]
fn frame(chain: Chain, n: usize) -> usize {
    let _local = chain.trace.loud(n);
    if let Err(exception) = try_yield_from!(chain.inner(n)) {
        if let Err(exception) = chain.handled(n, exception) {
            raise!(exception);
        }
        yield_from!(sleep(0));
    }
    chain.trace.say(format!("out{n}"));
    n
}

const KINDS: [Kind; 4] = [Kind::Coroutine, Kind::Attempt, Kind::Plain, Kind::Frame];

fn every_chain(raises: bool, check: impl Fn(Chain)) {
    for (a, b, c) in KINDS.iter().flat_map(|a| KINDS.iter().flat_map(move |b| KINDS.iter().map(move |c| (a, b, c)))) {
        for handler in 0..4 {
            check(Chain { kinds: vec![*a, *b, *c], handler, raises, trace: Trace::default() });
        }
    }
}

/// What is said if the exception is raised at level `first`: those below are dropped.
fn expected(chain: &Chain, first: usize, name: &str) -> (Vec<String>, bool) {
    let mut lines: Vec<String> = (0..first.min(3)).map(|n| format!("-{n}")).collect();
    let mut raised = true;
    for n in first..3 {
        if raised {
            lines.push(format!("caught{n}:{name}"));
            raised = chain.handler != n;
        }
        if !raised {
            lines.push(format!("out{n}"));
        }
        lines.push(format!("-{n}"));
    }
    (lines, raised)
}

#[test]
fn a_cancellation_climbs_from_the_innermost_coroutine() {
    every_chain(false, |chain| {
        let result = cancelled_after(2, chain.clone().level(2));
        let first = chain.kinds.iter().position(|kind| *kind != Kind::Plain).unwrap_or(3);
        let (lines, raised) = expected(&chain, first, "CancelledError");
        assert_eq!(chain.trace.lines(), lines, "{:?}, handled at {}", chain.kinds, chain.handler);
        assert_eq!(matches!(result, Err(Exception::Cancelled(_))), raised, "{result:?}");
    });
}

#[test]
fn an_error_climbs_from_where_it_is_raised() {
    every_chain(true, |chain| {
        let event_loop = EventLoop::with_virtual_clock().unwrap();
        let result = event_loop.run_until_complete(chain.clone().level(2));
        let (lines, raised) = expected(&chain, 0, "ValueError");
        assert_eq!(chain.trace.lines(), lines, "{:?}, handled at {}", chain.kinds, chain.handler);
        assert_eq!(result.is_err_and(|exception| exception.is::<ValueError>()), raised);
    });
}

#[test]
fn a_traceback_has_the_line_of_each_await() {
    #[coframe::coroutine]
    async fn innermost() {
        raise!(ValueError("here"));
    }
    #[coframe::coroutine]
    async fn middle() {
        innermost().await;
    }
    #[coframe::coroutine]
    async fn outermost() {
        middle().await;
    }
    let exception = crate::support::block_on(outermost()).unwrap_err();
    let lines: Vec<u32> = exception.traceback().iter().map(|(at, _)| at.line()).collect();
    let first = lines[0];
    assert_eq!(lines, [first, first + 4, first + 8]);
}
