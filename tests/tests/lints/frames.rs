//! What only a frame can do: be cloned, and be sent what is borrowed for one resume.

use coframe::prelude::*;

/// A copy can be made of it.
#[coframe::coroutine(yield = u8, derive(Clone))]
pub fn cloned(mut bytes: Vec<u8>) {
    bytes.sort_unstable();
    while let Some(byte) = bytes.pop() {
        yield_!(byte);
    }
}

/// Slices are sent to it.
#[coframe::coroutine(yield = Option<u8>, send = &[u8])]
pub fn sent_slices(step: usize) -> usize {
    let mut chunk = yield_!(None);
    let mut count = 0;
    loop {
        for byte in chunk.iter().step_by(step) {
            count += usize::from(*byte);
        }
        if chunk.is_empty() {
            return count;
        }
        chunk = yield_!(chunk.first().copied());
    }
}

#[test]
fn frames_run() {
    assert_eq!(cloned(vec![1, 2]).clone().count(), 2, "items of a clone");
    assert!(matches!(sent_slices(1).start(), Ok(Step::Yielded(None))), "it starts");
}
