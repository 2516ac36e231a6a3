use std::collections::BTreeMap;

#[coframe::coroutine(yield = usize)]
fn of_an_argument(list: Vec<String>) {
    let first = &list[0];
    yield_!(1);
    yield_!(first.len());
}

#[coframe::coroutine(yield = char)]
fn of_a_loop(text: String) {
    for letter in text.chars() {
        yield_!(letter);
    }
}

#[coframe::coroutine(yield = u32)]
fn of_a_local(limit: u32) {
    let list = (0..limit).collect::<Vec<_>>();
    for n in list.iter() {
        yield_!(*n);
    }
}

#[coframe::coroutine(yield = u32)]
fn of_an_entry(mut counts: BTreeMap<u32, u32>) {
    let count = counts.entry(1).or_insert(0);
    yield_!(*count);
    *count += 1;
}

fn main() {
    let _numbers = of_a_local(3);
}
