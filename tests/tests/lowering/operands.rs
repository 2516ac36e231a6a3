//! A yield as an operand: what stands to its left is evaluated first and kept.

use crate::things::*;

cases! { ($)
    plain statement() -> (); yield i32, send (); with () {
        yield_!(1);
        yield_!(f(2));
    }

    plain initialiser() -> i32; yield i32, send i32; with () {
        let a = yield_!(1);
        let b = yield_!(a);
        a * 10 + b
    }

    plain tail() -> i32; yield i32, send i32; with () {
        yield_!(f(1))
    }

    plain unit_operand() -> i32; yield (), send i32; with () {
        let a = yield_!();
        a + yield_!(())
    }

    plain binary_right(a: i32) -> i32; yield i32, send i32; with (5) {
        f(a) - yield_!(a)
    }

    plain binary_left(a: i32) -> i32; yield i32, send i32; with (5) {
        yield_!(a) - f(a)
    }

    plain binary_both() -> i32; yield i32, send i32; with () {
        yield_!(1) * 100 + yield_!(2) * 10 + yield_!(3)
    }

    plain binary_statement_starts_with_marker() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        n += 1;
        yield_!(n) + 1;
        yield_!(n) + n
    }

    plain binary_nested_deep() -> i32; yield i32, send i32; with () {
        (f(1) + (f(2) + (f(3) + yield_!(f(4))))) * (f(5) - yield_!(f(6)))
    }

    plain overloaded_add() -> W; yield i32, send i32; with () {
        w(1) + yield_!(2) + w(yield_!(3))
    }

    plain overloaded_mul_and_neg() -> W; yield i32, send i32; with () {
        -(w(1) * yield_!(2)) + -w(yield_!(3))
    }

    plain negation() -> i32; yield i32, send i32; with () {
        -yield_!(1) - -yield_!(2)
    }

    plain not_of_sent_flag() -> bool; yield bool, send bool; with () {
        !yield_!(!b(true)) ^ !yield_!(false)
    }

    plain overloaded_not() -> bool; yield i32, send i32; with () {
        !w(yield_!(1)) | !(w(2) + yield_!(2))
    }

    plain comparison() -> bool; yield i32, send i32; with () {
        f(2) < yield_!(1)
    }

    plain shifts_and_bits(a: i32) -> i32; yield i32, send i32; with (9) {
        (a << yield_!(1)) | (yield_!(2) & f(a)) ^ (a >> yield_!(3))
    }

    plain call_arguments() -> i32; yield i32, send i32; with () {
        sum3(f(1), yield_!(2), f(3))
    }

    plain call_all_arguments() -> i32; yield i32, send i32; with () {
        sum3(yield_!(1), yield_!(2), yield_!(3))
    }

    plain call_of_called_path() -> i32; yield i32, send i32; with () {
        fn pick(n: i32) -> fn(i32) -> i32 {
            t(format_args!("pick {n}"));
            if n > 1 { f } else { |n| n + 100 }
        }
        pick(yield_!(1))(yield_!(2))
    }

    plain call_nested() -> i32; yield i32, send i32; with () {
        f(f(yield_!(f(1))) + f(yield_!(f(2))))
    }

    plain call_moves_local() -> i32; yield i32, send i32; with () {
        let one = d("one");
        eat(one) + yield_!(1)
    }

    plain call_moves_local_before_yield_in_arguments() -> i32; yield i32, send i32; with () {
        fn both(d: D, n: i32) -> i32 {
            t(format_args!("both {d} {n}"));
            n
        }
        let one = d("one");
        both(one, yield_!(1)) + yield_!(2)
    }

    plain method_argument() -> i32; yield i32, send i32; with () {
        f(4).max(yield_!(1)).min(yield_!(2))
    }

    plain method_receiver() -> i32; yield i32, send i32; with () {
        yield_!(1).pow(2) + yield_!(2).abs()
    }

    plain method_two_phase_receiver() -> (Vec<i32>); yield i32, send i32; with () {
        let mut v = Vec::new();
        v.push(yield_!(1));
        v.push(yield_!(2));
        v.insert(yield_!(3) as usize % 2, v.len() as i32);
        v
    }

    plain method_on_field() -> Pair; yield i32, send i32; with () {
        let mut p = pair("p");
        p.a.put(yield_!(p.b.len()));
        p.b.touch();
        p.n += 1;
        p
    }

    plain method_by_value_then_yield() -> i32; yield i32, send i32; with () {
        let one = d("one");
        let name = one.into_name();
        name.len() as i32 + yield_!(1)
    }

    plain index_of_local() -> i32; yield i32, send i32; with () {
        let v = vec![10, 20, 30];
        v[yield_!(1) as usize % 3] + v[yield_!(2) as usize % 3]
    }

    plain index_of_call() -> i32; yield i32, send i32; with () {
        [f(1), f(2), f(3), f(4)][at(yield_!(1))]
    }

    plain index_overloaded() -> i32; yield i32, send i32; with () {
        let row = Row(vec![1, 2, 3]);
        row[at(yield_!(1))] + row[at(yield_!(2))]
    }

    plain index_base_is_sent() -> i32; yield i32, send (Vec<i32>); with () {
        let n = yield_!(1).len();
        n as i32 + yield_!(2).first().copied().unwrap_or(-1)
    }

    plain slice_by_range(v: &[i32]) -> (Vec<i32>); yield i32, send i32; with (&[1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        let from = yield_!(1) as usize % 5;
        v[from..from + yield_!(2) as usize % 4].to_vec()
    }

    plain field_of_sent() -> i32; yield i32, send (i32, bool); with () {
        yield_!(1).0 + i32::from(yield_!(2).1)
    }

    plain field_of_struct_built_around_yield() -> i32; yield i32, send i32; with () {
        P { x: f(1), y: yield_!(2), z: f(3) }.y + (f(4), yield_!(5)).1
    }

    plain struct_literal() -> P; yield i32, send i32; with () {
        P { z: f(1), x: yield_!(2), y: f(3) + yield_!(4) }
    }

    plain struct_literal_shorthand() -> P; yield i32, send i32; with () {
        let x = f(1);
        let z = yield_!(x);
        P { z, x, y: yield_!(z) }
    }

    plain struct_base_after_yield() -> P; yield i32, send i32; with () {
        let base = P { x: 1, y: 2, z: 3 };
        P { y: yield_!(1), ..base }
    }

    plain struct_base_is_yielding() -> P; yield i32, send i32; with () {
        P { y: f(1), ..P { x: yield_!(2), y: 0, z: yield_!(3) } }
    }

    plain struct_base_moves_rest() -> Pair; yield i32, send D; with () {
        let base = pair("base");
        Pair { a: yield_!(1), ..base }
    }

    plain tuple() -> (i32, i32, i32); yield i32, send i32; with () {
        (f(1), yield_!(2), f(3))
    }

    plain tuple_of_droppables() -> (D, i32, D); yield i32, send i32; with () {
        (d("first"), yield_!(1), d("last"))
    }

    plain array() -> [i32; 4]; yield i32, send i32; with () {
        [f(1), yield_!(2), f(3), yield_!(4)]
    }

    plain array_of_droppables() -> [D; 3]; yield i32, send D; with () {
        [d("a"), yield_!(1), d("c")]
    }

    plain repeat() -> [i32; 3]; yield i32, send i32; with () {
        [f(1) + yield_!(2); 3]
    }

    plain range_ends() -> (Vec<i32>); yield i32, send i32; with () {
        (yield_!(1)..f(2) + yield_!(3)).collect()
    }

    plain range_inclusive_and_half_open() -> (Vec<i32>); yield i32, send i32; with () {
        let mut all: Vec<i32> = (f(0)..=yield_!(1)).collect();
        all.extend((yield_!(2)..).take(2));
        all.extend(&[1, 2, 3, 4][..at(yield_!(3))]);
        all
    }

    plain reference_to_sent() -> usize; yield i32, send String; with () {
        fn measure(s: &str) -> usize {
            t(format_args!("measure {s}"));
            s.len()
        }
        measure(&yield_!(1)) + measure(&(yield_!(2) + "!"))
    }

    plain reference_mut_to_sent() -> i32; yield i32, send i32; with () {
        fn bump(n: &mut i32) -> i32 {
            *n += 1;
            *n
        }
        bump(&mut yield_!(1)) + bump(&mut (yield_!(2) * 2))
    }

    plain dereference_of_sent() -> i32; yield i32, send (Box<i32>); with () {
        *yield_!(1) + *yield_!(2)
    }

    plain dereference_overloaded() -> i32; yield i32, send i32; with () {
        let p = Ptr(4);
        *p + yield_!(*p) + *Ptr(yield_!(2))
    }

    plain cast() -> u8; yield u8, send u8; with () {
        (yield_!(f(3) as u8) as i64 * 2 + yield_!(1) as i64) as u8
    }

    plain parenthesised() -> i32; yield i32, send i32; with () {
        (((yield_!((1)))) + ((yield_!(2))))
    }

    plain block_operand() -> i32; yield i32, send i32; with () {
        f(1) + {
            let one = d("one");
            let n = yield_!(one.len());
            n + one.len()
        } + f(2)
    }

    plain operand_of_marker_yields() -> i32; yield i32, send i32; with () {
        yield_!(yield_!(yield_!(1) + 10) + 20)
    }

    plain droppable_handed_out() -> D; yield D, send i32; with () {
        let keep = d("keep");
        let n = yield_!(d("out"));
        D::with(keep, n)
    }

    plain operand_moves_local() -> i32; yield D, send i32; with () {
        let one = d("one");
        let two = d("two");
        yield_!(one) + yield_!(two)
    }

    plain sent_droppables_kept() -> (Vec<D>); yield i32, send D; with () {
        let first = yield_!(1);
        let second = yield_!(2);
        let _third = yield_!(3);
        yield_!(4);
        vec![second, first]
    }

    plain sent_droppable_ignored() -> (); yield i32, send D; with () {
        yield_!(1);
        let _ = yield_!(2);
        t("after");
        drop(yield_!(3));
        t("end");
    }

    plain comparison_of_two() -> bool; yield i32, send i32; with () {
        (yield_!(1) <= yield_!(2)) == (yield_!(3) != yield_!(4))
    }
}
