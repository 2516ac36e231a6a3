//! Cases that do not pass yet (moves that the compiler refuses). This file is not compiled: a case goes back to its table when it passes.

// closures.rs: refused; error[E0382]: use of partially moved value: `p`
plain closure_captures_field_only() -> i32; yield i32, send i32; with () {
    let p = pair("p");
    let a = p.a;
    let get = move || a.len();
    yield_!(p.n);
    let n = p.b.len();
    yield_!(get()) + n
}

// drops.rs: refused; error[E0382]: use of partially moved value
plain argument_destructured((a, _): (D, D), Pair { b, .. }: Pair) -> (); yield i32, send i32; with ((d("x"), d("y")), pair("p")) {
    let _local = d("local");
    yield_!(1);
    drop(a);
    yield_!(2);
    drop(b);
}

// drops.rs: refused; error[E0382]: use of partially moved value: `x_2`
plain droppable_sent_and_shadowed() -> (); yield i32, send D; with () {
    let x = yield_!(1);
    let x = (yield_!(x.len()), x);
    let x = x.0;
    yield_!(x.len());
}

// matches.rs: refused; error[E0382]: use of partially moved value
mix match_guard_with_if_let_and_drop() -> i32; yield i32, send (Option<i32>); with () {
    let kept = d("kept");
    match (yield_!(1), d("temp")) {
        (Some(n), temp) if matches!(yield_!(n), Some(m) if m > n) => temp.len(),
        (Some(n), _) if n > 2 && yield_!(n).is_none() => kept.len(),
        (None, temp) => { yield_!(3); drop(kept); temp.len() + 1 }
        (Some(_), temp) => { let r = eat(temp); yield_!(r); r }
    }
}

// matches.rs: refused; error[E0382]: use of partially moved value: `nest`
plain match_on_enum_by_value() -> i32; yield i32, send i32; with () {
    match shape(yield_!(1)) {
        Shape::Empty => f(0),
        Shape::One(one) => one.len() + yield_!(1),
        Shape::Two(a, b) => { yield_!(2); drop(a); yield_!(b.len()) }
        Shape::Named { d: inner, n } => { drop(inner); yield_!(n) }
        Shape::Nest(nest) => match *nest {
            Shape::Two(..) => yield_!(5),
            Shape::One(one) => { let n = yield_!(6); n + eat(one) }
            other => { t(format_args!("{other:?}")); yield_!(7) }
        },
    }
}

// matches.rs: refused; error[E0382]: use of partially moved value: `p`
plain match_partial_move_of_local() -> i32; yield i32, send i32; with () {
    let p = pair("p");
    let Pair { a, .. } = p;
    yield_!(a.len());
    let n = p.b.len();
    yield_!(n);
    p.n
}

// methods.rs: refused; error[E0382]: use of partially moved value
plain by_box in Bag { struct Bag { d: D } } as { impl Bag } (self: Box<Self>) -> D; yield i32, send i32;
with (Box::new(Bag { d: d("d") })) {
    yield_!(self.d.len());
    let Bag { d } = *self;
    yield_!(2);
    d
}

// methods.rs: refused; error[E0507]: cannot move out of a mutable reference
mix consuming_machine in Machine { enum Machine { Start(D), Run { d: D, left: i32 }, Stop } } as { impl Machine } (mut self) -> (Vec<String>); yield i32, send i32;
with (Machine::Start(d("m"))) {
    let mut log = vec![];
    loop {
        self = match self {
            Self::Start(one) if yield_!(0) == 0 => { log.push(one.into_name()); Self::Stop }
            Self::Start(one) => { let left = yield_!(1); Self::Run { d: one, left } }
            Self::Run { left: ..=0, d: one } => { t(one.len()); Self::Stop }
            Self::Run { d: one, left } => {
                log.push(format!("{one}{left}"));
                let _turn = d("turn");
                match yield_!(left) {
                    n if n > left => return log,
                    n => Self::Run { d: D::with(one, n), left: left - n - 1 },
                }
            }
            Self::Stop => break,
        };
    }
    log
}

// methods.rs: refused; error[E0507]: cannot move out of a mutable reference
plain by_value in Bag { struct Bag { a: D, b: D } } as { impl Bag } (self) -> D; yield i32, send i32;
with (Bag { a: d("a"), b: d("b") }) {
    let _local = d("local");
    yield_!(self.b.len());
    drop(self.b);
    yield_!(2);
    self.a
}

// mixes_control.rs: refused; error[E0382]: use of partially moved value: `top`
mix control_while_let_stack_of_shapes() -> (Vec<i32>); yield i32, send i32; with () {
    let mut out = vec![];
    let mut stack = vec![shape(4), shape(3)];
    while let Some(top) = stack.pop() {
        out.push(match top {
            Shape::Nest(inner) => { stack.push(*inner); continue }
            Shape::Two(a, b) if a.len() > b.len() => 0,
            Shape::Two(a, b) => { drop(b); yield_!(a.len()) }
            Shape::Named { n, d: inner } if yield_!(n) > 1 => { stack.push(Shape::One(inner)); n }
            Shape::Named { .. } => break,
            Shape::One(one) => { let n = yield_!(9); n + eat(one) }
            Shape::Empty => -1,
        });
    }
    out
}

