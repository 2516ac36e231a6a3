//! Code that is never reached is left out, and says nothing of types.

fn show(_: impl std::fmt::Display) {}

#[coframe::coroutine(yield = i32)]
fn dead(k: i32) -> i32 {
    show(match attempt! { 'block: { return 2; } k } {
        Ok(n) => n,
        Err(error) => raise!(error),
    });
    yield_!(1);
    2
}

fn main() {
    drop(dead(1));
}
