//! Clones: at every suspension, at any depth, and two that know nothing of each other.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coframe::{
    Cloneable, CoroutineExt, Exception, Recursive, State, Step, attempt, raise, try_yield, try_yield_from, yield_,
    yield_from,
};

use super::{Loud, Mishap, name, one_line, report, said, say};

/// A recursive coroutine that can be cloned.
type Forking<R, S = ()> = Recursive<'static, u32, R, S, Cloneable>;

/// One resume of many: what is sent, or thrown where it is none.
type Resume<S> = Option<S>;

fn resume<R: Debug, S>(co: &mut Forking<R, S>, resume: Resume<S>) -> String {
    let outcome = match resume {
        None => co.throw(Mishap(1)),
        Some(_) if co.state() == State::Created => co.start(),
        Some(value) => co.send(value),
    };
    match outcome {
        Ok(step) => format!("{step:?}"),
        Err(exception) => name(&exception),
    }
}

/// Clones a coroutine before every resume. Original and clone run to their end, one after the other, and do the same, in
/// either order; so do a clone of the clone, and clones that are closed and dropped where they are.
fn everywhere<R: Debug, S>(make: &dyn Fn() -> Forking<R, S>, resumes: &dyn Fn(usize) -> Resume<S>) -> usize {
    let rest = |co: &mut Forking<R, S>, from: usize| -> Vec<String> {
        let mut trace = Vec::new();
        for index in from.. {
            trace.push(resume(co, resumes(index)));
            trace.push(format!("depth {}", co.depth()));
            trace.extend(said());
            if co.state() == State::Closed {
                break;
            }
        }
        trace
    };
    let at = |taken: usize| {
        let mut co = make();
        (0..taken).for_each(|index| _ = resume(&mut co, resumes(index)));
        said();
        co
    };
    let closed = |mut co: Forking<R, S>| {
        let closed = format!("{:?} {}", co.close().map_err(|exception| name(&exception)), co.depth());
        drop(co);
        [vec![closed], said()].concat()
    };
    let dropped = |co: Forking<R, S>| {
        drop(co);
        said()
    };
    let silent = |co: &Forking<R, S>| {
        let clone = co.clone();
        assert_eq!((clone.depth(), clone.state()), (co.depth(), co.state()));
        assert_eq!(format!("{clone:?}"), format!("{co:?}"));
        said();
        clone
    };
    let mut taken = 0;
    loop {
        let expected = rest(&mut at(taken), taken);
        let (once_closed, once_dropped) = (closed(at(taken)), dropped(at(taken)));

        let mut co = at(taken);
        let mut clone = silent(&co);
        let mut second = silent(&clone);
        assert_eq!(rest(&mut co, taken), expected, "at {taken}");
        assert_eq!(rest(&mut clone, taken), expected, "at {taken}");
        drop((co, clone));
        said();
        assert_eq!(rest(&mut second, taken), expected, "at {taken}");

        let co = at(taken);
        let (mut first, closing, dropping) = (silent(&co), silent(&co), silent(&co));
        assert_eq!(rest(&mut first, taken), expected, "at {taken}");
        assert_eq!(closed(closing), once_closed, "at {taken}");
        assert_eq!(dropped(dropping), once_dropped, "at {taken}");
        assert_eq!(closed(co.clone()).last(), once_closed.last(), "at {taken}");
        said();
        // The original by turns with a clone of it.
        let (mut co, mut clone) = (co, at(taken));
        for index in taken.. {
            assert_eq!(resume(&mut co, resumes(index)), resume(&mut clone, resumes(index)), "at {taken}");
            if co.state() == State::Closed {
                break;
            }
            clone = silent(&co);
        }
        drop((co, clone, first));
        said();
        if at(taken).state() == State::Closed {
            return taken;
        }
        taken += 1;
    }
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn walk(from: u32, to: u32) -> u32 {
    let local = Loud(from * 100 + to);
    if from == to {
        return 0;
    }
    let middle = from + (to - from) / 2;
    let left = yield_from!(walk(from, middle));
    yield_!(middle);
    let right = yield_from!(walk(middle + 1, to));
    say(format_args!("out {}", local.0));
    left + 1 + right
}

#[test]
fn a_walk() {
    assert_eq!(everywhere(&|| walk(0, 12), &|_| Some(())), 13);
}

/// A level that catches what is thrown in, and calls another function meanwhile.
#[coframe::coroutine(recursive, yield = u32, send = u32, derive(Clone))]
fn level(n: u32, tail: Vec<u32>) -> String {
    let local = Loud(n);
    let outcome = if n == 4 {
        try_yield!(n).map(|sent| sent.to_string())
    } else {
        let tail = tail.iter().copied().chain([n]).collect();
        try_yield_from!(level(n + 1, tail))
    };
    match outcome {
        Ok(text) => {
            let sent = yield_!(10 + n);
            format!("{text}-{sent}-{tail:?}-{}", local.0)
        }
        Err(exception) => {
            say(format_args!("{} at {n}", name(&exception)));
            if n.is_multiple_of(2) {
                raise!(exception);
            }
            let helped = yield_from!(helper(n));
            format!("helped {helped}")
        }
    }
}

#[coframe::coroutine(recursive, yield = u32, send = u32, derive(Clone))]
fn helper(n: u32) -> u32 {
    let outcome = attempt! { yield_!(20 + n) + yield_!(30 + n) };
    match outcome {
        Ok(sum) => sum,
        Err(Exception::Exit) => raise!(Mishap(n)),
        Err(_) => yield_!(40),
    }
}

#[test]
fn handlers_and_calls_of_other_functions() {
    report();
    let make = || level(0, vec![7]);
    assert!(everywhere(&make, &|index| Some(index as u32)) > 5);
    for thrown in 1..6 {
        everywhere(&make, &|index| (index != thrown).then_some(index as u32));
        everywhere(&make, &|index| (index % thrown != thrown - 1 || index == 0).then_some(index as u32));
    }
}

#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        self.0 >> 33
    }

    fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }
}

