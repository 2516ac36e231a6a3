//! Mixes: nested control flow with labels, guards, chains and early exits.

use crate::things::*;

cases! { ($)
    mix control_nested_loops_of_all_kinds() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        'a: loop {
            sum += 1;
            'b: while yield_!(sum) < 4 {
                for i in 0..3 {
                    match yield_!(i) {
                        0 => continue 'a,
                        1 => continue 'b,
                        2 => break,
                        5 => break 'b,
                        _ => sum += i,
                    }
                    if sum > 9 {
                        break 'a;
                    }
                }
                sum += 2;
            }
            if sum > 12 {
                return -sum;
            }
        }
        sum
    }

    mix control_if_chain_with_let_chain_and_block() -> i32; yield i32, send (Option<i32>); with () {
        let one = d("one");
        let r = if let Some(n) = yield_!(1) && n > 3 {
            let _two = d("two");
            yield_!(n).map_or(one.len(), |m| m + n)
        } else if let None = yield_!(2) {
            'b: {
                let Some(n) = yield_!(3) else { break 'b eat(one) };
                n
            }
        } else if one.len() == 3 && (yield_!(4).is_some() || yield_!(5).is_some()) {
            yield_!(6).unwrap_or(-6)
        } else {
            return f(7);
        };
        r + yield_!(8).unwrap_or(1)
    }

    mix control_state_machine_by_labels() -> String; yield char, send bool; with () {
        let mut out = String::new();
        let mut steps = 0;
        'start: loop {
            out.push('s');
            'middle: loop {
                steps += 1;
                if steps > 6 {
                    break 'start;
                }
                out.push('m');
                if yield_!('m') {
                    let _held = d(steps);
                    if !yield_!('a') {
                        continue 'start;
                    }
                    out.push('a');
                    continue 'middle;
                }
                break;
            }
            if yield_!('e') {
                break 'start;
            }
        }
        out
    }

    mix control_retry_with_results() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let mut attempts = 0;
        let n = loop {
            attempts += 1;
            let _attempt = d(format_args!("attempt{attempts}"));
            match small(yield_!(attempts)) {
                Ok(0) => continue,
                Ok(n) => break n,
                Err(_) if attempts < 3 => t("again"),
                Err(big) => return Err(big)?,
            }
        };
        let m = if n > 1 { small(yield_!(n))? } else { attempts };
        Ok(n + m)
    }

    mix control_fizzbuzz_pipeline() -> (Vec<String>); yield String, send bool; with () {
        let mut out = vec![];
        for n in 1..=7 {
            let text = match (n % 3, n % 5) {
                (0, 0) => "fizzbuzz".to_string(),
                (0, _) => format!("fizz{n}"),
                (_, 0) => if yield_!(format!("{n}?")) { "buzz".into() } else { continue },
                _ if n == 7 => break,
                _ => n.to_string(),
            };
            if !yield_!(text.clone()) && text.len() > 1 {
                out.push(text);
            }
        }
        out
    }

    mix control_early_exits_from_condition() -> i32; yield i32, send i32; with () {
        let _top = d("top");
        let mut n = 0;
        while { if n > 20 { return n } yield_!(n) } != 0 || { let one = d("or"); yield_!(one.len()) > 1 } {
            n += match yield_!(n) { 0 => break, 6 => return f(6), m => m + 1 };
        }
        n
    }

    mix control_search_rows(rows: &[&[i32]]) -> (Option<(usize, usize)>); yield i32, send i32; with (&[&[1, 2], &[], &[3, 4, 0]]) {
        let want = yield_!(0);
        'rows: for (i, row) in rows.iter().enumerate() {
            let Some(first) = row.first() else {
                t("empty");
                continue 'rows;
            };
            for (j, cell) in row.iter().enumerate() {
                if cell == &want {
                    return Some((i, j));
                } else if *cell > want && yield_!(*first) == 0 {
                    continue 'rows;
                } else if let 5.. = yield_!(*cell) {
                    break 'rows;
                }
            }
        }
        None
    }

    mix control_countdown_with_state_enum() -> (Vec<String>); yield i32, send i32; with () {
        #[derive(Debug, Clone, Copy, PartialEq)]
        enum Lamp {
            Red(i32),
            Green { left: i32 },
            Off,
        }
        use Lamp::*;
        let mut lamp = Red(2);
        let mut log = vec![];
        for _ in 0..6 {
            lamp = match (lamp, yield_!(log.len() as i32)) {
                (Off, 0) => break,
                (Off, _) => Red(1),
                (Red(0), n) => Green { left: n },
                (Red(n), 1) if n > 1 => Red(yield_!(n)),
                (Red(n), _) => Red(n - 1),
                (Green { left: ..=0 }, _) => Off,
                (Green { left }, n) => Green { left: left - n },
            };
            log.push(format!("{lamp:?}"));
        }
        log
    }

    mix control_labelled_value_blocks_nested() -> i32; yield i32, send i32; with () {
        let a = 'a: {
            let _a = d("a");
            let n = 'b: {
                let _b = d("b");
                match yield_!(1) {
                    0 => break 'a -1,
                    1 => break 'b yield_!(2),
                    n if n > 4 => return n,
                    n => n,
                }
            };
            if n > 1 {
                break 'a n * 2;
            }
            loop {
                let _c = d("c");
                if yield_!(3) == 2 {
                    break 'a 50;
                }
                if yield_!(4) == 3 {
                    break n;
                }
            }
        };
        yield_!(a)
    }

    mix control_let_else_chain_of_parsers(text: &str) -> (Result<i32, String>); yield (&str), send (Option<i32>); with ("add 3 x") {
        let mut words = text.split(' ');
        let Some(verb) = words.next() else {
            return Err("empty".into());
        };
        let Some(scale) = yield_!(verb) else {
            return Err(format!("no scale for {verb}"));
        };
        let mut sum = 0;
        for word in words {
            let n = match word.parse::<i32>() {
                Ok(n) if n > scale => n,
                Ok(_) => { let Some(n) = yield_!(word) else { break }; n }
                Err(_) if word.len() > 1 => return Err(word.to_owned()),
                Err(error) => yield_!("bad").ok_or_else(|| error.to_string())?,
            };
            sum += n * scale;
        }
        Ok(sum)
    }

    mix control_double_break_with_values() -> (i32, i32); yield i32, send i32; with () {
        let outer = 'o: loop {
            let inner = 'i: loop {
                match (yield_!(1), yield_!(2)) {
                    (0, n) => break 'o n,
                    (n, 0) => break 'i n,
                    (a, b) if a == b => break 'o if a > 1 { yield_!(a) } else { continue 'o },
                    (a, _) if a > 4 => return (a, -1),
                    _ => t("turn"),
                }
            };
            if inner > 2 {
                break inner;
            }
        };
        (outer, yield_!(outer))
    }

    mix control_collects_windows_with_peek() -> (Vec<Vec<i32>>); yield usize, send i32; with () {
        let mut out: Vec<Vec<i32>> = vec![];
        let mut it = count("it", 6).peekable();
        'groups: loop {
            let mut group = Vec::new();
            while let Some(n) = it.next() {
                group.push(n);
                if yield_!(group.len()) < 2 || it.peek().is_none() {
                    break;
                }
                if group.len() == 3 {
                    out.push(std::mem::take(&mut group));
                    continue 'groups;
                }
            }
            if group.is_empty() {
                break;
            }
            out.push(group);
        }
        out
    }

    mix control_bracket_matching(text: &str) -> (Result<usize, usize>); yield char, send bool; with ("a(b[c]d)e]") {
        let mut stack = vec![];
        let mut deepest = 0;
        for (i, c) in text.char_indices() {
            match c {
                '(' | '[' => { stack.push(c); deepest = deepest.max(stack.len()); }
                ')' | ']' => {
                    let Some(open) = stack.pop() else {
                        if yield_!(c) { continue } else { return Err(i) }
                    };
                    if !matches!((open, c), ('(', ')') | ('[', ']')) && !yield_!(open) {
                        return Err(i);
                    }
                }
                c @ ('a'..='c') => if yield_!(c) { t("letter") },
                _ => {}
            }
        }
        if stack.is_empty() || yield_!('?') { Ok(deepest) } else { Err(text.len()) }
    }

    mix control_collatz_with_memo() -> (Vec<u32>); yield u32, send i32; with () {
        let mut lengths = Vec::new();
        'n: for start in 1u32..6 {
            let mut n = start + yield_!(start) as u32;
            let mut steps = 0;
            while n != 1 {
                n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
                steps += 1;
                if steps > 8 {
                    match yield_!(n) {
                        0 => continue 'n,
                        5.. => break 'n,
                        _ => break,
                    }
                }
            }
            lengths.push(steps);
        }
        lengths
    }

    mix control_while_chain_with_question() -> (Option<Vec<i32>>); yield i32, send (Option<i32>); with () {
        let mut out = Vec::new();
        let mut it = count("it", 5);
        while let Some(i) = it.next() && let Some(n) = yield_!(i) && n != 9 {
            let _turn = d(i);
            if n > 2 && yield_!(n)? > 1 {
                out.push(n * yield_!(-n)?);
                continue;
            }
            out.push(match it.next() { Some(skip) => skip + n, None => break });
        }
        out.push(yield_!(99)?);
        Some(out)
    }

    mix control_division_with_panic_and_drop() -> i32; yield i32, send i32; with () {
        let _top = d("top");
        let mut total = 0;
        for (i, one) in ds("x yy zzz").into_iter().enumerate() {
            let by = match yield_!(i as i32) { 6 => return total, n => n };
            let keep = if by > 2 { Some(one) } else { drop(one); None };
            total += 60 / by;
            if let Some(one) = keep {
                total += one.len() * yield_!(total);
            }
        }
        total
    }

    mix control_async_like_protocol() -> (Result<Vec<u8>, String>); yield (&'static str), send (Result<u8, String>); with () {
        let version = match yield_!("version") {
            Ok(n @ 1..) => n,
            Ok(0) => return Err("version zero".into()),
            Err(text) if text.len() > 2 => return Err(text),
            Err(_) => yield_!("version, please").unwrap_or(9),
        };
        let mut body = vec![version];
        let len = usize::from(yield_!("length").unwrap_or_default() % 4);
        while body.len() <= len {
            match yield_!(if body.len() == len { "last" } else { "byte" }) {
                Ok(byte) => body.push(byte),
                Err(_) if body.len() > 2 => break,
                Err(text) => { let _ = text; if yield_!("retry").is_err() { return Err(format!("after {body:?}")) } }
            }
        }
        Ok(body)
    }

    mix control_binary_search(v: &[i32]) -> (Result<usize, usize>); yield (usize, i32), send i32; with (&[1, 3, 5, 7, 9, 11]) {
        use std::cmp::Ordering::*;
        let (mut low, mut high) = (0, v.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match v[middle].cmp(&(yield_!((middle, v[middle])) * 2)) {
                Equal => return Ok(middle),
                Less if yield_!((low, 0)) == 0 => break,
                Less => low = middle + 1,
                Greater => high = middle,
            }
        }
        Err(low)
    }

    mix control_guards_that_yield_in_loops() -> (Vec<&'static str>); yield i32, send i32; with () {
        let mut out = vec![];
        for one in ds("a bb cc d") {
            out.push(match one.len() {
                1 if yield_!(1) > 2 => "one",
                2 if { let _g = d("guard"); yield_!(2) == yield_!(3) } => continue,
                2 if matches!(yield_!(4), 1 | 2) => "two",
                _ if out.len() > 2 => break,
                _ => "else",
            });
        }
        out
    }
}
