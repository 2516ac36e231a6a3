//! A local that cannot be saved is named.

use std::rc::Rc;

#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn shared() {
    let count = Rc::new(1);
    coframe::yield_!(*count);
    coframe::yield_!(*count);
}

#[coframe::coroutine(yield = char, derive(Serialize, Deserialize))]
fn borrowed(text: &str) {
    coframe::yield_!('a');
    for letter in text.chars() {
        coframe::yield_!(letter);
    }
}

#[coframe::coroutine(yield = usize, derive(Serialize, Deserialize))]
fn closure(n: usize) {
    let add = |m: usize| n + m;
    coframe::yield_!(add(1));
    coframe::yield_!(add(2));
}

#[coframe::coroutine(yield = u32)]
fn unsaved() {
    coframe::yield_!(1);
}

#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn delegate() {
    coframe::yield_from!(unsaved());
}

#[coframe::coroutine(yield = T, derive(Serialize, Deserialize))]
fn generic<T: Clone>(value: T) {
    coframe::yield_!(value.clone());
    coframe::yield_!(value);
}

fn main() {
    let mut co = unsaved();
    _ = co.restore(&mut serde_json::Deserializer::from_str(""));
    _ = (shared(), borrowed(""), closure(1), delegate(), generic(1));
}
