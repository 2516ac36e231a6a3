//! Bodies of all sorts, saved and forked at every suspension point: what runs on must run as the original does.

use std::cell::Cell;
use std::fmt::Debug;
use std::rc::Rc;

use coframe::prelude::coroutine;
use coframe::save::Save;
use coframe::{
    CoroutineExt, Exception, Generator, Machine, State, Step, attempt, raise, try_yield, try_yield_from, yield_,
    yield_from,
};
use serde::{Deserialize, Serialize};

/// What a coroutine does from here on.
fn rest<S: Debug, M: Machine<S, Yield: Debug, Return: Debug>>(
    mut co: Generator<M>,
    from: usize,
    sends: &dyn Fn(usize) -> S,
) -> Vec<String> {
    let mut trace = Vec::new();
    for index in from.. {
        let resumed = if index == 0 { co.start() } else { co.send(sends(index)) };
        let over = !matches!(resumed, Ok(Step::Yielded(_)));
        trace.push(format!("{resumed:?}"));
        if over {
            break;
        }
    }
    trace
}

/// Takes copies of a coroutine at every point of its life. `others` makes one of the same function with other arguments.
fn everywhere<S: Debug, M>(
    make: &dyn Fn() -> Generator<M>,
    others: &dyn Fn() -> Generator<M>,
    sends: &dyn Fn(usize) -> S,
) -> usize
where
    M: Machine<S, Yield: Debug, Return: Debug> + Save + Clone,
{
    let whole = rest(make(), 0, sends);
    for taken in 0..=whole.len() {
        let mut co = make();
        for index in 0..taken {
            _ = if index == 0 { co.start() } else { co.send(sends(index)) };
        }
        let text = serde_json::to_string(&co).unwrap();
        let value = serde_json::to_value(&co).unwrap();
        let bytes = postcard::to_allocvec(&co).unwrap();
        let mut by_text = others();
        by_text.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
        let mut by_value = others();
        by_value.restore(value).unwrap();
        let mut by_bytes = others();
        by_bytes.restore(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        let fork = co.clone();
        assert_eq!(serde_json::to_string(&by_bytes).unwrap(), text);
        assert_eq!(by_text.state(), co.state());
        assert_eq!(by_text.frame().map(|frame| frame.line()), co.frame().map(|frame| frame.line()));
        let expected = if taken == whole.len() {
            vec![format!("{:?}", Err::<(), _>(Exception::Finished))]
        } else {
            whole[taken..].to_vec()
        };
        for copy in [fork, by_text, by_value, by_bytes, co] {
            assert_eq!(rest(copy, taken, sends), expected, "at {taken}: {text}");
        }
    }
    whole.len()
}

#[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
fn inner(n: u32) -> String {
    let mut text = String::new();
    for i in 0..=n {
        text.push_str(&i.to_string());
        yield_!(i);
    }
    text
}

#[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
fn outer(names: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for name in names {
        let got = yield_from!('inner: inner(2));
        all.push(name + &got);
        yield_!('step: 100);
    }
    yield_from!([7, 8, 9]);
    yield_from!(3..=5);
    yield_from!(vec![1, 2]);
    yield_from!(0..2);
    all
}

#[test]
fn delegates() {
    let names = || vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(everywhere(&|| outer(names()), &|| outer(vec![]), &|_| ()), 19);
}

/// The frames of what was restored, delegates included, are seen as those of any coroutine.
#[test]
fn what_was_restored_can_be_looked_into() {
    let mut co = outer(vec!["a".to_owned()]);
    co.next();
    let labels: Vec<_> = co.code().points().iter().map(|point| point.label()).collect();
    assert_eq!(labels[..3], [Some("inner"), Some("step"), None]);
    let text = serde_json::to_string(&co).unwrap();
    let mut other = outer(vec![]);
    other.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    let seen = |co: &Generator<_>| format!("{co:?}");
    assert_eq!(seen(&other), seen(&co));
    assert!(seen(&co).contains("outer"), "{}", seen(&co));
}

#[coframe::coroutine(yield = u64, derive(Clone, Serialize, Deserialize))]
fn heads(texts: [String; 3]) -> u64 {
    let mut sum = 0u64;
    for i in 1..=3u8 {
        yield_!(u64::from(i));
        for j in i..4 {
            yield_!(u64::from(j));
            sum += u64::from(i * j);
        }
        if i == 2 {
            continue;
        }
        for k in 0.. {
            if k == i {
                break;
            }
            yield_!(1000 + u64::from(k));
        }
    }
    for text in texts {
        yield_!(text.len() as u64);
        sum += 1;
    }
    let mut range = 5..=6u64;
    while let Some(n) = range.next() {
        yield_!(n);
    }
    sum
}

#[test]
fn hidden_iterators() {
    let texts = |n: usize| ["x".repeat(n), "yy".to_owned(), String::new()];
    everywhere(&|| heads(texts(3)), &|| heads(texts(0)), &|_| ());
}

#[coframe::coroutine(yield = String, send = i32, derive(Clone, Serialize, Deserialize))]
fn maybe(flag: bool) -> Option<Option<u32>> {
    let late: String;
    let mut nested: Option<Option<u32>> = None;
    let (a, b) = (String::from("a"), String::from("b"));
    let held = String::from("held");
    if flag {
        late = String::from("late");
        drop(a);
        if yield_!(late.clone()) > 1 {
            drop(held);
        }
    } else {
        nested = Some(None);
        yield_!(a);
    }
    let n = yield_!(format!("{b} {nested:?}"));
    if n > 2 {
        nested = Some(Some(n.unsigned_abs()));
    }
    yield_!(b);
    nested
}

#[test]
fn what_may_be_empty() {
    for flag in [false, true] {
        for n in [1, 2, 3] {
            assert_eq!(everywhere(&|| maybe(flag), &|| maybe(!flag), &|_| n), 4);
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    name: String,
    left: u8,
}

impl Task {
    #[coframe::coroutine(yield = String, send = bool, derive(Clone, Serialize, Deserialize))]
    fn run(mut self) -> Task {
        while self.left > 0 {
            if yield_!(self.name.clone()) {
                self.left -= 1;
            }
            self.name.push('!');
        }
        self
    }
}

#[test]
fn methods_by_value() {
    let task = |left| Task { name: "t".to_owned(), left };
    everywhere(&|| task(4).run(), &|| task(0).run(), &|index| index % 2 == 0);
}

#[coframe::coroutine(yield = T, send = Option<T>, derive(Clone, Serialize, Deserialize))]
fn generic<T>(first: T, more: Vec<T>) -> (T, usize)
where
    T: Clone + Serialize + serde::de::DeserializeOwned,
{
    let mut last = first;
    let mut count = 0;
    for item in more {
        if let Some(sent) = yield_!(item.clone()) {
            last = sent;
        }
        count += 1;
    }
    (last, count)
}

#[test]
fn generics() {
    everywhere(&|| generic(1u8, vec![2, 3, 4]), &|| generic(9, vec![]), &|index| (index == 2).then_some(77));
    let words = || vec!["a".to_owned(), "b".to_owned()];
    everywhere(&|| generic("x".to_owned(), words()), &|| generic(String::new(), vec![]), &|index| {
        Some(index.to_string())
    });
}

#[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
fn several() -> u32 {
    let mut running = vec![inner(1), inner(3)];
    let mut spare = Some(inner(5));
    let mut turns = 0;
    while !running.is_empty() {
        let mut index = 0;
        while index < running.len() {
            match running[index].next() {
                Some(value) => {
                    yield_!(value);
                    index += 1;
                }
                None => _ = running.remove(index),
            }
            turns += 1;
        }
        if turns == 4 {
            running.extend(spare.take());
        }
    }
    turns
}

#[test]
fn coroutines_in_locals() {
    everywhere(&several, &several, &|_| ());
}

#[coframe::coroutine(yield = usize, send = &str, derive(Clone, Serialize, Deserialize))]
fn lent(mut total: usize) -> String {
    let mut words = Vec::new();
    while words.len() < 3 {
        let word = yield_!(total);
        total += word.len();
        words.push(word.to_owned());
    }
    words.concat()
}

#[test]
fn lent_sends() {
    everywhere(&|| lent(0), &|| lent(100), &|index| ["x", "yy", "zzz"][index % 3]);
}

#[coframe::coroutine(yield = u32, send = u32, derive(Clone, Serialize, Deserialize))]
fn catches(n: u32) -> String {
    let mut seen = String::new();
    for i in 0..n {
        let outcome = attempt! {
            let got = yield_!(i);
            if got % 2 == 0 {
                raise!(std::fmt::Error);
            }
            got
        };
        match outcome {
            Ok(got) => seen += &got.to_string(),
            Err(Exception::Exit) => raise!(Exception::Exit),
            Err(_) => seen += "-",
        }
    }
    seen
}

#[coframe::coroutine(yield = u32, send = u32, derive(Clone, Serialize, Deserialize))]
fn careful() -> String {
    let first = match try_yield_from!(catches(3)) {
        Ok(seen) => seen,
        Err(exception) => raise!(exception),
    };
    match try_yield!(9) {
        Ok(n) => first + &n.to_string(),
        Err(exception) => raise!(exception),
    }
}

#[test]
fn catching_bodies() {
    everywhere(&|| catches(4), &|| catches(0), &|index| index as u32);
    everywhere(&careful, &careful, &|index| index as u32);
}

#[test]
fn what_is_thrown_in_afterwards() {
    for taken in 1..4 {
        let mut co = careful();
        co.start().unwrap();
        (1..taken).for_each(|_| _ = co.send(1).unwrap());
        let bytes = postcard::to_allocvec(&co).unwrap();
        let mut other = careful();
        other.restore(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        let threw = [&mut other, &mut co].map(|co| format!("{:?} {:?}", co.throw(std::fmt::Error), co.close()));
        assert_eq!(threw[0], threw[1]);
    }
}

/// What an expression captures stays what it is; its locals travel.
#[test]
fn expressions() {
    let log = Rc::new(Cell::new(0));
    let make = |step: u32| {
        let log = log.clone();
        move |from: u32| {
            coroutine!(yield = u32, derive(Clone, Serialize, Deserialize), move || {
                let mut at = from;
                while at < 40 {
                    log.set(log.get() + 1);
                    yield at;
                    at += step;
                }
                at
            })()
        }
    };
    let mut co = make(10)(5);
    assert_eq!((co.next(), co.next()), (Some(5), Some(15)));
    let text = serde_json::to_string(&co).unwrap();
    drop(co);
    let mut other = make(7)(0);
    other.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert_eq!(other.collect::<Vec<_>>(), [22, 29, 36]);
    assert_eq!(log.get(), 5);
}

/// It is dropped when the frame is restored, and not before.
#[test]
fn the_start_values_are_dropped() {
    #[derive(Clone, Serialize, Deserialize)]
    struct Noisy(u32);
    thread_local! { static DROPS: std::cell::RefCell<Vec<u32>> = const { std::cell::RefCell::new(Vec::new()) } }
    impl Drop for Noisy {
        fn drop(&mut self) {
            DROPS.with_borrow_mut(|drops| drops.push(self.0));
        }
    }
    #[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
    fn body(noisy: Noisy) {
        yield_!(noisy.0);
        yield_!(noisy.0 + 1);
    }
    let mut co = body(Noisy(1));
    co.next();
    let text = serde_json::to_string(&co).unwrap();
    let mut other = body(Noisy(2));
    assert!(other.restore(&mut serde_json::Deserializer::from_str(&text[..text.len() - 4])).is_err());
    assert!(DROPS.take().is_empty());
    assert_eq!(other.state(), State::Created);
    other.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert_eq!(DROPS.take(), [2]);
    assert_eq!(other.next(), Some(2));
    assert_eq!(other.next(), None);
    assert_eq!(DROPS.take(), [1]);
    drop(co);
    assert_eq!(DROPS.take(), [1]);
}

/// As a field of a value of the user's.
#[test]
fn in_a_struct() {
    #[derive(Serialize, Deserialize)]
    struct Job<C> {
        title: String,
        work: C,
    }
    let mut job = Job { title: "copy".to_owned(), work: inner(3) };
    job.work.next();
    let text = serde_json::to_string(&job).unwrap();
    job = serde_json::from_str(&text).unwrap();
    assert_eq!((job.title.as_str(), job.work.collect::<Vec<_>>()), ("copy", vec![1, 2, 3]));
}
