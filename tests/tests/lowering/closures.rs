//! Closures, async blocks, nested items and `unsafe` blocks: what holds no suspension stands as it was written.

use std::cell::Cell;
use std::rc::Rc;

use crate::things::*;

cases! { ($)
    plain closure_by_reference_within_segment() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        let add = |m: i32| n + m;
        let a = add(1);
        let c = add(2);
        a * c + yield_!(a)
    }

    plain closure_by_mut_reference_within_segment() -> i32; yield i32, send i32; with () {
        let mut n = yield_!(1);
        let mut bump = |by: i32| n += by;
        bump(1);
        bump(2);
        n += yield_!(n);
        let mut double = || { n *= 2; n };
        let m = double() + double();
        yield_!(m)
    }

    plain closure_moved_and_held() -> i32; yield i32, send i32; with () {
        let mut n = 1;
        let mut next = move || { n += 1; n };
        let a = yield_!(next());
        let c = yield_!(next());
        a + c + next() + n
    }

    plain closure_in_argument_of_adaptor() -> (Vec<i32>); yield i32, send i32; with () {
        let by = yield_!(1);
        let all: Vec<i32> = (0..4).map(|n| n * by).filter(|n| n % 2 == 0).collect();
        yield_!(all.len() as i32);
        all
    }

    plain closure_mentions_local_under_a_yield() -> i32; yield i32, send i32; with () {
        let base = f(2);
        (0..3).map(|n| n + base).sum::<i32>() + yield_!(base)
    }

    plain closure_returns_closure() -> i32; yield i32, send i32; with () {
        let adder = |a: i32| move |c: i32| a + c;
        let add = adder(yield_!(1));
        let more = adder(add(yield_!(2)));
        more(yield_!(3))
    }

    plain closure_has_return_and_loop_of_its_own() -> i32; yield i32, send i32; with () {
        let search = |limit: i32| {
            for i in 0.. {
                if i * i > limit {
                    return i;
                }
            }
            unreachable!()
        };
        let n = search(yield_!(1));
        search(yield_!(n))
    }

    plain closure_shadows_names() -> i32; yield i32, send i32; with () {
        let n = yield_!(1);
        let twice = |n: i32| { let n = n * 2; n };
        let m = twice(yield_!(n));
        n + m
    }

    plain boxed_closures_in_a_vec() -> i32; yield i32, send i32; with () {
        let mut all: Vec<Box<dyn Fn(i32) -> i32>> = Vec::new();
        for i in 0..3 {
            let by = yield_!(i);
            all.push(Box::new(move |n| n * 2 + by));
        }
        let mut n = 1;
        for each in all {
            n = each(yield_!(n) % 10);
        }
        n
    }

    plain function_pointer_held() -> i32; yield i32, send i32; with () {
        let mut op: fn(i32) -> i32 = f;
        let n = op(yield_!(1));
        if n > 1 {
            op = |n| -n;
        }
        op(yield_!(n))
    }

    plain closure_argument(op: impl Fn(i32) -> i32) -> i32; yield i32, send i32; with (|n| f(n) + 1) {
        let n = op(yield_!(op(1)));
        n + op(yield_!(n))
    }

    plain closure_argument_fn_mut(mut op: impl FnMut(i32)) -> (); yield i32, send i32; with let { let seen = Cell::new(0); } (|n| seen.set(seen.get() * 10 + n)) then { t(seen.get()); } {
        op(yield_!(1));
        let op = &mut op;
        op(2);
        let n = 3;
        op(n);
        yield_!(n);
    }

    plain closure_argument_fn_once(op: impl FnOnce(D) -> i32) -> i32; yield i32, send D; with (eat) {
        let one = yield_!(1);
        yield_!(2);
        op(one)
    }

    plain closure_captures_droppable_by_move_in_branch() -> i32; yield i32, send bool; with () {
        let one = d("one");
        if yield_!(1) {
            let once = move || eat(one);
            yield_!(2);
            return once();
        }
        yield_!(3);
        one.len()
    }

    plain closure_with_rc_state() -> i32; yield i32, send i32; with () {
        let total = Rc::new(Cell::new(0));
        let add = { let total = Rc::clone(&total); move |n| total.set(total.get() + n) };
        add(yield_!(1));
        add(yield_!(total.get()));
        drop(add);
        yield_!(Rc::strong_count(&total) as i32) + total.get()
    }

    plain async_block_does_not_suspend_the_frame() -> i32; yield i32, send i32; with () {
        use std::future::Future;
        use std::pin::pin;
        use std::task::{Context, Poll, Waker};
        let n = yield_!(1);
        let task = async move { t("in the task"); std::future::ready(n).await + 1 };
        let m = yield_!(2);
        let Poll::Ready(r) = pin!(task).poll(&mut Context::from_waker(Waker::noop())) else {
            return -1;
        };
        r + m
    }

    plain async_block_with_question() -> (Result<i32, Big>); yield i32, send i32; with () {
        use std::future::Future;
        use std::pin::pin;
        use std::task::{Context, Poll, Waker};
        let n = yield_!(1);
        let r = {
            let task = async { let m = small(n)?; Ok::<i32, Big>(m * 2) };
            pin!(task).poll(&mut Context::from_waker(Waker::noop()))
        };
        yield_!(2);
        match r {
            Poll::Ready(r) => Ok(r? + 1),
            Poll::Pending => Ok(-1),
        }
    }

    plain nested_fn_and_const() -> i32; yield i32, send i32; with () {
        const STEP: i32 = 2;
        fn twice(n: i32) -> i32 {
            let n = n * STEP;
            n
        }
        let n = twice(yield_!(STEP));
        twice(yield_!(n))
    }

    plain nested_items_used_before_their_line() -> i32; yield i32, send i32; with () {
        let local = Local { n: yield_!(1) };
        let n = local.twice();
        yield_!(n);
        struct Local {
            n: i32,
        }
        impl Local {
            fn twice(&self) -> i32 {
                self.n * FACTOR
            }
        }
        const FACTOR: i32 = 2;
        local.n + n
    }

    plain nested_enum_trait_and_use() -> i32; yield i32, send i32; with () {
        use std::fmt::Debug;
        trait Show: Debug {
            fn show(&self) -> i32 {
                t(format_args!("{self:?}"));
                1
            }
        }
        #[derive(Debug)]
        enum Side {
            Left(i32),
            Right,
        }
        impl Show for Side {}
        use Side::*;
        let side = if yield_!(1) > 1 { Left(yield_!(2)) } else { Right };
        side.show() + yield_!(3) + if let Left(n) = side { n } else { 0 }
    }

    plain nested_macro_rules() -> i32; yield i32, send i32; with () {
        macro_rules! twice {
            ($n:expr) => { $n * 2 };
        }
        let n = yield_!(twice!(4));
        let m = twice!(n + 1);
        yield_!(m) + twice!(m)
    }

    plain unsafe_block_with_yield() -> i32; yield i32, send i32; with () {
        let values = [1, 2, 3, 4];
        let i = at(yield_!(1));
        // SAFETY: `at` gives numbers below 4.
        let n = unsafe { *values.get_unchecked(i) + yield_!(2) };
        // SAFETY: as above.
        let m = unsafe { let j = at(yield_!(n)); *values.get_unchecked(j) };
        n + m
    }

    plain unsafe_call_with_yield_in_argument() -> i32; yield i32, send i32; with () {
        unsafe fn raw(n: i32) -> i32 {
            n + 1
        }
        // SAFETY: it needs nothing.
        unsafe { raw(yield_!(1)) + raw(yield_!(2)) }
    }

    plain const_block_operand() -> i32; yield i32, send i32; with () {
        let n = const { 3 * 4 };
        yield_!(n) + const { 5 } + yield_!(const { 6 })
    }

    plain let_with_type_and_turbofish() -> usize; yield usize, send i32; with () {
        let v: Vec<u64> = Vec::with_capacity(2);
        let n = yield_!(v.len()) as usize;
        let all = (0..n).collect::<Vec<_>>();
        yield_!(std::mem::size_of::<u64>()) as usize + all.len() + v.len()
    }

    plain inferred_later_vec() -> (Vec<u8>); yield i32, send i32; with () {
        let mut v = Vec::new();
        let mut total = Default::default();
        yield_!(1);
        v.push(yield_!(2) as u8);
        total += v[0];
        yield_!(3);
        v.push(total);
        v
    }

    plain inferred_later_integer_and_none() -> (Option<u64>); yield i32, send bool; with () {
        let n = 5;
        let mut slot = None;
        yield_!(1);
        if yield_!(2) {
            slot = Some(n);
        }
        slot
    }

    mix closures_and_iterators_held() -> (Vec<String>); yield i32, send (Option<i32>); with () {
        let offset = yield_!(0).unwrap_or(2);
        let mut it = (0..4).map(move |n| n * offset).zip(count("it", 9)).peekable();
        let mut out = vec![];
        let label = |n: i32, m: i32| format!("{n}/{m}");
        while let Some((n, m)) = it.next() {
            let Some(k) = yield_!(n + m) else {
                if it.peek().is_none_or(|(_, m)| *m > 2) {
                    break;
                }
                continue;
            };
            out.push(label(n + k, m));
            out.iter_mut().for_each(|s| s.push('.'));
        }
        out.push(label(yield_!(99).map_or(-1, |n| n - offset), 0));
        out
    }

    mix closures_table_of_handlers() -> i32; yield (&'static str), send i32; with () {
        let base = d("base");
        let handlers: [(&'static str, fn(i32) -> i32); 3] = [("neg", |n| -n), ("twice", |n| n * 2), ("f", f)];
        let mut acc = base.len();
        'all: loop {
            for (name, run) in handlers {
                acc = match yield_!(name) {
                    0 => continue,
                    n if n > 6 => break 'all,
                    n => run(acc + n),
                };
                if !(-50..50).contains(&acc) {
                    break 'all;
                }
            }
            let once = move |n: i32| n + acc;
            acc = once(yield_!("again"));
        }
        acc + base.len()
    }

    plain moved_into_a_closure_by_one_within() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let n = Some(1).map(|k| { let inner = move || a.len() + k; inner() }).unwrap_or(0);
        yield_!(n) + 1
    }
}
