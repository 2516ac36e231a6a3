//! Guards, labelled blocks and closures that once ran differently or were refused.

use crate::things::*;

fn peek(d: &D) -> i32 {
    d.len()
}

fn opt(n: i32) -> Option<D> {
    (n > 1).then(|| d(n))
}

fn two_of(d: &D) -> (D, D) {
    (d.clone(), d.clone())
}

struct Bumped {
    n: i32,
    c: C,
}

impl Bumped {
    fn bump(&mut self) -> i32 {
        self.n += 10;
        self.c.0 += 10;
        self.n
    }
}

struct Fd(i32);

impl Drop for Fd {
    fn drop(&mut self) {
        t(format_args!("close {}", self.0));
    }
}

impl Fd {
    fn expect_more(&mut self) -> i32 {
        self.0 += 1;
        self.0
    }

    fn unwrapped(&self) -> i32 {
        self.0
    }
}

struct List {
    items: Vec<D>,
    n: i32,
}

impl List {
    fn size(&self) -> i32 {
        self.n
    }

    fn add(&mut self, d: D) -> &mut Self {
        self.items.push(d);
        self.n += 1;
        self
    }
}

cases! { ($)
    plain wildcard_beside_a_guard_that_asks(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(peek(&x)) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcard_beside_a_plain_guard(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if peek(&x) > 0 => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcard_beside_a_guard_that_yields(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(1) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain wildcards_beside_guards(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (Some(x), _) if yield_!(1) => { t(peek(&x)); 7 }, (_, u) if format!("{u}").len() > 1 => { yield_!(6); 4 }, _ => 5 };
        yield_!(3);
        r
    }

    plain moved_unless_a_block_is_left(x1: D) -> i32; yield i32, send bool; with (d("x1")) {
        let n = 'w1: { if b(2i32 == 1i32) { break 'w1 1i32; } drop(x1); 3 };
        yield_!(1);
        3
    }

    plain moved_unless_a_block_in_a_condition_is_left(x1: D) -> i32; yield i32, send bool; with (d("x1")) {
        if b(('w1: { if b(2i32 == 1i32) { break 'w1 1i32; } { drop(x1); 3 } }) > 3) { t(3); } else { yield_!(1); }
        3
    }

    plain guard_that_yields_then_moves_a_local(x: Option<D>) -> i32; yield i32, send bool; with (Some(d("x"))) {
        match x { Some(s) if yield_!(1) => eat(s), Some(s) => { yield_!(2); peek(&s) }, _ => 5 }
    }

    plain binding_of_a_whole_beside_a_guard(a: D, c: D) -> i32; yield i32, send bool; with (d("x"), d("y")) {
        let r = match (Some(a), c) { (all @ Some(_), u) if yield_!(1) => { yield_!(8); drop(u); all.map_or(1, |d| eat(d)) }, (Some(x), _) if yield_!(peek(&x)) => { yield_!(7); eat(x) }, _ => 5 };
        yield_!(3);
        r
    }

    plain guards_on_a_reference['a](v: &'a [(i32, D)]) -> i32; yield i32, send bool; with let { let v = [(1, d("a")), (1, d("b"))]; } (&v) {
        match &v[1] { (1, x) if yield_!(peek(x)) && peek(x) > 0 => peek(x), (_, y) if yield_!(3) => peek(y), (n, _) => *n }
    }

    plain guards_on_a_reference_taken_apart['a](v: &'a [(i32, D)]) -> i32; yield i32, send bool; with let { let v = [(1, d("a")), (1, d("b"))]; } (&v) {
        match &v[1] { &(n, ref x) if yield_!(n) && n > 0 => peek(x), &(n, _) if { t(n); yield_!(3) } => n, x => x.0 }
    }

    plain receiver_read_by_a_closure(mut v: Vec<D>) -> i32; yield i32, send i32; with (ds("a b")) {
        v.push({ let held = |n: i32| v.iter().map(|x| x.len() + n).sum::<i32>(); D::with(d("c"), yield_!(held(1))) });
        eat(v.remove(0))
    }

    plain operand_changed_by_a_closure(mut k: i32) -> i32; yield i32, send i32; with (3) {
        let r = sum3(k, { (|| k += 1)(); yield_!(2) }, k);
        r + k
    }

    // rustc loses the first index over an await between the two: see `syntax/native/indexed.rs`.
    plain a_further_index_that_pauses_is_assigned() -> (Vec<i32>); yield i32, send i32; with () {
        let mut a = [[0; 2]; 2];
        a[at(yield_!(0)) % 2][at(yield_!(1)) % 2] -= 5;
        a.iter().flatten().copied().collect()
    }

    plain a_further_index_that_pauses_is_read() -> i32; yield i32, send i32; with () {
        let mut a = [[0, 1], [2, 3]];
        let k = a[at(yield_!(0)) % 2][at(yield_!(1)) % 2] + yield_!(7);
        k
    }

    plain further_indices_that_pause_in_places_of_all_kinds(mut v: Vec<Vec<i32>>) -> (Vec<i32>); yield i32, send i32; with (vec![vec![1, 2], vec![3, 4]]) {
        let mut a = [([1, 2], 3), ([4, 5], 6)];
        let i = 1;
        a[i].0[at(yield_!(1)) % 2] *= 2;
        (a[i].0[at(yield_!(1)) % 2], a[0].1) = (9, yield_!(3));
        v[i][at(yield_!(1)) % 2] += 3;
        let last = &mut a[i].0[at(yield_!(1)) % 2];
        *last += 1;
        let mut grid = [[vec![1], vec![2]], [vec![3], vec![4]]];
        let n = grid[i][at(yield_!(1)) % 2].len() as i32;
        let boxed = [Box::new([1, 2]), Box::new([3, 4])];
        let k = (*boxed[i])[at(yield_!(n)) % 2];
        grid[1][1].push(k);
        println!("{}", a[i].0[at(yield_!(k)) % 2]);
        if matches!(a[i], (_, n) if yield_!(n) > 2) { t("matched"); }
        match a[i] { ([x, _], 6) if yield_!(x) > 0 => t(x), (ref mut y, ref mut z) if yield_!(0) > 1 => { y[0] += 1; *z -= 1 } _ => {} }
        a.iter().flat_map(|(x, y)| [x[0], x[1], *y]).chain(v.concat()).chain(grid.concat().concat()).collect()
    }

    // The local was saved before what borrows from it was let go.
    plain a_view_ends_where_the_local_behind_it_is_saved() -> i32; yield i32, send i32; with () {
        let x = d("x");
        let r = x.get();
        t(r);
        let n = x.get().len().max(yield_!(3) as usize);
        yield_!(n as i32);
        t(&x);
        let n = x.get().len().max(yield_!(3) as usize);
        let s = Some(&x).map(|x| x.len());
        let q = s.iter().map(|n| n + x.len());
        let w = q.sum::<i32>();
        yield_!(w)
    }

    // What a method does through a reference was taken for nothing that a field of it could show.
    plain fields_read_before_a_method_changes_them(s: &mut Bumped) -> bool; yield i32, send i32; with let { let mut s = Bumped { n: 1, c: C(2) }; } (&mut s) {
        let c = sum3(s.n, s.bump(), yield_!(2)) + s.n + s.bump() * yield_!(3);
        t(c);
        let a = s.n < { s.bump(); yield_!(1) };
        let c = s.c.0 == { s.bump(); yield_!(1) - 1 };
        let e = [s.n, s.bump(), yield_!(3)];
        t(e[0]);
        let mut q = s.n; q += { q += s.bump(); yield_!(q) };
        s.n += { s.bump(); yield_!(q) };
        t(q);
        a && c
    }

    plain receiver_that_is_only_borrowed() -> i32; yield i32, send i32; with () {
        let mut s = List { items: vec![], n: 0 };
        s.add(D::with(d("x"), yield_!(s.size())));
        s.add(D::with(d("y"), yield_!({ let k = s.size(); k + 1 })));
        let z = D::with(d("z"), yield_!(s.size())); s.items.push(z);
        s.items[0].put(yield_!(7));
        let same = s.n == { yield_!(s.size()) };
        s.size() + i32::from(same)
    }

    plain wildcard_of_what_was_moved(a: D, p: Pair) -> i32; yield i32, send i32; with (d("a"), pair("p")) {
        let n = yield_!(eat(a));
        let _ = a;
        let _ = p.b;
        yield_!(n);
        let _ = a;
        p.n
    }

    // A place without a pause, before one with a pause, was read and the copy was assigned to.
    plain destructuring_assignment_with_an_index_that_pauses(mut g: [[i32; 3]; 3]) -> (Vec<i32>); yield i32, send i32; with ([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) {
        for i in 0..3 {
            let j = at(yield_!(1)) % 3;
            (g[i][j], g[j][at(yield_!(5)) % 3]) = (g[j][i], 1);
        }
        g.into_iter().flatten().collect()
    }

    plain destructuring_assignments_of_all_kinds(mut g: [[i32; 3]; 3], mut p: Pair) -> (Vec<i32>); yield i32, send i32; with ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], pair("p")) {
        let mut v = vec![d("v0"), d("v1"), d("v2")];
        let (mut x, mut n) = (d("x"), 0);
        (v[at(yield_!(1)) % 3], (x, _), [.., g[1][at(yield_!(2)) % 3]]) = (d("n1"), (d("n2"), d("n3")), [1, 2, yield_!(3)]);
        [n, g[at(yield_!(n)) % 3][0]] = [yield_!(4), n];
        ((p.a, n), v[at(yield_!(n)) % 3]) = ((d("pa"), n + 1), x);
        (_, n) = (yield_!(n), n + 2);
        yield_!(p.a.len());
        g.into_iter().flatten().chain(v.iter().map(D::len)).chain([n]).collect()
    }

    // A part that is a local moved on one way was assigned to without being there, or after what is dropped at once.
    plain destructuring_assignments_to_what_was_moved_on_one_way(mut a: D, mut c: D) -> i32; yield i32, send bool; with (d("a"), d("c")) {
        let (part0, mut g) = (1, [d("g0"), d("g1")]);
        if yield_!(1) { drop(a); drop(c); yield_!(5); }
        (a, g[part0], [.., c]) = (d("t1"), d("t2"), [d("t3"), d("t4")]);
        if yield_!(2) { drop(a); yield_!(6); }
        Pair { a, n: _, .. } = Pair { a: d("t5"), n: 3, b: d("t6") };
        if yield_!(3) { drop(a); yield_!(7); }
        (a, _) = (d("t7"), d("t8"));
        eat(a) + eat(c)
    }

    // Only the value of a scrutinee was kept, and it was not `mut`.
    plain borrows_of_a_kept_scrutinee_that_are_exclusive(mut g: [i32; 3]) -> (Vec<i32>); yield i32, send i32; with ([1, 2, 3]) {
        if let Some(ref mut a) = Some(g[at(yield_!(1)) % 3]) { *a -= 1; t(*a); }
        match Some(d(yield_!(2))) { Some(ref mut a) if a.len() > 0 => { a.put(2); t(&*a); } _ => () }
        let ref mut x = d(yield_!(3));
        x.put(3);
        t(&*x);
        g.to_vec()
    }

    // A range was kept as the index, and could be used once only.
    plain ranges_that_index(mut g: [i32; 3]) -> (Vec<i32>); yield i32, send i32; with ([1, 2, 3]) {
        let i = 1;
        g[i..][at(yield_!(1)) % 2] = 6;
        g[i..][at(yield_!(2)) % 2] += 6;
        let k = g[..=i][at(yield_!(3)) % 2];
        let k = k + g[i..i + 2][at(yield_!(4)) % 2] * yield_!(k);
        if let ref mut a = g[i..][at(yield_!(k)) % 2] { *a -= 1; }
        g.to_vec()
    }

    // `pinned` put a shared reference where an exclusive one was needed.
    plain further_indices_that_are_borrowed_exclusively(mut g: [[i32; 3]; 3]) -> (Vec<i32>); yield i32, send i32; with ([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) {
        let i = 1;
        match g[i][at(yield_!(1)) % 3] { ref mut x => *x *= 3 }
        if let [ref mut a, ..] = g[i..][at(yield_!(2)) % 2] { *a -= 1; }
        let ref mut r = g[i][at(yield_!(3)) % 3];
        *r += 10;
        match g[i][at(yield_!(4)) % 3] { ref mut n if yield_!(*n) > 0 => *n += 1, _ => t("none") }
        let q = &mut g[i][at(yield_!(5)) % 3];
        *q += 1;
        g.concat()
    }

    // What was matched dropped before the value that was thrown away.
    plain value_of_a_match_thrown_away(a: D) -> i32; yield i32, send i32; with (d("a")) {
        match shape(yield_!(1)) { Shape::One(x) => x, _ => d("n") };
        match shape(2) { Shape::Two(_, _) => { yield_!(1); d("u") } _ => d("v") };
        match shape(2) { Shape::Two(y, _) => { let n = d("n"); yield_!(2); drop(n); y } _ => d("v") };
        match shape(yield_!(8)) { Shape::Two(y, _) if b(y.len() > 1) => y, Shape::Named { n, .. } if n > 1 => d("w"), Shape::One(_) => d("o"), other => { yield_!(1); d("v") } };
        match peek(&d("t")) { 1 => { yield_!(1); d("u") } _ => { yield_!(2); d("v") } };
        match attempt! { yield_!(1); a } { Ok(x) => x, _ => d("n") };
        match shape(yield_!(1)) { Shape::One(_) => return 3, Shape::Two(_, x) => { t(&x); }, _ => {} };
        match shape(yield_!(1)) { Shape::One(x) => return x.len(), Shape::Two(_, _) => return 3, _ => return 4 };
    }

    plain value_of_a_match_that_names_nothing() -> i32; yield i32, send i32; with () {
        let _ = match shape(yield_!(1)) { Shape::One(x) => x, _ => { d("n") } };
        let _ = match shape(yield_!(1)) { Shape::One(_) => d("m"), Shape::Two(_, x) => x, _ => { yield_!(4); d("n") } };
        let (_, ref x) = (match shape(yield_!(1)) { Shape::One(x) => (x, d("o")), _ => (d("m"), d("n")) });
        t(x);
        let _ = match (d("p"), opt(yield_!(3)), d("q")) { (_, Some(x), _) if yield_!(5) > 2 => x, (x, _, _) => { yield_!(4); x } };
        t(match shape(yield_!(1)) { Shape::One(x) => x, _ => d("n") }.len() + d("z").len());
        eat(match (d("p"), opt(yield_!(3)), d("q")) { (_, Some(x), _) => x, (x, _, _) => { yield_!(4); x } })
    }

    // The value of a `break` dropped before the locals of the loop.
    plain value_of_a_loop_thrown_away() -> i32; yield i32, send i32; with () {
        loop { let x = d("x"); if yield_!(4) > 2 { break x; } break d("v") };
        let _ = loop { let x = d("x"); if yield_!(4) > 2 { break x; } break d("v") };
        'o: loop { loop { let x = d("x"); if yield_!(4) > 2 { break 'o x; } break } };
        loop { let x = d("x"); loop { if yield_!(2) > 1 { break 3; } }; break };
        loop { return yield_!(1); };
    }

    // The temporaries of the value lived until the parts were assigned.
    plain temporaries_of_a_destructuring_assignment(mut a: D, mut c: D) -> i32; yield i32, send i32; with (d("a"), d("c")) {
        let mut g = [d("g0"), d("g1"), d("g2")];
        (_, a) = (match shape(yield_!(1)) { Shape::One(x) => x, _ => d("n") }, d("n2"));
        (a, c) = two_of(&d(yield_!(2)));
        (a, [_, c]) = (d("n4"), [d("n5"), match opt(yield_!(3)) { Some(x) => x, _ => d("n6") }]);
        (g[at(yield_!(3)) % 3], a) = two_of(&d(yield_!(2)));
        Pair { a: c, n: _, .. } = Pair { a: match opt(yield_!(3)) { Some(x) => x, _ => d("n6") }, n: 3, b: d(yield_!(4)) };
        [a, c] = if yield_!(1) > 1 { [d("q"), d("r")] } else { [d("u"), d("v")] };
        a.len() + c.len()
    }

    // The macro panicked.
    plain places_of_a_destructuring_assignment_that_raise(k: i32) -> i32; yield i32, send i32; with (3) {
        let (mut a, mut g) = (d("a"), [1, 2, 3]);
        let odd = || std::io::Error::other("odd");
        match attempt! { (a, g[if k == yield_!(2) { raise!(odd()) } else { 1 }]) = (d("b"), yield_!(4)); } { Ok(()) => {} Err(_) => t("raised") }
        match attempt! { (a, g[if k == yield_!(2) { raise!(odd()) } else { 1 }], _) = (d("c"), 5, d("e")); } { Ok(()) => {} Err(_) => t("raised") }
        yield_!(g[1]);
        a.len()
    }

    // What the pattern binds was not `mut` outside of the statement (E0384).
    plain mutable_parts_of_a_value_that_pauses(k: i32) -> i32; yield i32, send i32; with (3) {
        let [x, mut r] = [d(match attempt! { yield_!(1) } { Ok(n) => n, Err(_) => k }), d("r")];
        r = D::with(r, 1);
        let Some(mut q) = opt(yield_!(2)) else { return x.len() };
        q = D::with(q, 2);
        x.len() + eat(r) + eat(q)
    }

    // An index was taken for evaluated again by each arm that binds (E0382).
    plain indices_of_what_is_matched_consume(k: i32, x: D) -> i32; yield i32, send i32; with (3, d("x")) {
        let g = [[1, 2], [3, 4]];
        t(match g[at(attempt! { yield_!(5); k }.unwrap_or(2)) % 2][1] { 0 | 3 => 0, n if b(n > 2) => n, _ => 3 });
        t(match g[at(eat(x) + yield_!(1)) % 2][1] { 0 | 2 => 0, n => { yield_!(n); 2 } });
        3
    }

    // What the pattern leaves of `p` was dropped at once.
    plain parts_of_locals_that_are_assigned(p: (i32, D), q: (D, D), f: Fd) -> i32; yield i32, send i32; with ((1, d("p")), (d("q0"), d("q1")), Fd(4)) {
        let (mut n, mut a, mut b) = (0, d("a"), d("b"));
        t(n);
        (n, _) = p;
        t(yield_!(n));
        (a, b) = q;
        t(yield_!(a.len() + b.len()));
        let list = [Fd(1), Fd(2)];
        if let Some(Fd(x)) = list.first() { n += *x; }
        let Fd(x) = &f;
        n += *x;
        for x in list { n += yield_!(n) + x.0; }
        yield_!(n);
        drop(f);
        n + eat(a) + eat(b)
    }

    // Names that only begin as those of methods of `Option` and `Result` were taken for them: the receiver was dropped at once.
    plain methods_with_the_beginnings_of_names(mut f: Fd, g: Fd) -> i32; yield i32, send i32; with (Fd(4), Fd(5)) {
        let x = f.expect_more();
        t(yield_!(x));
        let y = g.unwrapped();
        t(yield_!(y));
        x + y
    }
}
