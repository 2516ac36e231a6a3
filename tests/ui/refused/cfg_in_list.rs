#[coframe::coroutine(yield = u32, send = u32)]
fn list() -> [u32; 2] {
    [
        #[cfg(any())]
        yield_!(1),
        yield_!(2),
        yield_!(3),
    ]
}

#[coframe::coroutine(yield = usize)]
fn moved(name: String) {
    let names = vec![
        #[cfg(any())]
        name,
        String::new(),
    ];
    yield_!(names.len());
}

fn main() {
    let _ = (list(), moved(String::new()));
}
