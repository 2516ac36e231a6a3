//! The kernels as coroutines.

/// One yield in a loop.
#[coframe::coroutine(yield = u64)]
pub(crate) fn xorshift(seed: u64) {
    let mut x = seed;
    loop {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        coframe::yield_!(x);
    }
}

/// Three yields and a branch in each turn.
#[coframe::coroutine(yield = u64)]
pub(crate) fn three_points(seed: u64) {
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

/// A large local that stays in the frame.
#[coframe::coroutine(yield = u64)]
pub(crate) fn table(seed: u64) {
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
pub(crate) fn eight_vecs(seed: u64) -> u64 {
    let (a, b, c, d) = (vec![seed; 64], vec![1_u64; 1], vec![2_u64; 2], vec![3_u64; 3]);
    let (e, f, g, h) = (vec![4_u64; 4], vec![5_u64; 5], vec![6_u64; 6], vec![7_u64; 7]);
    for at in 0..u64::MAX {
        coframe::yield_!(a[at as usize % 64].wrapping_add(at));
    }
    [a, b, c, d, e, f, g, h].iter().map(|v| v[0]).sum()
}

/// Made, asked for six items, and dropped.
#[coframe::coroutine(yield = u64)]
pub(crate) fn collatz(start: u64) {
    let mut x = start;
    while x != 1 {
        coframe::yield_!(x);
        x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
    }
}

/// A value goes in and one comes out.
#[coframe::coroutine(yield = u64, send = u64)]
pub(crate) fn average() {
    let mut sum = coframe::yield_!(0);
    let mut weight = 1;
    loop {
        sum += coframe::yield_!(sum >> weight);
        weight = (weight + 1) % 8;
    }
}

/// Four coroutines, each of which hands its caller on to the next; the last is [`xorshift`].
#[coframe::coroutine(yield = u64)]
pub(crate) fn four_deep(seed: u64) {
    #[coframe::coroutine(yield = u64)]
    fn second(seed: u64) {
        coframe::yield_from!(xorshift(seed));
    }
    #[coframe::coroutine(yield = u64)]
    fn third(seed: u64) {
        coframe::yield_from!(second(seed));
    }
    coframe::yield_from!(third(seed));
}
