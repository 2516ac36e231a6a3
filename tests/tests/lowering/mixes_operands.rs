//! Mixes: spilled operands together with control flow, moves and drops.

use std::cell::Cell;

use crate::things::*;

cases! { ($)
    mix operands_if_match_loop() -> i32; yield i32, send i32; with () {
        sum3(
            if yield_!(1) > 1 { f(10) } else { yield_!(2) },
            match yield_!(3) { 0 => f(20), n => n },
            loop { if yield_!(4) != 1 { break yield_!(5); } },
        )
    }

    mix operands_labelled_block_and_question() -> (Option<i32>); yield i32, send i32; with () {
        let left = d("left");
        let n = left.len() + 'a: {
            if yield_!(1) == 0 {
                break 'a 100;
            }
            even(yield_!(2))?
        } * yield_!(3);
        Some(n + eat(left))
    }

    mix operands_of_struct_with_droppables_and_exit() -> (Option<Pair>); yield i32, send (Option<i32>); with () {
        let spare = d("spare");
        let p = Pair {
            b: D::with(d("b"), yield_!(1)?),
            n: yield_!(2).unwrap_or_else(|| f(3)),
            a: if let Some(n) = yield_!(3) { d(n) } else { spare },
        };
        yield_!(p.n);
        Some(p)
    }

    mix operands_tuple_in_loop_with_continue() -> (Vec<(i32, i32)>); yield i32, send i32; with () {
        let mut out = vec![];
        for i in 0..5 {
            out.push((
                { let one = d(i); yield_!(one.len()) },
                match yield_!(i) { 0 => continue, n if n > 4 => break, n => n },
            ));
        }
        out
    }

    mix operands_array_with_moves_and_return() -> (Result<[D; 3], D>); yield i32, send bool; with () {
        let a = d("a");
        let b = d("b");
        Ok([
            a,
            if yield_!(1) { b } else { return Err(b) },
            if yield_!(2) { d("c") } else { d(if yield_!(3) { "x" } else { "y" }) },
        ])
    }

    mix operands_overloaded_in_conditions() -> W; yield i32, send i32; with () {
        let mut acc = w(0);
        while !(w(yield_!(acc.0)) + w(-1) * yield_!(1)) == (acc.0 > 5) {
            acc += w(2) + yield_!(2);
            if acc.0 > 12 {
                break;
            }
        }
        acc + w(yield_!(3))
    }

    mix operands_index_assign_in_nested_loops() -> [[i32; 3]; 2]; yield i32, send i32; with () {
        let mut grid = [[0; 3]; 2];
        for i in 0..2 {
            for j in (0..3).rev() {
                grid[i][j] += if yield_!((i * 3 + j) as i32) > 2 { continue } else { yield_!(-1) };
                grid[yield_!(7) as usize % 2][j] = grid[i][j] + yield_!(8);
            }
        }
        grid
    }

    mix operands_overloaded_index_and_compound() -> Row; yield i32, send i32; with () {
        let mut row = Row(vec![1, 2, 3]);
        let mut turns = 0;
        'fill: loop {
            turns += 1;
            row[at(turns)] = match yield_!(row[at(0)]) {
                0 => break 'fill,
                n if n == turns => continue,
                n => n + yield_!(row[at(n)]),
            };
            if turns == 4 {
                break;
            }
        }
        row
    }

    mix operands_range_of_slices_and_guards(v: &[i32], cell: &Cell<i32>) -> (Vec<i32>); yield i32, send i32; with let { let cell = Cell::new(1); } (&[1, 2, 3, 4, 5, 6], &cell) {
        let guard = lock(cell, "g");
        let mut out = vec![];
        for x in v[yield_!(guard.get()) as usize % 3..].iter().take_while(|x| **x < 6) {
            if *x % 2 == 0 && yield_!(*x) > 2 {
                continue;
            }
            guard.set(*x);
            out.push(*x * yield_!(guard.get()));
        }
        out
    }

    mix operands_method_chain_with_control_flow() -> (Vec<i32>); yield i32, send i32; with () {
        let mut all = vec![5, 3];
        all.extend((0..yield_!(0)).map(|n| n * 2));
        all.truncate(match yield_!(1) { 0 => 1, n => n as usize });
        all.insert(0, if all.len() > 2 { yield_!(2) } else { -1 });
        all.retain(|n| n % 3 != 0);
        all.resize('len: { if yield_!(3) > 3 { break 'len 4 } all.len() }, yield_!(4));
        all
    }

    mix operands_nested_yields_with_blocks() -> i32; yield i32, send i32; with () {
        let base = d("base");
        yield_!(yield_!({
            let inner = d("inner");
            let n = if yield_!(inner.len()) > 1 { inner.len() } else { eat(inner) };
            n + base.len()
        }) + match yield_!(1) { 0 => yield_!(2), n => -n }) - yield_!(3)
    }

    mix operands_compound_with_labelled_loop() -> i32; yield i32, send i32; with () {
        let mut n = 1;
        n += 'search: {
            for i in count("it", 4) {
                let _turn = d("turn");
                if yield_!(i * n) == i {
                    break 'search i;
                }
            }
            -1
        };
        n <<= (yield_!(n) & 3) as u32;
        n
    }

    mix operands_closures_as_arguments() -> i32; yield i32, send i32; with () {
        fn apply(op: impl Fn(i32) -> i32, n: i32, m: i32) -> i32 {
            t(format_args!("apply {n} {m}"));
            op(n) + op(m)
        }
        let by = yield_!(1);
        let r = apply(move |n| n * by, yield_!(2), if by > 2 { return f(-1) } else { yield_!(3) });
        match r {
            0 => yield_!(4),
            r => apply(|n| n - 1, r, yield_!(r)),
        }
    }

    mix operands_references_to_yielded_strings() -> String; yield usize, send String; with () {
        let mut out = String::from(">");
        while out.len() < 9 {
            out.push_str(&yield_!(out.len()));
            let sent = yield_!(0);
            out = match sent.as_str() {
                "s0" => return out,
                "s1" => out + "-" + &yield_!(1),
                other => format!("{out}{}", other.len()),
            };
        }
        out
    }

    mix operands_deref_boxed_cells() -> (Box<P>); yield i32, send i32; with () {
        let mut p = Box::new(P { x: 1, y: 2, z: 3 });
        p.x = yield_!(p.y) + p.z;
        *p = P { y: if p.x > 3 { yield_!(p.x) } else { p.y }, ..*p };
        for _ in 0..p.y.min(3) {
            p.z += match yield_!(p.z) { 0 => break, n => n };
        }
        (*p).x -= yield_!(9);
        p
    }

    mix operands_casts_in_match_in_while() -> u64; yield u8, send u8; with () {
        let mut total = 0u64;
        while total < 300 {
            total += match yield_!(total as u8) as u32 {
                0 if yield_!(255) as i8 > 1 => return total,
                0 => 100,
                n => (n as u64 + yield_!(n as u8) as u64) * 10,
            };
        }
        total
    }

    mix operands_of_break_with_values_and_drops() -> (D, i32); yield i32, send i32; with () {
        let a = d("a");
        'outer: loop {
            let b = d("b");
            let n = loop {
                match yield_!(1) {
                    0 => break 'outer (b, yield_!(2)),
                    1 => break 'outer (a, b.len()),
                    n if n > 3 => break n,
                    n => t(n),
                }
            };
            if yield_!(n) == 2 {
                break (d(n), eat(a));
            }
        }
    }

    mix operands_let_else_inside_arguments() -> i32; yield i32, send (Option<i32>); with () {
        sum3(
            f(1),
            { let Some(n) = yield_!(1) else { return f(2) }; n },
            if let Some(n) = yield_!(2) && n > 1 { yield_!(n).unwrap_or(5) } else { let Some(m) = yield_!(3) else { return -3 }; m },
        )
    }

    mix operands_shadowing_in_every_argument() -> i32; yield i32, send i32; with () {
        let n = yield_!(0);
        sum3(
            { let n = n + yield_!(n); n },
            { let n = d(n); let m = yield_!(n.len()); m + eat(n) },
            if let Some(n) = even(yield_!(n)) { n } else { yield_!(-n) },
        ) + n
    }

    mix operands_sent_droppables_in_branches() -> (Vec<D>); yield i32, send D; with () {
        let mut kept = vec![yield_!(0), yield_!(1)];
        for i in 0..3 {
            match (yield_!(i), kept.len()) {
                (one, 2) if one.len() == 7 => kept.insert(1, one),
                (one, n @ 3..) => { drop(kept.remove(n - 1)); kept.push(D::with(one, i)); }
                (_, _) => kept.push(if i == 2 { yield_!(9) } else { d("own") }),
            }
        }
        kept
    }
}
