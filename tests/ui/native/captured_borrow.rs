use coframe::prelude::coroutine;

fn lengths() -> impl Iterator<Item = usize> {
    let text = String::new();
    let co = coroutine!(|| {
        yield text.len();
    });
    co()
}

fn main() {
    lengths().for_each(drop);
}