// mixes_drops.rs: refused; error[E0382]: use of partially moved value
mix drops_tuple_parts_moved_in_branches() -> i32; yield i32, send bool; with () {
    let both = (d("0"), (d("1.0"), d("1.1")));
    let n = if yield_!(1) {
        let (x, _) = both.1;
        yield_!(x.len())
    } else if yield_!(2) {
        drop(both.0);
        false
    } else {
        let _all = both;
        return i32::from(yield_!(3));
    };
    t("end");
    i32::from(n)
}

// mixes_drops.rs: refused; error[E0382]: use of partially moved value
mix drops_struct_update_and_partial_moves() -> Pair; yield i32, send i32; with () {
    let base = pair("base");
    let built = Pair { a: d(yield_!(1)), ..base };
    let Pair { a, b, n } = if yield_!(2) > 1 { Pair { n: yield_!(3), ..built } } else { drop(built.a); Pair { a: d("new"), b: built.b, n: 0 } };
    yield_!(a.len());
    match n {
        0 => Pair { a: b, b: a, n },
        n => { drop(a); Pair { a: d(yield_!(n)), b, n: -n } }
    }
}

// mixes_drops.rs: refused; error[E0382]: use of partially moved value
mix drops_shadowed_in_every_scope() -> i32; yield i32, send i32; with () {
    let x = d("x0");
    let x = (x, d("x1"));
    let n = {
        let x = d(format_args!("inner of {}", x.1));
        if yield_!(x.len()) > 1 {
            let x = x.into_name();
            yield_!(x.len() as i32)
        } else {
            let x = D::with(x, "else");
            let x = [x, d("x2")];
            yield_!(x.len() as i32)
        }
    };
    let x = x.0;
    for x in [x, d("x3")] {
        if yield_!(x.len()) == n {
            break;
        }
    }
    n
}

// mixes_drops.rs: refused; error[E0382]: use of partially moved value: `now`
mix drops_scrutinee_values_by_move() -> i32; yield i32, send i32; with () {
    let mut sum = 0;
    let mut next = Some(shape(4));
    while let Some(now) = next.take() {
        sum += match now {
            Shape::Nest(inner) if yield_!(1) > 0 => { next = Some(*inner); 1 }
            Shape::Nest(_) => break,
            Shape::One(one) | Shape::Two(one, _) => {
                if yield_!(one.len()) == 1 { next = Some(Shape::Named { d: one, n: 0 }); }
                2
            }
            Shape::Named { d: one, n } => { let _moved = one; yield_!(n) }
            Shape::Empty => return sum,
        };
    }
    sum
}

// mixes_moves.rs: refused; error[E0382]: use of moved value
mix moves_fn_once_in_branches() -> i32; yield i32, send i32; with () {
    let one = d("one");
    let two = d("two");
    let finish = move |n: i32| eat(one) + n;
    let n = yield_!(1);
    let r = if n > 2 {
        let other = move || { let _held = &finish; eat(two) };
        yield_!(2);
        other()
    } else if n == 1 {
        finish(yield_!(3))
    } else {
        drop(finish);
        yield_!(two.len())
    };
    yield_!(r)
}

// mixes_moves.rs: refused; error[E0382]: use of moved value
mix moves_vec_of_closures_run_in_order() -> (Vec<i32>); yield i32, send i32; with () {
    let mut tasks: Vec<Box<dyn FnOnce(i32) -> Option<i32>>> = Vec::new();
    for one in ds("a bb ccc") {
        let weight = yield_!(one.len());
        tasks.push(if weight == 0 { Box::new(|_| None) } else { Box::new(move |n| Some(eat(one) * weight + n)) });
    }
    let mut out = vec![];
    for task in tasks {
        let Some(n) = task(yield_!(out.len() as i32)) else { continue };
        if n > 12 {
            return out;
        }
        out.push(n);
    }
    out
}

// mixes_moves.rs: refused; error[E0382]: use of moved value: `tree`
mix moves_recursive_data() -> (Vec<i32>); yield i32, send bool; with () {
    #[derive(Debug)]
    enum Tree { Leaf(i32, D), Fork(Vec<Tree>) }
    use Tree::*;
    let tree = Fork(vec![Leaf(1, d("l1")), Fork(vec![Leaf(2, d("l2")), Leaf(3, d("l3"))]), Leaf(4, d("l4"))]);
    let mut stack = vec![tree.into()];
    let mut out = vec![];
    while let Some(next) = stack.pop() {
        let node: Tree = next;
        match node {
            Leaf(n, _) if yield_!(n) => out.push(n),
            Leaf(n, one) => { drop(one); if n == 3 { break } }
            Fork(mut all) => { if yield_!(-1) { all.reverse(); } stack.extend(all); }
        }
    }
    out
}

