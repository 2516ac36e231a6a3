//! Traits in scope that have the names of methods an expansion might call.
#![deny(warnings)]

trait Everything {
    fn hold(&self) -> u32 {
        1
    }
    fn take(&self) -> u32 {
        2
    }
    fn as_mut(&self) -> u32 {
        3
    }
    fn as_ref(&self) -> u32 {
        4
    }
    fn unwrap(&self) -> u32 {
        5
    }
    fn expect(&self, _: &str) -> u32 {
        6
    }
    fn next(&self) -> u32 {
        7
    }
    fn into_iter(&self) -> u32 {
        8
    }
    fn clear(&self) -> u32 {
        9
    }
}

impl<T: ?Sized> Everything for T {}

#[coframe::coroutine(yield = usize, derive(Clone))]
fn numbers(list: Vec<usize>, text: String) {
    let guard = text.len();
    let unused = text.clone();
    for n in list {
        yield_!(n + guard);
    }
    yield_!(text.len());
    let _ = unused;
}

fn main() {
    assert_eq!(Iterator::collect::<Vec<_>>(numbers(vec![1, 2], String::from("abc"))), [4, 5, 3]);
    assert_eq!(().hold() + ().take() + ().as_mut() + ().as_ref() + ().clear(), 19);
    assert_eq!(().unwrap() + ().expect("") + Everything::next(&()) + Everything::into_iter(&()), 26);
}
