//! Only coroutines have frames here, and of those that run the ones that are `tracked` are known: the callers are such
//! coroutines too. What is compared of frames is their identity.

use coframe::prelude::*;
use coframe::{Frame, FrameId};

fn here() -> FrameId {
    Frame::current().and_then(|frame| frame.id()).unwrap()
}

#[coframe::coroutine(tracked, yield = (FrameId, u32))]
fn recorder(n: u32) {
    for i in 0..n {
        yield_!((here(), i));
        let _shown = i;
    }
}

fn yn(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

#[coframe::coroutine(tracked, yield = &'static str)]
fn shows_caller() {
    loop {
        yield_!(Frame::current().unwrap().back().unwrap().code().name());
    }
}

#[coframe::coroutine(tracked)]
fn via_one(g: &mut dyn Iterator<Item = &'static str>) -> &'static str {
    g.next().unwrap()
}

#[coframe::coroutine(tracked)]
fn via_two(g: &mut dyn Iterator<Item = &'static str>) -> &'static str {
    g.next().unwrap()
}

fn run<R>(mut co: impl Coroutine<Yield = (), Return = R> + Unpin) -> R {
    co.start().unwrap().returned().unwrap()
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut a = recorder(3);
    let mut b = recorder(3);
    let (fa, fb) = (a.frame().unwrap().id().unwrap(), b.frame().unwrap().id().unwrap());
    say!("different activations, different frames: {}", yn(fa != fb));
    say!("same code: {}", yn(a.frame().unwrap().code() == b.frame().unwrap().code()));
    for _ in 0..3 {
        let (frame, i) = a.next().unwrap();
        let view = a.frame().unwrap();
        say!("step {i} same frame as at creation: {} | local i = {:?}", yn(frame == fa), view.local("i").unwrap());
    }
    let (frame, _) = b.next().unwrap();
    let i = format!("{:?}", a.frame().unwrap().local("i").unwrap());
    say!("b step 0 its own frame: {} | a still at i = {i}", yn(frame == fb && frame != fa));
    say!("suspended frame has no caller: {}", yn(a.frame().unwrap().back().is_none()));

    let mut s = shows_caller();
    let (one, two) = (run(via_one(&mut s)), run(via_two(&mut s)));
    say!("resumed by {one} then by {two} then by {}", run(via_one(&mut s)));
    a.next();
    say!("frame after the end: {}", if a.frame().is_none() { "None" } else { "?!" });
    Ok(())
}