// mixes_programs.rs: refused; error[E0382]: borrow of moved value
mix program_interpreter() -> (Result<Vec<i32>, String>); yield (usize, i32), send i32; with () {
    #[derive(Clone, Copy, Debug)]
    enum Op { Push(i32), Add, Jump(usize), Ask, Dup, Stop }
    use Op::*;
    let program = [Push(1), Ask, Add, Dup, Ask, Jump(1), Stop];
    let mut stack: Vec<i32> = vec![];
    let (mut pc, mut fuel) = (0, 20);
    while fuel > 0 {
        fuel -= 1;
        let op = *program.get(pc).ok_or("ran off the end")?;
        pc += 1;
        match op {
            Push(n) => stack.push(n),
            Add => { let (Some(a), Some(b)) = (stack.pop(), stack.pop()) else { return Err(format!("{op:?} at {pc}")) }; stack.push(a + b) }
            Ask => stack.push(yield_!((pc, stack.last().copied().unwrap_or(-1)))),
            Dup => stack.push(*stack.last().ok_or_else(|| format!("empty at {pc}"))?),
            Jump(to) => match stack.pop() { Some(0) => continue, Some(n) if n > 4 => return Ok(stack), Some(_) => pc = to, None => break },
            Stop => break,
        }
    }
    if yield_!((pc, fuel)) == 3 { Err(format!("{stack:?}")) } else { Ok(stack) }
}

// mixes_programs.rs: refused; error[E0382]: use of partially moved value: `scrutinee`
mix program_depth_first_walk() -> i32; yield (i32, i32), send bool; with () {
    struct Tree { n: i32, kids: Vec<Tree>, _d: D }
    fn tree(n: i32) -> Tree {
        Tree { n, kids: (1..=n).map(|k| tree(n - k)).collect(), _d: d(n) }
    }
    let mut stack = vec![(0, tree(2))];
    let mut sum = 0;
    while let Some((depth, Tree { n, kids, .. })) = stack.pop() {
        sum += n;
        if !yield_!((depth, n)) { continue }
        for kid in kids.into_iter().rev() {
            if depth > 1 && yield_!((-1, kid.n)) { return sum }
            stack.push((depth + 1, kid));
        }
    }
    sum
}

// moves.rs: refused; error[E0382]: use of moved value
plain moved_box_contents() -> D; yield i32, send i32; with () {
    let boxed = Box::new(d("boxed"));
    yield_!(1);
    let inner = *boxed;
    yield_!(2);
    inner
}

// moves.rs: refused; error[E0382]: use of partially moved value
plain moved_one_field_rest_dropped_at_end() -> (); yield i32, send bool; with () {
    let p = pair("p");
    if yield_!(1) {
        drop(p.b);
    }
    yield_!(2);
    t("end");
}

// moves.rs: refused; error[E0382]: use of partially moved value: `both`
plain tuple_field_moved() -> D; yield i32, send i32; with () {
    let both = (d("0"), d("1"));
    drop(both.0);
    yield_!(1);
    both.1
}

// moves.rs: refused; error[E0382]: use of partially moved value: `node`
mix moves_linked_list_of_boxes() -> (Vec<i32>); yield i32, send i32; with () {
    struct Node { n: i32, next: Option<Box<Node>>, _d: D }
    let mut head: Option<Box<Node>> = None;
    for i in 0..3 {
        head = Some(Box::new(Node { n: yield_!(i), next: head, _d: d(i) }));
    }
    let mut out = vec![];
    while let Some(node) = head {
        let Node { n, next, _d } = *node;
        head = if yield_!(n) == 0 { None } else { next };
        out.push(n);
    }
    out
}

// moves.rs: refused; error[E0382]: use of partially moved value: `p`
plain moved_field_by_field() -> i32; yield i32, send i32; with () {
    let p = pair("p");
    drop(p.a);
    yield_!(1);
    let b = p.b;
    yield_!(p.n);
    b.len()
}

// moves.rs: refused; error[E0382]: use of partially moved value: `p`
plain field_moved_and_restored() -> Pair; yield i32, send i32; with () {
    let mut p = pair("p");
    let n = eat(p.a);
    p.a = d(yield_!(n));
    yield_!(p.a.len());
    p
}

// operands.rs: refused; error[E0382]: use of moved value
plain method_chain_in_the_middle() -> String; yield i32, send i32; with () {
    d("x").with(yield_!(1)).with(yield_!(2)).into_name()
}

// patterns.rs: refused; error[E0382]: use of partially moved value: `p`
plain let_struct_partial_from_local() -> D; yield i32, send i32; with () {
    let p = pair("p");
    let Pair { b, .. } = p;
    yield_!(1);
    yield_!(p.a.len());
    b
}
