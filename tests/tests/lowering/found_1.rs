//! Bodies that once ran differently from native Rust, found by hand and by the fuzzer.

use crate::things::*;

cases! { ($)
    plain resume_slot_before_frame_slot() -> (i32); yield i32, send i32; with () {
        let z = d("z");
        let x = d("x");
        let y = d("y");
        let c = yield_!(0);
        if c > 2 { drop(z); }
        if c == 1 { drop(x); return 1; }
        let k = d("k");
        if c == 0 { drop(k); return 2; }
        if f(c) == 2 { return 3; }
        drop(x);
        yield_!(1);
        y.len()
    }

    plain slot_after_variable_on_return() -> (i32); yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        let n = yield_!(1);
        if n % 2 == 1 { drop(b); }
        let m = yield_!(2);
        if m < 2 { return 1; }
        yield_!(3) + eat(a)
    }

    plain slot_after_variable_on_panic() -> (i32); yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        if yield_!(1) % 2 == 1 { drop(b); }
        if yield_!(2) < 2 { panic!("no"); }
        eat(a)
    }

    plain ref_mut_pattern_changes_operand() -> (i32); yield i32, send i32; with () {
        let mut n = 1;
        let a = sum3(n, { let ref mut m = n; *m += 10; yield_!(1) }, n);
        let b = sum3(n, match n { ref mut m => { *m += 100; yield_!(2) } }, n);
        a + b + n
    }

    plain raw_mut_changes_operand() -> (i32); yield i32, send i32; with () {
        let mut n = 1;
        let a = sum3(n, { let p = &raw mut n; unsafe { *p += 1 }; yield_!(1) }, n);
        a + n
    }

    plain guarded_place_scrutinee_twice(v: &[i32]) -> (i32); yield i32, send i32; with (&[0, 1, 2, 3]) {
        let n = yield_!(0);
        match v[at(n)] {
            0 if yield_!(1) > 2 => 10,
            1 if yield_!(2) > 2 => 11,
            2 => 12,
            n => n,
        }
    }

    plain match_operand_scrutinee_temp() -> (i32); yield i32, send i32; with () {
        let n = sum3(match d("t") { ref x => x.len() }, yield_!(1), f(3));
        n
    }

    plain match_pausing_operand_scrutinee_temp() -> (i32); yield i32, send i32; with () {
        let n = (match d("t") { _ => yield_!(1) }) + f(2);
        n
    }

    plain matches_operand_temp() -> (bool); yield i32, send i32; with () {
        let n = matches!(d("t"), D { .. }) & (yield_!(1) > 1) & b(true);
        n
    }

    plain comparison_temps_before_pause() -> (bool); yield i32, send i32; with () {
        let n = (d("a") == d("b")) ^ (yield_!(1) > 1);
        t("end");
        n
    }

    plain comparison_temps_in_scrutinee() -> (); yield i32, send i32; with () {
        match d("a") == d("b") { true => { yield_!(1); } false => { yield_!(2); t("body"); } }
        for i in 0..(2 - (d("c") == d("e")) as i32) { yield_!(i); t("body"); }
    }

    plain deref_temp_in_if_let() -> (i32); yield i32, send i32; with () {
        let n = if let x = *Ptr(3) { yield_!(x); t("then"); x } else { 2 };
        t("after");
        n
    }

    plain deref_temp_in_if_let_option(c: &std::cell::Cell<i32>) -> (i32); yield i32, send i32; with let { let c = std::cell::Cell::new(1); } (&c) {
        let n = if let Some(x) = *Ptr(Some(3)) { yield_!(x); t("then"); x } else { yield_!(2) };
        while let Some(x) = *Ptr(Some(3)) { if yield_!(x) > 1 { break; } t("again"); }
        n
    }

    plain if_let_else_keeps_the_value_pausing() -> (i32); yield i32, send i32; with () {
        let x = shape(yield_!(0));
        if let Shape::One(one) = x { yield_!(2); drop(one); } else { t("other"); yield_!(3); t("more"); }
        t("end");
        yield_!(1)
    }

    plain let_else_keeps_the_value() -> (i32); yield i32, send i32; with () {
        let x = shape(yield_!(0));
        let Shape::Two(a, b) = x else { yield_!(3); t("else"); return 0 };
        yield_!(1);
        eat(a)
    }

    plain let_chain_keeps_the_value() -> (i32); yield i32, send i32; with () {
        let x = Some(d("x"));
        if let Some(y) = x && b(yield_!(0) > 2) { drop(y); }
        t("end");
        yield_!(1)
    }

    plain let_chain_verbatim() -> (i32); yield i32, send i32; with () {
        let x = shape(yield_!(0));
        let n = yield_!(1);
        if b(n > 1) && let Shape::One(y) = x { drop(y); }
        yield_!(2);
        t("end");
        3
    }

    plain discarded_block_tail() -> (); yield i32, send i32; with () {
        { let g = d("g"); yield_!(1); d("tail") };
        if yield_!(2) > 1 { let g = d("g2"); d("tail2") } else { let h = d("h"); yield_!(3); d("tail3") };
        match yield_!(4) { 0 => { let g = d("g4"); d("tail4") } _ => { let g = d("g5"); yield_!(5); d("tail5") } };
        t("end");
    }

    plain wildcard_between_bindings() -> (); yield i32, send i32; with () {
        match (d("a"), d("b"), d("c")) { (x, _, z) => { yield_!(1); t("arm"); } }
        if let (x, _) = (d("e"), d("f")) { yield_!(2); t("then"); }
        for (x, _) in vec![(d("g"), d("h")), (d("i"), d("j"))] { yield_!(3); t("body"); }
        t("end");
    }

    plain extended_temp_parens() -> (); yield i32, send i32; with () {
        let _g = (&d("paren"));
        yield_!(1);
        t("end");
    }

    plain extended_temp_field() -> (); yield i32, send i32; with () {
        let _g = &pair("p").a;
        yield_!(1);
        t("end");
    }

    plain extended_temp_tuple() -> (); yield i32, send i32; with () {
        let _g = (&d("a"), &d("b"));
        yield_!(1);
        t("end");
    }

    plain extended_temp_with_pause() -> (); yield i32, send i32; with () {
        let _g = (&d("a"), yield_!(1));
        yield_!(2);
        t("end");
    }

    plain unsafe_let_wild() -> (); yield i32, send i32; with () {
        let x = d("x");
        unsafe { yield_!(1); let _ = x; t("after"); yield_!(2); }
        t("end");
    }

    plain unsafe_ref_mut() -> (i32); yield i32, send i32; with () {
        let mut n = 1;
        let mut o = Some(5);
        unsafe {
            yield_!(1);
            let ref mut m = n;
            *m += 10;
            match o { Some(ref mut v) => { *v += 1; t("some"); } None => { yield_!(9); } }
            if let Some(ref mut v) = o { *v += 100; if *v > 1000 { yield_!(3); } }
            yield_!(2);
        }
        n + o.unwrap()
    }

    plain unsafe_place_statement() -> (i32); yield i32, send i32; with () {
        let mut a = [1, 2, 3];
        unsafe { for x in a.iter_mut() { *x += 1; } yield_!(a[0]); match a[1] { ref mut y => *y = 9 } a[1] = a[1] + yield_!(a[1]); }
        a[0] + a[1]
    }

    plain assert_message_of_saved_local() -> (i32); yield i32, send i32; with () {
        let n = f(1);
        let k = d("k");
        let m = yield_!(n);
        assert!(n + m > 1);
        yield_!(m);
        assert!(m > n && k.len() > 0);
        n
    }

    plain destructuring_assign_to_maybe() -> (i32); yield i32, send i32; with () {
        let mut x = d("x0");
        let y;
        if yield_!(1) > 2 { drop(x); }
        yield_!(5);
        (x, y) = (d("x1"), 3);
        yield_!(2);
        x.len() + y
    }

    plain tuple_assign_with_pausing_index() -> (i32); yield i32, send i32; with () {
        let mut v = [1, 2, 3];
        let mut a = 0;
        (a, v[yield_!(1) as usize % 3]) = (f(5), f(6));
        a + v[0] * 10 + v[1] * 100 + v[2] * 1000
    }

    plain sent_as_receiver() -> (i32); yield i32, send i32; with () {
        let n = yield_!(1).max(yield_!(2)).pow(2);
        let a = [yield_!(3), yield_!(4)][yield_!(5) as usize % 2];
        n + a
    }

    plain match_arm_order_bindings_and_later() -> (); yield i32, send i32; with () {
        let (a, b) = (d("a"), (d("b"), yield_!(1)));
        let Pair { b: x, a: y, n } = pair("p");
        yield_!(n);
        t("end");
    }

    plain resume_slot_before_frame_slot_yields(n: i32) -> (i32); yield i32, send i32; with (0) {
        yield_!(9);
        let z = d("z");
        let w = d("w");
        let x = d("x");
        let y = d("y");
        if n > 2 { drop(z); }
        if n == 0 { return 3; }
        if n > 3 { drop(w); }
        drop(x);
        yield_!(1);
        y.len()
    }

    plain slot_after_variable(n: i32) -> (i32); yield i32, send i32; with (0) {
        let a = d("a");
        let mut b = d("b");
        if yield_!(1) % 2 == 1 { drop(b); }
        if yield_!(2) < 2 { return 1; }
        b = d("b2");
        let k = eat(a);
        yield_!(k) + b.len()
    }

    plain extended_ref_pattern() -> (); yield i32, send i32; with () {
        let ref _g = d("ref");
        yield_!(1);
        t("end");
    }

    plain extended_destructured() -> (); yield i32, send i32; with () {
        let Pair { ref a, .. } = pair("p");
        t(a);
        yield_!(1);
        t("end");
    }

    plain extended_array() -> (); yield i32, send i32; with () {
        let _g = [&d("in array")];
        yield_!(1);
        t("end");
    }

    plain extended_cast() -> (); yield i32, send i32; with () {
        let _i = &d("as") as &dyn std::fmt::Debug;
        yield_!(1);
        t("end");
    }

    plain while_let_on_place() -> (i32); yield i32, send i32; with () {
        let mut x = shape(1);
        let mut k = yield_!(0);
        while let Shape::One(one) = x { drop(one); k += 1; x = shape(k); }
        yield_!(k);
        t("end");
        k
    }

    plain while_let_on_place_pausing() -> (i32); yield i32, send i32; with () {
        let mut x = shape(1);
        let mut k = yield_!(0);
        while let Shape::One(one) = x { k = yield_!(one.len()); x = shape(k); }
        yield_!(k);
        t("end");
        k
    }

    plain closure_copies() -> (i32); yield i32, send i32; with () {
        let mut n = 1;
        let mut inc = move || { n += 1; n };
        yield_!(inc());
        n += 10;
        yield_!(inc());
        n
    }

    plain late_in_loop_order() -> (i32); yield i32, send i32; with () {
        let mut k = 0;
        loop {
            let a;
            let b = d("b");
            k += 1;
            if yield_!(k) > 2 { a = d("a1"); } else if k > 3 { break; } else { a = d("a2"); }
            if yield_!(a.len()) == 0 { break; }
            let c;
            if k > 2 { continue; }
            c = a;
            yield_!(c.len());
        }
        k
    }

    plain dead_stores() -> (); yield i32, send i32; with () {
        let mut x = d("1");
        x = d("2");
        yield_!(1);
        x = d("3");
        if yield_!(2) > 1 { x = d("4"); }
        yield_!(3);
        t("end");
    }

    plain conditional_init_in_loop() -> (i32); yield i32, send i32; with () {
        let x;
        let y = d("y");
        let mut k = 0;
        loop { k += 1; if yield_!(k) == 0 || k > 4 { x = d("x"); break; } }
        yield_!(x.len())
    }

    plain guard_by_move() -> (i32); yield i32, send i32; with () {
        let mut o = Some(d("o"));
        match o.take() { Some(x) if yield_!(x.len()) > 2 => eat(x), Some(y) if yield_!(5) > 2 => { o = Some(y); 2 } other => { t(format_args!("{other:?}")); yield_!(3) } }
    }

    plain self_shadow() -> (i32); yield i32, send i32; with () {
        let x = d("x");
        let x = { let y = x; let x = d("inner"); yield_!(1); if y.len() > 0 { x } else { y } };
        let x = (x, yield_!(2)).0;
        x.len()
    }

    plain nested_yields() -> (i32); yield i32, send i32; with () {
        yield_!(yield_!(1) + yield_!({ let g = d("g"); yield_!(2) + g.len() }))
    }

    plain condition_operand_break_temps() -> (i32); yield i32, send i32; with () {
        let mut k = 0;
        let r = loop {
            k += 1;
            let n = sum3(d("t").len(), if yield_!(k) > 2 { break d("brk") } else { yield_!(7) }, d("u").len());
            if k > 3 { break d("last"); }
            if n > 9 { continue; }
            t("tail");
        };
        r.len()
    }

    plain question_in_operands() -> (Option<i32>); yield i32, send i32; with () {
        let g = d("g");
        let n = sum3(d("t").len(), even(yield_!(1))?, yield_!(2));
        let m = eat(d("m")) + even(yield_!(n))? + even(f(2))?;
        Some(m)
    }

    plain return_in_match_scrutinee_temps() -> (i32); yield i32, send i32; with () {
        let a = d("a");
        match d("s").len() + yield_!(1) {
            2 => return 1,
            n => { let k = d("k"); if yield_!(n) > 1 { return k.len(); } drop(a); }
        }
        t("end");
        4
    }

    plain struct_update() -> (P); yield i32, send i32; with () {
        let p = P { x: 1, y: 2, z: 3 };
        let q = P { y: yield_!(1), ..p };
        P { z: yield_!(q.y), ..P { x: f(1), y: yield_!(2), z: 0 } }
    }

    plain match_arm_partial_move_of_place() -> (i32); yield i32, send i32; with () {
        let p = (d("a"), d("b"));
        let n = yield_!(0);
        match p { (x, _) if n > 2 => { drop(x); } (_, y) => { drop(y); } }
        t("end");
        n
    }

    plain if_let_binding_copy_of_dropped() -> (i32); yield i32, send i32; with () {
        let p = (d("a"), 3);
        if let (x, 3) = p { yield_!(1); drop(x); } else { yield_!(2); }
        let q = (d("c"), yield_!(3));
        if let (x, 3) = q { drop(x); }
        yield_!(4);
        t("end");
        5
    }

    plain verbatim_match_guard_moves() -> (i32); yield i32, send i32; with () {
        let o = Some(d("o"));
        let n = yield_!(1);
        match o { Some(x) if n > 2 => drop(x), Some(_) | None => t("kept") }
        yield_!(2);
        t("end");
        n
    }

    plain break_value_moves_outer() -> (D); yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        'x: { let c = d("c"); if yield_!(1) > 2 { break 'x a; } if yield_!(2) > 2 { break 'x c; } b }
    }

    plain assign_field_of_reinit() -> (i32); yield i32, send i32; with () {
        let mut p = pair("p");
        p.a = d(yield_!(1));
        drop(p);
        yield_!(2);
        p = pair("q");
        p.n += yield_!(p.n);
        p.n
    }

    plain statement_temps_and_block_value() -> (i32); yield i32, send i32; with () {
        let n = d("t").len() + { let g = d("g"); yield_!(1) + g.len() } + d("u").len();
        n
    }

    plain while_cond_temps() -> (i32); yield i32, send i32; with () {
        let mut k = 0;
        while d("c").len() + yield_!(k) > 2 && { let g = d("g"); yield_!(g.len()) < 5 } || k < 1 { k += 1; if k > 4 { break; } }
        k
    }

    plain write_macro_args() -> (String); yield i32, send i32; with () {
        use std::fmt::Write;
        let mut s = String::new();
        let mut n = 1;
        write!(s, "{} {n}", { n += 1; yield_!(n) }).unwrap();
        s
    }

    plain compound_changed() -> (i32); yield i32, send i32; with () {
        let mut x = 1;
        x += { x = 5; yield_!(x) };
        x -= x + yield_!({ x += 1; x });
        let mut a = [1, 2];
        a[x as usize & 1] += { a[0] = 9; yield_!(a[1]) };
        x + a[0] * 10 + a[1] * 100
    }

    plain let_wild_of_value_parts() -> (); yield i32, send i32; with () {
        let (x, _) = (d("a"), d("b"));
        let _ = (d("c"), yield_!(1));
        let (_, y, _) = (d("e"), d("f"), yield_!(2));
        t("end");
    }

    plain nested_match_temp_in_for_head() -> (); yield i32, send i32; with () {
        for i in 0..(match d("t") { ref x => x.len() }) + 1 { yield_!(i); t("body"); }
        t("end");
    }

    plain panic_loop_in_yield() -> (i32); yield i32, send i32; with () {
        yield_!('l: loop { break 'l yield_!(1); });
        3
    }

    plain panic_loop_match() -> (i32); yield i32, send i32; with () {
        let s = match yield_!('l: loop { break 'l yield_!(1); }) { n => n };
        s
    }

    plain panic_loop_match2() -> (i32); yield i32, send i32; with () {
        match yield_!('l: loop { t(1); break 'l 5; }) { 0 => { return 3; } _ => {} }
        3
    }

    plain panic_loop_operand() -> (i32); yield i32, send i32; with () {
        f('l: loop { break 'l yield_!(1); }) + f('k: loop { t(1); break 'k 2; })
    }

    plain format_struct_field() -> (); yield i32, send i32; with () {
        for x7 in 0..2 { t(format!("{x7} {}", f((P { x: yield_!(1), y: 1, z: 0 }).y))); }
    }

    plain format_struct_field_plain() -> (); yield i32, send i32; with () {
        let x7 = 5;
        t(format!("{x7} {}", f(P { x: yield_!(1), y: 1, z: 0 }.y)));
    }

    plain struct_field_named_as_local() -> (i32); yield i32, send i32; with () {
        let x = yield_!(0);
        let p = P { x, y: yield_!(x), z: 1 };
        let x = p.x + 1;
        yield_!(x);
        let q = P { x, y: yield_!(x), z: x };
        q.x + x
    }

    plain closure_held_only() -> (i32); yield i32, send i32; with () {
        let x = d("x");
        let _h = move || eat(x);
        yield_!(1);
        3
    }

    plain operands_drop_before_temps() -> (i32); yield i32, send i32; with () {
        let a = d("a");
        let r = D::with(a, d("t").len() + yield_!(1));
        r.len()
    }
}