/// Throws dice for what it does next: yields, calls, catches, raises, starts a callee on its own.
#[allow(deprecated, reason = "an exit that is dropped unseen is a case too")]
#[coframe::coroutine(recursive, yield = u32, send = u32, derive(Clone))]
fn gamble(seed: u64, depth: u32) -> u32 {
    let mut dice = Dice(seed);
    let local = Loud(depth);
    let mut sum = depth;
    for round in 0..1 + dice.below(4) {
        match dice.below(7) {
            0 | 1 => sum += yield_!(local.0 * 10 + round as u32),
            2 | 3 if depth < 5 => sum += yield_from!(gamble(dice.roll(), depth + 1)),
            4 if depth < 5 => match try_yield_from!(gamble(dice.roll(), depth + 1)) {
                Ok(value) => sum += value,
                Err(exception) if dice.below(3) == 0 => raise!(exception),
                Err(Exception::Exit) if dice.below(2) == 0 => return sum,
                Err(exception) => sum += yield_!(500 + name(&exception).len() as u32),
            },
            5 if depth < 5 => {
                let mut callee = gamble(dice.roll(), depth + 1);
                if let Ok(Step::Yielded(value)) = callee.start() {
                    sum += value;
                    sum += yield_!(600) + try_yield_from!(&mut callee).unwrap_or(7);
                    sum += try_yield_from!(callee).unwrap_or(8);
                }
            }
            _ if depth > 0 && dice.below(3) == 0 => raise!(Mishap(depth)),
            _ => sum += dice.below(9) as u32,
        }
    }
    sum
}

#[test]
fn bodies_by_chance() {
    report();
    let mut resumes = 0;
    for seed in 0..120 {
        let make = || gamble(seed, 0);
        resumes += everywhere(&make, &|index| Some(index as u32));
        resumes += everywhere(&make, &|index| {
            (index == 0 || !Dice(seed * 99 + index as u64).roll().is_multiple_of(3)).then_some(index as u32)
        });
    }
    assert!(resumes > 1000, "{resumes}");
}

/// All that a body can delegate to besides calls, and a call of what has run before.
#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn delegates(inner: Forking<u32>, n: u32) -> u32 {
    #[coframe::coroutine(yield = u32, derive(Clone))]
    fn plain(n: u32) -> u32 {
        let _local = Loud(n);
        yield_!(n);
        yield_!(n + 1);
        n
    }
    let mut borrowed = inner.clone();
    let mut sum = yield_from!(plain(50));
    yield_from!(vec![1, 2, 3]);
    sum += yield_from!(&mut borrowed);
    sum += yield_from!(inner);
    if n > 0 {
        let mut inner = walk(0, 4);
        inner.next();
        sum += yield_from!(delegates(inner, n - 1));
    }
    sum
}

