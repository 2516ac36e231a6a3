//! Calls, what they return, and everything else that a recursive body can delegate to.

use coframe::{
    BoxCoroutine, Coroutine, CoroutineExt, Delegate, Exception, Recursive, Resumed, State, Step, attempt, raise,
    try_yield_from, yield_, yield_from,
};

use super::{Loud, Mishap, name, one_line, said, say};

struct Tree {
    left: Option<Box<Tree>>,
    value: u32,
    right: Option<Box<Tree>>,
}

impl Tree {
    /// The balanced tree of `values`.
    fn of(values: std::ops::Range<u32>) -> Option<Box<Tree>> {
        let middle = values.start + values.end.checked_sub(values.start).filter(|n| *n > 0)? / 2;
        let (left, right) = (Tree::of(values.start..middle), Tree::of(middle + 1..values.end));
        Some(Box::new(Tree { left, value: middle, right }))
    }

    #[coframe::coroutine(recursive, yield = &'t u32)]
    fn walk<'t>(&'t self) -> usize {
        let mut size = 1;
        if let Some(left) = &self.left {
            size += yield_from!(left.walk());
        }
        yield_!(&self.value);
        if let Some(right) = &self.right {
            size += yield_from!(right.walk());
        }
        size
    }
}

// DEL-10
#[test]
fn a_walk_in_order_returns_sizes() {
    let tree = Tree::of(0..1000).unwrap();
    let mut walk = tree.walk();
    let mut values = walk.values();
    assert!(values.by_ref().map(Result::unwrap).copied().eq(0..1000));
    assert_eq!(values.into_return(), Some(1000));
    assert!(tree.walk().copied().eq(0..1000));
}

/// Yields on its way down and up; returns how often an odd number was passed.
#[coframe::coroutine(recursive, yield = u32)]
fn even(n: u32) -> usize {
    yield_!(n);
    if n == 0 { 0 } else { yield_from!(odd(n - 1)).len() }
}

#[coframe::coroutine(recursive, yield = u32)]
fn odd(n: u32) -> String {
    yield_!(n);
    let mut marks = "*".to_owned();
    if n > 0 {
        marks.push_str(&"*".repeat(yield_from!(even(n - 1))));
    }
    yield_!(100 + n);
    marks
}

#[test]
fn mutual_recursion_with_returns_of_two_types() {
    let mut co = even(4);
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [4, 3, 2, 1, 0, 101, 103]);
    assert_eq!(values.into_return(), Some(2));
}

// DEL-32
#[test]
fn a_callee_that_was_resumed_before() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn count(n: u32, to: u32) -> u32 {
        yield_!(n);
        if n == to { n } else { yield_from!(count(n + 1, to)) }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn join<'a>(inner: Recursive<'a, u32, u32>) -> u32 {
        yield_!(100);
        yield_from!(inner) * 10
    }
    let mut inner = count(0, 4);
    assert_eq!((inner.next(), inner.next()), (Some(0), Some(1)));
    let mut co = join(inner);
    assert_eq!((co.next(), co.depth()), (Some(100), 1));
    assert_eq!((co.next(), co.depth()), (Some(2), 4));
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [3, 4]);
    assert_eq!(values.into_return(), Some(40));

    let mut over = count(0, 0);
    over.by_ref().for_each(drop);
    let mut co = join(over);
    co.next();
    assert!(matches!(co.start(), Err(Exception::Finished)));

    // One that waits for a value has none to go on with.
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn join_waiting<'a>(inner: Recursive<'a, u32, u32, u32>) -> u32 {
        match try_yield_from!(inner) {
            Err(exception) => {
                say(name(&exception));
                yield_!(7)
            }
            Ok(value) => value,
        }
    }
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn waiting(n: u32) -> u32 {
        let _local = Loud(n);
        if n > 0 { yield_from!(waiting(n - 1)) } else { yield_!(n) }
    }
    let mut inner = waiting(1);
    inner.start().unwrap();
    let mut co = join_waiting(inner);
    assert_eq!(co.start().unwrap(), Step::Yielded(7));
    assert_eq!(one_line(), "drop-0 drop-1 alreadystarted");
    co.close().unwrap();
}

