#[coframe::coroutine(yield = T)]
fn twice<T>(item: T) {
    yield_!(item);
    yield_!(item);
}

fn main() {
    twice(1).for_each(drop);
}
