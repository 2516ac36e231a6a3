use coframe::prelude::*;

#[coframe::coroutine(pinned, yield = u32)]
fn pinned() {
    let closure = || yield_!(1);
    closure();
    drop(async { yield_!(2) });
    fn item() {
        yield_!(3);
    }
}

#[coframe::coroutine(yield = u32)]
async fn generator() {
    let closure = || yield_!(1);
    closure();
    async { yield_!(2) }.await;
    let closure = async || yield_!(3);
    closure().await;
    fn item() {
        yield_!(4);
    }
}

fn main() {}
