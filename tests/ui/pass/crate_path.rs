//! The runtime under another path.
#![deny(warnings)]

mod reexported {
    pub(crate) use coframe;
}

mod inner {
    #[coframe::coroutine(yield = u32, send = u32, derive(Clone), crate = crate::reexported::coframe)]
    pub(crate) fn sums() -> u32 {
        let mut sum = 0;
        while sum < 10 {
            sum += yield_!(sum);
        }
        sum
    }

    #[coframe::coroutine(yield = &'a str, send = &str, crate = super::reexported::coframe)]
    pub(crate) fn echo<'a>(first: &'a str) {
        let n = yield_!(first).len();
        println!("{n}");
    }
}

fn main() {
    use coframe::{CoroutineExt, Step};
    let mut sums = inner::sums();
    assert!(matches!(sums.start(), Ok(Step::Yielded(0))));
    assert!(matches!(sums.clone().send(10), Ok(Step::Returned(10))));
    let mut echo = inner::echo("one");
    assert!(matches!(echo.start(), Ok(Step::Yielded("one"))));
}
