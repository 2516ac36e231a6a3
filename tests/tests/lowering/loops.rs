//! `for`, `while`, `loop`, labels, and every way out of them.

use crate::things::*;

cases! { ($)
    plain for_range() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..4 {
            sum += yield_!(i);
        }
        sum
    }

    plain for_head_yields() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in f(1)..yield_!(9) {
            sum += i;
        }
        sum
    }

    plain for_head_and_body_yield() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in yield_!(0)..=yield_!(9) {
            sum += yield_!(i);
        }
        sum
    }

    plain for_traced_iterator_dropped_at_end() -> (); yield i32, send i32; with () {
        for i in count("it", 3) {
            yield_!(i);
        }
        t("after");
        yield_!(9);
    }

    plain for_break_drops_iterator() -> (); yield i32, send i32; with () {
        for i in count("it", 5) {
            let _turn = d("turn");
            if yield_!(i) > 2 {
                break;
            }
        }
        t("after");
        yield_!(9);
    }

    plain for_continue() -> (Vec<i32>); yield i32, send bool; with () {
        let mut out = vec![];
        for i in count("it", 5) {
            let _turn = d("turn");
            if yield_!(i) {
                continue;
            }
            out.push(i);
        }
        out
    }

    plain for_over_owned_vec_of_droppables() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for one in ds("a bb ccc") {
            sum += yield_!(one.len());
        }
        sum
    }

    plain for_over_local_vec_moved() -> i32; yield i32, send i32; with () {
        let all = ds("a bb ccc");
        yield_!(all.len() as i32);
        let mut sum = 0;
        for one in all {
            if yield_!(one.len()) == 1 {
                return sum;
            }
            sum += eat(one);
        }
        sum
    }

    plain for_over_drain_like_map() -> i32; yield i32, send i32; with () {
        let base = 10;
        let mut sum = 0;
        for n in (0..6).filter(|n| n % 2 == 0).map(move |n| n + base).rev() {
            sum += n * yield_!(n);
        }
        sum
    }

    plain for_over_sent_vec() -> i32; yield i32, send (Vec<i32>); with () {
        let mut sum = 0;
        for n in yield_!(0) {
            sum += n + yield_!(n).len() as i32;
        }
        sum
    }

    plain for_over_option_and_result() -> i32; yield i32, send (Option<i32>); with () {
        let mut sum = 0;
        for n in yield_!(0) {
            sum += n;
            for m in yield_!(n).ok_or("none") {
                sum += m * 10;
            }
        }
        sum
    }

    plain for_over_chars_of_argument(s: &str) -> String; yield char, send bool; with ("hello") {
        let mut out = String::new();
        for c in s.chars() {
            if yield_!(c) {
                out.push(c.to_ascii_uppercase());
            }
        }
        out
    }

    plain for_over_lines_split(s: &str) -> i32; yield (&str), send i32; with ("a=1\nb=2\nc") {
        let mut sum = 0;
        for line in s.lines() {
            let Some((key, value)) = line.split_once('=') else {
                yield_!(line);
                continue;
            };
            sum += yield_!(key);
            sum += value.len() as i32 + yield_!(value);
        }
        sum
    }

    plain for_nested() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..3 {
            for j in i..3 {
                sum += yield_!(i * 10 + j);
            }
        }
        sum
    }

    plain for_nested_labelled_exits() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        'rows: for i in count("rows", 3) {
            let _row = d(format_args!("row{i}"));
            for j in count("columns", 3) {
                let _cell = d(format_args!("cell{j}"));
                match yield_!(i * 10 + j) {
                    0 => continue 'rows,
                    1 => continue,
                    7 => break 'rows,
                    2 => break,
                    n => sum += n,
                }
            }
            t("row done");
        }
        sum
    }

    plain for_zip_and_windows(v: &[i32]) -> i32; yield i32, send i32; with (&[1, 2, 4, 8]) {
        let mut sum = 0;
        for (a, w) in v.iter().zip(v.windows(2)) {
            sum += a + w[1] * yield_!(w[0]);
        }
        sum
    }

    plain for_step_and_peekable() -> (Vec<i32>); yield i32, send i32; with () {
        let mut out = vec![];
        let mut it = count("it", 7).step_by(2).peekable();
        while let Some(n) = it.next() {
            let sent = yield_!(n);
            if it.peek().is_some() {
                out.push(sent);
            }
        }
        out
    }

    plain for_never_entered() -> i32; yield i32, send i32; with () {
        for i in count("it", 0) {
            yield_!(i);
        }
        yield_!(9)
    }

    plain loop_with_value() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        let r = loop {
            n += yield_!(n) + 1;
            if n > 6 {
                break n * 2;
            }
        };
        r + n
    }

    plain loop_break_yields() -> i32; yield i32, send i32; with () {
        loop {
            if yield_!(1) > 1 {
                break yield_!(2);
            }
        }
    }

    plain loop_as_operand() -> i32; yield i32, send i32; with () {
        f(1) + loop {
            match yield_!(2) {
                0 => {}
                n => break n,
            }
        } + yield_!(3)
    }

    plain loop_for_ever() -> (); yield i32, send i32; with () {
        let mut n = 0;
        loop {
            n += yield_!(n);
        }
    }

    plain loop_break_drops_locals_in_order() -> i32; yield i32, send i32; with () {
        loop {
            let _a = d("a");
            let _b = d("b");
            if yield_!(1) == 1 {
                let _c = d("c");
                break f(5);
            }
            let _d = d("d");
            yield_!(2);
        }
    }

    plain labelled_block() -> i32; yield i32, send i32; with () {
        let r = 'done: {
            let _one = d("one");
            if yield_!(1) > 1 {
                break 'done f(10);
            }
            let _two = d("two");
            if yield_!(2) > 1 {
                break 'done yield_!(3);
            }
            yield_!(4)
        };
        yield_!(r)
    }

    plain labelled_block_in_loop() -> (Vec<i32>); yield i32, send i32; with () {
        let mut out = vec![];
        for i in 0..4 {
            'skip: {
                if yield_!(i) == 0 {
                    break 'skip;
                }
                out.push(i);
            }
            out.push(-1);
        }
        out
    }

    plain labelled_loops_same_label() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        'l: while n < 3 {
            n += 1;
            if yield_!(n) == 0 {
                continue 'l;
            }
        }
        'l: loop {
            n += 1;
            if yield_!(n) < 3 || n > 9 {
                break 'l;
            }
        }
        n
    }

    plain while_break_and_continue() -> i32; yield i32, send i32; with () {
        let mut n = 0;
        while n < 10 {
            n += 1;
            if n % 2 == 0 {
                continue;
            }
            if yield_!(n) == 4 {
                break;
            }
        }
        n
    }

    plain break_in_operand() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        loop {
            sum += 1 + if yield_!(sum) == 0 { break } else { yield_!(-sum) };
            if sum > 15 {
                break;
            }
        }
        sum
    }

    plain continue_in_argument() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..4 {
            sum += sum3(f(i), match yield_!(i) { 0 | 1 => continue, n => n }, f(2));
        }
        sum
    }

    plain loop_in_loop_condition() -> i32; yield i32, send i32; with () {
        let mut rounds = 0;
        while (loop { match yield_!(rounds) { 0 => break false, 1 => continue, _ => break true } }) {
            rounds += 1;
            if rounds == 5 {
                break;
            }
        }
        rounds
    }

    mix loop_with_iterators_of_both_kinds() -> (Vec<i32>); yield i32, send (Option<i32>); with () {
        let mut out = vec![];
        let mut outer = count("outer", 4);
        'all: while let Some(i) = outer.next() {
            for j in (0..i).map(move |j| j * i) {
                let Some(n) = yield_!(j) else {
                    continue 'all;
                };
                if n == j {
                    break 'all;
                }
                out.push(n);
            }
            out.push(outer.next().unwrap_or(-1));
        }
        out
    }

    mix loops_returning_from_depth() -> (Result<i32, String>); yield i32, send i32; with () {
        let _top = d("top");
        for i in count("i", 3) {
            let _i = d(format_args!("i{i}"));
            let mut j = 0;
            while j < 3 {
                let _j = d(format_args!("j{j}"));
                j += loop {
                    match yield_!(i * 10 + j) {
                        0 => break 1,
                        1 => return Ok(f(j)),
                        2 if i == 2 => return Err(format!("at {i} {j}")),
                        2 => break 2,
                        _ => {}
                    }
                    if i + j > 2 {
                        break 3;
                    }
                    j += 1;
                };
            }
        }
        Err("through".to_string())
    }

    plain for_body_is_block_with_value_in_let() -> i32; yield i32, send i32; with () {
        let mut last = 0;
        for i in 0..3 {
            last = { let one = d(i); yield_!(one.len()) + i };
        }
        last
    }

    // Not all ranges that iterate have a default.
    plain ranges_of_all_kinds(last: char, from: std::net::Ipv4Addr, to: std::net::Ipv4Addr) -> i32; yield i32, send i32; with ('c', [10, 0, 0, 1].into(), [10, 0, 0, 3].into()) {
        let mut sum = 0;
        for (c, n) in ('a'..last).zip(0..) { sum += yield_!(c as i32 + n); }
        for c in 'a'..last { sum += yield_!(c as i32); }
        for ip in from..to { sum += yield_!(ip.octets()[3].into()); }
        for ip in from..=to { for _ in 0..ip.octets()[3] { sum += yield_!(1); } }
        let mut rest = 3..5_i64;
        while let Some(n) = rest.next() { if yield_!(n as i32) > 3 { break; } }
        for n in (-2..yield_!(2)).chain(rest.map(|n| n as i32)) { for m in n..1 { if yield_!(m) == 5 { continue; } sum += m; } }
        sum
    }
}
