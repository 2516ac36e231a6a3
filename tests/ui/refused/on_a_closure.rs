use coframe::prelude::coroutine;

fn main() {
    // Not a closure.
    let numbers = coroutine!({
        yield 1;
    });
    drop(numbers);
}
