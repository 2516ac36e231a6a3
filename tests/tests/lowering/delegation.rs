//! Delegation, to coroutines and iterators, in every position.

use crate::delegates::*;
use crate::things::*;

cases! { ($)
    plain to_a_leaf() -> D; yield i32, send i32; with () {
        let a = d("a");
        yield_!(0);
        yield_from!(int::leaf(d("held"), 2))
    }

    // Was refused: the outcome's own names shadowed a temporary.
    plain value_is_held_behind_another() -> (); yield i32, send i32; with () {
        let x = d("x");
        yield_from!(int::leaf(d("held"), 1));
    }

    // Was dropped at the next pause: its type was taken for that of `send`.
    plain result_of_a_try_is_kept() -> (); yield i32, send i32; with () {
        let x = try_yield_from!(int::leaf(d("first"), 0));
        yield_from!(int::leaf(d("second"), 1));
    }

    mix in_every_operand() -> i32; yield i32, send i32; with () {
        let a = d("a");
        sum3(
            eat(yield_from!(int::leaf(d("x"), 1))) + yield_!(1),
            yield_from!(int::swallow(d("y"))),
            eat(D::with(d("t"), yield_from!(int::swallow(yield_from!(int::leaf(d("z"), 1)))))),
        ) + eat(a)
    }

    plain in_conditions() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        if yield_from!(int::swallow(d("x"))) > 5 && !yield_from!(int::leaf(d("y"), 1)).name.is_empty() { n += 1 }
        while yield_from!(int::leaf(d(n), 1)).len() < 3 && n < 3 { n += 1; }
        while let 0..5 = yield_from!(int::swallow(d("w"))) { let t = d("t"); n += 1; if n > 6 { return n } }
        if let D { .. } = yield_from!(int::leaf(d("z"), 1)) { yield_!(n) } else { 0 }
    }

    plain in_scrutinees_and_guards() -> i32; yield i32, send i32; with () {
        let n = match yield_from!(int::leaf(d("x"), 1)) {
            x if x.len() > 99 => 1,
            x if yield_from!(int::swallow(d("guard"))) > 5 => x.len(),
            _ => yield_!(2),
        };
        let Some(y) = Some(yield_from!(int::relay(d("y"), 1))) else { return 3 };
        let D { .. } = &y;
        match (d("l"), yield_from!(int::swallow(d("z"))), d("r")) { (l, 0..=5, _) => yield_!(l.len()) + n, (_, m, r) => { yield_!(m); eat(r) + n } }
    }

    plain in_places_and_assignments() -> i32; yield i32, send i32; with () {
        let mut row = [1, 2, 3, 4];
        let mut x = d("x");
        let mut p = pair("p");
        row[at(yield_from!(int::swallow(d("i")))) % 4] = yield_from!(int::swallow(d("v")));
        row[0] += yield_from!(int::swallow(d("w")));
        x = yield_from!(int::leaf(x, 1));
        p.a = yield_from!(int::leaf(d("new"), 1));
        p = Pair { b: yield_from!(int::leaf(d("b"), 1)), ..p };
        row[at(x.len()) % 4] + p.n + yield_!(1)
    }

    plain in_aggregates() -> i32; yield i32, send i32; with () {
        let all = [yield_from!(int::leaf(d("1"), 1)), d("2"), yield_from!(int::leaf(d("3"), 0))];
        let p = Pair { a: yield_from!(int::leaf(d("a"), 1)), n: yield_from!(int::swallow(d("n"))), b: d("b") };
        let (x, y) = (d("x"), yield_from!(int::leaf(d("y"), 1)));
        let v = vec![yield_from!(int::leaf(d("v"), 1)), x];
        yield_!(eat(y));
        p.n + all[1].len() + v.len() as i32
    }

    plain in_macros_and_closures_beside() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let add = move |n: i32| n + a.len();
        t(format!("{} and {}", yield_from!(int::leaf(d("x"), 1)), yield_!(1)));
        assert!(add(yield_from!(int::swallow(d("y")))) > 0);
        add(2)
    }

    plain in_returns_and_breaks() -> D; yield i32, send i32; with () {
        let a = d("a");
        let x = 'x: loop {
            let b = d("b");
            match yield_!(1) { 0 => return yield_from!(int::leaf(d("r"), 1)), 1 => break 'x yield_from!(int::leaf(b, 2)), 2 => continue 'x, _ => break yield_from!(int::stubborn(a)) }
        };
        D::with(x, yield_from!(int::swallow(d("y"))))
    }

    plain as_statements() -> (); yield i32, send i32; with () {
        let a = d("a");
        yield_from!(int::leaf(d("x"), 1));
        let _ = yield_from!(int::leaf(d("y"), 1));
        let _z = yield_from!(int::leaf(d("z"), 1));
        { let b = d("b"); yield_from!(int::leaf(b, 1)) };
        drop(yield_from!(int::leaf(d("v"), 1)));
        yield_from!(int::swallow(a));
    }

    plain in_an_attempt() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! {
            let b = d("b");
            let x = yield_from!(int::leaf(d("x"), 2));
            let y = yield_from!(int::relay(d("y"), 1));
            eat(b) + x.len() + yield_!(1)
        };
        match r { Ok(n) => n, Err(e) => { let c = d("c"); yield_from!(int::leaf(c, 1)); caught(&e) } }
    }

    mix attempts_around_each_in_a_loop() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        'k: for k in count("k", 3) {
            let r = attempt! {
                let held = d(k);
                let x = attempt! { yield_from!(int::failing(d("f"))) };
                match x { Ok(_) => break 'k, Err(e) if caught(&e) == 2 => continue 'k, Err(e) => raise!(oops(k), from = e) }
            };
            let Err(e) = r;
            n += caught(&e) + match attempt! { yield_from!(int::leaf(d("l"), 1)) } { Ok(x) => x.len(), Err(e) => { if n > 5 { raise!(e) } 1 } };
        }
        n
    }

    plain delegates_that_swallow() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let x = yield_from!(int::swallow(d("x")));
        let y = attempt! { yield_from!(int::swallow(d("y"))) };
        let z = try_yield_from!(int::swallow(d("z")));
        match (y, z) { (Ok(y), Ok(z)) => x + y + z, (Err(e), f) | (f, Err(e)) => { let b = d("b"); yield_!(1); drop(f); raise!(e) } }
    }

    plain delegates_that_fail() -> i32; yield i32, send i32; with () {
        let a = d("a");
        match try_yield_from!(int::failing(d("x"))) {
            Ok(n) => n,
            Err(e) if e.is_exit() => raise!(e),
            Err(e) => { let b = d("b"); raise!(oops(yield_!(caught(&e))), from = e) }
        }
    }

    plain delegates_that_ignore_the_exit() -> D; yield i32, send i32; with () {
        let a = d("a");
        let x = yield_from!(int::stubborn(d("x")));
        match attempt! { yield_from!(int::stubborn(d("y"))) } { Ok(y) => y, Err(e) => { caught(&e); yield_!(1); x } }
    }

    plain delegates_of_delegates() -> D; yield i32, send i32; with () {
        let a = d("a");
        let x = yield_from!(int::relay(d("x"), 2));
        let y = try_yield_from!(int::relay(x, 1));
        match y { Ok(y) => y, Err(e) => { caught(&e); yield_from!(int::relay(a, 0)) } }
    }

    plain to_a_local_by_reference() -> D; yield i32, send i32; with () {
        let a = d("a");
        let mut inner = int::leaf(d("x"), 3);
        let first = attempt! { yield_from!(&mut inner) };
        yield_!(1);
        match first {
            Ok(x) => { let e = attempt! { yield_from!(&mut inner) }; drop(inner); drop(e); x }
            Err(e) => { caught(&e); yield_from!(&mut inner) }
        }
    }

    plain to_a_local_that_is_kept() -> D; yield i32, send i32; with () {
        let mut first = int::stubborn(d("first"));
        let mut second = Box::new(int::stubborn(d("second")));
        let mut k = 0;
        loop {
            k += 1;
            let r = if k % 2 == 0 { try_yield_from!(&mut first) } else { try_yield_from!(&mut *second) };
            match r { Ok(x) => return D::with(x, yield_!(k)), Err(e) if k > 3 => raise!(e), Err(e) => { caught(&e); } }
        }
    }

    plain to_fields() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut both = (int::leaf(d("x"), 1), int::leaf(d("y"), 2), d("z"));
        let n = yield_from!(&mut both.1).len();
        let m = match attempt! { yield_from!(&mut both.0) } { Ok(x) => x.len(), Err(e) => caught(&e) };
        yield_!(n + m);
        both.2.len()
    }

    plain to_an_element() -> i32; yield i32, send i32; with () {
        let mut all: Vec<coframe::BoxCoroutine<'_, i32, D, i32>> =
            vec![Box::new(int::leaf(d("x"), 1)), Box::new(int::stubborn(d("y"))), Box::new(int::relay(d("z"), 1))];
        let mut n = 0;
        while let Some(last) = all.pop() {
            match attempt! { yield_from!(last) } { Ok(x) => n += x.len(), Err(e) => { all.push(Box::new(int::leaf(d(n), 1))); n += 3; if n > 9 { raise!(e) } } }
        }
        n
    }

    plain to_an_argument(inner: &mut coframe::BoxCoroutine<'_, i32, D, i32>) -> D; yield i32, send i32;
    with let { let mut inner: coframe::BoxCoroutine<'_, i32, D, i32> = Box::new(int::stubborn(d("inner"))); } (&mut inner)
    then { use coframe::CoroutineExt; t(format_args!("{:?}", inner.close().is_ok())); } {
        let a = d("a");
        let x = attempt! { yield_from!(&mut *inner) };
        yield_!(1);
        match x { Ok(x) => x, Err(e) => { caught(&e); yield_from!(inner) } }
    }

    plain moved_in_a_loop() -> i32; yield i32, send i32; with () {
        let mut next = Some(int::leaf(d(0), 1));
        let mut k = 0;
        while let Some(now) = next.take() {
            k += 1;
            let x = try_yield_from!(now);
            if k < 3 { next = Some(int::leaf(d(k), k)); }
            match x { Ok(x) => drop(x), Err(e) => { let b = d("b"); yield_!(caught(&e)); } }
        }
        k
    }

    plain moved_conditionally() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let (x, y) = (int::leaf(d("x"), 1), int::leaf(d("y"), 1));
        let n = yield_!(1);
        let z = if n > 2 { yield_from!(x) } else if n > 1 { let b = d("b"); yield_from!(y) } else { d("z") };
        yield_!(2);
        let r = attempt! { let c = d("c"); yield_!(3); z };
        yield_!(4) + r.map_or(1, eat)
    }

    plain a_coroutine_over_the_locals() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let n = yield_!(1);
        let inner = coframe::prelude::coroutine!(yield = i32, send = i32, move || -> D { let own = d("own"); let m = yield n; d(a.len() + m) })();
        let x = match attempt! { let b = d("b"); yield_from!(inner) } { Ok(x) => x, Err(e) => d(caught(&e)) };
        eat(x) + yield_!(2)
    }

    plain iterators() -> i32; yield i32, send (); with () {
        let a = d("a");
        yield_from!(count("c", 2));
        yield_from!([1, 2]);
        let mut rest = count("r", 4);
        let r = attempt! { let b = d("b"); yield_from!(&mut rest) };
        yield_!(9);
        match r { Ok(()) => 1, Err(e) => { yield_from!(rest); caught(&e) } }
    }

    plain iterators_of_values() -> (); yield D, send (); with () {
        let all = ds("a b c");
        let r = try_yield_from!(all);
        yield_!(d("between"));
        yield_from!(ds("e f").into_iter().map(|x| D::with(x, 1)).chain(Some(d("g"))));
        if let Err(e) = r { raise!(e) }
    }

    plain sent_options() -> D; yield i32, send (Option<i32>); with () {
        let a = d("a");
        let x = yield_from!(option::leaf(d("x"), 2));
        let y = match try_yield!(1) { Ok(Some(n)) => yield_from!(option::relay(x, n)), Ok(None) => x, Err(e) => { drop(x); raise!(e) } };
        attempt! { yield_from!(option::stubborn(a)) }.unwrap_or(y)
    }

    plain sent_units() -> D; yield i32, send (); with () {
        let a = d("a");
        let x = yield_from!(unit::relay(d("x"), 2));
        yield_from!(count("c", 2));
        attempt! { yield_from!(unit::stubborn(a)) }.unwrap_or(x)
    }

    lent lent_texts() -> (String); yield i32, send (&str); with () {
        let a = d("a");
        let first = yield_!(1).to_owned();
        let x = yield_from!(text::leaf(d("x"), 2));
        let n = match attempt! { let b = d("b"); yield_from!(text::swallow(d("y"))) + yield_!(2).len() as i32 } { Ok(n) => n, Err(e) => caught(&e) };
        let z = try_yield_from!(text::failing(d("z")));
        match z { Ok(_) => first, Err(e) if n > 3 => raise!(e), Err(e) => { let s = yield_!(n); format!("{s}{first}{x}") } }
    }

    plain yields_of_borrowed_values['a](list: &'a [D]) -> (usize); yield (&'a D), send ();
    with let { let list = ds("p q r"); } (&list) then { drop(list); } {
        let t = d("t");
        yield_from!(list);
        let r = attempt! { let b = d("b"); yield_from!(list.iter().rev()); yield_from!(&list[1..]) };
        if let Err(e) = r { yield_!(&list[0]); caught(&e); }
        list.len()
    }

    plain generic[T: std::fmt::Debug, C: coframe::Coroutine<bool, Yield = T, Return = D> + Unpin](first: T, mut inner: C) -> D; yield T, send bool;
    with (7_i64, coframe::prelude::coroutine!(yield = i64, send = bool, || -> D { let own = d("own"); let b = yield 1; let c = yield 2; d(b && c) })()) {
        let a = d("a");
        let r = attempt! { if yield_!(first) { yield_from!(&mut inner) } else { d("no") } };
        match r { Ok(x) => D::with(x, 1), Err(e) => { caught(&e); yield_from!(inner) } }
    }

    plain several_in_one_expression() -> i32; yield i32, send i32; with () {
        let (a, b) = (d("a"), d("b"));
        let r = attempt! {
            (a, yield_from!(int::leaf(d("x"), 1)), yield_from!(int::failing(b)), d("t"), yield_from!(int::leaf(d("y"), 1)))
        };
        let n = (eat(yield_from!(int::leaf(d("z"), 1))), yield_from!(int::swallow(d("w")))).1;
        match r { Ok(t) => t.2, Err(e) => caught(&e) + n }
    }

    plain operand_that_pauses() -> D; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { yield_from!(int::leaf(D::with(d("x"), yield_!(1)), yield_!(2) % 3)) };
        let x = match r { Ok(x) => x, Err(e) => yield_from!(int::leaf(d(caught(&e)), { let k = d("k"); yield_!(3) % 2 })) };
        yield_from!({ let y = D::with(x, 1); int::relay(y, 1) })
    }

    plain operand_that_raises() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let r = attempt! { let b = d("b"); yield_from!(int::leaf(if yield_!(1) > 2 { raise!(oops("x")) } else { d("y") }, 1)); 4 };
        let s = attempt! { let b = d("b"); yield_from!(int::swallow(match r { Ok(n) => d(n), Err(e) => raise!(e) })) };
        match s { Ok(n) => n, Err(e) => caught(&e) + yield_!(2) }
    }

    plain operand_with_temporaries(cell: &std::cell::Cell<i32>) -> D; yield i32, send i32;
    with let { let cell = std::cell::Cell::new(1); } (&cell) {
        let held = lock(cell, "held");
        yield_from!(int::leaf(d("x"), lock(cell, "temp").get()));
        let n = eat(d("t")) + yield_from!(int::swallow(d(lock(cell, "second").set(5))));
        yield_from!(int::leaf(d(n), held.get() % 3))
    }

    plain names_of_its_own() -> i32; yield i32, send i32; with () {
        let value = d("value");
        let exception = d("exception");
        let outcome = try_yield_from!(int::leaf(value, 1));
        let delegate = yield_from!(int::leaf(exception, 1));
        let value = yield_from!(int::swallow(delegate));
        let exception = attempt! { let value = yield_from!(int::swallow(d("inner"))); value };
        match outcome { Ok(value) => value.len(), Err(exception) => caught(&exception) + value }
    }

    plain question_marks() -> (Result<D, coframe::Exception>); yield i32, send i32; with () {
        let a = d("a");
        let x = try_yield_from!(int::leaf(d("x"), 1))?;
        let n = attempt! { let b = d("b"); yield_from!(int::failing(x)) }.or_else(|e| if e.is_exit() { Err(e) } else { Ok(caught(&e)) })?;
        Ok(yield_from!(int::relay(a, n % 2)))
    }

    plain panics_while_delegating() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let inner = coframe::prelude::coroutine!(yield = i32, send = i32, || -> i32 { let own = d("own"); let n = yield 1; assert!(n < 3, "{n} is big"); yield n })();
        let r = attempt! { let b = d("b"); yield_from!(inner) };
        match r { Ok(n) => n, Err(e) => { yield_!(2); panic!("{}", caught(&e)) } }
    }

    plain a_finished_delegate() -> i32; yield i32, send i32; with () {
        let mut inner = int::leaf(d("x"), 1);
        let x = yield_from!(&mut inner);
        let again = try_yield_from!(&mut inner);
        match again { Ok(_) => 1, Err(e) => { let n = yield_!(caught(&e)); drop(x); yield_from!(inner); n } }
    }
}
