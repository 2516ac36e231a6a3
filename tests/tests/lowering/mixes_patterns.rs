//! Mixes: patterns of every kind with loops, guards, labels and yields in odd places.

use crate::things::*;

cases! { ($)
    mix patterns_nested_enum_and_let_chain() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..4 {
            if let Shape::Two(a, b) = shape(yield_!(i) + 1) && a.len() == b.len() {
                sum += yield_!(eat(a));
            } else if let n @ 1.. = yield_!(sum) && n != 4 {
                sum += n;
                continue;
            }
            sum += 1;
        }
        sum
    }

    mix patterns_at_bindings_in_loop_with_labels() -> (Vec<i32>); yield i32, send (Option<i32>); with () {
        let mut out = vec![];
        'l: for i in 0..5 {
            match yield_!(i) {
                whole @ Some(n @ (0 | 2 | 4)) => { out.push(n); if whole == yield_!(n) { break 'l } }
                Some(n) if n > i => { let Some(m @ ..=5) = yield_!(n) else { continue 'l }; out.push(m + n); }
                Some(n) => out.extend([n, i]),
                None if i == 0 => {}
                None => break,
            }
        }
        out
    }

    mix patterns_chars_and_ranges(text: &str) -> (Vec<(char, u32)>); yield char, send i32; with ("a1-Z!") {
        let mut out = vec![];
        for c in text.chars() {
            let score = match c {
                lower @ 'a'..='z' => lower as u32 - 96,
                digit @ '0'..='9' if yield_!(digit) > 2 => u32::from(digit as u8 - b'0'),
                '0'..='9' => continue,
                '-' | '+' => 'sign: { if yield_!(c) == 0 { break 'sign 0 } 50 },
                'A'..='Z' => { let n @ 0..=4 = yield_!(c) else { break }; n as u32 }
                _ => 99,
            };
            out.push((c, score));
        }
        out
    }

    mix patterns_bool_tuples_in_while() -> (i32, i32); yield (i32, i32), send bool; with () {
        let (mut a, mut b) = (0, 0);
        while a + b < 6 {
            (a, b) = match (yield_!((a, b)), yield_!((b, a)), a > b) {
                (true, true, _) => (a + 1, b + 1),
                (true, false, big) => (a + if big { 2 } else { 1 }, b),
                (false, .., true) => { if yield_!((-1, -1)) { break } (b, a) }
                (false, right, false) => (a, b + 1 + i32::from(right)),
            };
        }
        (a, b)
    }

    mix patterns_box_and_deref_recursion() -> i32; yield i32, send i32; with () {
        enum Expr { Num(i32), Add(Box<Expr>, Box<Expr>), Neg(Box<Expr>), Ask(D) }
        use Expr::*;
        let expr = Add(Box::new(Neg(Box::new(Num(4)))), Box::new(Add(Box::new(Ask(d("x"))), Box::new(Num(1)))));
        enum Work { Eval(Expr), Add, Neg }
        let mut work = vec![Work::Eval(expr)];
        let mut values: Vec<i32> = vec![];
        while let Some(next) = work.pop() {
            match next {
                Work::Eval(Num(n)) => values.push(n),
                Work::Eval(Ask(name)) => { let n = yield_!(name.len()); if n > 4 { return n } values.push(n) }
                Work::Eval(Add(l, r)) => work.extend([Work::Add, Work::Eval(*r), Work::Eval(*l)]),
                Work::Eval(Neg(e)) => { work.push(Work::Neg); work.push(Work::Eval(*e)); }
                Work::Neg => { let n = values.pop().unwrap_or(0); values.push(if yield_!(n) == 0 { n } else { -n }); }
                Work::Add => { let (Some(r), Some(l)) = (values.pop(), values.pop()) else { break }; values.push(l + r); }
            }
        }
        values.pop().unwrap_or(-100)
    }

    mix patterns_shadow_through_arms_and_blocks() -> i32; yield i32, send i32; with () {
        let x = yield_!(0);
        let y = match x {
            x if x > 4 => { let x = x - yield_!(x); x }
            0 => { let x = 'x: { let x = yield_!(10); if x > 1 { break 'x x } -x }; x + 1 }
            _ => {
                let mut y = x;
                for x in x..x + 2 {
                    let x = x * 10;
                    y += yield_!(x);
                }
                y
            }
        };
        let x = if let x @ 1..=9 = y { x } else { let x = yield_!(y); x };
        x + y
    }

    mix patterns_str_matching(line: &str) -> (Vec<(&str, Option<&str>)>); yield (&str), send (Option<i32>); with ("set a 1;get a;del;quit;get b") {
        let mut out = vec![];
        for command in line.split(';') {
            let words: Vec<&str> = command.split(' ').collect();
            match *words {
                ["set", key, value] => out.push((key, Some(value))),
                ["get", key] if yield_!(key).is_some() => out.push((key, None)),
                [verb @ ("get" | "del"), ref rest @ ..] => {
                    let n = rest.len();
                    match yield_!(verb) { Some(m) if m as usize > n => out.push((verb, None)), Some(_) => {}, None => continue }
                }
                ["quit"] => if yield_!("sure?").is_some_and(|n| n > 1) { break },
                _ => return out,
            }
        }
        out
    }

    mix patterns_constants_and_paths() -> (&'static str); yield i32, send i32; with () {
        const LOW: i32 = 1;
        const HIGH: i32 = 4;
        struct Limits;
        impl Limits {
            const TOP: i32 = 6;
        }
        let mut last = "none";
        loop {
            last = match yield_!(last.len() as i32) {
                i32::MIN..LOW => "low",
                LOW if yield_!(LOW) > LOW => "exactly",
                LOW..=HIGH => { if last == "mid" { break "twice" } "mid" }
                Limits::TOP => return "top",
                _ => { let _guard = d("guard"); if yield_!(HIGH) == LOW { break last } "high" }
            };
        }
    }

    mix patterns_generic_pairs_zip() -> (Vec<(char, i32)>); yield (usize, char), send (Option<(i32, bool)>); with () {
        let mut out = vec![];
        let names = vec!['a', 'b', 'c', 'd'];
        for ((i, name), limit) in names.into_iter().enumerate().zip([2, 4, 0, 9]) {
            match yield_!((i, name)) {
                Some((n, true)) if n <= limit => out.push((name, n)),
                Some((n, flag @ false) | (n, flag)) => {
                    let (n, Some((m, _))) = (n, yield_!((9, name))) else { break };
                    out.push((name, n + m + i32::from(flag)));
                }
                None => continue,
            }
        }
        out
    }

    mix patterns_for_heads_with_refs(rows: &[Vec<Option<D>>]) -> (Vec<&D>); yield usize, send bool; with let { let rows = vec![vec![Some(d("a")), None], vec![], vec![None, Some(d("bb")), Some(d("c"))]]; } (&rows) {
        let mut out = vec![];
        'rows: for (i, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
            for cell in row {
                match cell {
                    Some(one) if yield_!(i) => out.push(one),
                    Some(one) => { if one.len() == 2 { break 'rows } }
                    None if yield_!(99) => continue 'rows,
                    None => {}
                }
            }
            if let [Some(first), ..] = &row[..] && yield_!(i + 10) {
                out.insert(0, first);
            }
        }
        out
    }

    mix patterns_results_of_options() -> (Result<Option<i32>, String>); yield i32, send (Result<Option<i32>, String>); with () {
        let mut best = None;
        for i in 0..4 {
            match (yield_!(i), best) {
                (Ok(Some(n)), None) => best = Some(n),
                (Ok(Some(n)), Some(m)) if n > m || yield_!(n)?.is_some() => best = Some(n),
                (Ok(Some(_)), old @ Some(_)) => t(format_args!("{old:?}")),
                (Ok(None), Some(n)) => return Ok(Some(-n)),
                (Ok(None), None) => continue,
                (Err(text), _) if i < 2 => { let _kept = d(text); yield_!(100)?; }
                (Err(text), _) => return Err(text),
            }
        }
        Ok(best)
    }
}
