//! A recursive-descent parser that is fed one character at a time and pauses at any depth. `finally` is an `attempt!` that
//! raises again.

use std::cell::Cell;

use coframe::prelude::*;

use crate::support::ValueError;

#[derive(Default)]
struct Tok {
    cur: Cell<char>,
}

impl Tok {
    fn is(&self, c: char) -> bool {
        self.cur.get() == c
    }
}

#[coframe::coroutine(send = char)]
fn advance(t: &Tok) {
    t.cur.set(yield_!());
}

#[coframe::coroutine(send = char)]
fn number(t: &Tok) -> u32 {
    let mut value = 0;
    while let Some(digit) = t.cur.get().to_digit(10) {
        value = value * 10 + digit;
        yield_from!(advance(t));
    }
    value
}

#[coframe::coroutine(recursive, send = char)]
fn value(t: &Tok, depth: usize) -> u32 {
    match t.cur.get() {
        '[' => yield_from!(array(t, depth + 1)),
        '0'..='9' => yield_from!(number(t)),
        other => raise!(ValueError::new(format!("depth {depth}: unexpected {other}"))),
    }
}

#[coframe::coroutine(recursive, send = char)]
fn array(t: &Tok, depth: usize) -> u32 {
    let indent = "  ".repeat(depth);
    say!("{indent}open");
    let mut total = 0;
    let outcome = attempt! {
        yield_from!(advance(t));
        while !t.is(']') {
            total += yield_from!(value(t, depth));
            if t.is(',') {
                yield_from!(advance(t));
            }
        }
        yield_from!(advance(t));
    };
    say!("{indent}close, total {total}");
    or_raise!(outcome);
    total * 2
}

#[coframe::coroutine(send = char)]
fn document(t: &Tok) -> u32 {
    yield_from!(advance(t));
    yield_from!(value(t, 0))
}

fn parse(text: &str) -> Result<(), Exception> {
    say!("parse {text}");
    let t = Tok::default();
    let mut g = document(&t);
    g.start()?;
    let end = if text.matches('[').count() == text.matches(']').count() { "$" } else { "" };
    for ch in text.chars().chain(end.chars()) {
        match g.send(ch) {
            Ok(Step::Yielded(())) => continue,
            Ok(Step::Returned(result)) => say!("result {result}"),
            Err(e) if e.is::<ValueError>() => say!("error at {e}"),
            Err(other) => return Err(other),
        }
        return Ok(());
    }
    say!("incomplete, closing");
    g.close()?;
    Ok(())
}

pub(crate) fn main() -> Result<(), Exception> {
    for text in ["12", "[1,2,[3,[40]],5]", "[1,[2,x]]", "[[[7"] {
        parse(text)?;
    }
    Ok(())
}
