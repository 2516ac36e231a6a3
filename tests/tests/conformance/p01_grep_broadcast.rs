//! A pipeline that pushes: source, grep, broadcast, sinks; closed from the end of the source. `finally` is an `attempt!`
//! that raises again.

use coframe::prelude::*;

/// A list of sinks holds sinks of one type, so `printer` hands out a number too, of lines.
type Sink = Box<dyn for<'r> Coroutine<&'r str, Yield = usize, Return = ()> + Unpin>;

fn primed<S, C: Coroutine<S> + Unpin>(mut g: C) -> Result<C, Exception> {
    g.start()?;
    Ok(g)
}

#[coframe::coroutine(send = &str)]
fn grep(word: &str, mut target: impl for<'r> Coroutine<&'r str> + Unpin) {
    let (mut seen, mut hits) = (0, 0);
    let outcome = attempt! {
        loop {
            let line = yield_!();
            seen += 1;
            if line.contains(word) {
                hits += 1;
                or_raise!(target.send(line));
            }
        }
    };
    let Err(end) = outcome;
    say!("grep {word} saw {seen} kept {hits}");
    match target.close() {
        Ok(_) => raise!(end),
        Err(e) => raise!(e, from = end),
    }
}

#[coframe::coroutine(send = &str)]
fn broadcast(mut targets: Vec<Sink>) {
    let outcome = attempt! {
        loop {
            let item = yield_!();
            for t in &mut targets {
                or_raise!(t.send(item));
            }
        }
    };
    let Err(end) = outcome;
    for t in &mut targets {
        if let Err(e) = t.close() {
            raise!(e, from = end);
        }
    }
    raise!(end);
}

#[coframe::coroutine(yield = usize, send = &str)]
fn printer(tag: &str) {
    let mut n = 0;
    loop {
        match try_yield!(n) {
            Ok(line) => {
                n += 1;
                say!("{tag} {n} {line}");
            }
            Err(Exception::Exit) => return say!("{tag} closing after {n}"),
            Err(other) => raise!(other),
        }
    }
}

#[coframe::coroutine(yield = usize, send = &str)]
fn longest() {
    let mut best = String::new();
    let outcome = attempt! {
        loop {
            let line = yield_!(best.len());
            if line.len() > best.len() {
                best = line.to_owned();
            }
        }
    };
    say!("longest: {best}");
    let Err(end) = outcome;
    raise!(end);
}

fn feed(lines: &[&str], mut target: impl for<'r> Coroutine<&'r str> + Unpin) -> Result<(), Exception> {
    for line in lines {
        target.send(line)?;
    }
    target.close()?;
    Ok(())
}

pub(crate) fn main() -> Result<(), Exception> {
    let sinks: Vec<Sink> =
        vec![Box::new(primed(printer("P1"))?), Box::new(primed(longest())?), Box::new(primed(printer("P2"))?)];
    let head = primed(grep("err", primed(broadcast(sinks))?))?;
    feed(&["err: disk", "info ok", "no errors here", "warn", "terrible interrupt"], head)
}
