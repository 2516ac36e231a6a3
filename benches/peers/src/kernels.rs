//! The list of kernels, for all peers whose coroutines are made by one macro and resumed by another.
//!
//! `$make!(name: Sent = body, arguments…)` makes the coroutine in a local of that name, which may be pinned;
//! `$resume!(name)` and `$resume!(name, sent)` give `Some` of what it yields.

macro_rules! kernels {
    ($make:ident, $resume:ident $(, $more:expr)* $(,)?) => {
        &[
            ("count", |items| crate::kernels::items!($make, $resume, count, items)),
            ("points", |items| crate::kernels::items!($make, $resume, points, items)),
            ("nested", |items| crate::kernels::items!($make, $resume, nested, items)),
            ("fibonacci", |items| crate::kernels::items!($make, $resume, fibonacci, items)),
            ("average", |items| {
                $make!(average: u64 = average);
                _ = $resume!(average, 0);
                drain::sends(|item| $resume!(average, item).unwrap_or_default(), items)
            }),
            ("tokens", |items| {
                $make!(tokens: &'static [u8] = tokens);
                _ = $resume!(tokens, &[]);
                drain::pieces(|piece| $resume!(tokens, piece).unwrap_or_default(), items)
            }),
            ("sixes", |items| {
                let six = |start: u64| {
                    $make!(collatz: () = collatz, start);
                    drain::six(std::iter::from_fn(|| $resume!(collatz)))
                };
                drain::sixes(six, items)
            }),
            ("deep", |items| crate::kernels::items!($make, $resume, deep, items)),
            ("tree", |items| crate::kernels::walks!($make, $resume, data::full(), items)),
            ("list4", |items| crate::kernels::walks!($make, $resume, data::list_10_000(), items)),
            ("table", |items| crate::kernels::items!($make, $resume, table, items)),
            ("vecs", |items| crate::kernels::items!($make, $resume, vecs, items)),
            ("boxed", |items| {
                $make!(vecs: () = vecs, black_box(SEED));
                drain::items(drain::boxed(std::iter::from_fn(|| $resume!(vecs))), items)
            }),
            ("thrown", |items| {
                $make!(catching: Result<(), Box<dyn std::error::Error + Send + Sync>> = catching);
                _ = $resume!(catching, Ok(()));
                drain::throws(|fault| $resume!(catching, Err(fault.boxed())).unwrap_or_default(), items)
            }),
            $($more,)*
        ]
    };
}

macro_rules! items {
    ($make:ident, $resume:ident, $body:ident, $items:expr) => {{
        $make!(made: () = $body, black_box(SEED));
        drain::items(std::iter::from_fn(|| $resume!(made)), $items)
    }};
}

macro_rules! walks {
    ($make:ident, $resume:ident, $tree:expr, $items:expr) => {{
        let tree: &'static data::Tree = $tree;
        let walk = |root: u32| {
            $make!(made: () = walk, tree, root);
            drain::all(std::iter::from_fn(|| $resume!(made)))
        };
        drain::walks(tree, walk, $items)
    }};
}

pub(crate) use {items, kernels, walks};
