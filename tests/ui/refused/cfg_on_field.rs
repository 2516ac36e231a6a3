// Pending: it builds, and the marker under `cfg(any())` yields.
struct Pair {
    a: u32,
    b: u32,
}

#[coframe::coroutine(yield = u32, send = u32)]
fn pair() -> Pair {
    yield_!(0);
    Pair {
        #[cfg(all())]
        a: yield_!(1),
        #[cfg(any())]
        a: yield_!(2),
        b: yield_!(3),
    }
}

fn main() {
    let _ = pair();
    let pair = Pair { a: 1, b: 2 };
    println!("{} {}", pair.a, pair.b);
}
