//! A macro's local does not capture the caller's of the same name, across a yield.
#![deny(warnings)]

macro_rules! swap {
    ($a:expr, $b:expr) => {{
        let tmp = $a;
        $a = $b;
        $b = tmp;
    }};
}

#[coframe::coroutine(yield = (u32, u32))]
fn swapped(mut a: u32, mut tmp: u32) {
    yield_!((a, tmp));
    swap!(a, tmp);
    yield_!((a, tmp));
    swap!(tmp, a);
    yield_!((a, tmp));
}

fn main() {
    assert_eq!(swapped(1, 2).collect::<Vec<_>>(), [(1, 2), (2, 1), (1, 2)]);
}
