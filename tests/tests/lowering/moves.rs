//! Late, conditional and repeated initialisation; moves in one branch; reassignment after a move.

use crate::things::*;

cases! { ($)
    plain declared_late() -> i32; yield i32, send i32; with () {
        let n;
        yield_!(1);
        n = yield_!(2);
        yield_!(3);
        n
    }

    plain declared_late_drop_order_is_by_declaration() -> (); yield i32, send i32; with () {
        let a;
        let b;
        b = d("b");
        yield_!(1);
        a = d("a");
        yield_!(2);
        let c = d("c");
        yield_!(3);
        t((&a, &b, &c).0);
    }

    plain declared_late_in_branches() -> D; yield i32, send bool; with () {
        let one;
        if yield_!(1) {
            one = d("then");
            yield_!(2);
        } else {
            one = d("else");
        }
        yield_!(3);
        one
    }

    plain conditionally_initialised_and_dropped() -> (); yield i32, send bool; with () {
        let one;
        let other = d("other");
        if yield_!(1) {
            one = d("one");
            yield_!(one.len());
        }
        yield_!(2);
        t(&other);
    }

    plain initialised_by_loop_exit() -> i32; yield i32, send i32; with () {
        let found;
        let mut i = 0;
        loop {
            if yield_!(i) > 2 {
                found = d(i);
                break;
            }
            i += 1;
            if i == 3 {
                return f(-1);
            }
        }
        yield_!(found.len())
    }

    plain moved_in_one_branch() -> i32; yield i32, send bool; with () {
        let one = d("one");
        let n = if yield_!(1) { eat(one) } else { f(0) };
        yield_!(n);
        n
    }

    plain moved_in_one_branch_then_dropped_late() -> (); yield i32, send bool; with () {
        let one = d("one");
        let two = d("two");
        if yield_!(1) {
            drop(one);
        }
        yield_!(2);
        if yield_!(3) {
            drop(two);
        }
        t("end");
        yield_!(4);
    }

    plain moved_in_match_arm() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let n = match yield_!(1) {
            0 => eat(one),
            1 => one.len(),
            n => { drop(one); yield_!(n) }
        };
        yield_!(n)
    }

    plain moved_in_loop_with_break() -> i32; yield i32, send i32; with () {
        let one = d("one");
        loop {
            if yield_!(1) > 1 {
                break eat(one);
            }
        }
    }

    plain moved_and_reassigned() -> D; yield i32, send i32; with () {
        let mut one = d("one");
        drop(one);
        yield_!(1);
        one = d("two");
        yield_!(2);
        let name = one.into_name();
        one = d(format!("{name}{}", yield_!(3)));
        one
    }

    plain moved_and_reassigned_in_loop() -> D; yield i32, send i32; with () {
        let mut one = d("one");
        for i in 0..3 {
            let n = eat(one);
            let m = yield_!(n);
            one = d(m + i);
        }
        one
    }

    plain moved_conditionally_and_reassigned() -> D; yield i32, send bool; with () {
        let mut one = d("one");
        if yield_!(1) {
            drop(one);
            yield_!(2);
            one = d("second");
        }
        if yield_!(3) {
            one = d("third");
        }
        one
    }

    plain moved_into_struct() -> Pair; yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        Pair { b, n: yield_!(1), a }
    }

    plain moved_into_vec_and_back() -> D; yield i32, send i32; with () {
        let one = d("one");
        let mut all = vec![one, d("two")];
        yield_!(all.len() as i32);
        let one = all.swap_remove(yield_!(2) as usize % 2);
        yield_!(3);
        drop(all);
        yield_!(4);
        one
    }

    plain moved_by_let_from_local() -> D; yield i32, send i32; with () {
        let a = d("a");
        let b = a;
        yield_!(1);
        let c = b;
        yield_!(2);
        c
    }

    plain moved_into_fn_once_closure() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let once = move || eat(one);
        let n = yield_!(1);
        n + once()
    }

    plain copy_used_after_copy() -> i32; yield i32, send i32; with () {
        let c = C(1);
        let mut e = c;
        e.0 += yield_!(c.0);
        let up = e.up();
        yield_!(up);
        c.0 * 100 + e.0
    }

    plain copy_captured_and_changed() -> i32; yield C, send C; with () {
        let mut c = C(1);
        let copy = move || c.0;
        c = yield_!(c);
        c.up();
        c.0 * 10 + copy()
    }

    plain option_take_and_replace() -> (Option<D>); yield i32, send (Option<D>); with () {
        let mut slot = Some(d("slot"));
        let taken = slot.take();
        yield_!(taken.map_or(0, eat));
        slot = yield_!(2);
        yield_!(slot.as_ref().map_or(0, |one| one.len()));
        slot
    }

    plain option_unwrapped_after_yield() -> i32; yield i32, send i32; with () {
        let slot = Some(d("slot"));
        yield_!(1);
        let one = slot.unwrap();
        yield_!(one.len());
        eat(one)
    }

    plain string_consumed_by_into() -> (Vec<u8>); yield i32, send i32; with () {
        let s = String::from("text");
        yield_!(s.len() as i32);
        let mut bytes = s.into_bytes();
        bytes.push(yield_!(2) as u8);
        bytes
    }

    plain iterator_consumed_at_last_mention() -> i32; yield i32, send i32; with () {
        let it = count("it", 3);
        yield_!(1);
        let sum: i32 = it.map(|n| n + 1).sum();
        yield_!(sum)
    }

    plain moved_by_associated_function() -> D; yield i32, send i32; with () {
        let one = d("one");
        yield_!(1);
        let two = D::with(one, "x");
        yield_!(2);
        let three = D::with(two, yield_!(3));
        three
    }

    plain moved_in_short_circuit() -> bool; yield i32, send bool; with () {
        let one = d("one");
        let r = yield_!(1) && eat(one) == 3;
        yield_!(2);
        r
    }

    plain const_and_static_are_not_locals() -> i32; yield i32, send i32; with () {
        const LIMIT: i32 = 3;
        static NAMES: [&str; 2] = ["a", "bc"];
        let mut n = LIMIT;
        n += yield_!(n) + NAMES[1].len() as i32;
        n + LIMIT
    }

    mix moves_through_branches_and_loops() -> (Vec<D>); yield i32, send i32; with () {
        let mut kept = Vec::new();
        let mut carry = None;
        for (i, one) in ds("a b c d").into_iter().enumerate() {
            let one = match yield_!(i as i32) {
                0 => { carry = Some(one); continue }
                1 => d(format!("{one}!")),
                n if n > 4 => break,
                _ => one,
            };
            if let Some(old) = carry.take() {
                kept.push(old);
                if yield_!(kept.len() as i32) == 0 {
                    carry = Some(one);
                    continue;
                }
            }
            kept.push(one);
        }
        kept.extend(carry);
        kept
    }

    mix moves_late_init_in_match_in_loop() -> i32; yield i32, send i32; with () {
        let mut total = 0;
        for i in 0..3 {
            let a;
            let b = d(format_args!("b{i}"));
            match yield_!(i) {
                0 => { a = Some(b); }
                1 => { a = None; drop(b); yield_!(10); }
                n => { if n > 4 { continue; } a = Some(d(n)); yield_!(b.len()); }
            }
            total += a.as_ref().map_or(0, |one| one.len()) + yield_!(20);
            if let Some(one) = a && total > 5 {
                total += eat(one);
            }
        }
        total
    }

    plain moved_into_closure() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let held = move || one.len();
        yield_!(held());
        yield_!(held());
        drop(held);
        yield_!(3)
    }
}
