use coframe::prelude::coroutine;

fn main() {
    let numbers = coroutine!(yeld = u32, || {
        yield 1;
    });
    drop(numbers);
}
