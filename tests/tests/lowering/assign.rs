//! Assignment and compound assignment: Rust's order, and the drop of the old value.

use crate::things::*;

cases! { ($)
    plain assign() -> i32; yield i32, send i32; with () {
        let mut n = f(1);
        n = yield_!(n);
        n = n + yield_!(n);
        n
    }

    plain assign_sent_droppable() -> D; yield i32, send D; with () {
        let mut one = d("one");
        one = yield_!(1);
        yield_!(2);
        one
    }

    plain assign_to_field() -> Pair; yield i32, send D; with () {
        let mut p = pair("p");
        p.a = yield_!(1);
        p.n = eat(yield_!(2));
        p
    }

    plain assign_to_index_right_side_first() -> [i32; 4]; yield i32, send i32; with () {
        let mut row = [0; 4];
        row[at(1)] = yield_!(f(2));
        row[at(yield_!(3))] = yield_!(f(4));
        row
    }

    plain assign_to_overloaded_index() -> Row; yield i32, send i32; with () {
        let mut row = Row(vec![0; 3]);
        row[at(1)] = yield_!(2);
        row[at(yield_!(3))] = f(4);
        row
    }

    plain assign_through_reference(n: &mut i32) -> (); yield i32, send i32; with let { let mut n = 5; } (&mut n) then { t(n); } {
        *n = yield_!(*n);
        *n += yield_!(*n);
    }

    plain assign_through_box() -> (Box<D>); yield i32, send D; with () {
        let mut boxed = Box::new(d("boxed"));
        *boxed = yield_!(1);
        boxed.touch();
        *boxed = yield_!(2);
        boxed
    }

    plain destructuring_assignment() -> (i32, i32); yield i32, send i32; with () {
        let (mut a, mut b) = (f(1), f(2));
        (a, b) = (b, yield_!(a));
        (b, a) = (yield_!(b), a);
        (a, b)
    }

    plain destructuring_assignment_ignores_rest() -> (i32, D); yield i32, send i32; with () {
        let n;
        let one;
        (n, _) = (yield_!(1), d("ignored"));
        [one, ..] = [d("one"), d("two")];
        yield_!(2);
        (n, one)
    }

    plain destructuring_assignment_of_struct() -> i32; yield i32, send i32; with () {
        let (x, y);
        P { x, y, .. } = P { x: yield_!(1), y: f(2), z: yield_!(3) };
        x * 10 + y
    }

    plain swap_by_tuple_assignment() -> (D, D); yield i32, send i32; with () {
        let mut a = d("a");
        let mut b = d("b");
        yield_!(1);
        (a, b) = (b, a);
        yield_!(2);
        (a, b)
    }

    plain compound_primitive_right_first() -> i32; yield i32, send i32; with () {
        let mut n = 1;
        n += yield_!(n);
        n *= yield_!(n);
        n -= f(1) + yield_!(n);
        n
    }

    plain compound_primitive_on_index() -> [i32; 4]; yield i32, send i32; with () {
        let mut row = [1, 2, 3, 4];
        row[at(1)] += yield_!(f(2));
        row[at(yield_!(3))] -= yield_!(f(4));
        row
    }

    plain compound_primitive_changes_operand() -> i32; yield i32, send i32; with () {
        let mut n = 1;
        n += { n = yield_!(n); n };
        n
    }

    plain compound_on_field() -> P; yield i32, send i32; with () {
        let mut p = P { x: 1, y: 2, z: 3 };
        p.x += yield_!(p.y);
        p.y <<= yield_!(p.z) % 4;
        p.z |= p.x ^ yield_!(p.y);
        p
    }

    plain compound_overloaded_left_first() -> W; yield i32, send i32; with () {
        let mut n = w(1);
        n += yield_!(n.0);
        n += w(yield_!(n.0));
        n
    }

    plain compound_through_argument(n: &mut W) -> (); yield i32, send i32; with let { let mut n = w(5); } (&mut n) then { t(format_args!("{n:?}")); } {
        *n += yield_!(n.0);
        *n += w(yield_!(n.0));
    }

    plain compound_string() -> String; yield usize, send String; with () {
        let mut s = String::from("a");
        s += &yield_!(s.len());
        s += &(yield_!(s.len()) + "!");
        s
    }

    mix assign_option_field_repeatedly() -> (Option<D>); yield i32, send D; with () {
        let mut slot: Option<D> = None;
        for i in 0..3 {
            if let Some(old) = slot.replace(yield_!(i)) {
                t(format_args!("old {old}"));
            }
        }
        slot
    }

    mix assign_array_of_droppables() -> [D; 2]; yield i32, send D; with () {
        let mut both = [d("0"), d("1")];
        both[0] = yield_!(1);
        let i = both.len() - 1;
        both[i] = d(eat(yield_!(2)));
        if both[0].len() > 7 {
            both[1] = yield_!(3);
        }
        both
    }

    mix swap_and_replace() -> (D, D); yield i32, send D; with () {
        let mut a = d("a");
        let mut b = std::mem::replace(&mut a, yield_!(1));
        std::mem::swap(&mut a, &mut b);
        let old = std::mem::replace(&mut b, d(yield_!(2).len()));
        t(&old);
        yield_!(3);
        (a, b)
    }

    plain assignment_as_value() -> (); yield i32, send i32; with () {
        let mut n = 0;
        let unit = n = yield_!(1);
        yield_!(n);
        unit
    }

    plain assign_drops_old_after_yield() -> D; yield i32, send i32; with () {
        let mut one = d("one");
        one = d(yield_!(one.len()));
        one = d(yield_!(2));
        one
    }

    plain assign_in_condition_block() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        if { n = yield_!(1); n > 1 } {
            n += 10;
        }
        yield_!(n) + n
    }

    plain underscore_assignment() -> (); yield i32, send D; with () {
        _ = yield_!(1);
        t("after");
        let kept = yield_!(2);
        _ = kept;
        yield_!(3);
    }
}
