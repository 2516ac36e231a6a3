//! The kernels as coroutines.

use coframe::Exception;

use crate::drain::Fault;

/// A loop, a filter, one yield.
#[coframe::coroutine(yield = u64)]
pub(super) fn count(seed: u64) {
    let mut n = seed;
    loop {
        n = n.wrapping_add(1);
        if !n.is_multiple_of(4) {
            coframe::yield_!(n);
        }
    }
}

/// Three yields and a branch in each turn.
#[coframe::coroutine(yield = u64)]
pub(super) fn points(seed: u64) {
    let mut x = seed;
    loop {
        coframe::yield_!(x);
        if x.is_multiple_of(2) {
            coframe::yield_!(x / 2);
        }
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        coframe::yield_!(x >> 7);
    }
}

/// A yield in the innermost of three loops.
#[coframe::coroutine(yield = u64)]
pub(super) fn nested(seed: u64) {
    for a in seed..u64::MAX {
        for b in 0..16 {
            for c in 0..16 {
                coframe::yield_!(a ^ (b << 4) ^ c);
            }
        }
    }
}

/// Two locals that change places.
#[coframe::coroutine(yield = u64)]
pub(super) fn fibonacci(seed: u64) {
    let (mut a, mut b) = (0, seed);
    loop {
        coframe::yield_!(a);
        (a, b) = (b, a.wrapping_add(b));
    }
}

/// A value goes in and one comes out.
#[coframe::coroutine(yield = u64, send = u64)]
pub(super) fn average() {
    let mut sum = coframe::yield_!(0);
    let mut weight = 1_u32;
    loop {
        sum += coframe::yield_!(sum >> weight);
        weight = (weight + 1) % 8;
    }
}

/// Is sent pieces of a text, which may end anywhere, and yields for each the sum of the hashes of the words that end in it.
#[coframe::coroutine(yield = u64, send = &'static [u8])]
pub(super) fn tokens() {
    let mut piece = coframe::yield_!(0);
    let (mut at, mut ended) = (0_usize, 0_u64);
    loop {
        loop {
            while at == piece.len() {
                piece = coframe::yield_!(ended);
                (at, ended) = (0, 0);
            }
            if piece[at] != b' ' {
                break;
            }
            at += 1;
        }
        let mut word = 0_u64;
        loop {
            while at == piece.len() {
                piece = coframe::yield_!(ended);
                (at, ended) = (0, 0);
            }
            if piece[at] == b' ' {
                break;
            }
            word = word.wrapping_mul(31).wrapping_add(u64::from(piece[at]));
            at += 1;
        }
        ended = ended.wrapping_add(word);
    }
}

/// Made, asked for six items, and dropped.
#[coframe::coroutine(yield = u64)]
pub(super) fn collatz(start: u64) {
    let mut x = start;
    while x != 1 {
        coframe::yield_!(x);
        x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
    }
}

/// Four coroutines, each of which hands its caller on to the next; the last is [`fibonacci`].
#[coframe::coroutine(yield = u64)]
pub(super) fn deep(seed: u64) {
    #[coframe::coroutine(yield = u64)]
    fn second(seed: u64) {
        coframe::yield_from!(fibonacci(seed));
    }
    #[coframe::coroutine(yield = u64)]
    fn third(seed: u64) {
        coframe::yield_from!(second(seed));
    }
    coframe::yield_from!(third(seed));
}

/// A large local that stays in the frame.
#[coframe::coroutine(yield = u64)]
pub(super) fn table(seed: u64) {
    let mut table = [seed as u8; 4096];
    let mut at = 0_usize;
    loop {
        table[at] = table[at].wrapping_mul(5).wrapping_add(1);
        coframe::yield_!(u64::from(table[at]));
        at = (at + 97) % table.len();
    }
}

/// Eight locals with destructors, one of them read in each turn and all of them at the end.
#[coframe::coroutine(yield = u64)]
pub(super) fn vecs(seed: u64) -> u64 {
    let (a, b, c, d) = (vec![seed; 64], vec![1_u64; 1], vec![2_u64; 2], vec![3_u64; 3]);
    let (e, f, g, h) = (vec![4_u64; 4], vec![5_u64; 5], vec![6_u64; 6], vec![7_u64; 7]);
    for at in 0..u64::MAX {
        coframe::yield_!(a[at as usize % 64].wrapping_add(at));
    }
    [a, b, c, d, e, f, g, h].iter().map(|v| v[0]).sum()
}

/// Catches what is thrown in, and yields what it says.
#[coframe::coroutine(yield = u64)]
pub(super) fn catching() {
    let mut sum = 0_u64;
    loop {
        match coframe::try_yield!(sum) {
            Ok(()) => {}
            Err(Exception::Exit) => break,
            Err(exception) => {
                sum = sum.wrapping_add(exception.downcast_ref::<Fault>().map_or(0, |fault| fault.0));
            }
        }
    }
}

/// [`points`] that can be cloned and saved.
#[coframe::coroutine(yield = u64, derive(Clone, Serialize, Deserialize))]
pub(super) fn forked(seed: u64) {
    let mut x = seed;
    loop {
        coframe::yield_!(x);
        if x.is_multiple_of(2) {
            coframe::yield_!(x / 2);
        }
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        coframe::yield_!(x >> 7);
    }
}
