//! Patterns: every kind of binding is a local like any other, and lives across yields.

use crate::things::*;

cases! { ($)
    plain let_tuple() -> i32; yield i32, send i32; with () {
        let (a, b) = (f(1), yield_!(2));
        let c = yield_!(a);
        a + b * 10 + c * 100
    }

    plain let_nested_tuple() -> i32; yield i32, send i32; with () {
        let (a, (b, [c, e])) = (f(1), (yield_!(2), [f(3), yield_!(4)]));
        yield_!(b);
        a + b + c + e
    }

    plain let_tuple_of_droppables() -> i32; yield i32, send i32; with () {
        let (a, b) = (d("a"), d("b"));
        yield_!(1);
        let n = eat(a);
        yield_!(2);
        n + b.len()
    }

    plain let_wildcard_in_tuple_drops_at_once() -> i32; yield i32, send i32; with () {
        let (a, _) = (d("a"), d("ignored"));
        t("after");
        yield_!(1);
        a.len()
    }

    plain let_wildcard_of_local_moves_nothing() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let _ = one;
        yield_!(1);
        let _ = yield_!(2);
        one.len()
    }

    plain let_underscore_name_holds() -> (); yield i32, send i32; with () {
        let _guard = d("guard");
        let _ = d("gone");
        yield_!(1);
        let _guard = d("second guard");
        yield_!(2);
        t("end");
    }

    plain let_rest_of_tuple() -> i32; yield i32, send i32; with () {
        let (first, .., last) = (d("first"), d("second"), d("third"), d("last"));
        yield_!(first.len());
        yield_!(last.len())
    }

    plain let_struct() -> i32; yield i32, send i32; with () {
        let Pair { a, b: second, n } = pair("p");
        yield_!(n);
        drop(second);
        yield_!(a.len())
    }

    plain let_struct_rest_drops_at_once() -> D; yield i32, send i32; with () {
        let Pair { b, .. } = pair("p");
        yield_!(1);
        b
    }

    plain let_array() -> i32; yield i32, send i32; with () {
        let [a, b, c] = [yield_!(1), f(2), yield_!(3)];
        yield_!(c);
        a * 100 + b * 10 + c
    }

    plain let_array_of_droppables_in_part() -> D; yield i32, send i32; with () {
        let [a, _, c] = [d("a"), d("b"), d("c")];
        yield_!(1);
        drop(c);
        yield_!(2);
        a
    }

    plain let_array_rest() -> i32; yield i32, send i32; with () {
        let [head, tail @ ..] = [f(1), yield_!(2), f(3)];
        yield_!(head);
        tail[0] + tail[1]
    }

    plain slice_patterns_step_by_step(v: &[i32]) -> i32; yield i32, send i32; with (&[1, 2, 3]) {
        let mut rest = v;
        let mut sum = 0;
        while let [head, tail @ ..] = rest {
            sum += head * yield_!(*head);
            rest = tail;
        }
        sum
    }

    plain slice_of_strings(v: &[String]) -> String; yield usize, send i32; with (&["ab".to_string(), "c".to_string()]) {
        match v {
            [a, b] => { let n = yield_!(a.len()); format!("{a}{n}{b}") }
            [one] => one.clone(),
            _ => { yield_!(0); String::new() }
        }
    }

    plain binding_at_pattern() -> i32; yield i32, send i32; with () {
        match yield_!(1) {
            n @ (0 | 1) => yield_!(n) + n,
            n @ 2..=4 if n != 3 => yield_!(n) - n,
            n @ _ => n,
        }
    }

    plain binding_at_with_subpattern_copy() -> i32; yield i32, send (Option<C>); with () {
        match yield_!(1) {
            whole @ Some(C(n)) => { yield_!(n); whole.map_or(0, |c| c.0 + n) }
            None => f(-1),
        }
    }

    plain ref_patterns_of_argument(p: &Pair) -> i32; yield i32, send i32; with let { let p = pair("p"); } (&p) {
        let Pair { a, b, n } = p;
        yield_!(*n);
        yield_!(a.len());
        let &Pair { n, ref b, .. } = p;
        yield_!(n);
        b.len()
    }

    plain ref_mut_patterns_of_argument(p: &mut Pair) -> i32; yield i32, send i32; with let { let mut p = pair("p"); } (&mut p) then { t(format_args!("{p:?}")); } {
        let Pair { a, n, .. } = p;
        *n += yield_!(*n);
        a.put(yield_!(2));
        *n += 1;
        *n
    }

    plain ref_binding_of_argument_option(slot: &Option<D>) -> i32; yield i32, send i32; with let { let slot = Some(d("slot")); } (&slot) {
        if let Some(one) = slot {
            yield_!(one.len());
            one.len()
        } else {
            0
        }
    }

    plain ref_mut_binding_of_argument_option(slot: &mut Option<D>) -> i32; yield i32, send i32; with let { let mut slot = Some(d("slot")); } (&mut slot) {
        if let Some(ref mut one) = *slot {
            one.touch();
        }
        yield_!(2);
        if let Some(one) = slot {
            one.touch();
            yield_!(1);
            one.put(yield_!(3));
        }
        4
    }

    plain box_and_deref_patterns() -> i32; yield i32, send (Box<i32>); with () {
        let boxed = yield_!(1);
        let n = *boxed;
        let &m = &*yield_!(n);
        n + m
    }

    plain for_tuple_pattern() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for (i, (a, _)) in [(1, 2), (3, 4)].into_iter().enumerate() {
            sum += i as i32 + a * yield_!(a);
        }
        sum
    }

    plain for_struct_pattern() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for P { x, y: why, .. } in [P { x: 1, y: 2, z: 3 }, P { x: 4, y: 5, z: 6 }] {
            sum += yield_!(x) * why + x;
        }
        sum
    }

    plain for_ref_pattern(v: &[(i32, D)]) -> i32; yield i32, send i32; with let { let v = [(1, d("a")), (2, d("bb"))]; } (&v) {
        let mut sum = 0;
        for &(n, ref one) in v {
            sum += yield_!(n) + one.len();
        }
        for (n, one) in v.iter().rev() {
            sum += yield_!(*n) + one.len();
        }
        sum
    }

    plain shadowed_same_type() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        let n = n + yield_!(n);
        let n = n * 2 + yield_!(n);
        n
    }

    plain shadowed_other_type() -> String; yield i32, send i32; with () {
        let n = yield_!(1);
        let n = n.to_string();
        yield_!(n.len() as i32);
        let n = (n, 5u8);
        yield_!(i32::from(n.1));
        n.0
    }

    plain shadowed_droppables_live_on() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let one = d(format!("{one}!"));
        yield_!(1);
        let one = one.len();
        yield_!(one)
    }

    plain shadowed_in_inner_scope() -> i32; yield i32, send i32; with () {
        let one = d("outer");
        {
            let one = d("inner");
            yield_!(one.len());
        }
        yield_!(2);
        one.len()
    }

    plain shadowed_by_pattern_and_arm() -> i32; yield i32, send (Option<i32>); with () {
        let n = yield_!(1);
        let n = match n {
            Some(n) => n + yield_!(n).unwrap_or(50),
            None => 0,
        };
        if let Some(n) = yield_!(n) {
            return n;
        }
        n
    }

    plain shadowed_argument(n: i32, one: D) -> i32; yield i32, send i32; with (4, d("argument")) {
        let n = yield_!(n) + n;
        let one = D::with(one, yield_!(n));
        yield_!(n);
        one.len()
    }

    mix patterns_of_every_kind_in_a_loop() -> (Vec<String>); yield i32, send i32; with () {
        let mut out = vec![];
        for i in 0..4 {
            let text = match shape(yield_!(i) + i) {
                Shape::Two(a, b) if yield_!(a.len()) % 2 == 0 => format!("{a}{b}"),
                Shape::Two(_, b) => b.into_name(),
                Shape::Named { n, .. } if n > 5 => n.to_string(),
                Shape::Named { d: inner, n: m @ 0..=3 } => format!("{}{m}", yield_!(inner.len())),
                Shape::Nest(nest) if let_me(&nest) => continue,
                other => format!("{other:?}"),
            };
            out.push(text);
        }
        fn let_me(shape: &Shape) -> bool {
            matches!(shape, Shape::Two(..))
        }
        out
    }

    mix destructured_vec_items_partially_kept() -> (Vec<D>); yield i32, send bool; with () {
        let mut kept = vec![];
        for (i, [a, b]) in [[d("a0"), d("b0")], [d("a1"), d("b1")], [d("a2"), d("b2")]].into_iter().enumerate() {
            let (keep, lose) = if yield_!(i as i32) { (a, b) } else { (b, a) };
            if yield_!(lose.len()) {
                continue;
            }
            kept.push(keep);
        }
        kept
    }

    mix slices_with_guards_and_rest(v: &[i32]) -> (Vec<i32>); yield i32, send i32; with (&[3, 1, 2, 5, 5, 0, 9]) {
        let mut out = vec![];
        let mut rest = v;
        loop {
            rest = match rest {
                [] => break,
                [a, b, tail @ ..] if a > b && yield_!(*a) > 1 => { out.push(a - b); tail }
                [a, b, tail @ ..] if a == b => { out.push(yield_!(a + b)); tail }
                [one, tail @ ..] => {
                    if yield_!(-one) == 0 {
                        break;
                    }
                    tail
                }
            };
        }
        out
    }

    plain slice_patterns(v: &[i32]) -> i32; yield i32, send i32; with (&[4, 5, 6, 7]) {
        match v {
            [first, .., last] if yield_!(*first) > 2 => yield_!(*last) + first,
            [first, rest @ ..] => { yield_!(rest.len() as i32); first + rest[0] }
            [] => 0,
        }
    }
}
