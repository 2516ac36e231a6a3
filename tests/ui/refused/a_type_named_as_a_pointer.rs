struct Rc {
    name: String,
}

#[coframe::coroutine(yield = usize)]
fn lengths(shared: Rc) {
    let length = move || shared.name.len();
    yield_!(length());
    yield_!(length());
}

fn main() {
    lengths(Rc { name: String::new() }).next();
}
