use coframe::prelude::coroutine;

fn main() {
    let wrong = coroutine!(yield = u32, |n: u64| {
        yield n;
    });
    wrong(1).for_each(drop);
    let unknown = coroutine!(|| {
        yield nothing;
    });
    unknown().for_each(drop);
    let text = String::new();
    let moved = coroutine!(move || {
        yield text.len();
    });
    println!("{text}");
    moved().for_each(drop);
}
