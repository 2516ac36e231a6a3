//! Bodies that users wrote and that were refused: captures, let-chains, methods by value.

use std::cell::Cell;
use std::rc::Rc;

use crate::things::*;

/// What is shared, and says when it is gone.
struct Shared {
    n: Cell<i32>,
    d: D,
}

fn shared(name: &str) -> Rc<Shared> {
    Rc::new(Shared { n: Cell::new(3), d: d(name) })
}

/// A list whose methods take it and give it back.
struct Built(Vec<D>);

impl Built {
    fn push(mut self, d: D) -> Self {
        self.0.push(d);
        self
    }

    fn set(mut self, n: i32) -> Self {
        self.0.truncate(usize::try_from(n).unwrap_or(0));
        self
    }
}

trait Bumped {
    fn bumped(&mut self) -> i32;
}

impl Bumped for i32 {
    fn bumped(&mut self) -> i32 {
        *self += 1;
        *self
    }
}

fn later<T>(make: impl FnOnce() -> T) -> T {
    t("later");
    make()
}

cases! { ($)
    plain a_move_closure_prints_what_it_captures() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let b = d("b");
        let say = move || println!("{b}");
        let c = d("c");
        yield_!(1);
        say();
        yield_!(2);
        drop(a);
        3
    }

    plain a_move_closure_formats_what_it_captures(x: D) -> (Vec<String>); yield i32, send i32; with (d("x")) {
        let a = d("a");
        let all = (0..2).map(move |i| format!("{}{i}", x)).collect::<Vec<_>>();
        yield_!(1);
        all
    }

    plain a_move_closure_matches_what_it_captures(x: Option<D>) -> bool; yield i32, send i32; with (Some(d("x"))) {
        let y = Some(d("y"));
        let is = move || matches!(x, Some(_));
        let c = d("c");
        yield_!(1);
        let r = is();
        let has = move || { assert!(y.is_some()); if let Some(_) = y { 1 } else { 2 } };
        yield_!(2);
        yield_!(has());
        r
    }

    plain a_move_closure_has_a_macro_in_a_macro(x: D) -> usize; yield i32, send i32; with (d("x")) {
        let n = later(move || vec![format!("{}", format!("{x}")), String::new()]).len();
        let y = d("y");
        let m = later(move || dbg!(y)).len();
        yield_!(m);
        n
    }

    plain an_async_block_prints_what_it_captures(x: D) -> i32; yield i32, send i32; with (d("x")) {
        let a = d("a");
        let task = async move { println!("{x}"); 1 };
        yield_!(1);
        drop(task);
        yield_!(2)
    }

    plain a_wildcard_in_a_move_closure_captures_nothing(x: D) -> i32; yield i32, send i32; with (d("x")) {
        let a = d("a");
        let f = move || { let _ = x; _ = x; let _a = &a; 1 };
        yield_!(1);
        let n = f();
        drop(f);
        yield_!(n);
        t("end");
        2
    }

    plain the_field_of_a_pointer_in_a_move_closure(s: Rc<Shared>) -> i32; yield i32, send i32; with (shared("s")) {
        let t1 = s.clone();
        let f = move || t1.n.get();
        drop(s);
        let a = d("a");
        let n = yield_!(f());
        drop(f);
        yield_!(n);
        let u: Rc<Shared> = shared("u");
        let v = Rc::clone(&u);
        let w1 = Rc::new((d("w"), 1));
        let boxed = Box::new((d("boxed"), 2));
        drop(u);
        let g = move || v.n.get() + v.d.len() + w1.1 + boxed.1;
        yield_!(g());
        4
    }

    plain a_chain_takes_before_its_last_test(text: Option<D>) -> i32; yield i32, send i32; with (Some(d("text"))) {
        let a = d("a");
        if let Some(x) = text && x.len() > f(2) { println!("{x}"); }
        let c = d("c");
        yield_!(1);
        2
    }

    plain a_chain_takes_before_its_last_test_of_nothing(text: Option<D>) -> i32; yield i32, send i32; with (None) {
        if let Some(x) = text && x.len() > f(9) { println!("{x}"); } else { t("else"); }
        let c = d("c");
        yield_!(1);
        2
    }

    plain a_chain_takes_twice(x: Option<D>, y: Option<D>) -> i32; yield i32, send i32; with (Some(d("x")), Some(d("y"))) {
        let a = d("a");
        let n = if let Some(x) = x && x.len() == f(1) && let Some(y) = y && b(x.len() > 2) { y.len() } else { t("else"); 4 };
        let c = d("c");
        yield_!(n);
        n
    }

    plain a_chain_takes_before_a_yield(x: Option<D>) -> i32; yield i32, send i32; with (Some(d("x"))) {
        let a = d("a");
        if let Some(x) = x && x.len() > 0 && b(true) { let c = d("c"); yield_!(x.len()); } else { yield_!(7); }
        yield_!(2)
    }

    plain a_loop_takes_before_its_last_test() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut next = Some(d("n"));
        let c = d("c");
        while let Some(x) = next && x.len() < f(3) {
            next = (x.len() < 2).then(|| x.with("more"));
            t("turn");
        }
        yield_!(1);
        2
    }

    plain question_names_that_consume(x: Option<D>, y: Result<D, D>) -> i32; yield i32, send i32; with (Some(d("x")), Err(d("y"))) {
        let a = d("a");
        let p = x.is_some_and(|x| x.len() > 0);
        let q = y.is_err_and(|y| y.len() > 0);
        let c = d("c");
        yield_!(1);
        let z = Some(d("z"));
        let r = z.is_none_or(|z| z.len() > 3);
        let e = d("e");
        yield_!(2);
        let o = Some(d("o"));
        let k = o.or(Some(d("k")));
        yield_!(3);
        i32::from(p) + i32::from(q) + i32::from(r) + k.map_or(1, |k| k.len())
    }

    plain a_thread_is_joined() -> i32; yield i32, send i32; with () {
        let thread = std::thread::spawn(|| 3);
        let n = thread.join().unwrap_or(1);
        yield_!(n);
        n
    }

    plain a_list_is_joined() -> String; yield i32, send i32; with () {
        let words = vec!["a".to_owned(), "b".to_owned()];
        let n = words.concat();
        let text = words.join("-");
        yield_!(1);
        text
    }

    plain a_builder_is_assigned() -> i32; yield i32, send i32; with () {
        let a = d("a");
        let mut s = Built(ds("s"));
        let c = d("c");
        for k in 0..2 { s = s.push(d(k)); yield_!(k); }
        s = s.set(3).push(d("end"));
        yield_!(2);
        let u = s.push(d("last")).push(d("very last"));
        yield_!(u.0.len() as i32);
        u.0.len() as i32
    }

    plain a_builder_is_bound_by_another_name() -> i32; yield i32, send i32; with () {
        let s = Built(ds("s"));
        let a = d("a");
        let u = s.push(d("u"));
        let c = d("c");
        yield_!(1);
        drop(u);
        yield_!(2);
        3
    }

    plain a_closure_of_copies_is_kept(k: i32) -> i32; yield i32, send i32; with (3) {
        let double = |x: i32| x * k;
        for i in 0..3 { yield_!(double(i)); }
        k
    }

    plain closures_of_copies_in_a_kept_iterator['a](names: &'a [&'a str], k: i32) -> i32; yield i32, send i32; with (&["a", "b"], 2) {
        let limit = 1;
        let words = vec!["a", "b", "c"];
        for w in words.into_iter().filter(|w| names.contains(w)).map(|w| format!("{w}{k}")).filter(|w| w.len() > limit) {
            yield_!(w.len() as i32);
        }
        let sums = (0..2).flat_map(|a| (0..2).map(move |c| a + c + k));
        for s in sums { yield_!(s); }
        k + limit as i32
    }

    plain a_closure_that_changes_a_copy() -> i32; yield i32, send i32; with () {
        let mut n = 1;
        let mut bump = || { n += 1; n };
        bump();
        yield_!(bump());
        let mut c = 5;
        let mut up = || c.bumped();
        up();
        let r = &c;
        let give = || r;
        yield_!(*give());
        yield_!(n);
        c
    }

    plain a_closure_consumes_by_value(a: Option<D>) -> i32; yield i32, send i32; with (Some(d("a"))) {
        let e = d("e");
        let x = a.unwrap_or_else(|| e);
        let g = d("g");
        yield_!(1);
        let h = d("h");
        let o: Option<D> = None;
        let y = o.map_or_else(|| (h, 1).0, |o| o);
        yield_!(2);
        let z = Some(1).map(|n| D::with(g, n));
        yield_!(3);
        x.len() + y.len()
    }

    plain a_closure_may_consume_a_part(p: (D, D)) -> i32; yield i32, send i32; with ((d("x"), d("y"))) {
        let n = later(|| { let (x, y) = &p; x.len() + y.len() });
        yield_!(n);
        2
    }

    plain a_block_with_a_let_before_a_consuming_call(x: Option<D>) -> i32; yield i32, send i32; with (Some(d("x"))) {
        let n = { let y = f(2); x.map(|v| v.len() + y) };
        yield_!(1);
        n.unwrap_or(2)
    }

    plain what_a_closure_does_not_capture_stays(x: D, y: Box<(D, i32)>) -> i32; yield i32, send i32; with (d("x"), Box::new((d("y"), 1))) {
        let s: Box<(D, i32)> = Box::new((d("s"), 1));
        let f = move || {
            #[cfg(any())]
            println!("{x}");
            #[cfg(any())]
            drop(x);
            let _ = *y;
            let _ = s.1;
            1
        };
        let c = d("c");
        yield_!(f());
        t("end");
        2
    }

    plain a_pointer_is_said_to_be_captured() -> i32; yield i32, send i32; with () {
        let x = std::convert::identity(shared("x"));
        let f = move || { let _ = &x; x.n.get() };
        let c = d("c");
        yield_!(f());
        drop(f);
        yield_!(2)
    }

    plain a_chain_binds_what_a_later_test_consumes(x: Option<Option<D>>) -> i32; yield i32, send i32; with (Some(Some(d("x")))) {
        let o = Some(d("o"));
        if let Some(y) = x && o.is_some_and(|o| o.len() > 0) && y.map_or(0, eat) > 0 { t("then"); }
        let c = d("c");
        yield_!(1);
        2
    }

    plain a_builder_is_given_what_was_sent() -> i32; yield i32, send i32; with () {
        let mut s = Built(ds("s"));
        let c = d("c");
        let sent = yield_!(1);
        s = s.push(d(sent));
        if f(yield_!(2)) > 2 { s = s.push(d("more")).set(sent); }
        while s.0.len() < 4 && let Some(x) = Some(d("x")) && x.len() > 0 { s = s.push(x); yield_!(4); }
        s.0.len() as i32
    }

    plain what_a_consuming_call_gives_is_told_by_its_use(v: Vec<i32>, w1: Vec<i32>, x: Option<String>) -> i32; yield i32, send i32; with (vec![1, 2], vec![3], Some("4".to_owned())) {
        let v = v.into_iter();
        let w1 = w1.into_iter();
        let total: i32 = v.sum();
        yield_!(total);
        let k: i32 = x.map(|x| x.parse().unwrap_or_default()).unwrap_or(2);
        yield_!(w1.sum());
        let y = Some("5".to_owned());
        if y.map(|y| y.parse().unwrap_or_default()).unwrap_or(2) > k { t("more"); yield_!(1); }
        yield_!(k)
    }

    // The proof that `rev` and the like consume asked for the type that `collect` gives (E0283).
    plain what_a_chain_gives_is_told_later(v: Vec<i32>, w: Vec<i32>) -> i32; yield i32, send i32; with (vec![1, 2], vec![3]) {
        fn length(list: Vec<i32>) -> i32 { list.len() as i32 }
        let (v, w) = (v.into_iter(), w.into_iter());
        yield_!(1);
        let list = v.rev().collect();
        yield_!(2);
        let n = length(w.map(|n| n + 1).collect());
        n + length(list)
    }
}
