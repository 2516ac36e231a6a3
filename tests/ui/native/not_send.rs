use std::rc::Rc;

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let shared = Rc::new(1);
    yield_!(1);
    yield_!(*shared);
}

fn main() {
    std::thread::spawn(|| {
        let it = numbers();
        it.for_each(drop);
    });
    let it = numbers();
    std::thread::spawn(move || it.for_each(drop));
}
