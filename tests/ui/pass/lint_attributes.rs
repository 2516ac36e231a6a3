//! Lint levels in a body are the user's.
#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[allow(unused_variables)]
    let unused = 1;
    #[expect(unused_variables)]
    let expected = 2;
    yield_!(1);
    #[allow(unused_mut)]
    let mut n = 2;
    yield_!(n);
    #[allow(unused_parens)]
    for n in (0..2) {
        yield_!(n);
    }
    #[expect(unused_variables)]
    if let Some(n) = Some(1) {
        yield_!(4);
    }
    match n {
        #[allow(unused_variables)]
        x => {
            yield_!(5);
        }
    }
}

#[allow(unused)]
#[coframe::coroutine(yield = u32)]
fn allowed(argument: u32) {
    let unused = 1;
    yield_!(1);
}

#[expect(unused_variables, reason = "the argument is for later")]
#[coframe::coroutine(yield = u32)]
fn expected(argument: u32) {
    yield_!(1);
}

fn main() {
    assert_eq!(numbers().collect::<Vec<_>>(), [1, 2, 0, 1, 4, 5]);
    assert_eq!(allowed(1).chain(expected(1)).count(), 2);
}
