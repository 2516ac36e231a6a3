//! A chain of coroutines that is driven by hand is a chain of generators. A frame keeps what is needed later, so a local that
//! the original shows behind its last use is used once more here. `sorted` puts the locals in the order of their names.

use coframe::prelude::*;
use coframe::{Frame, Inspectable, State};

#[coframe::coroutine(yield = &'static str)]
fn pause() {
    yield_!("paused");
}

#[coframe::coroutine(yield = &'static str)]
fn c3(n: u32) -> u32 {
    let x = n * 2;
    yield_from!(pause());
    let _shown = n;
    x
}

#[coframe::coroutine(yield = &'static str)]
fn c2(n: u32) -> u32 {
    let y = n + 1;
    let r = yield_from!(c3(y));
    yield_from!(pause());
    let _shown = (n, y);
    r
}

#[coframe::coroutine(yield = &'static str)]
fn c1() -> u32 {
    let mut total = 0;
    for i in 0..2 {
        total += yield_from!(c2(i));
        let _shown = i;
    }
    total
}

fn sorted(frame: &Frame<'_>) -> String {
    let mut locals: Vec<_> = frame.locals().map(|local| format!("{}={local:?}", local.name())).collect();
    locals.sort();
    format!("{}({})", frame.code().name(), locals.join(","))
}

fn stack(co: &dyn Inspectable) -> String {
    let mut out = Vec::new();
    coframe::Chain::new(co).for_each(|frame| out.push(sorted(frame)));
    // `Pause` is no coroutine in the original, but something that can be awaited.
    out.retain(|frame| !frame.starts_with("pause("));
    out.join(" > ")
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut c = c1();
    say!("{} | {}", c.state(), stack(&c));
    let result = loop {
        match c.start()? {
            Step::Yielded(v) => say!("{} {v} | {}", c.state(), stack(&c)),
            Step::Returned(result) => break result,
        }
    };
    say!("result {result}");
    assert_eq!(c.state(), State::Closed);
    say!("{} | frame {}", c.state(), if c.frame().is_none() { "None" } else { "?!" });
    Ok(())
}
