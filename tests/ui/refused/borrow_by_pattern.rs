#[coframe::coroutine(yield = usize)]
fn lengths(name: Option<String>) {
    if let Some(name) = &name {
        yield_!(name.len());
        yield_!(name.len() + 1);
    }
    match name {
        Some(ref name) => {
            yield_!(1);
            yield_!(name.len());
        }
        None => {}
    }
}

fn main() {
    for n in lengths(None) {
        println!("{n}");
    }
}
