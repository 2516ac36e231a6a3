//! Saved recursive coroutines that do not fit, and some that are very deep.

use coframe::save::Saves;
use coframe::{CoroutineExt, Recursive, State, Step, yield_, yield_from};

type Saved<K, R = u32> = Recursive<'static, u32, R, (), K>;

mod v1 {
    use coframe::{yield_, yield_from};

    #[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn down(n: u32) -> u32 {
        let doubled = n * 2;
        let below = if n > 0 { yield_from!('deeper: down(n - 1)) } else { 0 };
        yield_!('up: doubled);
        yield_!(below);
        below + 1
    }

    #[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn other(n: u32) -> u32 {
        yield_from!(down(n)) + 100
    }
}

/// Other code around the same labels and locals.
mod v2 {
    use coframe::{yield_, yield_from};

    #[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn down(n: u32) -> u32 {
        let doubled = n * 3;
        yield_!(0);
        let below = if n > 0 { yield_from!('deeper: down(n - 1)) } else { 0 };
        yield_!('up: doubled + 1000);
        below + 10
    }
}

/// The call is of another function now.
mod v3 {
    use coframe::{yield_, yield_from};

    #[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
    pub(super) fn down(n: u32) -> u32 {
        let doubled = n * 2;
        let below = if n > 0 { yield_from!('deeper: deeper(n - 1)) } else { 0 };
        yield_!('up: doubled);
        below + 1
    }

    #[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
    fn deeper(n: u32) -> u32 {
        yield_from!(down(n))
    }
}

/// The label is on a yield now.
mod v4 {
    use coframe::yield_;

    #[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
    pub(super) fn down(n: u32) -> u32 {
        let doubled = n * 2;
        yield_!('deeper: n);
        yield_!('up: doubled);
        1
    }
}

fn paused(taken: usize) -> Saved<v1::down> {
    let mut co = v1::down(3);
    assert_eq!(co.by_ref().take(taken).count(), taken);
    co
}

fn refused<K: Saves<u32, u32, ()>>(mut co: Saved<K>, text: &str) -> String {
    let error = co.restore(&mut serde_json::Deserializer::from_str(text)).unwrap_err().to_string();
    assert_eq!((co.state(), co.depth()), (State::Created, 1));
    error.split(" at line").next().unwrap().to_owned()
}

#[test]
fn labelled_points_survive_an_edit() {
    let text = serde_json::to_string(&paused(1)).unwrap();
    let mut co = v2::down(0);
    co.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert_eq!(co.depth(), 4);
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1002, 1004, 1006]);
    assert_eq!(values.into_return(), Some(40));

    let bytes = postcard::to_allocvec(&paused(1)).unwrap();
    let co: Saved<v2::down> = postcard::from_bytes(&bytes).unwrap();
    assert!(co.eq([1002, 1004, 1006]));
}

#[test]
fn a_changed_source() {
    let calls = serde_json::to_string(&paused(1)).unwrap();
    assert_eq!(
        refused(v2::down(0), &serde_json::to_string(&paused(2)).unwrap()),
        "the source of `down` has changed since its frame was saved, and the suspension point has no label by which it could \
         be found again"
    );
    assert_eq!(
        refused(v3::down(0), &calls),
        "other locals of `down` were saved than there are now at `'deeper`: doubled: u32, delegate: call of deeper"
    );
    assert_eq!(
        refused(v4::down(0), &calls),
        "other locals of `down` were saved than there are now at `'deeper`: doubled: u32"
    );
}

#[test]
fn another_function() {
    let text = serde_json::to_string(&paused(1)).unwrap();
    assert_eq!(refused(v1::other(1), &text), "a frame of `down` was saved, which cannot be restored into `other`");
    let mut other = v1::other(1);
    other.next();
    let text = serde_json::to_string(&other).unwrap();
    assert_eq!(
        refused(v1::other(1), &text.replace("down", "other")),
        "a frame of `other` was saved, which cannot be restored into `down`"
    );
    assert_eq!(
        refused(v1::other(1), &text.replace("down", "more")),
        "a frame of `more` was saved, which cannot be restored into `down`"
    );
    // A frame that is no recursive coroutine's, and the other way round.
    #[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
    fn down(n: u32) -> u32 {
        yield_!(n);
        n
    }
    let plain = serde_json::to_string(&down(1)).unwrap();
    assert_eq!(refused(v1::down(1), &plain), "invalid type: map, expected the levels of `down`");
    let error = down(1).restore(&mut serde_json::Deserializer::from_str(&text)).unwrap_err().to_string();
    assert!(error.starts_with("missing field `name`"), "{error}");
}

#[test]
fn a_coroutine_that_has_been_started() {
    let text = serde_json::to_string(&paused(1)).unwrap();
    for taken in [1, 8] {
        let mut co = paused(taken);
        let error = co.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap_err().to_string();
        assert_eq!(error, "`down` has been started: a frame is restored into a coroutine that was just made");
    }
}

#[test]
fn states() {
    for taken in [0, 8] {
        let mut co = v1::down(3);
        if taken > 0 {
            assert_eq!(co.by_ref().count(), taken);
        }
        let bytes = postcard::to_allocvec(&co).unwrap();
        let mut again: Saved<v1::down> = postcard::from_bytes(&bytes).unwrap();
        assert_eq!((again.state(), again.depth()), (co.state(), co.depth()));
        assert!(again.by_ref().eq(co));
        assert_eq!(again.state(), State::Closed);
    }
    // Thrown into before it ran, and closed.
    let mut co = v1::down(3);
    co.throw(coframe_tests::Mishap(1)).unwrap_err();
    let text = serde_json::to_string(&co).unwrap();
    let mut again: Saved<v1::down> = serde_json::from_str(&text).unwrap();
    assert_eq!((again.state(), again.next(), again.depth()), (State::Closed, None, 0));
}

#[test]
fn levels_that_are_out_of_place() {
    let levels = |taken: usize| serde_json::to_value(paused(taken)).unwrap().as_array().unwrap().clone();
    let refused = |levels: Vec<serde_json::Value>| refused(v1::down(0), &serde_json::Value::from(levels).to_string());
    let (calls, mut all) = (levels(1), levels(1));
    assert_eq!(refused(vec![]), "a level of `down` is missing");
    assert_eq!(refused(all[..3].to_vec()), "a level of `down` is missing");
    all.push(all[3].clone());
    assert_eq!(refused(all), "there is a level that none has called");
    let mut all = calls.clone();
    all[1]["coroutine"]["like"] = 1.into();
    assert_eq!(refused(all), "there is no level before that is of coroutine 1");
    let mut all = calls.clone();
    all[1]["coroutine"] = serde_json::json!({ "unlike": 0 });
    assert_eq!(refused(all), "unknown variant `unlike`, expected `new` or `like`");
    let mut all = calls.clone();
    all[2]["locals"]["delegate"] = 7.into();
    assert_eq!(refused(all), "invalid type: integer `7`, expected unit");
    let mut all = calls.clone();
    all[1]["locals"].as_object_mut().unwrap().remove("doubled");
    assert_eq!(refused(all), "the local `doubled` of `down` is missing");
    // A level that was called is neither over nor new.
    let over = serde_json::to_value({
        let mut co = v1::down(0);
        co.by_ref().for_each(drop);
        co
    })
    .unwrap();
    let new = serde_json::to_value(v1::down(0)).unwrap();
    for level in [over, new] {
        let mut all = calls.clone();
        all[3] = level[0].clone();
        assert_eq!(refused(all), "a call of `down` is not under way");
    }
}

#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn varied(words: Vec<String>, depth: u8) -> usize {
    let mut count = 0;
    if depth > 0 {
        count += yield_from!(varied(words.clone(), depth - 1));
        count += yield_from!(counted(depth, Some(None)));
    }
    for word in words {
        yield_!(word.len() as u32);
        count += 1;
    }
    count
}

#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn counted(depth: u8, maybe: Option<Option<u8>>) -> usize {
    yield_from!(0..2);
    let mut inner = varied(vec!["in".to_owned()], 0);
    let count = yield_from!(&mut inner);
    yield_!(u32::from(depth));
    count + usize::from(maybe.is_some())
}

/// Each input either is refused, or fits: then the coroutine runs to its end, or as far as it says.
fn fed<E: std::fmt::Display>(restored: Result<Saved<varied, usize>, E>) -> bool {
    match restored {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
        Ok(mut co) => {
            for _ in 0..5000 {
                match co.start() {
                    Ok(Step::Yielded(_)) => {}
                    Ok(Step::Returned(_)) | Err(_) => break,
                }
            }
            true
        }
    }
}

#[test]
fn inputs_that_were_cut_off_or_tampered_with() {
    let make = || varied(vec!["one".to_owned(), "three".to_owned()], 2);
    let total = make().count();
    let (mut fit, mut refused) = (0, 0);
    for taken in 0..=total + 1 {
        let mut co = make();
        (0..taken).for_each(|_| _ = co.next());
        let bytes = postcard::to_allocvec(&co).unwrap();
        let text = serde_json::to_string(&co).unwrap();
        assert!(fed(postcard::from_bytes(&bytes)) && fed(serde_json::from_str(&text)));
        for cut in 0..bytes.len() {
            assert!(!fed(postcard::from_bytes(&bytes[..cut])), "{cut} of {} bytes were enough", bytes.len());
        }
        for cut in 0..text.len() {
            assert!(!fed(serde_json::from_str(&text[..cut])), "{} was enough", &text[..cut]);
        }
        let flips = [1u8, 0x80, 0xff, 0x20];
        for (at, flip) in (0..bytes.len()).flat_map(|at| flips.map(|flip| (at, flip))) {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            if fed(postcard::from_bytes(&bytes)) { fit += 1 } else { refused += 1 }
        }
        for (at, other) in (0..text.len()).flat_map(|at| [b'0', b'}', b'"', 1].map(|other| (at, other))) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == other { b'9' } else { other };
            if fed(serde_json::from_slice(&bytes)) { fit += 1 } else { refused += 1 }
        }
    }
    // A letter of a word is as good as another one; most of the rest is not.
    assert!(fit > 100 && refused > 5 * fit, "{fit} fit, {refused} were refused");
}

const MILLION: u32 = 1_000_000;

#[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
fn deep(n: u32) -> u32 {
    let below = if n > 1 { yield_from!(deep(n - 1)) } else { 0 };
    if n.is_multiple_of(100_000) || n == 1 {
        yield_!(n);
    }
    below + 1
}

#[test]
fn a_million_levels() {
    let mut co = deep(MILLION);
    assert_eq!((co.next(), co.depth()), (Some(1), MILLION as usize));
    let check = |mut restored: Saved<deep>| {
        assert_eq!(restored.depth(), MILLION as usize);
        assert_eq!(restored.next(), Some(100_000));
        let mut values = restored.values();
        assert_eq!(values.by_ref().filter_map(Result::ok).count(), 9);
        assert_eq!(values.into_return(), Some(MILLION));
    };
    let bytes = postcard::to_allocvec(&co).unwrap();
    check(postcard::from_bytes(&bytes).unwrap());
    // One that is given up in the middle.
    assert!(postcard::from_bytes::<Saved<deep>>(&bytes[..bytes.len() - 1]).is_err());
    let text = serde_json::to_string(&co).unwrap();
    drop(co);
    check(serde_json::from_str(&text).unwrap());
}

/// Coroutines that are in one another, each a local of the one before.
#[coframe::coroutine(recursive, yield = u32, derive(Serialize, Deserialize))]
fn nested(n: u32) -> u32 {
    if n > 0 {
        let mut inner = nested(n - 1);
        return yield_from!(&mut inner) + 1;
    }
    yield_!(n);
    0
}

#[test]
fn what_is_in_one_another() {
    let paused = |n| {
        let mut co = nested(n);
        co.next();
        co
    };
    let bytes = postcard::to_allocvec(&paused(31)).unwrap();
    let mut restored: Saved<nested> = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(restored.start().unwrap(), Step::Returned(31));
    assert!(postcard::to_allocvec(&paused(32)).is_err());
    let error = serde_json::to_string(&paused(32)).unwrap_err().to_string();
    assert_eq!(error, "too many recursive coroutines are in one another, each a part of a frame of the one before");

    // As many as an input has room for: a level that has a local which is a list of one level, and so on.
    let inner = postcard::to_allocvec(&paused(2)).unwrap();
    let innermost = postcard::to_allocvec(&paused(1)).unwrap();
    let end = inner.len() - innermost.len();
    assert_eq!([inner[..end].repeat(30), innermost.clone()].concat(), bytes);
    let hostile = [inner[..end].repeat(100_000), innermost].concat();
    assert!(postcard::from_bytes::<Saved<nested>>(&hostile).is_err());
}
