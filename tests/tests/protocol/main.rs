//! The protocol as the types give it: every type that can be resumed, every type that can be sent, positions, panics.
//!
//! What CPython's tests pin is in `semantics/`. `bodies` is compiled both ways, from the same lines: as frames and, in
//! `pinned`, by rustc. What is lent for one resume can be sent to frames only, and only those are moved while suspended.

#![allow(clippy::duplicate_mod, reason = "the module is compiled once by each lowering")]

mod bodies;

pub(crate) use coframe::coroutine;

#[path = "."]
mod pinned {
    pub(crate) use coframe_tests_attributes::pinned as coroutine;

    mod bodies;
}

use coframe::{CoroutineExt, Step};

#[test]
fn a_borrowed_value_is_sent_afresh_each_time() {
    #[coframe::coroutine(yield = usize, send = &[u8])]
    fn total() -> usize {
        let mut total = 0;
        loop {
            let chunk = yield_!(total);
            if chunk.is_empty() {
                return total;
            }
            total += chunk.iter().map(|byte| usize::from(*byte)).sum::<usize>();
        }
    }
    let mut co = total();
    co.start().unwrap();
    for expected in [3, 6, 9] {
        let short_lived = vec![1, 2];
        assert_eq!(co.send(&short_lived).unwrap(), Step::Yielded(expected));
    }
    assert_eq!(co.send(&[]).unwrap(), Step::Returned(9));
}

#[test]
fn what_was_sent_may_be_yielded_in_part() {
    #[coframe::coroutine(send = &'r str, yield = &'r str)]
    fn first_word() {
        let mut text = yield_!("");
        loop {
            text = yield_!(text.split(' ').next().unwrap_or_default());
        }
    }
    let mut co = first_word();
    assert_eq!(co.start().unwrap(), Step::Yielded(""));
    for (text, word) in [("one two", "one"), ("three", "three"), ("", "")] {
        let owned = text.to_string();
        assert_eq!(co.send(&owned).unwrap(), Step::Yielded(word));
    }
}

#[test]
fn a_lent_place_is_written_to() {
    #[coframe::coroutine(send = &mut Vec<u32>)]
    fn filler() {
        for n in 0.. {
            yield_!().push(n);
        }
    }
    let mut co = filler();
    let mut out = vec![];
    co.start().unwrap();
    co.send(&mut out).unwrap();
    co.send(&mut out).unwrap();
    assert_eq!(out, [0, 1]);
}

#[test]
fn send_and_sync_follow_the_locals() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_unpin<T: Unpin>(_: &T) {}
    #[coframe::coroutine(yield = usize)]
    fn words(text: String) {
        for n in 0..text.len() {
            yield_!(n);
        }
    }
    let co = words("ab".into());
    assert_send(&co);
    assert_unpin(&co);
    let collected = std::thread::spawn(move || co.collect::<Vec<_>>()).join().unwrap();
    assert_eq!(collected, [0, 1]);
}
