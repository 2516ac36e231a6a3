use std::rc::Rc;

struct Shared {
    name: String,
}

fn find() -> Rc<Shared> {
    Rc::new(Shared { name: String::new() })
}

#[coframe::coroutine(yield = usize)]
fn lengths() {
    let shared = find();
    let length = move || shared.name.len();
    yield_!(length());
    yield_!(length());
}

fn main() {
    lengths().next();
}
