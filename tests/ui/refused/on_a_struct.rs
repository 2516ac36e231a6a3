#[coframe::coroutine(yield = u32)]
struct Numbers {
    first: u32,
}

fn main() {
    println!("{}", Numbers { first: 1 }.first);
}
