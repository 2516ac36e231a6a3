//! Where frames are: begun inside the resume of their callers, and next to each other in memory that is used again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coframe::{CoroutineExt, Exception, Step, raise, try_yield, yield_, yield_from};

use super::{Loud, Mishap, one_line, report, say};

/// Gives what it has, and says when it is dropped.
struct Temporary(Loud<u32>);

impl Temporary {
    fn new(n: u32) -> Self {
        Temporary(Loud(n))
    }

    fn get(&self) -> u32 {
        self.0.0
    }
}

#[test]
fn the_temporaries_of_an_operand_are_gone_when_the_call_begins() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn callee(n: u32, pauses: bool) -> u32 {
        say(format_args!("begins-{n}"));
        if pauses {
            yield_!(n);
        }
        n
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn caller(pauses: bool) -> u32 {
        let first = yield_from!(callee(Temporary::new(1).get(), pauses));
        say("between");
        first + yield_from!(callee(Temporary::new(2).get(), pauses))
    }
    let mut co = caller(false);
    assert_eq!(co.start().unwrap(), Step::Returned(3));
    assert_eq!(one_line(), "drop-1 begins-1 between drop-2 begins-2");
    assert_eq!(caller(true).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(one_line(), "drop-1 begins-1 between drop-2 begins-2");
}

#[test]
fn a_call_that_is_over_at_once_drops_its_locals_before_its_caller_goes_on() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn callee(n: u32) -> Loud<u32> {
        let _local = Loud(n);
        let _other = Loud(n + 1);
        match n {
            10 => raise!(Mishap(n)),
            30 => yield_!(n),
            _ => {}
        }
        Loud(n + 2)
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn caller(n: u32) -> u32 {
        let outcome = coframe::try_yield_from!(callee(n));
        say("on");
        match outcome {
            Ok(returned) => returned.0,
            Err(exception) => raise!(exception),
        }
    }
    assert_eq!(caller(20).start().unwrap(), Step::Returned(22));
    assert_eq!(one_line(), "drop-21 drop-20 on drop-22");
    assert!(caller(10).start().is_err());
    assert_eq!(one_line(), "drop-11 drop-10 on");
    let mut pauses = caller(30);
    assert_eq!(pauses.start().unwrap(), Step::Yielded(30));
    assert_eq!(one_line(), "");
    assert_eq!(pauses.start().unwrap(), Step::Returned(32));
    assert_eq!(one_line(), "drop-31 drop-30 on drop-32");
}

#[test]
fn what_is_returned_at_an_exit_is_dropped_once() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn stays(n: u32) -> Loud<u32> {
        match try_yield!(n) {
            Err(Exception::Exit) => Loud(n),
            _ => Loud(0),
        }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn calls(n: u32) -> Loud<u32> {
        let _local = Loud(n);
        yield_from!(stays(n + 1))
    }
    report();
    let mut co = calls(4);
    co.start().unwrap();
    co.close().unwrap();
    assert_eq!(one_line(), "drop-5 drop-4");
    let mut outermost = stays(7);
    outermost.start().unwrap();
    drop(outermost);
    assert_eq!(one_line(), "drop-7");
}

#[test]
fn a_panic_inside_of_the_resume_of_some_callers() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn down(n: u32, panics: bool) {
        let _local = Loud(n);
        if n == 40 {
            if panics {
                panic!("bottom");
            }
            yield_!(n);
        } else {
            yield_from!(down(n + 1, n.is_multiple_of(2)));
            yield_from!(down(n + 1, !n.is_multiple_of(2)));
        }
    }
    let mut co = down(36, false);
    co.start().unwrap();
    assert_eq!((co.depth(), one_line().as_str()), (5, ""));
    let panicked = catch_unwind(AssertUnwindSafe(|| co.start()));
    assert!(panicked.is_err());
    assert_eq!(one_line(), "drop-40 drop-40 drop-39 drop-38 drop-37 drop-36");
    assert!(matches!(co.start(), Err(Exception::Finished)));
}

