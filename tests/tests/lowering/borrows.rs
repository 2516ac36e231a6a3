//! What is borrowed from the caller: references, reborrows, guards, iterators over arguments.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::things::*;

cases! { ($)
    plain slice_iter(v: &[i32]) -> i32; yield i32, send i32; with (&[1, 2, 3]) {
        let mut sum = 0;
        for x in v.iter() {
            sum += x * yield_!(*x);
        }
        sum
    }

    plain slice_iter_yields_references(v: &[D]) -> i32; yield (&D), send i32; with let { let v = ds("a bb"); } (&v) {
        let mut sum = 0;
        for one in v.iter() {
            sum += yield_!(one);
        }
        sum + yield_!(&v[0])
    }

    plain slice_into_iter_of_reference(v: &Vec<D>) -> i32; yield i32, send i32; with let { let v = ds("a bb"); } (&v) {
        let mut sum = 0;
        for one in v {
            sum += yield_!(one.len());
        }
        for one in &v[1..] {
            sum += yield_!(one.len());
        }
        sum
    }

    plain slice_iter_mut_after_plain_use(v: &mut [i32]) -> (); yield i32, send i32; with let { let mut v = [1, 2, 3]; } (&mut v) then { t(format_args!("{v:?}")); } {
        for x in &mut *v {
            *x += 1;
        }
        v[0] = yield_!(v[1]);
        for x in v {
            *x *= yield_!(*x) + 1;
        }
    }

    plain dead_reborrow_then_original(v: &mut Vec<i32>) -> i32; yield i32, send i32; with let { let mut v = vec![1]; } (&mut v) {
        let alias = &mut *v;
        alias.push(2);
        let n = yield_!(alias.len() as i32);
        v.push(n);
        yield_!(v.len() as i32)
    }

    plain dead_shared_reference_to_local() -> D; yield i32, send i32; with () {
        let mut one = d("one");
        let peek = &one;
        let n = peek.len();
        yield_!(n);
        one.touch();
        let peek = &mut one;
        peek.touch();
        yield_!(2);
        one
    }

    plain guard_released_by_drop(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(1); } (&cell) {
        let guard = lock(cell, "g");
        guard.set(yield_!(guard.get()));
        drop(guard);
        yield_!(cell.get())
    }

    plain guard_in_inner_scope(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(1); } (&cell) {
        {
            let guard = lock(cell, "g");
            guard.set(yield_!(1));
        }
        let again = lock(cell, "again");
        again.set(yield_!(2)) + again.get()
    }

    plain guard_dead_but_held(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(1); } (&cell) {
        let _guard = lock(cell, "g");
        cell.set(yield_!(1));
        cell.set(yield_!(2));
        cell.get()
    }

    plain ref_cell_borrow_held(cell: &RefCell<Vec<i32>>) -> bool; yield bool, send i32; with let { let cell = RefCell::new(vec![1]); } (&cell) {
        let mut held = cell.borrow_mut();
        held.push(yield_!(cell.try_borrow().is_ok()));
        drop(held);
        yield_!(cell.try_borrow().is_ok());
        cell.try_borrow().is_ok()
    }

    plain ref_cell_borrow_in_operand_is_released(cell: &RefCell<Vec<i32>>) -> usize; yield usize, send i32; with let { let cell = RefCell::new(vec![1]); } (&cell) {
        let n = yield_!(cell.borrow().len());
        cell.borrow_mut().push(n);
        let m = yield_!(cell.borrow().len());
        cell.borrow_mut()[0] += m;
        cell.borrow().len()
    }

    plain mutex_guard_held(lock: &std::sync::Mutex<i32>) -> i32; yield bool, send i32; with let { let lock = std::sync::Mutex::new(1); } (&lock) {
        let n = {
            let mut guard = lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            *guard += yield_!(lock.try_lock().is_ok());
            *guard
        };
        yield_!(lock.try_lock().is_ok());
        n
    }

    plain map_of_argument(map: &BTreeMap<String, i32>) -> i32; yield (&str), send i32; with let { let map = BTreeMap::from([("a".to_string(), 1), ("b".to_string(), 2)]); } (&map) {
        let mut sum = 0;
        for (key, value) in map {
            sum += yield_!(key) * value;
        }
        sum + map.get(&yield_!("which").to_string()).copied().unwrap_or(9)
    }

    plain chars_and_str_slices(text: &str) -> (Vec<&str>); yield (&str), send i32; with ("one two three") {
        let mut out = vec![];
        let mut rest = text;
        while let Some((word, tail)) = rest.split_once(' ') {
            if yield_!(word) > 1 {
                out.push(word);
            }
            rest = tail;
        }
        out.push(rest);
        out
    }

    plain two_lifetimes['a, 'b](a: &'a str, b: &'b str) -> (&'a str); yield (&'b str), send bool; with ("first", "second") {
        if yield_!(b) { &a[1..] } else { yield_!(&b[2..]); a }
    }

    plain reference_to_copy_in_struct(p: &mut P) -> (); yield i32, send i32; with let { let mut p = P { x: 1, y: 2, z: 3 }; } (&mut p) then { t(format_args!("{p:?}")); } {
        let P { x, y, .. } = p;
        *x = yield_!(*y);
        *y += yield_!(*x);
        std::mem::swap(x, y);
        yield_!(*x);
    }

    plain option_of_reference(slot: Option<&mut D>) -> i32; yield i32, send i32; with let { let mut one = d("one"); } (Some(&mut one)) {
        let Some(one) = slot else {
            return 0;
        };
        one.put(yield_!(one.len()));
        yield_!(2);
        one.touch().len()
    }

    lent string_buffer_argument(out: &mut String) -> (); yield i32, send (&str); with let { let mut out = String::new(); } (&mut out) then { t(&out); } {
        use std::fmt::Write;
        out.push_str(yield_!(1));
        write!(out, "-{}", yield_!(2)).expect("a string takes all");
        let n = out.len();
        write!(out, "-{n}").expect("a string takes all");
    }

    lent sent_slices(total: i32) -> i32; yield i32, send (&[i32]); with (10) {
        let mut total = total;
        for i in 0..3 {
            let chunk = yield_!(i);
            total += chunk.iter().sum::<i32>();
        }
        total
    }

    lent sent_str() -> String; yield usize, send (&str); with () {
        let mut out = String::new();
        while out.len() < 20 {
            out.push_str(yield_!(out.len()));
            out.push(';');
        }
        out
    }

    plain iterator_adaptors_over_argument(v: &[i32]) -> i32; yield i32, send i32; with (&[5, 6, 7, 8]) {
        let mut pairs = v.chunks(3).flat_map(|c| c.iter().copied()).enumerate().skip(1);
        let mut sum = 0;
        while let Some((i, n)) = pairs.next() {
            sum += n * i as i32 + yield_!(n);
        }
        sum
    }

    mix borrows_of_many_arguments['a](v: &'a [D], out: &mut Vec<String>, cell: &Cell<i32>) -> (Option<i32>); yield (&'a str), send (Option<i32>); with let { let v = ds("ab c def"); let mut out = vec![]; let cell = Cell::new(0); } (&v, &mut out, &cell) then { t(format_args!("{out:?} {cell:?}")); } {
        let guard = lock(cell, "g");
        for (i, one) in v.iter().enumerate() {
            let n = match yield_!(one.get()) {
                Some(0) => continue,
                Some(n) => n,
                None if i == 1 => return None,
                None => { let inner = lock(cell, "inner"); inner.set(inner.get() + 1); yield_!("none")? }
            };
            out.push(format!("{one}{n}"));
            guard.set(cell.get() + n);
            if yield_!("again").is_some() && let Some(last) = out.last_mut() {
                last.push('!');
            }
        }
        let last = out.last().map(|s| s.len() as i32);
        drop(guard);
        last.or(yield_!("end"))
    }

    lent borrows_cursor_over_tokens(text: &str) -> (Result<Vec<(&str, i32)>, Failed>); yield (&str), send (Option<&str>); with ("a=1;b;c=x;d=4") {
        let mut out = vec![];
        for (i, token) in text.split(';').enumerate() {
            let (key, value) = match token.split_once('=') {
                Some(pair) => pair,
                None => match yield_!(token) {
                    Some(given) if given.len() > 3 => (token, "7"),
                    Some(_) => continue,
                    None => break,
                },
            };
            let n: i32 = match value.parse() {
                Ok(n) => n,
                Err(error) if i > 1 && yield_!(value).is_none() => return Err(Failed::from(error)),
                Err(_) => -1,
            };
            out.push((key, n + yield_!(key).map_or(0, |s| s.len() as i32)));
        }
        Ok(out)
    }

    mix borrows_split_at_mut_in_loop(v: &mut [i32]) -> i32; yield i32, send i32; with let { let mut v = [1, 2, 3, 4, 5]; } (&mut v) then { t(format_args!("{v:?}")); } {
        let middle = v.len() / 2;
        let (left, right) = v.split_at_mut(middle);
        let mut moved = 0;
        'outer: for (i, l) in left.iter_mut().enumerate() {
            let mut j = i;
            while let Some(&there) = right.get(j) {
                match yield_!(*l * 10 + there) {
                    0 => continue 'outer,
                    1 => { std::mem::swap(l, &mut right[j]); moved += 1; }
                    n if n > 5 => break 'outer,
                    n => { right[j] += n; let m = yield_!(right[j]); *l -= m; }
                }
                j += 1;
            }
        }
        moved + right.iter().sum::<i32>()
    }

    plain dead_slice_of_local() -> (Vec<i32>); yield i32, send i32; with () {
        let mut v = vec![1, 2, 3];
        let (first, rest) = v.split_first().expect("it is not empty");
        let n = first + rest.len() as i32;
        v.push(yield_!(n));
        let tail = &mut v[1..];
        tail.reverse();
        v.push(yield_!(v[1]));
        v
    }

    plain slice_iter_mut(v: &mut [i32]) -> (); yield i32, send i32; with let { let mut v = [1, 2, 3]; } (&mut v) then { t(format_args!("{v:?}")); } {
        for x in v.iter_mut() {
            *x += yield_!(*x);
        }
        yield_!(9);
    }

    plain reborrow_of_argument_lives_across(p: &mut Pair) -> i32; yield i32, send i32; with let { let mut p = pair("p"); } (&mut p) then { t(format_args!("{p:?}")); } {
        p.n += 1;
        let n = &mut p.n;
        let a = &mut p.a;
        *n += yield_!(*n);
        a.touch();
        yield_!(2);
        a.touch();
        *n += 1;
        *n
    }

    plain map_changed_through_argument(map: &mut BTreeMap<i32, D>) -> (); yield i32, send i32; with let { let mut map = BTreeMap::new(); } (&mut map) then { t(format_args!("{map:?}")); } {
        for i in 0..3 {
            map.entry(yield_!(i)).or_insert_with(|| d(i)).touch();
        }
        for (key, one) in map.iter_mut() {
            one.put(yield_!(*key));
        }
    }

    plain reassigned_borrow_is_not_rebuilt(v: &[i32]) -> i32; yield i32, send i32; with (&[1, 2, 3, 4, 5]) {
        let mut view = &v[..2];
        yield_!(view[0]);
        view = &v[3..];
        yield_!(view[0]);
        view[0] + view.len() as i32
    }

    plain vec_pushed_through_reference(v: &mut Vec<D>) -> usize; yield i32, send D; with let { let mut v = ds("a"); } (&mut v) then { t(format_args!("{v:?}")); } {
        v.push(yield_!(v.len() as i32));
        let last = v.last_mut().expect("it is not empty");
        last.touch();
        v.push(yield_!(2));
        v.swap(0, 1);
        v.len()
    }

    // Was refused: what is taken out is behind the reference that the argument is, and not in the frame.
    plain parts_behind_a_reference_to_a_reference(pair: &(D, D), v: &[D], o: &Option<D>) -> i32; yield i32, send i32;
    with let { let (p, v, o) = ((d("a"), d("bb")), ds("c dd"), Some(d("o"))); } (&p, &v, &o) {
        let (x, _) = &pair;
        let n = yield_!(x.len());
        let [y, ..] = &v else { return n };
        yield_!(y.len());
        let Some(z) = &o else { return n };
        yield_!(z.len());
        x.len() + y.len() + z.len() + n
    }
}
