//! In a trait, with and without a body, and in its impls.
#![deny(warnings)]

trait Numbers {
    const STEP: u32;

    /// Only declared.
    #[coframe::coroutine(yield = u32)]
    fn all(&self);

    /// With a body.
    #[coframe::coroutine(yield = u32, send = u32)]
    fn stepped(&mut self, from: u32) -> u32 {
        let mut n = from;
        while n < 10 {
            n += yield_!(n) + Self::STEP;
        }
        self.total() + n
    }

    fn total(&self) -> u32;
}

struct Up(u32);

impl Numbers for Up {
    const STEP: u32 = 2;

    #[coframe::coroutine(yield = u32)]
    fn all(&self) {
        for n in 0..self.0 {
            yield_!(n);
        }
    }

    fn total(&self) -> u32 {
        self.0
    }
}

struct List<T>(Vec<T>);

impl<T: Clone + Into<u32>> Numbers for List<T> {
    const STEP: u32 = 1;

    #[coframe::coroutine(yield = u32)]
    fn all(&self) {
        for n in &self.0 {
            yield_!(n.clone().into());
        }
    }

    fn total(&self) -> u32 {
        self.0.iter().cloned().map(Into::into).sum()
    }
}

fn count(numbers: &impl Numbers) -> usize {
    numbers.all().count()
}

fn main() {
    assert_eq!(count(&Up(3)), 3);
    assert_eq!(List(vec![1u8, 2]).all().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(List(vec![1u8, 2]).total(), 3);
    let mut up = Up(1);
    let mut steps = up.stepped(8);
    use coframe::{CoroutineExt, Step};
    assert!(matches!(steps.start(), Ok(Step::Yielded(8))));
    assert!(matches!(steps.send(5), Ok(Step::Returned(16))));
}
