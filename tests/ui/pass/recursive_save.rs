//! Recursive coroutines that are saved, where every lint counts.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, private_interfaces, private_bounds)]

/// What others see.
pub mod public {
    use coframe::{Recursive, yield_, yield_from};
    use serde::{Deserialize, Serialize};

    /// Counts down, with [`down()`].
    #[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
    #[must_use]
    pub fn down(n: u32) -> u32 {
        yield_!(n);
        if n > 0 { yield_from!(down(n - 1)) + 1 } else { 0 }
    }

    /// All of a list.
    #[coframe::coroutine(recursive, yield = W, derive(Serialize, Deserialize))]
    pub fn each<W>(mut list: Vec<W>) -> usize
    where
        W: Serialize,
        for<'a> W: Deserialize<'a>,
    {
        let Some(last) = list.pop() else { return 0 };
        let before = yield_from!(each(list));
        yield_!(last);
        before + 1
    }

    /// A frame of a type that has a name.
    pub type Down = Recursive<'static, u32, u32, (), down>;
}

#[expect(unused_variables, reason = "it is there")]
#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn inner(n: u32, unused: u32) {
    coframe::yield_!(n);
    if n > 0 {
        coframe::yield_from!(inner(n - 1, 0));
    }
}

fn main() {
    use public::{Down, down, each};

    let co: Down = down(2);
    assert!(co.eq([2, 1, 0]));
    assert!(each(vec!["a".to_owned(), "b".to_owned()]).eq(["a", "b"]));
    assert_eq!((down::CODE.name(), each::<u8>::CODE.name()), ("down", "each"));
    assert_eq!(inner(3, 0).count(), 4);

    #[coframe::coroutine(recursive, yield = u32, send = u32, derive(Serialize, Deserialize))]
    fn local(Pair(a, b): Pair) -> u32 {
        let sent = coframe::yield_!(a);
        if b > 0 { coframe::yield_from!(local(Pair(a + sent, b - 1))) } else { a }
    }
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Pair(u32, u32);
    let mut co = local(Pair(1, 2));
    let mut copy: coframe::Recursive<'static, u32, u32, u32, local> =
        serde_json::from_str(&serde_json::to_string(&co).unwrap()).unwrap();
    use coframe::CoroutineExt;
    assert_eq!(co.start().unwrap(), copy.start().unwrap());
    assert_eq!(local::CODE.arguments(), ["Pair(a, b)"]);
}
