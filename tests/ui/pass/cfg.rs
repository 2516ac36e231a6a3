//! Pending: two items of one name, each under a `cfg`, are refused.
//!
//! `#[cfg]` where it can be kept.
#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn numbers(n: u32) {
    #[cfg(any())]
    const SIZE: u32 = 1;
    #[cfg(all())]
    const SIZE: u32 = 2;
    #[cfg(any())]
    println!("never");
    #[cfg(any())]
    {
        compile_error!("never");
    }
    yield_!(SIZE);
    let list = [
        #[cfg(any())]
        1,
        #[cfg(any())]
        u32::MIN,
        #[cfg(all())]
        2,
    ];
    let m = match n {
        #[cfg(any())]
        1 => 10,
        _ => 20,
    };
    if cfg!(any()) {
        yield_!(3);
    }
    for n in list {
        yield_!(n + m);
    }
}

fn main() {
    assert_eq!(numbers(1).collect::<Vec<_>>(), [2, 22]);
}