#[test]
fn delegates_and_joined_levels() {
    let make = || {
        let mut inner = walk(0, 5);
        inner.next();
        inner.next();
        delegates(inner, 2)
    };
    assert!(everywhere(&make, &|_| Some(())) > 20);
}

#[test]
fn borrows_and_generics() {
    #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
    fn calls_one_that_borrows_nothing(items: &[u32], inner: Forking<u32>) -> u32 {
        let sum = yield_from!(inner);
        yield_!(items[0]);
        sum
    }
    let items = [70];
    let mut co = calls_one_that_borrows_nothing(&items, walk(0, 2));
    co.next();
    assert!(co.clone().eq([1, 70]));
    assert!(co.eq([1, 70]));

    #[coframe::coroutine(recursive, yield = &'t T, derive(Clone))]
    fn subsets<'t, T: Clone + Debug>(items: &'t [T], mark: T) -> (usize, T) {
        let Some((first, others)) = items.split_first() else { return (1, mark) };
        let (without, mark) = yield_from!(subsets(others, mark));
        yield_!(first);
        let (with, mark) = yield_from!(subsets(others, mark));
        (with + without, mark)
    }
    let items = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let mut co = subsets(&items, "mark".to_owned());
    let mut sequences = Vec::new();
    while co.state() != State::Closed {
        sequences.push(co.clone().cloned().collect::<Vec<_>>().concat());
        co.next();
    }
    assert_eq!(sequences, ["cbcacbc", "bcacbc", "cacbc", "acbc", "cbc", "bc", "c", ""]);
}

/// Methods, and functions that call each other. Those that are `Clone` are called by one that is not.
#[test]
fn mutual_calls() {
    struct Rules(u32);
    impl Rules {
        #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
        fn even(&self, n: u32) -> usize {
            yield_!(n);
            if n == 0 { 0 } else { yield_from!(self.odd(n - 1)).len() }
        }

        #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
        fn odd(&self, n: u32) -> String {
            yield_!(n + self.0);
            if n > 0 { "*".repeat(1 + yield_from!(self.even(n - 1))) } else { String::new() }
        }

        #[coframe::coroutine(recursive, yield = u32)]
        fn both(&self, n: u32) -> usize {
            let even = yield_from!(self.even(n));
            even + yield_from!(self.odd(n)).len()
        }
    }
    let rules = Rules(100);
    let mut co = rules.even(4);
    assert_eq!((co.next(), co.next(), co.next()), (Some(4), Some(103), Some(2)));
    let mut clone = co.clone();
    assert_eq!(clone.by_ref().collect::<Vec<_>>(), [101, 0]);
    assert_eq!(co.start().unwrap(), Step::Yielded(101));
    assert_eq!(co.start().unwrap(), Step::Yielded(0));
    assert_eq!(co.start().unwrap(), Step::Returned(2));
    assert!(rules.both(2).eq([2, 101, 0, 102, 1, 100]));
}

#[test]
fn levels_are_cloned_from_the_outermost_on() {
    report();
    let mut co = level(2, vec![]);
    co.start().unwrap();
    assert_eq!((co.depth(), one_line().as_str()), (3, ""));
    let clone = co.clone();
    assert_eq!(one_line(), "clone-2 clone-3 clone-4");
    assert!(co.throw(Mishap(7)).is_ok());
    assert_eq!(one_line(), "mishap-7-at-4 drop-4 mishap-7-at-3");
    drop(clone);
    assert_eq!(
        one_line(),
        "exit-at-4 drop-4 exit-at-3 unraisable-helper drop-3 ignoredexit-at-2 drop-2 unraisable-level"
    );
    assert_eq!(co.depth(), 3);
}

/// What a clone does when a level is cloned.
type Hook = Rc<RefCell<Option<Box<dyn Fn(u32)>>>>;

struct Hooked(u32, Hook);

impl Clone for Hooked {
    fn clone(&self) -> Self {
        let hook = self.1.take();
        if let Some(hook) = &hook {
            hook(self.0);
        }
        if self.1.borrow().is_none() {
            *self.1.borrow_mut() = hook;
        }
        Hooked(self.0, self.1.clone())
    }
}

/// The hooked local stands before what is called and, by turns, behind it.
#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn hooked(n: u32, hook: Hook) -> u32 {
    let _before = Hooked(n, hook.clone());
    let loud = Loud(n);
    let below = if n > 0 { yield_from!(hooked(n - 1, hook.clone())) } else { 0 };
    yield_!(n);
    drop(loud);
    below + 1
}

