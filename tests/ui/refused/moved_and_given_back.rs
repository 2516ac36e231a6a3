#[coframe::coroutine(yield = u32, send = bool)]
fn refused() -> usize {
    let mut name = Some(String::new());
    if yield_!(1) {
        drop(name);
    }
    name = Some(String::from("again"));
    match name {
        Some(name) if name.is_empty() => 0,
        Some(name) => name.into_bytes().len(),
        None => 1,
    }
}

#[coframe::coroutine(yield = u32, send = bool)]
fn accepted() -> usize {
    let mut name = Some(String::new());
    if yield_!(1) {
        drop(name);
    }
    name = Some(String::from("again"));
    let name = name;
    match name {
        Some(name) if name.is_empty() => 0,
        Some(name) => name.into_bytes().len(),
        None => 1,
    }
}

fn main() {
    drop((refused(), accepted()));
}
