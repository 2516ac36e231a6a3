//! Mixes: drop order and drop time through control flow.

use std::cell::Cell;
use std::rc::Rc;

use crate::things::*;

cases! { ($)
    mix drops_scopes_in_match_in_loop() -> (); yield i32, send i32; with () {
        let _top = d("top");
        for i in count("it", 4) {
            let _turn = d(format_args!("turn{i}"));
            match yield_!(i) {
                0 => { let _zero = d("zero"); continue }
                1 => { let _one = d("one"); yield_!(10); }
                2 => { let _two = d("two"); { let _in = d("in"); yield_!(20); } t("two ends"); }
                n if n > 5 => { let _big = d("big"); break }
                _ => {}
            }
            let _late = d("late");
            yield_!(30);
        }
        t("end");
    }

    mix drops_conditional_moves_and_labels(a: D, b: D) -> (Option<D>); yield i32, send i32; with (d("a"), d("b")) {
        let c = d("c");
        let r = 'r: {
            if yield_!(1) == 0 {
                break 'r Some(a);
            }
            let e = d("e");
            match yield_!(2) {
                0 => drop(b),
                1 => break 'r Some(b),
                n if n > 4 => return Some(c),
                _ => { drop(c); break 'r Some(e) }
            }
            yield_!(3);
            None
        };
        yield_!(4);
        r
    }

    mix drops_option_slots_and_loops() -> (Vec<Option<D>>); yield i32, send (Option<D>); with () {
        let mut slots = vec![None, Some(d("first")), None];
        for i in 0..slots.len() {
            if let Some(one) = yield_!(i as i32) {
                if let Some(old) = slots[i].replace(one) {
                    yield_!(old.len());
                }
            } else if let Some(old) = slots[i].take() && yield_!(9).is_none() {
                slots[0] = Some(D::with(old, "moved"));
            }
        }
        slots
    }

    mix drops_guard_stack(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(1); } (&cell) {
        let outer = lock(cell, "outer");
        let mut held = Vec::new();
        while held.len() < 3 {
            match yield_!(outer.get()) {
                0 => { held.pop(); if held.is_empty() { break } }
                n => { let g = lock(cell, "held"); g.set(n); held.push(g); }
            }
            let _turn = lock(cell, "turn");
            if held.len() == 2 && yield_!(9) > 2 {
                held.clear();
                return outer.get();
            }
        }
        drop(outer);
        held.len() as i32 + yield_!(7)
    }

    mix drops_overwrite_in_loop_with_early_return() -> D; yield i32, send D; with () {
        let mut best = d("best");
        let mut spare = None;
        for i in 0..4 {
            let candidate = yield_!(i);
            if candidate.name.ends_with('0') {
                return candidate;
            }
            if candidate.name > best.name {
                spare = Some(std::mem::replace(&mut best, candidate));
                continue;
            }
            spare = None;
            let _ = spare;
        }
        yield_!(spare.map_or(0, |one| one.len()));
        best
    }

    mix drops_panic_in_the_middle() -> i32; yield i32, send i32; with () {
        let _a = d("a");
        let mut all = ds("x y z");
        let mut it = count("it", 5);
        while let Some(i) = it.next() {
            let one = all.remove(0);
            let _turn = d("turn");
            match yield_!(i) {
                4 => panic!("four after {one}"),
                0 => all.push(one),
                n => { let m = yield_!(n); all.insert(m as usize % (all.len() + 1), d(m)); }
            }
            all[0].touch();
        }
        all.len() as i32
    }

    mix drops_rc_graph() -> usize; yield usize, send bool; with () {
        struct Node { _d: D, next: Option<Rc<Node>> }
        let a = Rc::new(Node { _d: d("a"), next: None });
        let b = Rc::new(Node { _d: d("b"), next: if yield_!(1) { Some(Rc::clone(&a)) } else { None } });
        let c = if yield_!(2) { Some(Node { _d: d("c"), next: Some(b) }) } else { drop(b); None };
        drop(a);
        let depth = match &c {
            Some(Node { next: Some(next), .. }) if next.next.is_some() => 2,
            Some(_) => 1,
            None => 0,
        };
        yield_!(depth);
        if let Some(node) = c && yield_!(9) {
            let Node { next, .. } = node;
            return next.map_or(7, |n| Rc::strong_count(&n));
        }
        depth
    }

    mix drops_late_initialised_in_each_arm() -> i32; yield i32, send i32; with () {
        let first;
        let second;
        let _between = d("between");
        let n = match yield_!(1) {
            0 => { second = d("s0"); yield_!(2); first = Some(d("f0")); 0 }
            1 => { first = None; second = d("s1"); yield_!(3) }
            n => { first = Some(d("f")); if n > 3 { return yield_!(n) } second = d("s"); n }
        };
        yield_!(n);
        first.map_or(0, eat) + second.len()
    }

    mix drops_loop_carried_value() -> (Vec<String>); yield i32, send i32; with () {
        let mut log = vec![];
        let mut carry = d("carry");
        loop {
            let next = match yield_!(carry.len()) {
                0 => break,
                1 => { log.push(carry.into_name()); d("fresh") }
                n if log.len() > 2 => { log.push(n.to_string()); return log }
                n => { let grown = D::with(carry, n); if grown.len() > 12 { log.push(grown.into_name()); break } grown }
            };
            log.push(format!("{next:?}"));
            carry = next;
        }
        log
    }

    mix drops_iterator_of_droppables_with_exits() -> (Result<Vec<D>, D>); yield i32, send i32; with () {
        let mut kept = Vec::new();
        let mut rest = ds("a b c d e").into_iter();
        while let Some(one) = rest.next() {
            match yield_!(one.len()) {
                0 => return Err(one),
                1 => drop(rest.next()),
                2 => continue,
                n if n > 5 => { kept.extend(rest); kept.push(one); break }
                _ => kept.push(one),
            }
        }
        yield_!(kept.len() as i32);
        Ok(kept)
    }

    mix drops_with_question_in_nested_scopes() -> (Result<i32, Failed>); yield i32, send i32; with () {
        let _a = d("a");
        let n = {
            let _b = d("b");
            let n = {
                let _c = d("c");
                small(yield_!(1))?
            };
            let _e = d("e");
            let pair = (d("p"), small(yield_!(n))?);
            pair.1 + n
        };
        if n > 2 {
            let _f = d("f");
            small(n + yield_!(n))?;
        }
        Ok(n)
    }

    mix drops_boxed_trait_objects() -> i32; yield i32, send i32; with () {
        trait Act {
            fn act(&mut self, n: i32) -> i32;
        }
        impl Act for D {
            fn act(&mut self, n: i32) -> i32 { self.put(n); n }
        }
        impl Act for Ptr<D> {
            fn act(&mut self, n: i32) -> i32 { self.touch(); -n }
        }
        let mut actors: Vec<Box<dyn Act>> = vec![Box::new(d("plain")), Box::new(Ptr(d("inside")))];
        let mut sum = 0;
        let mut i = 0;
        while i < actors.len() {
            sum += actors[i].act(yield_!(i as i32));
            if sum > 4 {
                drop(actors.remove(0));
                if yield_!(sum) == 1 {
                    return sum;
                }
            }
            i += 1;
        }
        sum
    }

    mix drops_arguments_in_mixed_fates(a: D, (b, _): (D, D), mut all: Vec<D>, _: D) -> (Option<D>); yield i32, send i32; with (d("a"), (d("b0"), d("b1")), ds("v0 v1 v2"), d("wild")) {
        all.push(a);
        for _ in 0..2 {
            let last = all.pop()?;
            match yield_!(last.len()) {
                0 => { all.insert(0, b); return all.pop() }
                n if n % 2 == 1 => { all.truncate(1); all.push(last); }
                _ => { yield_!(7); }
            }
        }
        let _b = b;
        all.into_iter().nth(yield_!(9) as usize % 2)
    }

    mix drops_closure_captures_in_scopes() -> i32; yield i32, send i32; with () {
        let mut sum = 0;
        for i in 0..2 {
            let one = d(format_args!("one{i}"));
            let get = move |n: i32| one.len() * n;
            sum += get(yield_!(i));
            if sum > 6 {
                let _late = d("late");
                break;
            }
            {
                let other = get;
                sum += other(yield_!(sum));
            }
            t("turn ends");
        }
        sum
    }
}
