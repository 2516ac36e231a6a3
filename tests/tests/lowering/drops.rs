//! When and in which order locals are dropped.

use crate::things::*;

cases! { ($)
    plain reverse_of_declaration() -> (); yield i32, send i32; with () {
        let _a = d("a");
        yield_!(1);
        let _b = d("b");
        yield_!(2);
        let _c = d("c");
        yield_!(3);
    }

    plain return_value_survives_locals() -> D; yield i32, send i32; with () {
        let _a = d("a");
        let b = d("b");
        let _c = d("c");
        yield_!(1);
        b
    }

    plain inner_scope_ends_between_yields() -> (); yield i32, send i32; with () {
        let _outer = d("outer");
        {
            let _inner = d("inner");
            yield_!(1);
            t("inner ends");
        }
        yield_!(2);
    }

    plain inner_scope_with_value() -> i32; yield i32, send i32; with () {
        let n = {
            let a = d("a");
            let _b = d("b");
            yield_!(a.len());
            a.len()
        };
        yield_!(n)
    }

    plain scopes_nested_and_shadowed() -> (); yield i32, send i32; with () {
        let _x = d("x1");
        {
            let _x = d("x2");
            yield_!(1);
            {
                let _x = d("x3");
                let _x = d("x4");
                yield_!(2);
            }
            yield_!(3);
        }
        yield_!(4);
    }

    plain then_and_else_scopes() -> (); yield i32, send bool; with () {
        let _top = d("top");
        if yield_!(1) {
            let _then = d("then");
            yield_!(2);
        } else {
            let _else = d("else");
            yield_!(3);
        }
        yield_!(4);
    }

    plain loop_turn_scope() -> (); yield i32, send i32; with () {
        for i in 0..3 {
            let _a = d(format_args!("a{i}"));
            yield_!(i);
            let _b = d(format_args!("b{i}"));
        }
    }

    plain arm_scope_binding_dropped_at_arm_end() -> (); yield i32, send (Option<D>); with () {
        match yield_!(1) {
            Some(one) => {
                let _inner = d("inner");
                yield_!(one.len());
                t("arm ends");
            }
            None => t("none"),
        }
        yield_!(2);
    }

    plain arguments_dropped_last(_a: D, b: D) -> i32; yield i32, send i32; with (d("a"), d("b")) {
        let _local = d("local");
        yield_!(1);
        b.len()
    }

    plain arguments_unused(a: D, b: D) -> (); yield i32, send i32; with (d("a"), d("b")) {
        yield_!(1);
    }

    plain argument_wildcard(_: D, b: D, _: D) -> (); yield i32, send i32; with (d("a"), d("b"), d("c")) {
        let _local = d("local");
        yield_!(1);
        drop(b);
        yield_!(2);
    }

    plain argument_moved_in_one_branch(a: D, b: D) -> i32; yield i32, send bool; with (d("a"), d("b")) {
        let n = if yield_!(1) { eat(a) } else { eat(b) };
        n + i32::from(yield_!(n))
    }

    plain explicit_drop_between_yields() -> (); yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        yield_!(1);
        drop(a);
        yield_!(2);
        drop(b);
        yield_!(3);
    }

    plain dead_droppable_held_to_scope_end() -> (); yield i32, send i32; with () {
        let a = d("a");
        t(a.len());
        yield_!(1);
        let b = d("b");
        t(b.len());
        yield_!(2);
    }

    plain dead_vec_held_to_scope_end() -> i32; yield i32, send i32; with () {
        let n = {
            let all = ds("a b");
            let n = all.len() as i32;
            yield_!(n);
            n
        };
        yield_!(n)
    }

    plain box_and_tuple_fields_in_order() -> (); yield i32, send i32; with () {
        let _both = (Box::new(d("0")), [d("1"), d("2")]);
        let _pair = pair("p");
        let _shape = Shape::Two(d("s0"), d("s1"));
        yield_!(1);
    }

    plain value_with_own_drop_holding_value() -> (); yield i32, send i32; with () {
        let _ptr = Ptr(d("inside"));
        yield_!(1);
        {
            let mut other = Ptr(d("other"));
            other.touch();
            yield_!(2);
        }
        yield_!(3);
    }

    plain statement_temporaries_end_with_statement() -> (); yield i32, send i32; with () {
        t(d("temp").len());
        yield_!(d("operand").len());
        t("after");
        let n = d("initialiser").len();
        yield_!(n);
    }

    plain operand_temporaries_end_before_pause(cell: &std::cell::Cell<i32>) -> i32; yield i32, send i32; with let { let cell = std::cell::Cell::new(4); } (&cell) {
        yield_!(lock(cell, "operand").get()) + yield_!({ let g = lock(cell, "block"); g.get() + 1 })
    }

    plain guards_held_across(cell: &std::cell::Cell<i32>) -> (); yield i32, send i32; with let { let cell = std::cell::Cell::new(4); } (&cell) {
        let _first = lock(cell, "first");
        let second = lock(cell, "second");
        second.set(yield_!(second.get()));
        {
            let _third = lock(cell, "third");
            yield_!(cell.get());
        }
        drop(second);
        yield_!(3);
    }

    plain vec_partially_consumed_then_dropped() -> i32; yield i32, send i32; with () {
        let mut it = ds("a b c d").into_iter();
        let first = it.next();
        yield_!(1);
        let _second = it.next();
        yield_!(first.map_or(0, eat));
        it.next();
        yield_!(3)
    }

    plain for_over_vec_broken_off() -> (); yield i32, send i32; with () {
        for one in ds("a b c d") {
            if yield_!(one.len()) > 2 {
                t("break");
                break;
            }
        }
        yield_!(9);
    }

    plain rc_shared_until_the_last() -> usize; yield usize, send i32; with () {
        let first = std::rc::Rc::new(d("shared"));
        let second = std::rc::Rc::clone(&first);
        yield_!(std::rc::Rc::strong_count(&first));
        drop(first);
        yield_!(std::rc::Rc::strong_count(&second));
        std::rc::Rc::strong_count(&second)
    }

    plain manually_forgotten() -> (); yield i32, send bool; with () {
        let a = d("a");
        let _b = d("b");
        if yield_!(1) {
            std::mem::forget(a);
        }
        yield_!(2);
    }

    plain tail_block_value_of_local() -> i32; yield i32, send i32; with () {
        let one = d("one");
        yield_!(1);
        { let two = d("two"); two.len() + one.len() }
    }

    mix drop_order_with_early_exits() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        let r = 'block: {
            let b = d("b");
            for i in count("it", 3) {
                let c = d(format_args!("c{i}"));
                match yield_!(i) {
                    0 => break,
                    1 => { drop(b); break 'block c.len() }
                    2 => { drop(c); continue }
                    5 => return f(5),
                    _ => { let _e = d("e"); yield_!(10); }
                }
            }
            b.len()
        };
        yield_!(r)
    }

    mix drop_flags_over_loop() -> (); yield i32, send i32; with () {
        let mut slot;
        let spare = d("spare");
        let mut i = 0;
        loop {
            slot = d(format_args!("slot{i}"));
            match yield_!(i) {
                0 => drop(slot),
                1 => { drop(spare); break }
                2 => { let name = slot.into_name(); t(name); yield_!(7); }
                _ => {}
            }
            i += 1;
            if i == 4 {
                break;
            }
        }
        t("end");
    }

    plain overwritten_value_dropped_at_once() -> (); yield i32, send i32; with () {
        let mut a = d("a1");
        yield_!(1);
        a = d("a2");
        yield_!(2);
        a = d("a3");
        t(&a);
    }

    mix drop_of_everything_at_once(arg: D, _: D) -> i32; yield i32, send i32; with (d("arg"), d("wild")) {
        let late;
        let (a, _b) = (d("a"), d("b"));
        let [x, ref _y] = [yield_!(1), 2];
        if x > 0 {
            late = d("late");
        } else {
            late = arg;
            return eat(late) + yield_!(a.len());
        }
        let held = move |n: i32| late.len() + n;
        let Some(n) = even(yield_!(held(1))) else {
            let _in_else = d("in else");
            return yield_!(2);
        };
        let _c = d("c");
        held(n) + arg.len() + yield_!(3)
    }

    plain closure_held_drops_captures_at_scope_end() -> i32; yield i32, send i32; with () {
        let n = {
            let one = d("captured");
            let _later = d("later");
            let get = move || one.len();
            yield_!(get());
            get()
        };
        yield_!(n)
    }
}
