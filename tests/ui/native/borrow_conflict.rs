#[coframe::coroutine(yield = u32)]
fn numbers(list: &mut Vec<u32>) {
    let first = &list[0];
    list.push(1);
    yield_!(*first);
}

#[coframe::coroutine(yield = u32)]
fn across(list: &mut Vec<u32>) {
    let first = &list[0];
    yield_!(1);
    list.push(1);
    yield_!(*first);
}

fn main() {
    numbers(&mut vec![]).chain(across(&mut vec![])).for_each(drop);
}
