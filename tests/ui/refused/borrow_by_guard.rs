use std::cell::RefCell;

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let cell = RefCell::new(1);
    let guard = cell.borrow_mut();
    yield_!(1);
    yield_!(*guard);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
