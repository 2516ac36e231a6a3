//! Generic functions, argument patterns, coercions, attributes.

use std::fmt::{Debug, Display};

use crate::things::*;

cases! { ($)
    plain generic_value[T: Debug + Clone](x: T) -> (Vec<T>); yield T, send i32; with (d("x")) {
        let mut all = vec![];
        for _ in 0..yield_!(x.clone()) % 3 {
            all.push(x.clone());
            yield_!(x.clone());
        }
        all
    }

    plain generic_where[T, U](x: T, u: U) -> (T, U) where { T: Debug + Clone, U: Display + Debug }; yield String, send i32; with (d("x"), 5) {
        yield_!(u.to_string());
        let copy = x.clone();
        yield_!(format!("{copy:?}"));
        (copy, u)
    }

    plain generic_const[const N: usize](row: [i32; N]) -> [i32; N]; yield usize, send i32; with ([1, 2, 3]) {
        let mut out = [0; N];
        for i in 0..N {
            out[i] = row[i] + yield_!(N - i);
        }
        out
    }

    plain generic_iterator[I: IntoIterator<Item = D>](all: I) -> (Option<D>); yield i32, send i32; with (ds("a bb c")) {
        let mut longest: Option<D> = None;
        for one in all {
            let n = yield_!(one.len());
            if longest.as_ref().is_none_or(|l| l.len() < n) {
                longest = Some(one);
            }
        }
        longest
    }

    plain generic_lifetime['a, T: Debug](all: &'a [T], first: &'a T) -> (&'a T); yield (&'a T), send bool; with (&[1, 2, 3], &9) {
        for one in all {
            if yield_!(one) {
                return one;
            }
        }
        first
    }

    plain generic_default_and_associated[T: Default + Debug + std::ops::AddAssign + From<u8> + Copy](zero: T) -> T; yield T, send u8; with (7u32) {
        let mut sum = T::default();
        sum += zero;
        for _ in 0..3 {
            sum += T::from(yield_!(sum));
        }
        let last: T = yield_!(sum).into();
        sum += last;
        sum
    }

    plain impl_trait_arguments(all: impl Iterator<Item = i32>, show: impl Display) -> String; yield i32, send i32; with (count("it", 3), "show") {
        let mut sum = 0;
        for n in all {
            sum += yield_!(n);
        }
        format!("{show}{sum}")
    }

    plain impl_trait_argument_never_used(_all: impl Iterator<Item = i32>, _: impl Display) -> i32; yield i32, send i32; with (count("it", 3), d("show")) {
        yield_!(1)
    }

    plain argument_mut(mut n: i32, mut all: Vec<i32>) -> (Vec<i32>); yield i32, send i32; with (2, vec![]) {
        while n > 0 {
            all.push(yield_!(n));
            n -= 1;
        }
        all
    }

    plain argument_patterns((a, mut b): (i32, i32), [c, .., e]: [i32; 4], P { x, y: why, .. }: P, C(n): C) -> i32; yield i32, send i32; with ((1, 2), [3, 4, 5, 6], P { x: 7, y: 8, z: 9 }, C(10)) {
        b += yield_!(a);
        yield_!(c + e);
        x + why + n + b
    }

    plain argument_reference_patterns(&n: &i32, &(a, ref b): &(i32, D)) -> i32; yield i32, send i32; with let { let both = (1, d("b")); } (&4, &both) {
        let m = yield_!(n + a);
        m + b.len()
    }

    plain argument_shadowed_at_once(one: D) -> i32; yield i32, send i32; with (d("argument")) {
        let one = one.len();
        yield_!(one)
    }

    plain coerced_yield_string(s: &String) -> (&str); yield (&str), send i32; with let { let text = "text".to_string(); } (&text) {
        yield_!(s);
        yield_!(&s[1..]);
        s
    }

    plain coerced_return_slice(v: &Vec<i32>) -> (&[i32]); yield (&[i32]), send bool; with let { let v = vec![1, 2, 3]; } (&v) {
        if yield_!(v) {
            return v;
        }
        yield_!(&[7]);
        &v[1..]
    }

    plain coerced_boxes() -> (Box<dyn Debug>); yield (Box<dyn Debug>), send i32; with () {
        let n = yield_!(Box::new(1));
        yield_!(Box::new("text"));
        if n > 1 {
            return Box::new(d("boxed"));
        }
        Box::new(yield_!(Box::new(n)))
    }

    plain coerced_function_items() -> i32; yield Op, send i32; with () {
        fn neg(n: i32) -> i32 {
            -n
        }
        let mut op: fn(i32) -> i32 = neg;
        let n = yield_!(Op(f));
        if op(n) < -1 {
            op = |n| n + 1;
        }
        let m = yield_!(Op(op));
        op(m) + if n == 1 { yield_!(Op(neg)) } else { f(4) }
    }

    plain coerced_array_to_slice() -> usize; yield usize, send i32; with () {
        let all: &[i32] = &[1, 2, 3];
        let n = yield_!(all.len()) as usize;
        let text: &'static str = if n > 1 { "many" } else { "few" };
        yield_!(text.len());
        all.len() + text.len()
    }

    plain coerced_integer_literals() -> u64; yield u8, send u8; with () {
        let n = 200;
        let m = yield_!(n);
        u64::from(yield_!(255)) + u64::from(n) + u64::from(m)
    }

    plain coerced_option_of_box_dyn_error() -> (Result<(), Box<dyn std::error::Error>>); yield i32, send (Option<i32>); with () {
        let n = yield_!(1).ok_or("none")?;
        let _: u8 = n.to_string().repeat(3).parse()?;
        yield_!(n).ok_or_else(|| format!("none after {n}"))?;
        Ok(())
    }

    plain never_return_type_coerces() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        let m: i32 = match n {
            0 => panic!("zero"),
            _ => n,
        };
        loop {
            if yield_!(m) != 1 {
                return m;
            }
        }
    }

    plain underscore_and_raw_names(r#type: i32, _unused: D) -> i32; yield i32, send i32; with (3, d("unused")) {
        let r#match = yield_!(r#type);
        let _n = r#match;
        yield_!(r#match) + r#type
    }

    plain names_an_expansion_could_use(signal: i32, frame: i32) -> i32; yield i32, send i32; with (1, 2) {
        let state = yield_!(signal);
        let locals = yield_!(frame);
        let (slot, position, body, self_) = (state + 1, locals + 1, 5, 6);
        let entry = yield_!(slot + position);
        fn take(n: i32) -> i32 {
            n
        }
        let core = take(entry);
        #[allow(non_snake_case)]
        let Signal = |n: i32| n + 1;
        yield_!(Signal(core));
        state + locals + slot + position + body + self_ + entry + signal + frame + core
    }

    mix generic_fold_with_everything[T: Debug + Clone + PartialEq, F: FnMut(&T, i32) -> Option<T>](start: T, mut step: F) -> (Result<T, Vec<T>>); yield T, send i32; with (d("s"), |one, n| even(n).map(|n| d(format!("{}{n}", one.name)))) {
        let mut seen = vec![start.clone()];
        let mut now = start;
        'fold: for i in 0..4 {
            let n = yield_!(now.clone());
            let Some(next) = step(&now, n) else {
                if n > 2 {
                    return Err(seen);
                }
                continue 'fold;
            };
            if seen.contains(&next) && yield_!(next.clone()) == i {
                break;
            }
            seen.push(std::mem::replace(&mut now, next));
        }
        Ok(now)
    }

    mix generic_const_matrix[const R: usize, const K: usize](rows: [[i32; K]; R]) -> ([i32; R], Option<i32>); yield (usize, usize), send (Option<i32>); with ([[1, 2], [3, 4], [5, 6]]) {
        let mut sums = [0; R];
        let mut found = None;
        'rows: for (i, row) in rows.into_iter().enumerate() {
            for (j, cell) in row.iter().copied().enumerate().collect::<Vec<_>>() {
                sums[i] += match yield_!((i, j)) {
                    Some(n @ (0 | 1)) => n * cell,
                    Some(n) if n == cell => { found.get_or_insert(n); continue 'rows }
                    Some(_) if j + 1 == K && yield_!((R, K)).is_none() => break 'rows,
                    Some(n) => n,
                    None => continue,
                };
            }
        }
        (sums, found)
    }

    plain argument_order_of_drops(a: D, (b, c): (D, D), _: D, _e: D) -> i32; yield i32, send i32; with (d("a"), (d("b"), d("c")), d("w"), d("e")) {
        let n = yield_!(1);
        if n > 1 {
            drop(b);
        }
        yield_!(c.len())
    }
}

/// A function pointer with a `Debug` that does not depend on addresses.
struct Op(fn(i32) -> i32);

impl Debug for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Op({})", (self.0)(10))
    }
}