/// Advances by itself, and says what it is told.
struct Told(u32);

impl Delegate for Told {
    type Yield = u32;
    type Return = &'static str;

    fn advance(&mut self, _: Option<()>) -> Resumed<u32, &'static str> {
        self.0 += 1;
        Ok(if self.0 > 2 { Step::Returned("told") } else { Step::Yielded(self.0) })
    }

    fn interrupt(&mut self, exception: Exception) -> Resumed<u32, &'static str> {
        say(format_args!("told-{}", name(&exception)));
        Ok(Step::Yielded(99))
    }

    fn release(&mut self) -> Result<(), Exception> {
        say("released");
        Ok(())
    }
}

#[coframe::coroutine(yield = u32)]
fn plain(n: u32) -> u32 {
    let _local = Loud(n);
    yield_!(n);
    yield_!(n + 1);
    n + 2
}

#[coframe::coroutine(recursive, yield = u32)]
fn calls(n: u32) -> u32 {
    yield_!(n);
    n + 1
}

#[test]
fn every_kind_of_operand() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn all(
        lent: &mut Recursive<'_, u32, u32>,
        dynamic: &mut (dyn Coroutine<Yield = u32, Return = u32> + Unpin),
        boxed: BoxCoroutine<'_, u32, u32>,
        list: &[u32],
    ) -> String {
        let mut results = vec![];
        results.push(yield_from!(calls(1)));
        results.push(yield_from!(plain(10)));
        results.push(yield_from!(lent));
        results.push(yield_from!(dynamic));
        results.push(yield_from!(boxed));
        results.push(yield_from!(Box::new(plain(40))));
        let told = yield_from!(Told(0));
        yield_from!(vec![50, 51]);
        yield_from!(list.iter().copied());
        yield_from!(std::iter::once(53));
        yield_from!(std::iter::empty());
        format!("{told} {results:?}")
    }
    let mut lent = calls(2);
    let mut dynamic = plain(20);
    let mut co = all(&mut lent, &mut dynamic, Box::new(plain(30)), &[52]);
    let mut values = co.values();
    assert_eq!(
        values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(),
        [1, 10, 11, 2, 20, 21, 30, 31, 40, 41, 1, 2, 50, 51, 52, 53]
    );
    assert_eq!(values.into_return().unwrap(), "told [2, 12, 3, 22, 32, 42]");
    drop(co);
    assert_eq!((lent.state(), dynamic.state()), (State::Closed, State::Closed));
    said();
}

// DEL-15, DEL-16
#[test]
fn a_delegate_that_is_no_call_is_told_of_exceptions_first() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn outer(depth: u32) -> u32 {
        let _local = Loud(depth);
        if depth > 0 {
            return yield_from!(outer(depth - 1));
        }
        yield_from!(Told(0));
        yield_from!(plain(7));
        yield_from!([8, 9]);
        0
    }
    let mut co = outer(1);
    assert_eq!(co.next(), Some(1));
    assert_eq!(co.throw(Mishap(1)).unwrap(), Step::Yielded(99));
    assert_eq!(one_line(), "told-mishap-1");
    co.close().unwrap();
    assert_eq!(one_line(), "released drop-0 drop-1");
    let mut co = outer(1);
    assert_eq!(co.nth(2), Some(7));
    co.close().unwrap();
    assert_eq!(one_line(), "drop-7 drop-0 drop-1");
    let mut co = outer(1);
    assert_eq!(co.nth(4), Some(8));
    said();
    assert!(co.throw(Mishap(2)).unwrap_err().is::<Mishap>());
    assert_eq!(one_line(), "drop-0 drop-1");
}

