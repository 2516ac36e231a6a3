//! What does not fit, and what fits all the same: functions under other names, sources that changed, inputs that were cut off
//! or tampered with.

use coframe::{CoroutineExt, State, Step, yield_, yield_from};

mod v1 {
    use coframe::{yield_, yield_from};

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn job(limit: u32) -> u32 {
        let mut total = 0;
        for n in 0..limit {
            total += n;
            yield_!('step: total);
        }
        yield_!(total);
        yield_from!('pause: v_delegate(2));
        total
    }

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn v_delegate(n: u32) {
        for k in 0..n {
            yield_!('tick: k + 10);
        }
    }
}

/// Other code around the same labels and locals.
mod v2 {
    use coframe::{yield_, yield_from};

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn job(limit: u32) -> u32 {
        let mut total = 0;
        if limit == 0 {
            yield_!('empty: 1);
        }
        for n in 0..limit {
            let doubled = n * 2;
            total += doubled;
            yield_!('step: total + 1000);
        }
        yield_!(total);
        yield_!(total);
        yield_from!('pause: v_delegate(2));
        total
    }

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn v_delegate(n: u32) {
        for k in 0..n {
            yield_!('tick: k + 20);
        }
    }
}

/// The label is there, and other locals are alive at it.
mod v3 {
    use coframe::yield_;

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn job(limit: u32) -> u32 {
        let (mut total, mut steps) = (0, 0);
        for n in 0..limit {
            total += n;
            steps += 1;
            yield_!('step: total);
        }
        total + steps
    }
}

/// The label is there, and a local of that name has another type.
mod v4 {
    use coframe::yield_;

    #[coframe::coroutine(yield = u32, derive(Clone, Serialize, Deserialize))]
    pub(super) fn job(limit: u32) -> u32 {
        let mut total = 0i32;
        for n in 0..limit {
            total += n as i32;
            yield_!('step: total as u32);
        }
        total as u32
    }
}

fn saved(steps: usize) -> String {
    let mut job = v1::job(4);
    (0..steps).for_each(|_| _ = job.next());
    serde_json::to_string(&job).unwrap()
}

macro_rules! refused {
    ($co:expr, $text:expr) => {{
        let mut co = $co;
        let error = co.restore(&mut serde_json::Deserializer::from_str(&$text)).unwrap_err().to_string();
        assert_eq!(co.state(), State::Created);
        error.split(" at line").next().unwrap().to_owned()
    }};
}

#[test]
fn a_labelled_point_survives_an_edit() {
    let mut job = v2::job(0);
    job.restore(&mut serde_json::Deserializer::from_str(&saved(3))).unwrap();
    // 0 + 1 + 2 so far, and then the new code: 3 + 2 * 3.
    assert_eq!(job.clone().collect::<Vec<_>>(), [1009, 9, 9, 20, 21]);
    // Postcard has no names: the fingerprint of the locals is what is compared.
    let mut old = v1::job(4);
    old.next();
    let bytes = postcard::to_allocvec(&old).unwrap();
    let mut new = v2::job(0);
    new.restore(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
    assert_eq!(new.next(), Some(1002));
}

#[test]
fn a_delegation_survives_an_edit_on_both_levels() {
    let mut job = v2::job(0);
    job.restore(&mut serde_json::Deserializer::from_str(&saved(6))).unwrap();
    assert_eq!(job.collect::<Vec<_>>(), [21]);
}

#[test]
fn what_has_not_run_survives_an_edit() {
    let mut job = v2::job(0);
    job.restore(&mut serde_json::Deserializer::from_str(&saved(0))).unwrap();
    assert_eq!(job.next(), Some(1000));
}

#[test]
fn a_changed_source() {
    assert_eq!(
        refused!(v2::job(0), saved(5)),
        "the source of `job` has changed since its frame was saved, and the suspension point has no label by which it could \
         be found again"
    );
    assert_eq!(
        refused!(v3::job(0), saved(6)),
        "the source of `job` has changed since its frame was saved, and has no suspension point `'pause` any more"
    );
    assert_eq!(
        refused!(v3::job(0), saved(1)),
        "other locals of `job` were saved than there are now at `'step`: total: u32, steps: u32, iter: core::ops::range::Range<u32>"
    );
    assert_eq!(
        refused!(v4::job(0), saved(1)),
        "other locals of `job` were saved than there are now at `'step`: total: i32, iter: core::ops::range::Range<u32>"
    );
}

#[test]
fn another_function() {
    assert_eq!(
        refused!(v1::v_delegate(1), saved(1)),
        "a frame of `job` was saved, which cannot be restored into `v_delegate`"
    );
}

#[test]
fn a_coroutine_that_has_been_started() {
    let mut job = v1::job(4);
    job.next();
    let error = job.restore(&mut serde_json::Deserializer::from_str(&saved(3))).unwrap_err().to_string();
    assert_eq!(error, "`job` has been started: a frame is restored into a coroutine that was just made");
    assert_eq!(job.next(), Some(1));
}

#[test]
fn a_tampered_text() {
    let text = saved(2);
    assert!(text.contains(r#""point":1"#) && text.contains(r#""total":1"#), "{text}");
    let cases = [
        (r#""point":1"#, r#""point":9"#, "`job` has no suspension point 9"),
        (r#""point":1"#, r#""point":4294967294"#, "`job` has no suspension point 4294967294"),
        (r#""point":1"#, r#""point":4294967295"#, "`job` has no suspension point 4294967295"),
        (r#""point":1"#, r#""point":2"#, "other locals of `job` were saved than there are now: total: u32"),
        (r#""point":1"#, r#""point":-1"#, "invalid value: integer `-1`, expected u32"),
        (r#""total":1,"#, "", "the local `total` of `job` is missing"),
        (r#""total":1,"#, r#""total":1,"total":2,"#, "the local `total` of `job` is there twice"),
        (r#""total":1,"#, r#""total":1,"other":2,"#, "`other` is no local of `job` that is saved here"),
        (r#""total":1,"#, r#""total":null,"#, "invalid type: null, expected u32"),
        (r#","locals":"#, r#","more":1,"locals":"#, "unknown field `more`, expected `coroutine` or `locals`"),
    ];
    for (from, to, message) in cases {
        assert_eq!(refused!(v1::job(0), text.replace(from, to)), message);
    }
    let (head, locals) = text.split_once(r#","locals":"#).unwrap();
    assert_eq!(refused!(v1::job(0), format!("{head}}}")), "missing field `locals`");
    let other_order =
        format!(r#"{{"locals":{},{}}}"#, locals.strip_suffix('}').unwrap(), head.strip_prefix('{').unwrap());
    assert_eq!(refused!(v1::job(0), other_order), "missing field `coroutine`");
}

/// The start values of a function whose source changed, and which has an argument more now.
#[test]
fn other_arguments() {
    mod more {
        #[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
        pub(super) fn job(limit: u32, from: u32) {
            coframe::yield_!(limit + from);
        }
    }
    assert_eq!(
        refused!(more::job(1, 2), saved(0)),
        "other locals of `job` were saved than there are now: limit: u32, from: u32"
    );
}

/// A generator of numbers with a seed of its own (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[coframe::coroutine(yield = String, derive(Clone, Serialize, Deserialize))]
fn varied(words: Vec<String>, flag: bool) -> usize {
    let maybe: Option<String>;
    let held = String::from("held");
    let mut count = 0;
    for word in words {
        let parts = (word.clone(), 'x', 3u8, [1i16, -2], Some(Some(())));
        yield_!(parts.0.clone());
        yield_from!([word, format!("{parts:?}")]);
        count += 1;
    }
    if flag {
        drop(held);
        maybe = Some(String::from("maybe"));
        yield_!(maybe.unwrap());
    }
    for n in 0..=2 {
        yield_!(n.to_string());
    }
    count
}

/// Each input either is refused, which leaves the coroutine as it was, or fits: then the coroutine runs to its end.
fn fed(
    restored: Result<(), impl std::fmt::Display>,
    mut co: coframe::Generator<impl coframe::Machine<Yield = String, Return = usize>>,
) -> bool {
    match restored {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(co.state(), State::Created);
            false
        }
        Ok(()) => {
            // A vector in a tampered frame is as long as its bytes, a range is as long as it says.
            for _ in 0..10_000 {
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
fn mutated_bytes() {
    let make = || varied(vec!["one".to_owned(), "two".to_owned()], true);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut fit, mut refused) = (0, 0);
    let total = make().count();
    for taken in 0..=total + 1 {
        let mut co = make();
        (0..taken).for_each(|_| _ = co.next());
        let bytes = postcard::to_allocvec(&co).unwrap();
        let text = serde_json::to_string(&co).unwrap();
        for cut in 0..bytes.len() {
            let mut other = varied(vec![], false);
            let restored = other.restore(&mut postcard::Deserializer::from_bytes(&bytes[..cut]));
            assert!(!fed(restored, other), "{cut} of {} bytes were enough", bytes.len());
        }
        for cut in 0..text.len() {
            let mut other = varied(vec![], false);
            let restored = other.restore(&mut serde_json::Deserializer::from_str(&text[..cut]));
            assert!(!fed(restored, other), "{} was enough", &text[..cut]);
        }
        for _ in 0..400 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + dice.below(3) {
                let at = dice.below(bytes.len());
                match dice.below(4) {
                    0 => bytes[at] = dice.below(256) as u8,
                    1 => bytes[at] ^= 1 << dice.below(8),
                    2 => _ = bytes.remove(at),
                    _ => bytes.insert(at, dice.below(256) as u8),
                }
            }
            let mut other = varied(vec![], false);
            let restored = other.restore(&mut postcard::Deserializer::from_bytes(&bytes));
            if fed(restored, other) {
                fit += 1
            } else {
                refused += 1
            }

            let mut chars: Vec<char> = text.chars().collect();
            let (from, to) = (dice.below(chars.len()), dice.below(chars.len()));
            match dice.below(3) {
                0 => chars[from] = chars[to],
                1 => _ = chars.remove(from),
                _ => chars.insert(from, chars[to]),
            }
            let mut other = varied(vec![], false);
            let text: String = chars.into_iter().collect();
            let restored = other.restore(&mut serde_json::Deserializer::from_str(&text));
            if fed(restored, other) { fit += 1 } else { refused += 1 }
        }
    }
    // A byte of a word is as good as another one; most of the rest is not.
    assert!(fit > 100 && refused > 5 * fit, "{fit} fit, {refused} were refused");
}
