//! The kernels' bodies, for all peers whose yield is a call: each peer brings a macro that yields its operand and gives
//! what is sent, and has the same body as the others.

macro_rules! count {
    ($yield:ident, $seed:expr) => {{
        let mut n: u64 = $seed;
        loop {
            n = n.wrapping_add(1);
            if !n.is_multiple_of(4) {
                $yield!(n);
            }
        }
    }};
}

macro_rules! points {
    ($yield:ident, $seed:expr) => {{
        let mut x: u64 = $seed;
        loop {
            $yield!(x);
            if x.is_multiple_of(2) {
                $yield!(x / 2);
            }
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            $yield!(x >> 7);
        }
    }};
}

macro_rules! nested {
    ($yield:ident, $seed:expr) => {{
        for a in $seed..u64::MAX {
            for b in 0..16 {
                for c in 0..16 {
                    $yield!(a ^ (b << 4) ^ c);
                }
            }
        }
    }};
}

macro_rules! fibonacci {
    ($yield:ident, $seed:expr) => {{
        let (mut a, mut b): (u64, u64) = (0, $seed);
        loop {
            $yield!(a);
            (a, b) = (b, a.wrapping_add(b));
        }
    }};
}

/// The first `yield` gives nobody a value.
macro_rules! average {
    ($yield:ident) => {{
        let mut sum: u64 = $yield!(0);
        let mut weight = 1_u32;
        loop {
            sum += $yield!(sum >> weight);
            weight = (weight + 1) % 8;
        }
    }};
}

macro_rules! tokens {
    ($yield:ident) => {{
        let mut piece: &'static [u8] = $yield!(0);
        let (mut at, mut ended) = (0_usize, 0_u64);
        loop {
            loop {
                while at == piece.len() {
                    piece = $yield!(ended);
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
                    piece = $yield!(ended);
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
    }};
}

macro_rules! collatz {
    ($yield:ident, $start:expr) => {{
        let mut x: u64 = $start;
        while x != 1 {
            $yield!(x);
            x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
        }
    }};
}

macro_rules! table {
    ($yield:ident, $seed:expr) => {{
        let mut table = [$seed as u8; 4096];
        let mut at = 0_usize;
        loop {
            table[at] = table[at].wrapping_mul(5).wrapping_add(1);
            $yield!(u64::from(table[at]));
            at = (at + 97) % table.len();
        }
    }};
}

macro_rules! vecs {
    ($yield:ident, $seed:expr) => {{
        let (a, b, c, d) = (vec![$seed; 64], vec![1_u64; 1], vec![2_u64; 2], vec![3_u64; 3]);
        let (e, f, g, h) = (vec![4_u64; 4], vec![5_u64; 5], vec![6_u64; 6], vec![7_u64; 7]);
        for at in 0..u64::MAX {
            $yield!(a[at as usize % 64].wrapping_add(at));
        }
        let all = [a, b, c, d, e, f, g, h];
        std::hint::black_box(all.iter().map(|v| v[0]).sum::<u64>());
    }};
}

/// Errors come in as values: nobody else can throw.
macro_rules! catching {
    ($yield:ident) => {{
        let mut sum = 0_u64;
        loop {
            let sent: Result<(), Box<dyn std::error::Error + Send + Sync>> = $yield!(sum);
            if let Err(error) = sent {
                sum =
                    sum.wrapping_add(error.downcast_ref::<coframe_benches::drain::Fault>().map_or(0, |fault| fault.0));
            }
        }
    }};
}

pub(crate) use {average, catching, collatz, count, fibonacci, nested, points, table, tokens, vecs};
