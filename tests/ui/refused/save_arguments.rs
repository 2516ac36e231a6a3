//! What cannot be saved at all, and arguments that are wrong.

#[coframe::coroutine(derive(Serialize, Deserialize))]
async fn future() {}

#[coframe::coroutine(yield = u32, derive(Serialize))]
fn one_way() {
    coframe::yield_!(1);
}

#[coframe::coroutine(yield = u32, derive(Debug))]
fn unknown() {
    coframe::yield_!(1);
}

#[coframe::coroutine(yield = u32)]
fn same_label() {
    coframe::yield_!('here: 1);
    coframe::yield_!('here: 2);
}

fn main() {}
