//! What a recursive coroutine cannot have that is saved.

use coframe::{yield_, yield_from};

struct Tree(Vec<Tree>);

impl Tree {
    #[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
    fn method(&self) {
        for tree in &self.0 {
            yield_from!(tree.method());
        }
        yield_!(self.0.len());
    }

    #[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
    fn function(n: usize) {
        yield_!(n);
        yield_from!(Tree::function(n));
    }
}

#[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
fn borrows(items: &[usize]) {
    yield_!(items.len());
    yield_from!(borrows(items));
}

#[coframe::coroutine(recursive, yield = &'a usize, derive(Serialize, Deserialize))]
fn has_a_lifetime<'a>(items: &'a [usize]) {
    yield_!(&items[0]);
    yield_from!(has_a_lifetime(items));
}

#[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
fn opaque(n: impl Into<usize>) {
    yield_!(n.into());
}

#[coframe::coroutine(recursive, yield = usize, code = false, derive(Serialize, Deserialize))]
fn without_code(n: usize) {
    yield_!(n);
    yield_from!(without_code(n));
}

#[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
unsafe fn is_unsafe(n: usize) {
    yield_!(n);
}

#[coframe::coroutine(recursive, yield = usize)]
fn is_not_saved(n: usize) {
    yield_!(n);
}

#[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
fn calls_one_that_is_not(n: usize) {
    yield_!(n);
    yield_from!(is_not_saved(n));
}

#[coframe::coroutine(yield = usize, derive(Serialize, Deserialize))]
fn resumes_one_that_is_not(n: usize) {
    yield_from!(is_not_saved(n));
}

struct Token;

#[coframe::coroutine(recursive, yield = usize, derive(Serialize, Deserialize))]
fn has_a_local_that_is_not(n: usize) {
    let token = Token;
    yield_from!(has_a_local_that_is_not(n));
    drop(token);
}

fn main() {}
