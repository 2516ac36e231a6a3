//! Mixes: moves, late initialisation, closures and iterators held over control flow.

use std::collections::{BTreeMap, VecDeque};

use crate::things::*;

cases! { ($)
    mix moves_builder_in_loop() -> String; yield i32, send i32; with () {
        let mut built = d("b");
        let mut i = 0;
        let end = loop {
            built = match yield_!(i) {
                0 => break D::with(built, "zero"),
                n if n > 4 => { let name = built.into_name(); break d(name + "!") }
                n => D::with(built, n),
            };
            i += 1;
            if i == 3 {
                break built;
            }
        };
        yield_!(end.len());
        end.into_name()
    }

    mix moves_swap_between_two_locals() -> (D, D); yield i32, send bool; with () {
        let mut a = d("a");
        let mut b = d("b");
        for i in 0..3 {
            if yield_!(i) {
                (a, b) = (b, a);
            } else if yield_!(-i) {
                let c = a;
                a = D::with(b, i);
                b = c;
            } else {
                b = std::mem::replace(&mut a, d("new"));
            }
        }
        (a, b)
    }

    mix moves_queue_of_work() -> (Vec<String>); yield usize, send i32; with () {
        let mut queue: VecDeque<(i32, D)> = ds("a b").into_iter().map(|one| (2, one)).collect();
        let mut done = vec![];
        while let Some((left, one)) = queue.pop_front() {
            let left = match yield_!(queue.len()) {
                0 => { done.push(one.into_name()); continue }
                n if n > left => 0,
                n => left - n,
            };
            if left == 0 {
                done.push(format!("{one}:{}", yield_!(done.len())));
            } else {
                queue.push_back((left, D::with(one, left)));
            }
            if done.len() > 3 { break }
        }
        done
    }

    mix moves_map_entries() -> (BTreeMap<i32, Vec<D>>); yield i32, send i32; with () {
        let mut map = BTreeMap::<i32, Vec<D>>::new();
        for (i, one) in ds("a b c d").into_iter().enumerate() {
            let key = yield_!(i as i32) % 3;
            if let Some(all) = map.get_mut(&key) && all.len() > 1 {
                all.clear();
            }
            map.entry(key).or_default().push(one);
            match map.remove(&yield_!(key)) {
                Some(all) if all.len() == 1 => { map.insert(100 + key, all); }
                Some(_) | None => continue,
            }
        }
        map
    }

    mix moves_option_combinators() -> (Option<String>); yield i32, send (Option<D>); with () {
        let first = yield_!(1);
        let second = if first.is_some() { yield_!(2) } else { Some(d("other")) };
        let joined = first.zip(second).map(|(a, b)| a.into_name() + &b.name);
        let name = match joined {
            Some(name) if name.len() > 14 => { yield_!(name.len() as i32); name }
            Some(name) => yield_!(3)?.into_name() + &name,
            None => return yield_!(4).map(D::into_name),
        };
        while let Some(one) = yield_!(5) {
            if one.name < name { break }
            drop(one);
        }
        Some(name)
    }

    mix moves_iterators_chosen_at_run_time() -> (Vec<i32>); yield i32, send i32; with () {
        let kind = yield_!(0);
        let mut it: Box<dyn Iterator<Item = i32>> = match kind % 3 {
            0 => Box::new(count("plain", 3)),
            1 => Box::new((0..4).rev()),
            _ => Box::new(count("mapped", 2).map(move |n| n * kind).chain(7..9)),
        };
        let mut out = vec![];
        while let Some(n) = it.next() {
            if yield_!(n) == 1 {
                it = Box::new(it.skip(1));
                continue;
            }
            out.push(n);
        }
        out
    }

    mix moves_unnameable_iterator_by_ref() -> (Vec<(usize, char)>); yield char, send bool; with () {
        let text = String::from("a1b2c3d4");
        let mut it = text.into_bytes().into_iter().map(char::from).enumerate().filter(|(i, _)| i % 3 != 2).peekable();
        let mut out = vec![];
        'all: loop {
            for (i, c) in it.by_ref().take(2) {
                if c.is_ascii_digit() {
                    t(c);
                }
                out.push((i, c));
            }
            match it.peek().copied() {
                Some((_, c)) => if yield_!(c) { continue 'all },
                None => break,
            }
            let Some(next) = it.next() else { break };
            if yield_!(next.1) { out.push(next) }
        }
        out
    }

    mix moves_state_in_tuple_reassigned() -> (i32, String, D); yield usize, send i32; with () {
        let mut state = (0, String::new(), d("s"));
        loop {
            state = match (state, yield_!(state_len())) {
                ((n, text, one), 0) => break (n, text, D::with(one, "end")),
                ((n, text, one), m) if n > 6 => { drop(one); break (n + m, text + "!", d("late")) }
                ((n, mut text, one), m) => {
                    text.push_str(&m.to_string());
                    (n + m + yield_!(text.len()), text, one)
                }
            };
        }
    }

    mix moves_result_accumulator() -> (Result<Vec<D>, (D, i32)>); yield i32, send (Result<i32, String>); with () {
        let mut all = vec![];
        let mut current = d("c0");
        for i in 0..3 {
            current = match yield_!(i) {
                Ok(n @ (0 | 1)) => { all.push(current); d(format_args!("c{n}")) }
                Ok(n) if n > 6 => return Err((current, n)),
                Ok(n) => D::with(current, n),
                Err(text) => { let text = text + &yield_!(9).unwrap_or(0).to_string(); all.push(d(text)); current }
            };
        }
        all.push(current);
        Ok(all)
    }

    mix moves_conditionally_twice() -> i32; yield i32, send bool; with () {
        let mut slot = Some(d("first"));
        let spare = d("spare");
        let mut sum = 0;
        while let Some(one) = slot {
            slot = if yield_!(sum) {
                if sum > 8 { break }
                Some(D::with(one, "again"))
            } else {
                sum += eat(one);
                None
            };
            sum += 4;
        }
        if yield_!(sum) { sum + eat(spare) } else { sum }
    }

    mix moves_sum_of_parsed_words(text: &str) -> (Result<(i32, Vec<String>), Failed>); yield usize, send (Option<i32>); with ("1 x 22 y 7") {
        let mut sum = 0;
        let mut bad = vec![];
        let mut words = text.split_whitespace().map(str::to_owned);
        while let Some(word) = words.next() {
            sum += match word.parse::<i32>() {
                Ok(n) if n > 9 => n * yield_!(word.len()).unwrap_or(1),
                Ok(n) => n,
                Err(_) if bad.is_empty() => { bad.push(word); continue }
                Err(error) => { let Some(n) = yield_!(bad.len()) else { return Err(error.into()) }; bad.push(word); n }
            };
        }
        Ok((sum, bad))
    }

    mix moves_parser_with_pushback(text: &str) -> (Vec<String>); yield char, send bool; with ("ab12,c;d") {
        let mut chars = text.chars();
        let mut back = None;
        let mut out = vec![];
        let mut word = String::new();
        loop {
            let Some(c) = back.take().or_else(|| chars.next()) else { break };
            match c {
                ',' | ';' => { out.push(std::mem::take(&mut word)); if yield_!(c) { continue } word.push(c); }
                c if c.is_ascii_digit() && word.is_empty() => out.push(c.to_string()),
                c if c.is_ascii_digit() => { out.push(word); word = String::new(); back = Some(c); }
                _ => word.push(if yield_!(c) { c.to_ascii_uppercase() } else { c }),
            }
        }
        out.push(word);
        out
    }

    mix moves_sent_pairs_into_struct() -> (Vec<Pair>); yield i32, send (D, D); with () {
        let mut out: Vec<Pair> = vec![];
        for i in 0..3 {
            let (a, b) = yield_!(i);
            let n = match out.last() { Some(last) if last.n > 0 => last.n + 1, _ => a.len() };
            if n > 9 { drop(a); let _ = b; break }
            out.push(Pair { n: n + yield_!(n).0.len(), b, a });
        }
        out
    }

    mix moves_values_out_of_array_by_index() -> (Vec<D>); yield usize, send usize; with () {
        let mut slots = [Some(d("0")), Some(d("1")), Some(d("2")), None];
        let mut out = vec![];
        'take: loop {
            let i = yield_!(out.len()) % 4;
            let Some(one) = slots[i].take() else {
                for slot in slots.iter_mut().filter(|slot| slot.is_some()).take(1) {
                    out.extend(slot.take());
                }
                if slots.iter().all(Option::is_none) || yield_!(i) == 0 { break 'take }
                continue;
            };
            out.push(one);
        }
        out
    }

    mix moves_lazy_default_with_inference() -> (Option<Vec<u16>>); yield usize, send (Option<u8>); with () {
        let mut best = None;
        let mut current = Vec::new();
        for i in 0..4 {
            let Some(n) = yield_!(i) else {
                if best.as_ref().is_none_or(|b: &Vec<u16>| b.len() < current.len()) {
                    best = Some(std::mem::take(&mut current));
                } else {
                    current.clear();
                }
                continue;
            };
            current.push(n.into());
            if let [.., a, b] = current[..] && a > b {
                current.push(u16::from(yield_!(current.len())?));
            }
        }
        best.or(Some(current))
    }
}

fn state_len() -> usize {
    t("state_len");
    1
}
