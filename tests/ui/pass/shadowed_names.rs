//! Names of the prelude, and those that an expansion uses, are the user's.
#![deny(warnings)]
#![allow(dead_code, unused_macros)]

struct Option;
struct Result;
#[derive(::core::clone::Clone)]
struct Some(u32);
struct Ok;
struct None;
struct Err;
struct Locals(u32);
struct T0(u32);
#[derive(::core::clone::Clone)]
struct T1(u32);
struct Generator;
struct Step;
struct Signal;
struct Held;
enum Infallible {}
trait Iterator {}
trait Clone {}
trait Default {}
trait Kept {}
trait Machine {}
trait Coroutine {}
mod core {}
mod private {}
mod std {}
fn drop() {}
fn generator() {}
fn native() {}
fn pause() {}
macro_rules! unreachable {
    () => {};
}
macro_rules! line {
    () => {};
}
macro_rules! file {
    () => {};
}

#[coframe::coroutine(yield = T0, send = T1, derive(Clone))]
fn types(locals: Locals) -> Locals {
    let sent = yield_!(T0(locals.0));
    let made = Some(sent.0);
    yield_!(T0(made.0));
    Locals(made.0)
}

impl ::core::clone::Clone for Locals {
    fn clone(&self) -> Self {
        Locals(self.0)
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn locals(locals: u32, position: u32, state: u32, signal: u32, value: u32, frame: u32) -> u32 {
    let residual = yield_!(locals + position);
    let run = yield_!(state + signal);
    'run: loop {
        let value = value + yield_!(value + frame + residual + run);
        if value > 0 {
            break 'run value;
        }
    }
}

#[coframe::coroutine(yield = u32)]
fn generic<T0: ::core::convert::Into<u32>, T1: Get, S>(first: T0, second: T1, third: S) {
    let (first, _third) = (first, third);
    yield_!(1);
    yield_!(Get::get(second));
    yield_!(::core::convert::Into::into(first));
}

trait Get {
    fn get(self) -> u32;
}

impl Get for u32 {
    fn get(self) -> u32 {
        self
    }
}

#[coframe::coroutine(yield = u32)]
fn items() {
    struct Locals(u32);
    struct T0;
    const STATE: u32 = 1;
    let locals = Locals(STATE);
    let T0 = T0;
    yield_!(locals.0);
    yield_!(locals.0 + 1);
}

fn main() {
    use ::coframe::CoroutineExt as _;
    let mut co = types(Locals(1));
    assert!(matches!(co.start(), ::core::result::Result::Ok(::coframe::Step::Yielded(T0(1)))));
    assert!(matches!(co.send(T1(3)), ::core::result::Result::Ok(::coframe::Step::Yielded(T0(3)))));
    let mut co = locals(1, 2, 3, 4, 5, 6);
    assert!(matches!(co.start(), ::core::result::Result::Ok(::coframe::Step::Yielded(3))));
    let mut all = ::std::vec::Vec::new();
    for n in generic(1u16, 2u32, "x") {
        all.push(n);
    }
    for n in items() {
        all.push(n);
    }
    assert_eq!(all, [1, 2, 1, 1, 2]);
}
