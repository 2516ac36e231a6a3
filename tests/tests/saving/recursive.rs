//! Recursive coroutines that are saved and restored: at every suspension, at any depth, and what does not fit.

use std::fmt::Debug;

use coframe::save::Saves;
use coframe::{
    CoroutineExt, Exception, Recursive, State, Step, attempt, raise, try_yield, try_yield_from, yield_, yield_from,
};
use coframe_tests::{Mishap, said, say};
use serde::{Deserialize, Serialize};

type Saved<Y, R, S, K> = Recursive<'static, Y, R, S, K>;

/// Says when it is dropped.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Traced(u32);

impl Drop for Traced {
    fn drop(&mut self) {
        say(format_args!("drop {}", self.0));
    }
}

fn name(exception: &Exception) -> String {
    match exception {
        Exception::Thrown(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

fn resume<Y: Debug, R: Debug, S, K>(co: &mut Saved<Y, R, S, K>, sent: Option<S>) -> String {
    let outcome = match sent {
        None => co.throw(Mishap(1)),
        Some(_) if co.state() == State::Created => co.start(),
        Some(value) => co.send(value),
    };
    match outcome {
        Ok(step) => format!("{step:?}"),
        Err(exception) => name(&exception),
    }
}

/// Saves a coroutine before every resume, in either format. What is restored goes on as the original does: run to its end,
/// closed, dropped, and saved again before each resume.
fn everywhere<Y, R, S, K>(make: &dyn Fn() -> Saved<Y, R, S, K>, sent: &dyn Fn(usize) -> Option<S>) -> usize
where
    Y: Debug + 'static,
    R: Debug + 'static,
    S: 'static,
    K: Saves<Y, R, S>,
{
    let through_postcard = |co: &Saved<Y, R, S, K>| {
        let bytes = postcard::to_allocvec(co).unwrap();
        let arrived: Saved<Y, R, S, K> = postcard::from_bytes(&bytes).unwrap();
        assert_eq!((arrived.depth(), arrived.state()), (co.depth(), co.state()));
        assert_eq!(format!("{arrived:?}"), format!("{co:?}"));
        assert_eq!(postcard::to_allocvec(&arrived).unwrap(), bytes);
        arrived
    };
    let through_json = |co: &Saved<Y, R, S, K>| {
        let text = serde_json::to_string(co).unwrap();
        let mut arrived = make();
        arrived.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
        assert_eq!(serde_json::to_string(&arrived).unwrap(), text);
        // What it was called with has been dropped.
        said();
        arrived
    };
    let at = |taken: usize| {
        let mut co = make();
        (0..taken).for_each(|index| _ = resume(&mut co, sent(index)));
        said();
        co
    };
    let rest = |mut co: Saved<Y, R, S, K>, from: usize| {
        let mut trace = Vec::new();
        for index in from.. {
            trace.push(resume(&mut co, sent(index)));
            trace.push(format!("depth {}", co.depth()));
            trace.extend(said());
            if co.state() == State::Closed {
                break;
            }
        }
        trace
    };
    let closed = |mut co: Saved<Y, R, S, K>| {
        let outcome = format!("{:?}", co.close().map_err(|exception| name(&exception)));
        drop(co);
        [vec![outcome], said()].concat()
    };
    let dropped = |co: Saved<Y, R, S, K>| {
        drop(co);
        said()
    };
    let mut taken = 0;
    loop {
        let co = at(taken);
        let expected = rest(at(taken), taken);
        assert_eq!(rest(through_postcard(&co), taken), expected, "at {taken}");
        assert_eq!(rest(through_json(&co), taken), expected, "at {taken}");
        assert_eq!(closed(through_postcard(&co)), closed(at(taken)), "at {taken}");
        assert_eq!(dropped(through_json(&co)), dropped(at(taken)), "at {taken}");
        let mut co = co;
        let mut travelling = Vec::new();
        for index in taken.. {
            let arrived = through_postcard(&co);
            drop(std::mem::replace(&mut co, arrived));
            said();
            travelling.push(resume(&mut co, sent(index)));
            travelling.push(format!("depth {}", co.depth()));
            travelling.extend(said());
            if co.state() == State::Closed {
                break;
            }
        }
        assert_eq!(travelling, expected, "at {taken}");
        if at(taken).state() == State::Closed {
            return taken;
        }
        taken += 1;
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Tree {
    Leaf(u32),
    Node(Vec<Tree>),
}

fn tree() -> Tree {
    use Tree::{Leaf, Node};
    Node(vec![Leaf(1), Node(vec![Leaf(2), Node(vec![]), Node(vec![Leaf(3), Leaf(4)])]), Leaf(5), Node(vec![Leaf(6)])])
}

#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn flatten(tree: Tree) -> usize {
    let mut depth = 0;
    match tree {
        Tree::Leaf(n) => yield_!(n),
        Tree::Node(trees) => {
            for tree in trees {
                depth = depth.max(yield_from!(flatten(tree)));
            }
        }
    }
    depth + 1
}

#[test]
fn a_tree() {
    assert_eq!(everywhere(&|| flatten(tree()), &|_| Some(())), 7);
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
fn walk(from: u32, to: u32) -> u32 {
    let local = Traced(from * 100 + to);
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
fn a_walk_with_drops() {
    assert_eq!(everywhere(&|| walk(0, 12), &|_| Some(())), 13);
}

#[coframe::coroutine(recursive, yield = String, send = u32, derive(Serialize, Deserialize))]
fn even(n: u64) -> u64 {
    let doubled = n * 2;
    let below = if n > 0 { yield_from!(odd(n - 1)).len() as u64 } else { 0 };
    let sent = yield_!(format!("even {doubled}"));
    below + u64::from(sent)
}

#[coframe::coroutine(recursive, yield = String, send = u32, derive(Serialize, Deserialize))]
fn odd(n: u64) -> String {
    let text = n.to_string();
    let sent = yield_!(format!("odd {n}"));
    let below = if n > 0 { yield_from!(even(n - 1)) } else { 7 };
    format!("{text}{sent}{below}")
}

#[test]
fn functions_that_call_each_other() {
    assert_eq!(everywhere(&|| even(6), &|index| Some(index as u32)), 8);
    assert_eq!(everywhere(&|| odd(5), &|index| (index != 4).then_some(index as u32)), 5);
}

/// A level that catches what is thrown in, and calls another function meanwhile.
#[coframe::coroutine(recursive, tracked, yield = u32, send = u32, derive(Clone, Serialize, Deserialize))]
fn level(n: u32, tail: Vec<u32>) -> String {
    let local = Traced(n);
    let outcome = if n == 4 {
        try_yield!(n).map(|sent| sent.to_string())
    } else {
        let tail = tail.iter().copied().chain([n]).collect();
        try_yield_from!(level(n + 1, tail))
    };
    // An exception cannot be saved, so it ends before the next yield.
    let text = match outcome {
        Err(exception) if n.is_multiple_of(2) => {
            say(format_args!("{} at {n}", name(&exception)));
            raise!(exception);
        }
        outcome => outcome.map_err(|exception| say(format_args!("{} at {n}", name(&exception)))).ok(),
    };
    match text {
        Some(text) => {
            let sent = yield_!(10 + n);
            format!("{text}-{sent}-{tail:?}-{}", local.0)
        }
        None => {
            let helped = yield_from!(helper(n));
            format!("helped {helped}")
        }
    }
}

#[coframe::coroutine(recursive, yield = u32, send = u32, derive(Clone, Serialize, Deserialize))]
fn helper(n: u32) -> u32 {
    let sum = match attempt! { yield_!(20 + n) + yield_!(30 + n) } {
        Ok(sum) => Some(sum),
        Err(Exception::Exit) => raise!(Mishap(n)),
        Err(_) => None,
    };
    match sum {
        Some(sum) => sum,
        None => yield_!(40),
    }
}

#[test]
fn what_is_caught_by_a_level() {
    let make = || level(0, vec![7]);
    assert!(everywhere(&make, &|index| Some(index as u32)) > 5);
    for thrown in 1..6 {
        everywhere(&make, &|index| (index != thrown).then_some(index as u32));
        everywhere(&make, &|index| (index % thrown != thrown - 1 || index == 0).then_some(index as u32));
    }
}

#[derive(Clone, Serialize, Deserialize)]
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
#[coframe::coroutine(recursive, yield = u32, send = u32, derive(Serialize, Deserialize))]
fn gamble(seed: u64, depth: u32) -> u32 {
    let mut dice = Dice(seed);
    let local = Traced(depth);
    let mut sum = depth;
    for round in 0..1 + dice.below(4) {
        match dice.below(7) {
            0 | 1 => sum += yield_!(local.0 * 10 + round as u32),
            2 | 3 if depth < 4 => sum += yield_from!(gamble(dice.roll(), depth + 1)),
            4 if depth < 4 => {
                let outcome = match try_yield_from!(gamble(dice.roll(), depth + 1)) {
                    Ok(value) => Ok(value),
                    Err(exception) if dice.below(3) == 0 => raise!(exception),
                    Err(Exception::Exit) if dice.below(2) == 0 => return sum,
                    Err(exception) => Err(name(&exception)),
                };
                match outcome {
                    Ok(value) => sum += value,
                    Err(name) => sum += yield_!(500 + name.len() as u32),
                }
            }
            5 if depth < 4 => {
                let mut callee = gamble(dice.roll(), depth + 1);
                let first = match callee.start() {
                    Ok(Step::Yielded(value)) => Some(value),
                    _ => None,
                };
                if let Some(value) = first {
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
    let mut resumes = 0;
    for seed in 0..60 {
        let make = || gamble(seed, 0);
        resumes += everywhere(&make, &|index| Some(index as u32));
        resumes += everywhere(&make, &|index| {
            (index == 0 || !Dice(seed * 99 + index as u64).roll().is_multiple_of(3)).then_some(index as u32)
        });
    }
    assert!(resumes > 400, "{resumes}");
}

#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn plain(n: u32) -> u32 {
    let local = Traced(n);
    yield_!(n);
    yield_!(n + 1);
    local.0
}

/// A body that is not recursive, and resumes one that is in place.
#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn outside(n: u32) -> u32 {
    let before = yield_from!(plain(n));
    before + yield_from!(walk(0, n))
}

/// All that a body can delegate to besides calls.
#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn delegates(inner: Saved<u32, u32, (), walk>, n: u32) -> u32 {
    let mut borrowed = walk(0, 2);
    let mut sum = yield_from!(plain(50));
    yield_from!(vec![1, 2, 3]);
    yield_from!([4, 5]);
    yield_from!(6..8);
    yield_from!(8..=9);
    sum += yield_from!(&mut borrowed);
    sum += yield_from!(outside(3));
    // It has run before.
    sum += yield_from!(inner);
    if n > 0 {
        let mut inner = walk(0, 4);
        inner.next();
        sum += yield_from!(delegates(inner, n - 1));
    }
    sum
}

#[test]
fn all_that_can_be_delegated_to() {
    let make = || {
        let mut inner = walk(0, 5);
        inner.next();
        inner.next();
        delegates(inner, 1)
    };
    assert!(everywhere(&make, &|_| Some(())) > 20);
}

#[test]
fn a_plain_frame_that_delegates_to_levels() {
    let make = || outside(4);
    let expected: Vec<u32> = make().collect();
    for taken in 0..=expected.len() + 1 {
        let mut co = make();
        assert!(co.by_ref().take(taken).eq(expected.iter().copied().take(taken)));
        let bytes = postcard::to_allocvec(&co).unwrap();
        let mut again = make();
        again.restore(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        assert!(again.eq(expected.iter().copied().skip(taken)));
    }
    said();
}

#[coframe::coroutine(recursive, yield = (T, usize), derive(Clone, Serialize, Deserialize))]
fn subsets<T, const N: usize>(items: Vec<T>, mark: Option<T>) -> [T; 1]
where
    T: Serialize + for<'a> Deserialize<'a> + Clone + Debug,
{
    let mut items = items;
    let Some(last) = items.pop() else { return [mark.unwrap()] };
    let [mark] = yield_from!(subsets::<T, N>(items.clone(), mark));
    yield_!((last, N));
    yield_from!(subsets::<T, N>(items, Some(mark)))
}

#[test]
fn generic_functions() {
    let make = || subsets::<String, 3>(vec!["a".into(), "b".into(), "c".into()], Some("mark".into()));
    assert_eq!(everywhere(&make, &|_| Some(())), 8);
    // Another instance of the same function saves other locals.
    let saved = serde_json::to_string(&make()).unwrap();
    let error = subsets::<u32, 3>(vec![], None).restore(&mut serde_json::Deserializer::from_str(&saved)).unwrap_err();
    assert!(error.to_string().starts_with("other locals of `subsets` were saved than there are now"), "{error}");
    assert_eq!(subsets::<u8, 1>::CODE.name(), "subsets");
}

#[test]
fn clones_of_what_was_restored() {
    let mut co = walk(0, 12);
    assert_eq!(co.by_ref().take(4).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let bytes = postcard::to_allocvec(&co.clone()).unwrap();
    let mut restored: Saved<u32, u32, (), walk> = postcard::from_bytes(&bytes).unwrap();
    let clone = restored.clone();
    assert_eq!(postcard::to_allocvec(&clone).unwrap(), bytes);
    assert_eq!(restored.next(), Some(4));
    assert_eq!(clone.collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(restored.collect::<Vec<_>>(), [5, 6, 7, 8, 9, 10, 11]);
    said();

    // One that derives `Clone` alone may call it.
    #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
    fn cloned(n: u32) -> u32 {
        yield_from!(walk(0, n)) + 1
    }
    let mut co = cloned(3);
    co.next();
    assert!(co.clone().eq([1, 2]) && co.eq([1, 2]));
    said();
}

#[test]
fn what_is_written() {
    #[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
    fn down(n: u32) {
        if n > 0 {
            yield_from!('deeper: down(n - 1));
        }
        yield_!(n);
    }
    let mut co = down(3);
    co.next();
    let saved = serde_json::to_value(&co).unwrap();
    let levels = saved.as_array().unwrap();
    assert_eq!(levels.len(), 4);
    let (first, last) = (&levels[0]["coroutine"]["new"], &levels[3]["coroutine"]["new"]);
    assert_eq!((&first["name"], &first["point"], &first["label"]), (&"down".into(), &1.into(), &"deeper".into()));
    assert_eq!((&last["name"], &last["point"]), (&"down".into(), &2.into()));
    assert_eq!(levels[1]["coroutine"], serde_json::json!({ "like": 0 }));
    assert_eq!(levels[1]["locals"], serde_json::json!({ "n": 2, "delegate": null }));
    assert_eq!(down::CODE.name(), "down");
}
