//! Mixes: small programs, each the kind of body that a user would write.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::ControlFlow;

use crate::things::*;

cases! { ($)
    mix program_averager() -> (i32, i32); yield i32, send (Option<i32>); with () {
        let (mut sum, mut count) = (0, 0);
        while let Some(n) = yield_!(if count == 0 { 0 } else { sum / count }) {
            sum += n;
            count += 1;
            if let 4.. = count { break }
        }
        (sum, count)
    }

    mix program_fibonacci_with_reset() -> u32; yield u32, send bool; with () {
        let (mut a, mut b) = (0u32, 1u32);
        let mut resets = 0;
        loop {
            if yield_!(a) {
                resets += 1;
                (a, b) = (0, 1);
                if resets == 5 { return resets }
                continue;
            }
            (a, b) = (b, match a.checked_add(b) { Some(sum) => sum, None => break });
        }
        a
    }

    mix program_primes_with_sieve(limit: usize) -> (Vec<usize>); yield usize, send bool; with (24) {
        let mut composite = vec![false; limit];
        let mut found = Vec::new();
        'n: for n in 2..limit {
            if composite[n] {
                continue 'n;
            }
            if yield_!(n) && n > 3 { break }
            let mut m = n * n;
            while m < limit {
                composite[m] = true;
                m += n;
            }
            found.push(n);
        }
        found
    }

    mix program_tokenizer(text: &str) -> (Result<usize, String>); yield (&str), send bool; with ("let x = 42 + y1;") {
        let mut rest = text;
        let mut n = 0;
        loop {
            rest = rest.trim_start();
            let Some(first) = rest.chars().next() else { break };
            let len = match first {
                'a'..='z' => rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()),
                '0'..='9' => rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
                '=' | '+' => 1,
                other if yield_!(rest) => { t(other); other.len_utf8() }
                other => return Err(format!("{other:?} after {n}")),
            };
            let (token, tail) = rest.split_at(len);
            if yield_!(token) { n += 1; }
            rest = tail;
        }
        Ok(n)
    }

    mix program_csv_records(text: &str) -> (Vec<Vec<String>>); yield usize, send bool; with ("a,\"b,c\"\n\"d\"\"e\",\nf") {
        #[derive(Clone, Copy)]
        enum At { Start, Plain, Quoted, Quote }
        let mut records = vec![];
        let mut record = vec![];
        let mut field = String::new();
        let mut at = At::Start;
        for (i, c) in text.chars().enumerate() {
            at = match (at, c) {
                (At::Start, '"') => At::Quoted,
                (At::Quoted, '"') => At::Quote,
                (At::Quote, '"') => { field.push('"'); At::Quoted }
                (At::Quoted, c) => { field.push(c); At::Quoted }
                (_, ',') => { record.push(std::mem::take(&mut field)); At::Start }
                (_, '\n') => {
                    record.push(std::mem::take(&mut field));
                    if yield_!(record.len()) { records.push(std::mem::take(&mut record)) } else { record.clear() }
                    At::Start
                }
                (At::Quote, _) => if yield_!(i) { At::Plain } else { return records },
                (_, c) => { field.push(c); At::Plain }
            };
        }
        record.push(field);
        records.push(record);
        records
    }

    lent program_push_lines() -> (Vec<String>); yield (Option<String>), send (&str); with () {
        let mut buffer = String::new();
        let mut lines = vec![];
        let mut ready = None;
        loop {
            let chunk = yield_!(ready.take());
            if chunk == "zero" || lines.len() > 2 { break }
            for c in chunk.chars() {
                if c == 'e' {
                    let line = std::mem::take(&mut buffer);
                    lines.push(line.clone());
                    ready = Some(line);
                } else {
                    buffer.push(c);
                }
            }
        }
        if !buffer.is_empty() { lines.push(buffer); }
        lines
    }

    mix program_round_robin(mut queues: Vec<VecDeque<D>>) -> usize; yield D, send i32; with (vec![ds("a b").into(), VecDeque::new(), ds("x y z").into()]) {
        let mut served = 0;
        while !queues.is_empty() {
            let mut i = 0;
            while i < queues.len() {
                let Some(job) = queues[i].pop_front() else { drop(queues.remove(i)); continue };
                match yield_!(job) {
                    0 => { queues.swap(0, i); served += 1 }
                    n if n > 5 => return served,
                    n => served += n as usize,
                }
                i += 1;
            }
        }
        served
    }

    mix program_word_count(text: &str) -> (BTreeMap<&str, usize>); yield (&str, usize), send bool; with ("a b a c b a") {
        let mut counts = BTreeMap::new();
        for word in text.split(' ') {
            let n = { let n = counts.entry(word).or_insert(0usize); *n += 1; *n };
            if n > 1 && yield_!((word, n)) {
                if let Some(k) = counts.get_mut(word) && *k > 2 { break }
                counts.remove("c");
            }
        }
        counts
    }

    mix program_breadth_first(edges: &[(u8, u8)]) -> (Option<Vec<u8>>); yield u8, send bool; with (&[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]) {
        let mut queue = VecDeque::from([(0, vec![0])]);
        let mut seen = BTreeSet::from([0]);
        while let Some((node, path)) = queue.pop_front() {
            if node == 4 { return Some(path) }
            if !yield_!(node) && node > 1 { continue }
            for &(from, to) in edges {
                if from == node && seen.insert(to) {
                    let mut longer = path.clone();
                    longer.push(to);
                    queue.push_back((to, longer));
                }
            }
        }
        None
    }

    mix program_permutations(mut items: Vec<i32>) -> i32; yield (Vec<i32>), send bool; with (vec![1, 2, 3]) {
        let mut swaps = 0;
        let n = items.len();
        let mut c = vec![0; n];
        if yield_!(items.clone()) { swaps += 100; }
        let mut i = 1;
        while i < n {
            if c[i] >= i {
                c[i] = 0;
                i += 1;
                continue;
            }
            items.swap(if i % 2 == 0 { 0 } else { c[i] }, i);
            swaps += 1;
            if yield_!(items.clone()) && swaps % 4 == 3 { return -swaps }
            c[i] += 1;
            i = 1;
        }
        swaps
    }

    mix program_rate_limiter(capacity: i32) -> (Vec<&'static str>); yield i32, send i32; with (5) {
        let mut tokens = capacity;
        let mut log = vec![];
        loop {
            let want = yield_!(tokens);
            log.push(match want {
                0 => { tokens = (tokens + 2).min(capacity); "refill" }
                n if n <= tokens => { tokens -= n; "ok" }
                n if n > capacity => break,
                n => if yield_!(tokens - n) > 2 { continue } else { "denied" },
            });
            if log.len() == 5 { return log }
        }
        log.push("over");
        log
    }

    mix program_handshake() -> (ControlFlow<String, u8>); yield (&'static str), send (Result<u8, String>); with () {
        fn check(n: u8) -> ControlFlow<String, u8> {
            if n > 4 { ControlFlow::Break(format!("no {n}")) } else { ControlFlow::Continue(n) }
        }
        let _session = d("session");
        let major = match yield_!("hello") { Ok(n) => check(n)?, Err(text) => return ControlFlow::Break(text) };
        let minor = loop {
            let _attempt = d("attempt");
            match yield_!("minor") {
                Ok(n) if n == major => break n,
                Ok(n) => { check(n + major)?; }
                Err(text) if text == "s0" => break 0,
                Err(_) => continue,
            }
            if let Err(text) = yield_!("give up?") { return ControlFlow::Break(text + "!") }
        };
        ControlFlow::Continue(major * 10 + minor)
    }

    mix program_undo_stack() -> String; yield String, send i32; with () {
        let mut text = String::new();
        let mut undo: Vec<Box<dyn FnOnce(String) -> String>> = Vec::new();
        for turn in 0..8 {
            match yield_!(text.clone()) {
                0 => if let Some(back) = undo.pop() { text = back(text) } else if turn > 3 { break },
                1 => { let old = text.clone(); text = text.to_uppercase(); undo.push(Box::new(move |_| old)) }
                n => { text.push_str(&"ab"[..n as usize % 3]); undo.push(Box::new(move |mut t| { t.truncate(t.len() - n as usize % 3); t })) }
            }
        }
        text
    }

    mix program_matrix_spiral() -> (Vec<(usize, usize)>); yield (usize, usize), send bool; with () {
        let (mut top, mut left, mut bottom, mut right) = (0usize, 0usize, 2usize, 3usize);
        let mut out = vec![];
        'spiral: while top <= bottom && left <= right {
            for j in left..=right { out.push((top, j)); }
            top += 1;
            for i in top..=bottom { if yield_!((i, right)) { break 'spiral } out.push((i, right)); }
            if top > bottom { break }
            right -= 1;
            for j in (left..=right).rev() { out.push((bottom, j)); if out.len() > 8 && yield_!((bottom, j)) { return out } }
            bottom -= 1;
            left += 1;
        }
        out
    }

    mix program_lru_cache(size: usize) -> (Vec<(i32, D)>); yield bool, send i32; with (2) {
        let mut cache: Vec<(i32, D)> = Vec::with_capacity(size);
        let mut hit = false;
        for _ in 0..6 {
            let key = yield_!(hit);
            hit = if let Some(i) = cache.iter().position(|(k, _)| *k == key) {
                let entry = cache.remove(i);
                cache.push(entry);
                true
            } else {
                if cache.len() == size {
                    let (old, one) = cache.remove(0);
                    if old == 0 && !b(one.len() > 5) { cache.push((old, one)); continue }
                }
                cache.push((key, d(key)));
                false
            };
        }
        cache
    }

    mix program_group_by(all: Vec<i32>) -> (HashMap<bool, i32>); yield (Vec<i32>), send (Option<i32>); with (vec![1, 3, 2, 4, 6, 5, 7]) {
        let mut sums = HashMap::new();
        let mut it = all.into_iter().peekable();
        while let Some(first) = it.next() {
            let odd = first % 2 == 1;
            let mut group = vec![first];
            while let Some(n) = it.next_if(|n| (n % 2 == 1) == odd) { group.push(n); }
            let total: i32 = group.iter().sum();
            let Some(bonus) = yield_!(group) else { if total > 10 { break } else { continue } };
            if odd { sums.clear(); }
            *sums.entry(true).or_insert(0) += total + bonus;
        }
        sums
    }

    mix program_diff(a: &[char], c: &[char]) -> String; yield (char, char), send bool; with (&['k', 'i', 't', 't'], &['s', 'i', 't', 'x', 't']) {
        let mut out = String::new();
        let (mut i, mut j) = (0, 0);
        loop {
            let (x, y) = match (a.get(i), c.get(j)) {
                (None, None) => break,
                (Some(x), None) => { out.push('-'); out.push(*x); i += 1; continue }
                (None, Some(y)) => { out.extend(['+', *y]); j += 1; continue }
                (Some(x), Some(y)) if x == y => { i += 1; j += 1; out.push(' '); continue }
                (Some(&x), Some(&y)) => (x, y),
            };
            if yield_!((x, y)) { i += 1; out += "d"; } else if yield_!((y, x)) { j += 1; out += "i"; } else { i += 1; j += 1; out.push('s'); }
        }
        out
    }

    mix program_histogram_with_format() -> String; yield String, send usize; with () {
        use std::fmt::Write;
        let mut bars = [0usize; 4];
        let mut total = 0;
        let text = loop {
            let n = yield_!(format!("{bars:?}"));
            match bars.get_mut(n) { Some(bar) => *bar += 1, None if total > 3 => break String::from("over"), None => {} }
            total += 1;
            if total == 6 { break String::new() }
        };
        let mut out = text;
        for (i, bar) in bars.into_iter().enumerate() {
            writeln!(out, "{i}{:>1$}", "#", bar + 1).unwrap();
            if bar > 2 && yield_!(out.clone()) == 0 { return out }
        }
        out
    }

    mix program_batches(source: impl Iterator<Item = D>) -> (Result<usize, Vec<D>>); yield (Vec<D>), send i32; with (ds("a b c d e f g").into_iter()) {
        let mut size = 1;
        let mut batch = Vec::new();
        let mut sent = 0;
        for one in source {
            batch.push(one);
            if batch.len() < size { continue }
            sent += batch.len();
            size = match yield_!(std::mem::take(&mut batch)) {
                0 => return Ok(sent),
                n if n > 5 => break,
                n => n as usize,
            };
        }
        if batch.is_empty() { Ok(sent) } else if yield_!(vec![d("last")]) > 2 { Err(batch) } else { Ok(sent + batch.len()) }
    }
}