/// What is generic in all it takes: a list and what else yields its items.
#[coframe::coroutine(recursive, yield = T)]
fn generic<T, I, C>(items: &[T], more: I, co: C) -> C::Return
where
    T: Clone,
    I: IntoIterator<Item = T>,
    C: Coroutine<Yield = T> + Unpin,
{
    if let [first, rest @ ..] = items {
        yield_!(first.clone());
        return yield_from!(generic(rest, more, co));
    }
    yield_from!(more);
    yield_from!(co)
}

#[test]
fn generic_functions() {
    let mut co = generic(&[1, 2], [3], plain(4));
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(values.into_return(), Some(6));
    let words = ["a".to_owned(), "b".to_owned()];
    #[coframe::coroutine(recursive, yield = String)]
    fn owned(n: usize) -> usize {
        yield_!(n.to_string());
        n
    }
    assert_eq!(generic(&words, None, owned(3)).collect::<Vec<_>>(), ["a", "b", "3"]);
    said();
}

#[test]
fn a_callee_that_borrows_nothing_in_a_body_that_does() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn sum(list: &[u32]) -> u32 {
        match list {
            [first, rest @ ..] => yield_from!(calls(*first)) + yield_from!(sum(rest)),
            [] => 0,
        }
    }
    let list = vec![1, 2, 3];
    assert_eq!(sum(&list).collect::<Vec<_>>(), [1, 2, 3]);
    // Covariant in what it captures.
    fn shorter<'a>(long: Recursive<'static, u32, u32>, _: &'a str) -> Recursive<'a, u32, u32> {
        long
    }
    let local = String::new();
    assert_eq!(shorter(calls(4), &local).next(), Some(4));
}

#[test]
fn an_option_is_sent_as_none_where_nothing_is() {
    #[coframe::coroutine(recursive, yield = u32, send = Option<u32>)]
    fn sum(depth: u32) -> u32 {
        if depth > 0 {
            return yield_from!(sum(depth - 1));
        }
        let mut sum = 0;
        while let Some(n) = yield_!(sum) {
            sum += n;
        }
        sum
    }
    let mut co = sum(3);
    for value in [1, 2] {
        assert!(matches!(co.send(Some(value)), Err(Exception::NotStarted)));
        assert_eq!((co.state(), co.depth()), (State::Created, 1));
    }
    assert_eq!(co.send(None).unwrap(), Step::Yielded(0));
    assert_eq!(co.send(Some(4)).unwrap(), Step::Yielded(4));
    assert_eq!(co.start().unwrap(), Step::Returned(4));
}

#[test]
fn it_can_be_looked_at() {
    fn is_unpin<T: Unpin>(_: &T) {}
    let mut co = even(3);
    is_unpin(&co);
    assert_eq!(format!("{co:?}"), "<recursive coroutine even, created, {n: 3}, depth 1>");
    assert_eq!((co.code().name(), co.depth()), ("even", 1));
    co.nth(1);
    let line = co.frame().unwrap().line();
    assert_eq!(line, co.code().points()[1].line());
    assert_eq!(format!("{co:?}"), format!("<recursive coroutine even, suspended at line {line}, depth 2>"));
    co.by_ref().for_each(drop);
    assert!(co.frame().is_none());
    assert_eq!(format!("{co:?}"), "<recursive coroutine even, closed, depth 0>");
}

#[test]
#[should_panic = "a coroutine raised an exception inside a `for` loop: mishap 3"]
fn an_iterator_panics_at_an_exception() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn raising() {
        yield_!(1);
        raise!(Mishap(3));
    }
    raising().for_each(drop);
}

#[test]
fn in_a_coroutine_that_is_not_recursive_it_is_a_delegate() {
    #[coframe::coroutine(yield = u32)]
    fn outer() -> u32 {
        let inner = attempt! { yield_from!(even(2)) };
        u32::try_from(inner.unwrap()).unwrap() + yield_from!(calls(9))
    }
    assert_eq!(outer().collect::<Vec<_>>(), [2, 1, 0, 101, 9]);
}
