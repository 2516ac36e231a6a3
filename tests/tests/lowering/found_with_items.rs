//! Bodies with items of their own that once ran differently from native Rust.

mod known_reading_name_that_mutates {
    use crate::things::*;

    #[derive(Clone, Copy, Debug)] struct Ctr(i32); impl Ctr { fn get(&mut self) -> i32 { self.0 += 1; self.0 } } fn add(c: Ctr, n: i32, e: Ctr) -> i32 { t(format_args!("add {} {n} {}", c.0, e.0)); c.0 + n }

    cases! { ($)
        plain known_reading_name_that_mutates() -> (i32); yield i32, send i32; with () {
            let mut c = Ctr(1);
            let n = add(c, yield_!(c.get()), c);
            n + c.0
        }
    }
}

mod if_let_else_keeps_the_value {
    use crate::things::*;

    #[derive(Debug)] struct Job(D); impl Job { fn count(&self) -> i32 { t("count"); 1 } fn into_parts(&self) -> i32 { 2 } } impl Drop for Job { fn drop(&mut self) { t("drop job"); } }

    cases! { ($)
        plain if_let_else_keeps_the_value() -> (i32); yield i32, send i32; with () {
            let x = shape(yield_!(0));
            if let Shape::One(one) = x { drop(one); } else { t("other"); }
            yield_!(1);
            t("end");
            2
        }
    }
}

mod reborrow_then_reassigned {
    use crate::things::*;

    fn two(a: &D, n: i32) -> i32 { a.len() * 10 + n }

    cases! { ($)
        plain reborrow_then_reassigned['a](p: &'a D, q: &'a D) -> (i32); yield i32, send i32; with let { let (p, q) = (d("p"), d("qq")); } (&p, &q) {
            let mut r = p;
            let n = two(&*r, { r = q; yield_!(1) });
            n + r.len()
        }
    }
}

mod dead_code_types {
    use crate::things::*;

    mod m { pub(crate) fn set(v: &mut std::vec::Vec<i32>, n: i32) -> i32 { v[0] = n; n } }

    cases! { ($)
        plain dead_code_types() -> (i32); yield i32, send i32; with () {
            let x1;
            x1 = d("a");
            if yield_!(1) < 100 { return x1.len(); }
            let s = Shape::Two(if yield_!(1) > 1 { d("n") } else { d("m") }, d("n"));
            1
        }
    }
}

mod vec_of_struct_literals {
    use crate::things::*;

    #[derive(Debug)] struct V { x: i32 }

    cases! { ($)
        plain vec_of_struct_literals() -> (usize); yield i32, send i32; with () {
            let v = vec![V { x: yield_!(1) }, V { x: yield_!(2) }];
            v.len()
        }
    }
}

pub(crate) const CASES: &[(&str, &str)] = &[
    known_reading_name_that_mutates::CASES[0],
    if_let_else_keeps_the_value::CASES[0],
    reborrow_then_reassigned::CASES[0],
    dead_code_types::CASES[0],
    vec_of_struct_literals::CASES[0],
];

mod destructuring_assignment_through_structs {
    use crate::things::*;

    struct T(i32, D); struct Q { a: i32, d: D, rest: D } macro_rules! put { ($l:expr, $r:expr) => { $l = $r }; }

    // A place without a pause beside one with a pause was a copy.
    cases! { ($)
        plain destructuring_assignment_through_structs(mut g: [i32; 3], mut h: [[i32; 3]; 3]) -> (Vec<i32>); yield i32, send i32; with ([1, 2, 3], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]) {
            let (mut x, mut y, i) = (d("x"), d("y"), 1);
            T(g[at(yield_!(1)) % 3], x) = T(7, d("tx"));
            Q { a: g[at(yield_!(2)) % 3], d: y, .. } = Q { a: 8, d: d("qd"), rest: d("rest") };
            (T(g[0], _), [g[at(yield_!(3)) % 3], ..]) = (T(9, d("tz")), [1, 2, 3]);
            put!((g[0], g[1]), (g[1], g[0]));
            (x, g[at(yield_!(x.len())) % 3]) = (d("last"), x.len());
            T(h[i][at(yield_!(4)) % 3], x) = T(7, d("u"));
            Q { a: h[i][at(yield_!(5)) % 3], d: y, .. } = Q { a: 8, d: d("v"), rest: d("w") };
            t(&x); t(&y);
            g.into_iter().chain(h.into_iter().flatten()).collect()
        }
    }
}
