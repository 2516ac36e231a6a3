//! Raising, handlers, and yields whose exceptions are values.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain nothing_raised() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(1) + yield_!(2) };
        match r {
            Ok(n) => n,
            Err(e) => caught(&e),
        }
    }

    plain raised_is_passed_on() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(1) + yield_!(2) };
        match r {
            Ok(n) => n,
            Err(e) => { let c = d("c"); raise!(e) }
        }
    }

    // Was dropped at the next pause: its type was taken for that of `send`.
    plain result_of_a_try_is_kept() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let x = try_yield!(1);
        yield_!(2);
        let y = try_yield!(3);
        let z = d("z");
        yield_!(4);
        5
    }

    // Was refused: in the native form a `match` ended the statement.
    plain before_an_operator() -> i32; yield i32, send i32; with () {
        let r = attempt! { yield_!(1) + yield_!(2) };
        attempt! { yield_!(3) + f(raise!(oops("o"))) }.unwrap_or(4) + caught(&match r { Ok(n) => raise!(oops(n)), Err(e) => e })
    }

    // The next ones were refused: nothing gave a type to what is never assigned.
    plain blocks_without_an_end() -> i32; yield i32, send i32; with () {
        let Err(e) = attempt! { let a = d("a"); loop { let b = d("b"); yield_!(1); } };
        let r = attempt! { loop { yield_!(2); } };
        match r { Err(f) => caught(&f) + caught(&e) }
    }

    plain blocks_that_are_always_left() -> i32; yield i32, send i32; with () {
        'k: for k in 0..3 {
            let r = attempt! { let a = d("a"); if yield_!(1) > 2 { break 'k } else { continue 'k } };
            let Err(e) = r;
            yield_!(caught(&e));
        }
        let r = attempt! { match yield_!(3) { 1 => raise!(oops("x")), 2 => return 1, _ => raise!(oops("y")) } };
        let s = attempt! { match yield_!(3) { 1 => raise!(oops("x")), 2 => return 1, _ => raise!(oops("y")) }; };
        let t = attempt! { raise!(oops(yield_!(4))) };
        let u = attempt! { raise!(oops(yield_!(4))); };
        caught(&u.unwrap_err())
    }

    plain block_that_returns() -> i32; yield i32, send i32; with () {
        for k in 0..2 {
            let r = attempt! { yield_!(1); return 5i32; };
            yield_!(1);
        }
        1
    }

    plain block_that_panics() -> i32; yield i32, send i32; with () {
        let r = attempt! {
            attempt! { attempt! { yield_!(1); raise!(oops("1")); }.unwrap_err(); raise!(oops(yield_!(2))) }.is_ok();
            yield_!(3)
        };
        let u = attempt! { panic!("{}", yield_!(4)) };
        caught(&u.unwrap_err())
    }

    mix handler_yields_in_a_loop() -> i32; yield i32, send i32; with () {
        let mut failures = 0;
        loop {
            let fresh = d(failures);
            let r = attempt! { let a = d("a"); yield_!(10 + failures); yield_!(20 + failures) };
            match r {
                Ok(n) => break n + failures,
                Err(e) => {
                    failures += 1;
                    let n = yield_!(30 + failures);
                    if failures > 3 { raise!(e) }
                    if n == 0 { raise!(oops("zero"), from = e) }
                }
            }
        }
    }

    mix retry_with_a_labelled_loop() -> D; yield i32, send i32; with () {
        let mut tries = 0;
        'retry: loop {
            tries += 1;
            match attempt! { let x = d(tries); if yield_!(tries) == 0 { raise!(oops(&x)) } yield_!(7); x } {
                Ok(x) => break 'retry x,
                Err(e) if tries > 2 => { caught(&e); break d("given up"); }
                Err(e) => { let pause = d("pause"); if let Err(f) = attempt! { yield_!(8) } { drop(e); raise!(f) } continue 'retry }
            }
        }
    }

    plain ignores_the_exit() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut n = 0;
        while n < 5 {
            let b = d("b");
            if let Err(e) = attempt! { let c = d("c"); yield_!(n) } { caught(&e); }
            n += 1;
        }
        n
    }

    plain yields_in_the_handler_of_the_exit() -> D; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(1); yield_!(2) };
        let Err(e) = r else { return a };
        let k = d("k");
        yield_!(3);
        if caught(&e) > 3 { raise!(e) }
        yield_!(4);
        k
    }

    plain raises_from_the_exit() -> i32; yield i32, send i32; with () {
        let a = d("a");
        match attempt! { yield_!(1) } {
            Err(e) if e.is_exit() => { let b = d("b"); raise!(oops("instead")) }
            Err(e) => { let c = d("c"); raise!(oops("other"), from = e) }
            Ok(n) => n + match try_yield!(2) { Ok(n) => n, Err(e) => raise!(e, from = oops("cause")) },
        }
    }

    plain tries() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let first = try_yield!(1);
        let held = try_yield!({ let t = d("t"); t.len() });
        let n = match try_yield!(first.as_ref().copied().unwrap_or(5)) {
            Ok(n) => n,
            Err(e) => { drop(a); drop(first); caught(&e) + yield_!(3) }
        };
        if let Ok(1..) = try_yield!(n) { yield_!(4); }
        n + try_yield!(6).unwrap_or(2) + i32::from(held.is_ok())
    }

    plain tries_in_attempts() -> i32; yield i32, send i32; with () {
        let r = attempt! {
            let a = d("a");
            match try_yield!(1) { Ok(n) => n, Err(e) => { drop(a); if caught(&e) > 1 { raise!(e) } yield_!(2) } }
        };
        match r { Ok(n) => n, Err(e) => caught(&e) }
    }

    plain a_try_in_a_loop_condition() -> i32; yield i32, send i32; with () {
        let mut errors = vec![];
        while errors.len() < 3 {
            match try_yield!(errors.len() as i32) {
                Ok(0) => break,
                Ok(n) => drop(d(n)),
                Err(e) => errors.push(e),
            }
        }
        if let Some(e) = errors.pop() { raise!(e) }
        errors.len() as i32
    }

    plain without_any_yield() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); if b.len() > 3 { raise!(oops("b")) } 4 };
        let s = attempt! { raise!(oops("c")); };
        let n = yield_!(1);
        let u = attempt! { let x = a; if n > 2 { raise!(oops(x)) } else { x.len() } };
        n + match u { Ok(n) => n, Err(e) => caught(&e) } + caught(&s.unwrap_err()) + r.unwrap_or(3)
    }

    plain raises_what_is_yielded_for() -> i32; yield i32, send (Option<i32>); with () {
        let a = d("a");
        let r = attempt! { raise!(oops(yield_!(1).map_or(d("none"), |n| d(n)))) };
        let Err(e) = r;
        let b = d("b");
        raise!(match yield_!(caught(&e)) { None => e, Some(n) => oops(n).into() }, from = oops(format!("{:?}", yield_!(2))))
    }

    plain raise_in_match_arms_and_closures_beside() -> i32; yield i32, send i32; with () {
        let (a, b) = (d("a"), d("b"));
        let add = move |n: i32| n + a.len();
        let r = attempt! {
            let n = match yield_!(1) { 0 => raise!(oops("zero")), n @ 1..=3 => add(n), n => { drop(b); raise!(oops(n)) } };
            [1, 2].iter().map(|k| k + n).sum::<i32>() + add(yield_!(2))
        };
        match r { Ok(n) => n, Err(e) => add(caught(&e)) }
    }

    plain question_marks_leave_attempts() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! {
            let b = d("b");
            let n = small(yield_!(1))? + small(yield_!(2))?;
            if n > 4 { raise!(oops(n)) }
            n
        };
        match r {
            Ok(n) => Ok(n + small(yield_!(3))?),
            Err(e) => { let m = small(caught(&e) + yield_!(4))?; Ok(m) }
        }
    }

    plain question_mark_on_an_outcome() -> (Result<i32, coframe::Exception>); yield i32, send i32; with () {
        let a = d("a");
        let n = attempt! { let b = d("b"); yield_!(1) }?;
        let m = try_yield!(n)?;
        Ok(attempt! { attempt! { yield_!(m) }? + 1 }?)
    }

    plain return_from_attempts() -> D; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! {
            let b = d("b");
            let s = attempt! { let c = d("c"); if yield_!(1) > 3 { return c } else { return D::with(b, yield_!(2)) } };
            let Err(e) = s;
            if caught(&e) > 2 { return d("caught") }
            yield_!(3)
        };
        match r { Ok(_) => a, Err(e) => return d("end") }
    }

    plain as_a_tail() -> (Result<D, coframe::Exception>); yield i32, send i32; with () {
        let a = d("a");
        attempt! { let b = d("b"); yield_!(b.len()); D::with(a, yield_!(2)) }
    }

    plain tail_with_temporaries() -> i32; yield i32, send i32; with () {
        let a = d("a");
        attempt! { let b = d("b"); yield_!(1) + b.len() }.map_or_else(|e| caught(&e), |n| n + a.len())
    }

    plain as_statements() -> (); yield i32, send i32; with () {
        let a = d("a");
        attempt! { let b = d("b"); yield_!(1); b };
        let _ = attempt! { let c = d("c"); yield_!(2); c };
        let _e = attempt! { let e = d("e"); yield_!(3); e };
        drop(attempt! { let f = d("f"); yield_!(4); f });
        yield_!(5);
    }

    plain raised_out_of_nested_blocks() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! {
            let b = d("b");
            'x: {
                let c = d("c");
                for k in count("k", 3) {
                    let e = d(k);
                    if yield_!(k) == 0 { break 'x 5 }
                    unsafe { let f = d("f"); if yield_!(10) > 4 { raise!(oops("f")) } }
                }
                6
            }
        };
        match r { Ok(n) => n, Err(e) => caught(&e) }
    }

    plain results_are_kept() -> i32; yield i32, send i32; with () {
        let first = attempt! { let a = d("a"); yield_!(1); a };
        let second = attempt! { yield_!(2); d("b") };
        yield_!(3);
        let third = (try_yield!(4), attempt! { D::with(d("c"), yield_!(5)) });
        drop(first);
        yield_!(6)
    }

    plain exceptions_are_kept() -> i32; yield i32, send i32; with () {
        let mut last = None;
        for k in 0..3 {
            match attempt! { yield_!(k) } {
                Ok(n) => drop(d(n)),
                Err(e) => { let older = last.replace(e); yield_!(10); drop(older); }
            }
        }
        match last { Some(e) => raise!(oops("end"), from = e), None => 0 }
    }

    plain raised_values_in_boxes_and_pairs() -> i32; yield i32, send i32; with () {
        let r = attempt! { let x = Box::new(pair("x")); let y = yield_!(1); let z = { let x = x; *x }; let n = yield_!(2); eat(z.a) + n };
        let Pair { a, b, n } = pair("y");
        let s = attempt! { let k = yield_!(3); drop(b); k + yield_!(4) };
        let m = yield_!(5);
        drop(a);
        m + n + r.unwrap_or(1) + s.unwrap_or(2)
    }

    plain units() -> (); yield (), send (); with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_!(); yield_!() };
        if let Err(e) = r { let c = d("c"); yield_!(); raise!(e) }
        try_yield!().ok();
        attempt! { yield_!() }.unwrap_or_default();
    }

    plain borrowed_texts() -> (String); yield (&'static str), send (&'static str); with () {
        let a = d("a");
        let mut text = String::new();
        while text.len() < 12 {
            let r = attempt! { let b = d("b"); let s: &str = yield_!("more"); if s.len() > 4 { raise!(oops(s)) } text.push_str(s); s.len() };
            match r { Ok(0) => break, Ok(_) => text.push(' '), Err(e) if e.is_exit() => raise!(e), Err(e) => text.push_str(&e.to_string()) }
        }
        text
    }

    lent lent_texts() -> (String); yield i32, send (&str); with () {
        let a = d("a");
        let mut text = String::new();
        loop {
            match attempt! { let b = d("b"); let s = yield_!(1); if s.len() > 4 { raise!(oops(s)) } s.to_owned() } {
                Ok(s) if text.len() > 9 => break s,
                Ok(s) => text += &s,
                Err(e) => { text += try_yield!(caught(&e)).map_or("none", |s| &s[1..]).to_owned().as_str(); }
            }
        }
    }

    plain yields_of_borrowed_values['a](list: &'a [D]) -> (Option<&'a D>); yield (&'a D), send usize;
    with let { let list = ds("p q r"); } (&list) then { drop(list); } {
        let mut last = None;
        for x in list {
            match attempt! { let t = d("t"); &list[yield_!(x) % 3] } {
                Ok(y) => last = Some(yield_!(y)),
                Err(e) => { caught(&e); last = None }
            }
        }
        list.get(last?)
    }

    plain generic[T: Clone + std::fmt::Debug, F: Fn(&T) -> D](value: T, make: F) -> (Vec<D>); yield T, send bool;
    with (d("value"), |x: &D| d(format_args!("made of {x}"))) {
        let mut all = vec![];
        for k in 0..3 {
            let made = make(&value);
            match attempt! { if yield_!(value.clone()) { raise!(Oops(make(&value))) } else { (made, k) } } {
                Ok((made, _)) => all.push(made),
                Err(e) => { if caught(&e) == 1 { raise!(e) } yield_!(value.clone()); }
            }
        }
        all
    }

    plain small_numbers() -> u32; yield u32, send u32; with () {
        let mut sum = 0_u32;
        loop {
            let read = attempt! {
                loop {
                    match yield_!(sum) {
                        0 => return sum,
                        5.. => raise!(oops("big")),
                        n => sum += n,
                    }
                }
            };
            let Err(e) = read;
            if caught(&e) < 4 { sum += 1 } else { raise!(e) }
        }
    }

    plain drop_order_in_match_on_an_outcome() -> i32; yield i32, send i32; with () {
        let n = match (d("left"), attempt! { let a = d("a"); yield_!(1) }, d("right")) {
            (l, Ok(n), _) => n + yield_!(l.len()),
            (_, Err(e), r) => { let m = yield_!(caught(&e)); drop(r); m }
        };
        n + yield_!(3)
    }

    plain attempt_in_a_yield() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let n = yield_!(match attempt! { let b = d("b"); yield_!(yield_!(1)) } { Ok(n) => n, Err(e) => caught(&e) });
        match attempt! { yield_!(attempt! { yield_!(n) }.unwrap_or(9)) } { Ok(n) => n, Err(e) => raise!(oops(caught(&e)), from = e) }
    }

    plain raise_as_an_operand() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let n = yield_!(1); sum3(eat(d("t")), if n > 2 { raise!(oops("n")) } else { n }, yield_!(2)) };
        let m = yield_!(3);
        (d("u"), if m == 0 { raise!(oops(match r { Ok(n) => n, Err(e) => caught(&e) })) } else { m }).1
    }

    plain attempt_in_an_index_and_assignments() -> i32; yield i32, send i32; with () {
        let mut row = [1, 2, 3, 4];
        let mut n = 1;
        row[at(attempt! { yield_!(1) }.unwrap_or(2)) % 4] = attempt! { let a = d("a"); yield_!(2) }.unwrap_or(9);
        n += attempt! { n = 5; yield_!(n) }.unwrap_or(3);
        row[at(n) % 4] += match attempt! { yield_!(row[0]) } { Ok(k) => k, Err(e) => caught(&e) };
        row.iter().sum::<i32>() + n
    }

    plain panics_beside_attempts() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); let n = yield_!(1); assert!(n < 4, "{n} is big"); yield_!(2) };
        if let Err(e) = r { let c = d("c"); yield_!(3); if e.is_exit() { panic!("no exit") } }
        yield_!(4)
    }
}