#[test]
fn a_clone_that_panics_leaves_the_original_and_closes_what_there_is() {
    let hook = Hook::default();
    let mut co = hooked(4, hook.clone());
    co.next();
    *hook.borrow_mut() = Some(Box::new(|n| assert!(n != 2, "two")));
    said();
    assert!(catch_unwind(AssertUnwindSafe(|| co.clone())).is_err());
    *hook.borrow_mut() = None;
    let mut trace = said();
    trace.sort();
    assert_eq!(trace.iter().filter(|line| line.starts_with("clone")).count() * 2, trace.len(), "{trace:?}");
    let mut clone = co.clone();
    assert!(clone.by_ref().eq(1..5));
    assert_eq!(co.depth(), 5);
    assert!(co.by_ref().eq(1..5));
    drop((co, clone));
    assert_eq!(Rc::strong_count(&hook), 1);
}

#[test]
fn a_clone_inside_of_a_clone() {
    let hook = Hook::default();
    let co = Rc::new(RefCell::new(hooked(4, hook.clone())));
    co.borrow_mut().next();
    let kept = Rc::new(RefCell::new(Vec::new()));
    *hook.borrow_mut() = Some(Box::new({
        let (co, kept) = (Rc::downgrade(&co), kept.clone());
        move |_| {
            let clone = co.upgrade().unwrap().borrow().clone();
            kept.borrow_mut().push(clone);
        }
    }));
    let clone = co.borrow().clone();
    *hook.borrow_mut() = None;
    let mut clones = kept.take();
    assert_eq!(clones.len(), 5);
    clones.push(clone);
    for clone in &mut clones {
        let mut values = clone.values();
        assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3, 4]);
        assert_eq!(values.into_return(), Some(5));
    }
    assert_eq!(co.borrow().depth(), 5);
    drop((clones, co));
    assert_eq!(Rc::strong_count(&hook), 1);
}

/// A coroutine that is over has clones that are over.
#[test]
fn of_what_is_over() {
    let mut co = walk(0, 2);
    co.by_ref().for_each(drop);
    let mut clone = co.clone();
    assert_eq!((clone.state(), clone.next(), clone.depth()), (State::Closed, None, 0));
    let mut co = walk(0, 2);
    assert!(matches!(co.close(), Ok(None)));
    assert!(matches!(co.clone().start(), Err(Exception::Finished)));
    said();
}

/// Counts the living.
struct Counted(Rc<Cell<u32>>);

impl Counted {
    fn new(count: &Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Counted(count.clone())
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted::new(&self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn list(n: u32, count: Rc<Cell<u32>>) -> u32 {
    let _counted = Counted::new(&count);
    let below = if n > 0 { yield_from!(list(n - 1, count.clone())) } else { 0 };
    yield_!(n);
    below + 1
}

#[test]
fn a_million_levels() {
    const MILLION: u32 = 1_000_000;
    let count = Rc::new(Cell::new(0));
    let mut co = list(MILLION - 1, count.clone());
    assert_eq!(co.next(), Some(0));
    let mut clone = co.clone();
    assert_eq!((clone.depth(), count.get()), (MILLION as usize, 2 * MILLION));
    drop(co);
    assert_eq!(count.get(), MILLION);
    let (mut second, third) = (clone.clone(), clone.clone());
    assert!(clone.by_ref().eq(1..MILLION));
    assert_eq!(count.get(), 2 * MILLION);
    assert!(second.throw(Mishap(1)).unwrap_err().is::<Mishap>());
    assert_eq!(count.get(), MILLION);
    drop(third);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_clone_of_a_million_levels_that_panics_at_the_outermost() {
    struct Last(u32, Rc<Cell<u32>>);
    impl Clone for Last {
        fn clone(&self) -> Self {
            assert!(self.0 != 0, "the outermost");
            Last(self.0, self.1.clone())
        }
    }
    #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
    fn down(last: Last, to: u32) {
        let count = Counted::new(&last.1);
        if last.0 < to {
            yield_from!(down(Last(last.0 + 1, count.0.clone()), to));
        }
        yield_!(last.0);
    }
    let count = Rc::new(Cell::new(0));
    let mut co = down(Last(0, count.clone()), 1_000_000);
    co.next();
    assert!(catch_unwind(AssertUnwindSafe(|| co.clone())).is_err());
    assert_eq!(count.get(), 1_000_001);
    assert_eq!(co.next(), Some(999_999));
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}
