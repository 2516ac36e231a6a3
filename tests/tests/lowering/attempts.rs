//! Attempts in every position, and what becomes of locals that are moved, assigned or borrowed in them.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    mix nested_three_deep() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let outer = attempt! {
            let b = d("b");
            let middle = attempt! {
                let c = d("c");
                let inner = attempt! { let e = d("e"); yield_!(1) + yield_!(2) };
                match inner {
                    Ok(n) if n > 6 => raise!(oops("much")),
                    Ok(n) => n + yield_!(3),
                    Err(e) => { let _g = d("g"); if caught(&e) > 2 { raise!(e) } else { yield_!(4) } }
                }
            };
            let f = d("f");
            match middle { Ok(n) => n, Err(e) => { yield_!(caught(&e)); raise!(oops("again"), from = e) } }
        };
        let n = yield_!(5);
        match outer { Ok(m) => m + n, Err(e) => { drop(a); raise!(e) } }
    }

    mix labelled_jumps_through_attempts() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        'outer: for k in count("k", 4) {
            let a = d(k);
            let r = attempt! {
                let b = d("b");
                'inner: loop {
                    let c = d("c");
                    let s = attempt! {
                        let e = d("e");
                        match yield_!(k) {
                            0 => continue 'outer,
                            1 => continue 'inner,
                            2 => break 'inner,
                            3 => raise!(oops("three")),
                            4 => break 'outer,
                            n => n,
                        }
                    };
                    match s { Ok(n) => sum += n, Err(e) => if caught(&e) == 3 { continue 'inner } else { raise!(e) } }
                    sum += yield_!(sum);
                    break 'inner;
                }
                drop(b);
                sum + yield_!(9)
            };
            let Ok(n) = r else { continue 'outer };
            sum += n;
            drop(a);
        }
        sum
    }

    plain in_operands() -> i32; yield i32, send i32; with () {
        let a = d("a");
        sum3(
            attempt! { eat(d("b")) + yield_!(1) }.unwrap_or(7),
            eat(d("temp")) + { let t = d("own"); match attempt! { yield_!(2) } { Ok(n) => n, Err(e) => caught(&e) } },
            attempt! { attempt! { yield_!(3) }.is_ok() }.map_or(4, i32::from),
        ) + eat(a)
    }

    plain between_operands_with_temporaries() -> i32; yield i32, send i32; with () {
        let (a, b) = (d("a"), d("b"));
        let r = attempt! {
            sum3(eat(D::with(d("t"), 1)), match attempt! { let c = d("c"); yield_!(eat(c)) } { Ok(n) => n, Err(e) => raise!(e) }, eat(b))
        };
        match r { Ok(n) => n, Err(e) => caught(&e) }
    }

    plain moved_operands_of_what_is_raised() -> i32; yield i32, send i32; with () {
        let (a, b, c) = (d("a"), d("b"), d("c"));
        let r = attempt! { (a, yield_!(1), b, yield_!(2), d("t"), yield_!(3)) };
        let n = match &r { Ok(t) => t.1 + t.3 + t.5, Err(e) => caught(e) };
        drop(c);
        n + yield_!(4)
    }

    plain in_conditions() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        if attempt! { let a = d("a"); yield_!(1) }.is_ok() { n += 1 } else { n += 2 }
        if matches!(attempt! { yield_!(2) }, Ok(1..)) && matches!(attempt! { let b = d("b"); yield_!(3) > 1 }, Ok(true) | Err(_)) {
            n += yield_!(4);
        }
        while let Ok(1..) = attempt! { let c = d("c"); n += 1; yield_!(n) } {
            if n > 8 { break }
        }
        n
    }

    plain in_scrutinees() -> i32; yield i32, send i32; with () {
        match attempt! { let a = d("a"); (yield_!(1), d("b")) } {
            Ok((0, b)) => b.len(),
            Ok((n, _)) if n > 3 => n + yield_!(2),
            Ok((n, b)) => { let m = yield_!(3); drop(b); m }
            Err(e) if caught(&e) > 2 => yield_!(4),
            Err(_) => { let z = d("z"); yield_!(5) }
        }
    }

    plain in_a_guard() -> i32; yield i32, send i32; with () {
        match yield_!(1) {
            n if attempt! { let a = d("a"); yield_!(n) > 2 }.unwrap_or(false) => n,
            n if matches!(attempt! { yield_!(n) }, Err(_)) => n + 10,
            n => n + 20,
        }
    }

    plain raise_in_a_guard() -> i32; yield i32, send i32; with () {
        let o = Some(d("o"));
        let r = attempt! {
            let a = d("a");
            match yield_!(1) {
                0 if raise!(oops("zero")) => 1,
                n if n > 4 || { let b = d("b"); raise!(oops("else")) } => n,
                _ => 3,
            }
        };
        drop(o);
        match r { Ok(n) => n, Err(e) => caught(&e) + yield_!(2) }
    }

    plain if_let_and_let_else() -> i32; yield i32, send i32; with () {
        let held = d("held");
        let n = if let Ok(n) = attempt! { let a = d("a"); yield_!(1) } { let b = d("b"); n + yield_!(2) } else { yield_!(3) };
        let Ok((x, m)) = attempt!( let c = d("c"); (c, yield_!(4)) ) else {
            let z = d("z");
            return n + yield_!(5);
        };
        let (Ok(k) | Err(k)) = attempt!( yield_!(6) ).map_err(|e| caught(&e));
        x.len() + m + k
    }

    plain while_let_with_a_handler() -> i32; yield i32, send i32; with () {
        let mut rest = ds("a b c d");
        let mut n = 0;
        while let (Some(x), r) = (rest.pop(), attempt! { let t = d("t"); n += 1; yield_!(n) }) {
            match r {
                Ok(0) => continue,
                Ok(m) => n += m,
                Err(e) => { rest.push(d("back")); if n > 3 { raise!(e) } n += 1 }
            }
            yield_!(eat(x));
        }
        n
    }

    plain moved_before_inside_and_after() -> i32; yield i32, send i32; with () {
        let (a, b, c, e) = (d("a"), d("b"), d("c"), d("e"));
        drop(a);
        let r = attempt! {
            let n = yield_!(1);
            if n > 2 { drop(b); }
            let m = yield_!(2);
            if m % 2 == 0 { drop(c); yield_!(3) } else { m }
        };
        let k = yield_!(4);
        drop(e);
        k + r.unwrap_or(3)
    }

    plain moved_inside_and_given_back() -> i32; yield i32, send i32; with () {
        let mut a = d("a");
        let r = attempt! {
            a = D::with(a, yield_!(1));
            let b = std::mem::replace(&mut a, d("new"));
            yield_!(2);
            drop(b);
        };
        a = d("last");
        let n = yield_!(3);
        match r { Ok(()) => n + a.len(), Err(e) => { drop(a); caught(&e) } }
    }

    plain assigned_in_the_attempt() -> i32; yield i32, send i32; with () {
        let (x, y, z);
        let r = attempt! { x = d("x"); yield_!(1); y = d("y"); let k = yield_!(2); z = Some(d("z")); k };
        match r {
            Ok(n) => n + yield_!(3),
            Err(e) => { yield_!(4); caught(&e) }
        }
    }

    plain assigned_again_by_the_handler() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut x;
        let r = attempt! { x = d("first"); yield_!(1) };
        if let Err(e) = &r { x = d("second"); yield_!(caught(e)); } else { x = d("third"); }
        yield_!(2);
        x.len()
    }

    plain late_in_both_ways() -> i32; yield i32, send i32; with () {
        let x;
        match attempt! { let t = d("t"); yield_!(1); t.with("out") } {
            Ok(t) => x = t,
            Err(e) => { let g = d("g"); yield_!(2); x = d("handler"); }
        }
        let y = d("y");
        yield_!(3);
        x.len()
    }

    plain shadowed() -> i32; yield i32, send i32; with () {
        let x = d("x1");
        let x = attempt! { let x = D::with(x, "2"); yield_!(1); let x = D::with(x, "3"); yield_!(2); x };
        let x = match x { Ok(x) => { let x = D::with(x, 4); yield_!(3); x } Err(x) => { let x = d(caught(&x)); yield_!(4); x } };
        let value = yield_!(5);
        let exception = attempt! { let value = yield_!(value); value };
        let value = match exception { Ok(value) => value, Err(exception) => caught(&exception) };
        eat(x) + value
    }

    plain borrows_that_end_before() -> i32; yield i32, send i32; with () {
        let mut a = d("a");
        let r = attempt! {
            let b = &mut a;
            b.put(1);
            let n = b.len();
            yield_!(n);
            let c = &a;
            c.len() + 1
        };
        a.put(2);
        let n = yield_!(a.len());
        n + r.unwrap_or(1)
    }

    plain guards_are_held(cell: &std::cell::Cell<i32>) -> i32; yield i32, send i32;
    with let { let cell = std::cell::Cell::new(1); } (&cell) then { t(cell.get()); } {
        let a = lock(cell, "a");
        let r = attempt! {
            let b = lock(cell, "b");
            b.set(yield_!(a.get()));
            let c = lock(cell, "c");
            c.set(yield_!(b.get()) + 1);
            c.get()
        };
        let e = lock(cell, "e");
        match r { Ok(n) => n + yield_!(1), Err(x) => { e.set(caught(&x)); yield_!(2) } }
    }
}
