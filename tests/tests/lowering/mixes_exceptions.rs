//! Attempts and delegation among macros, patterns, boxes and branches.

use crate::delegates::*;
use crate::things::*;

#[derive(Debug)]
struct Held<C> {
    name: D,
    inner: C,
    other: D,
}

cases! { ($)
    mix attempts_in_macros() -> i32; yield i32, send i32; with () {
        let a = d("a");
        t(format!("{} {}", attempt! { let b = d("b"); yield_!(1) }.is_ok(), yield_!(2)));
        let v = vec![attempt! { let b = d("b"); yield_!(1) }.unwrap_or(3), match try_yield!(4) { Ok(n) => n, Err(e) => raise!(e) }];
        assert!(attempt! { yield_!(5) }.is_ok() || v.len() > 1, "{}", yield_!(6));
        v[0] + v[1]
    }

    mix macros_in_attempts() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! {
            t(format!("{}", yield_!(1)));
            let s = format!("{} {}", yield_!(2), match yield_!(3) { 0 => raise!(oops("zero")), n => n });
            let v = vec![d("v"), d(yield_!(4)), if yield_!(5) > 3 { raise!(oops(s)) } else { d("w") }];
            eat(v.into_iter().next().unwrap())
        };
        match r { Ok(n) => n, Err(e) => caught(&e) }
    }

    mix to_a_field_of_a_struct() -> D; yield i32, send i32; with () {
        let mut held = Held { name: d("name"), inner: int::stubborn(d("x")), other: d("other") };
        let r = attempt! { yield_from!(&mut held.inner) };
        yield_!(1);
        let s = match r { Ok(x) => Ok(x), Err(e) => { caught(&e); try_yield_from!(&mut held.inner) } };
        match s { Ok(x) => x, Err(e) => { let Held { name, other, inner } = held; drop(name); yield_!(2); other } }
    }

    mix to_an_indexed_element() -> D; yield i32, send i32; with () {
        let mut all = vec![int::leaf(d("x"), 2), int::leaf(d("y"), 1)];
        let mut k = 0;
        loop {
            let r = attempt! { yield_from!(&mut all[k % 2]) };
            k += 1;
            match r { Ok(x) if k > 2 => return x, Ok(x) => drop(x), Err(e) if k > 4 => raise!(e), Err(e) => { yield_!(caught(&e)); } }
        }
    }

    mix to_a_box_by_reference() -> D; yield i32, send i32; with () {
        let mut boxed: Box<dyn coframe::Coroutine<i32, Yield = i32, Return = D> + Unpin> = Box::new(int::relay(d("x"), 2));
        let r = attempt! { let b = d("b"); yield_from!(&mut *boxed) };
        let n = yield_!(1);
        match r { Ok(x) => x, Err(e) => { caught(&e); boxed = Box::new(int::leaf(d("y"), n % 3)); yield_from!(boxed) } }
    }

    mix question_marks_on_options() -> (Option<D>); yield i32, send i32; with () {
        let a = d("a");
        let x = (match attempt! { yield_!(1) } { Ok(n) => even(n), Err(e) => { caught(&e); None } })?;
        let y = attempt! { let b = d("b"); even(yield_!(x))?; yield_!(2) };
        let z = attempt! { attempt! { even(yield_!(3))? }.ok()? }.ok()?;
        Some(D::with(a, z + y.ok()?))
    }

    mix exchanged_in_an_attempt() -> i32; yield i32, send i32; with () {
        let (mut x, mut y) = (d("x"), d("y"));
        let r = attempt! { (x, y) = (D::with(y, yield_!(1)), D::with(x, yield_!(2))); yield_!(3) };
        match r { Ok(n) => n, Err(e) => caught(&e) }
    }

    mix taken_and_given_back() -> i32; yield i32, send i32; with () {
        let mut x = Some(d("x"));
        let r = attempt! {
            while let Some(y) = x.take() { if yield_!(1) > 2 { x = Some(D::with(y, 1)); if yield_!(2) > 4 { raise!(oops("four")) } } }
            let z = &mut x; *z = Some(d("z")); yield_!(3)
        };
        let n = yield_!(4);
        drop(x);
        match r { Ok(k) => k + n, Err(e) => { drop(e); yield_!(5) } }
    }

    mix blocks_around_attempts() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let n = { let t = d("t"); attempt! { let u = d("u"); yield_!(1) } }.unwrap_or_else(|e| caught(&e));
        let m = if let Ok(n) | Err(n) = { let t = d("t"); attempt! { let u = d("u"); yield_!(n) }.map_err(|e| caught(&e)) } { n } else { 0 };
        let k = loop { match attempt! { yield_!(m) } { Ok(0) => continue, Ok(n) => break n, Err(e) => break { let w = d("w"); caught(&e) + yield_!(9) } } };
        n + m + k
    }

    mix branches_with_attempts(flag: bool) -> D; yield i32, send bool; with (true) {
        let x = if flag { let r = attempt! { let t = d("t"); if yield_!(1) { raise!(oops("x")) } t }; match r { Ok(t) => t, Err(e) => d(caught(&e)) } } else { d("no") };
        let y;
        if let Err(e) = attempt! { if yield_!(2) { raise!(oops("y")) } } { y = d("err"); yield_!(3); drop(e); } else { y = d("fine"); }
        yield_!(4);
        drop(x);
        y
    }

    mix wildcards_and_references() -> (); yield i32, send i32; with () {
        let a = d("a");
        let _ = attempt! { let _ = d("wild"); let _b = d("b"); yield_!(1); };
        let _ = try_yield!(2);
        try_yield!(3).ok();
        let (_, _x) = (attempt! { d("l").with(0); yield_!(4); d("m") }, d("r"));
        match attempt! { yield_!(5); d("scrutinee") } { _ => { yield_!(6); } }
        match attempt! { yield_!(7); d("by ref") } { Ok(ref x) => { t(x.len()); }, Err(ref e) => { caught(e); } }
        yield_!(8);
    }

    mix an_item_and_sources() -> i32; yield i32, send i32; with () {
        fn helper(n: i32) -> Result<i32, coframe::Exception> { if n > 3 { Err(oops(n).into()) } else { Ok(n) } }
        let a = d("a");
        let r = attempt! { let b = d("b"); match helper(yield_!(1)) { Ok(n) => n + yield_!(2), Err(e) => raise!(e, from = oops("cause")) } };
        let (Ok(n) | Err(n)) = r.map_err(|e| caught(&e));
        match helper(yield_!(n)) { Ok(n) => n, Err(e) => raise!(e) }
    }
}
