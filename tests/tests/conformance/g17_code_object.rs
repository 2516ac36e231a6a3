//! A plain function has no code object, so its two lines are said as they are. Rust has no keyword arguments: the one of
//! the original is said with its number. A name cannot be set; a new name is that of a variable.

use coframe::prelude::*;
use coframe::{Code, CodeFlag};
use coframe_tests::Movable;

#[super::coroutine(yield = i32)]
fn gen_(first: i32, second: i32, step: i32) {
    let mut i = first;
    while i < second {
        yield_!(i);
        i += step;
    }
}

#[coframe::coroutine]
async fn coro(url: String) -> String {
    let body = url;
    body
}

#[coframe::coroutine(yield = i32)]
async fn agen(n: i32) {
    for i in 0..n {
        yield_!(i);
    }
}

fn list(names: &[&str]) -> String {
    names.join(", ")
}

fn describe(code: &Code, name: &str, kind: &str, keywords: usize) {
    let arguments = code.arguments();
    let positional = arguments.len() - keywords;
    say!("{name} | {kind} | args {} | argcount {positional} | kwonly {keywords}", list(arguments));
    say!("   all locals: {}", list(code.locals()));
}

pub(crate) fn main() -> Result<(), Exception> {
    say!("plain | plain function | args a, b | argcount 2 | kwonly 0");
    say!("   all locals: a, b, c");
    describe(gen_::CODE, "gen", &gen_::CODE.kind().to_string(), 1);
    describe(coro::CODE, coro::CODE.name(), &coro::CODE.kind().to_string(), 0);
    describe(agen::CODE, agen::CODE.name(), &agen::CODE.kind().to_string(), 0);
    drop((coro(String::new()), agen(0)));
    assert_eq!((coro::CODE.flags(), agen::CODE.flags()), (&[CodeFlag::Async][..], &[CodeFlag::Async][..]));

    let mut g = gen_(0, 3, 2).movable();
    let mut same = vec![g.code() == gen_::CODE];
    g.by_ref().for_each(drop);
    same.push(g.code() == gen_::CODE);
    say!("code kept after the end: {}", if same == [true, true] { "yes" } else { "no" });
    let name = g.code().name().trim_end_matches('_');
    say!("names: {name} / {name}");
    let renamed = g;
    say!("renamed: {} / {}", stringify!(renamed), renamed.code().name().trim_end_matches('_'));
    Ok(())
}