#[test]
fn an_argument_that_was_never_used_is_dropped_once() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn two(first: Loud<u32>, second: Loud<u32>, numbers: [u64; 9]) {
        yield_!(first.0 + second.0 + numbers.len() as u32);
    }
    drop(two(Loud(1), Loud(2), [0; 9]));
    let unstarted = one_line();
    let mut thrown = two(Loud(1), Loud(2), [0; 9]);
    assert!(thrown.frame().is_some());
    assert_eq!(
        format!("{:?}", thrown.frame().unwrap().local("numbers").unwrap().value().unwrap()),
        "[0, 0, 0, 0, 0, 0, 0, 0, 0]"
    );
    assert!(thrown.throw(Mishap(1)).is_err());
    assert_eq!((unstarted.as_str(), one_line().as_str()), ("drop-2 drop-1", "drop-2 drop-1"));
}

/// A walk through a tree that is drawn by lot, in frames of three sizes and two alignments.
mod sizes {
    use std::cell::Cell;

    use super::*;

    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Aligned(u64);

    pub(super) struct Lot(Cell<u64>);

    impl Lot {
        pub(super) fn new(seed: u64) -> Self {
            Lot(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1))
        }

        fn draw(&self) -> u64 {
            let mut state = self.0.get();
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            self.0.set(state);
            state % 7
        }
    }

    #[coframe::coroutine(recursive, yield = u64)]
    pub(super) fn small(depth: u64, lot: &Lot) -> u64 {
        let mut sum = 0;
        while depth > 0 && lot.draw() > 1 {
            sum += match lot.draw() {
                0 | 1 => yield_from!(large(depth - 1, lot)),
                2 => yield_from!(aligned(depth - 1, lot)),
                _ => yield_from!(small(depth - 1, lot)),
            };
            if lot.draw() > 4 {
                yield_!(depth);
            }
        }
        sum + 1
    }

    #[coframe::coroutine(recursive, yield = u64)]
    fn large(depth: u64, lot: &Lot) -> u64 {
        let kept = [depth; 100];
        let sum = yield_from!(small(depth.saturating_sub(1), lot));
        yield_!(kept.iter().sum());
        sum + kept[99]
    }

    #[coframe::coroutine(recursive, yield = u64)]
    fn aligned(depth: u64, lot: &Lot) -> u64 {
        let kept = Aligned(depth);
        if lot.draw() > 2 {
            yield_!(1);
        }
        assert_eq!((&raw const kept).addr() % 64, 0);
        let sum = yield_from!(small(depth.saturating_sub(1), lot));
        assert_eq!((&raw const kept).addr() % 64, 0);
        sum + kept.0
    }

    pub(super) fn small_natively(depth: u64, lot: &Lot, out: &mut Vec<u64>) -> u64 {
        let mut sum = 0;
        while depth > 0 && lot.draw() > 1 {
            sum += match lot.draw() {
                0 | 1 => {
                    let below = small_natively((depth - 1).saturating_sub(1), lot, out);
                    out.push((depth - 1) * 100);
                    below + depth - 1
                }
                2 => {
                    if lot.draw() > 2 {
                        out.push(1);
                    }
                    small_natively((depth - 1).saturating_sub(1), lot, out) + depth - 1
                }
                _ => small_natively(depth - 1, lot, out),
            };
            if lot.draw() > 4 {
                out.push(depth);
            }
        }
        sum + 1
    }
}

#[test]
fn frames_of_many_sizes() {
    let (walks, depth) = if cfg!(miri) { (20, 6) } else { (300, 9) };
    let mut items = 0;
    for seed in 1..walks {
        let (lot, mut natively) = (sizes::Lot::new(seed), Vec::new());
        let returned = sizes::small_natively(depth, &lot, &mut natively);
        items += natively.len();
        let lot = sizes::Lot::new(seed);
        let mut co = sizes::small(depth, &lot);
        let mut values = co.values();
        assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), natively, "seed {seed}");
        assert_eq!(values.into_return(), Some(returned), "seed {seed}");
    }
    assert!(items > 100, "the trees have nodes");
}
