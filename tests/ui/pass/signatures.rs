//! What a signature may have.
#![deny(warnings)]

use std::fmt::Display;

mod inner {
    /// Documented.
    ///
    /// ```
    /// // An example.
    /// ```
    #[coframe::coroutine(yield = u32)]
    #[inline]
    pub(crate) fn one() {
        yield_!(1);
    }

    #[allow(clippy::needless_lifetimes)]
    #[coframe::coroutine(yield = &'a str)]
    pub(super) fn words<'a>(text: &'a str) -> &'a str {
        for word in text.split(' ') {
            yield_!(word);
        }
        text
    }
}

#[coframe::coroutine(yield = &str)]
fn elided(text: &str, times: usize) {
    for _ in 0..times {
        yield_!(text);
    }
}

#[coframe::coroutine(yield = String, send = usize)]
fn generic<T, I, const N: usize>(items: I, rest: [T; N]) -> (usize, [T; N])
where
    I: IntoIterator<Item = T>,
    T: Display + Clone,
{
    let mut sum = 0;
    for item in items.into_iter().chain(rest.clone()) {
        sum += yield_!(item.to_string());
    }
    (sum, rest)
}

#[coframe::coroutine(yield = usize)]
fn implied(text: impl AsRef<str>, mut f: impl FnMut(char) -> usize) {
    for c in text.as_ref().to_owned().chars().collect::<Vec<_>>() {
        yield_!(f(c));
    }
}

/// Reads.
///
/// # Safety
///
/// `pointer` can be read while the coroutine lives.
#[coframe::coroutine(yield = u32)]
unsafe fn read(pointer: *const u32, mut times: u32) {
    while times > 0 {
        // SAFETY: the caller's.
        let n = unsafe { *pointer };
        yield_!(n);
        times -= 1;
    }
}

#[coframe::coroutine(yield = u32)]
fn patterns((a, mut b): (u32, u32), [c, .., d]: [u32; 4], _: String, &e: &u32) {
    yield_!(a + b + c + d + e);
    b += 1;
    yield_!(b);
}

#[must_use]
#[coframe::coroutine]
fn nothing() {}

#[cfg(any())]
#[coframe::coroutine(unknown = argument)]
fn left_out() {}

#[cfg_attr(any(), deprecated)]
#[coframe::coroutine(yield = u32)]
fn r#match(r#type: u32) {
    let r#fn = r#type;
    yield_!(r#fn);
    yield_!(r#type + r#fn);
}

fn main() {
    assert_eq!(inner::one().next(), Some(1));
    assert_eq!(inner::words("a b").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(elided("a", 2).count(), 2);
    let _ = generic([1, 2], [3]);
    assert_eq!(implied("abc", |c| c as usize).count(), 3);
    let n = 7;
    // SAFETY: `n` lives on.
    assert_eq!(unsafe { read(&n, 2) }.sum::<u32>(), 14);
    assert_eq!(patterns((1, 2), [3, 0, 0, 4], String::new(), &5).collect::<Vec<_>>(), [15, 3]);
    assert_eq!(nothing().count(), 0);
    assert_eq!(r#match(1).collect::<Vec<_>>(), [1, 2]);
}
