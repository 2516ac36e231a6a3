//! What one would write without a library: a struct and a method for a coroutine, a queue for a loop.

mod bodies;
mod loops;
mod walk;

use std::hint::black_box;

use crate::data::{self, SEED, Tree};
use crate::{Run, drain};

/// Walks that tree again and again.
fn walks(tree: &'static Tree, items: u64) -> u64 {
    drain::walks(tree, |root| drain::all(walk::Walk::new(tree, root)), items)
}

/// What it runs.
pub const KERNELS: &[(&str, Run)] = &[
    ("count", |items| drain::items(bodies::Count::new(black_box(SEED)), items)),
    ("points", |items| drain::items(bodies::Points::new(black_box(SEED)), items)),
    ("nested", |items| drain::items(bodies::Nested::new(black_box(SEED)), items)),
    ("fibonacci", |items| drain::items(bodies::Fibonacci::new(black_box(SEED)), items)),
    ("average", |items| {
        let mut average = bodies::Average::new();
        drain::sends(|item| average.send(item), items)
    }),
    ("tokens", |items| {
        let mut tokens = bodies::Tokens::new();
        drain::pieces(|piece| tokens.feed(piece), items)
    }),
    ("sixes", |items| drain::sixes(|start| drain::six(bodies::Collatz::new(start)), items)),
    // A delegation is the one loop that it comes down to.
    ("deep", |items| drain::items(bodies::Fibonacci::new(black_box(SEED)), items)),
    ("tree", |items| walks(data::full(), items)),
    ("list4", |items| walks(data::list_10_000(), items)),
    ("list6", |items| walks(data::list_1_000_000(), items)),
    ("table", |items| drain::items(bodies::Table::new(black_box(SEED)), items)),
    ("vecs", |items| drain::items(bodies::Vecs::new(black_box(SEED)), items)),
    ("boxed", |items| drain::items(drain::boxed(bodies::Vecs::new(black_box(SEED))), items)),
    ("thrown", |items| {
        let mut catching = bodies::Catching::new();
        drain::throws(|fault| catching.throw(fault.boxed()), items)
    }),
    ("cloned", |items| {
        let mut original = bodies::Points::new(black_box(SEED));
        let first = original.next().unwrap_or_default();
        drain::clones(move || original.clone().next().unwrap_or_default(), first, items)
    }),
    ("saved", |items| {
        let mut original = bodies::Points::new(black_box(SEED));
        let first = original.next().unwrap_or_default();
        let mut memory = [0; 128];
        let mut next_of_saved = move || {
            let saved = postcard::to_slice(&original, &mut memory).ok()?;
            postcard::from_bytes::<bodies::Points>(saved).ok()?.next()
        };
        drain::clones(move || next_of_saved().unwrap_or_default(), first, items)
    }),
    ("switch1", |items| loops::switch(1, items)),
    ("switch100", |items| loops::switch(100, items)),
    ("switch10000", |items| loops::switch(10_000, items)),
    ("spawn", loops::spawn_and_join),
    ("hops", loops::hops),
    ("timers", loops::timers),
    ("cancelled_timers", loops::cancelled_timers),
    ("threads", loops::threads),
    ("callbacks", loops::callbacks),
];
