//! Coframe.

mod bodies;
mod loops;
pub mod pinned;
mod walk;

use std::hint::black_box;

use coframe::{CoroutineExt, Resumed};

use crate::data::{self, SEED, Tree};
use crate::{Run, drain};

/// Walks that tree again and again.
fn walks(tree: &'static Tree, items: u64) -> u64 {
    drain::walks(tree, |root| drain::all(walk::walk(tree, root)), items)
}

/// What it runs.
pub const KERNELS: &[(&str, Run)] = &[
    ("count", |items| drain::items(bodies::count(black_box(SEED)), items)),
    ("points", |items| drain::items(bodies::points(black_box(SEED)), items)),
    ("nested", |items| drain::items(bodies::nested(black_box(SEED)), items)),
    ("fibonacci", |items| drain::items(bodies::fibonacci(black_box(SEED)), items)),
    ("average", |items| {
        let mut average = bodies::average();
        value(average.start());
        drain::sends(|item| value(average.send(item)), items)
    }),
    ("tokens", |items| {
        let mut tokens = bodies::tokens();
        value(tokens.start());
        drain::pieces(|piece| value(tokens.send(piece)), items)
    }),
    ("sixes", |items| drain::sixes(|start| drain::six(bodies::collatz(start)), items)),
    ("deep", |items| drain::items(bodies::deep(black_box(SEED)), items)),
    ("tree", |items| walks(data::full(), items)),
    ("list4", |items| walks(data::list_10_000(), items)),
    ("list6", |items| walks(data::list_1_000_000(), items)),
    ("table", |items| drain::items(bodies::table(black_box(SEED)), items)),
    ("vecs", |items| drain::items(bodies::vecs(black_box(SEED)), items)),
    ("boxed", |items| drain::items(drain::boxed(bodies::vecs(black_box(SEED))), items)),
    ("thrown", |items| {
        let mut catching = bodies::catching();
        value(catching.start());
        drain::throws(|fault| value(catching.throw(fault)), items)
    }),
    ("cloned", |items| {
        let mut original = bodies::forked(black_box(SEED));
        let first = original.next().unwrap_or_default();
        drain::clones(move || original.clone().next().unwrap_or_default(), first, items)
    }),
    ("saved", |items| {
        let mut original = bodies::forked(black_box(SEED));
        let first = original.next().unwrap_or_default();
        let mut memory = [0; 128];
        let mut next_of_saved = move || {
            let saved = postcard::to_slice(&original, &mut memory).ok()?;
            let mut restored = bodies::forked(0);
            restored.restore(&mut postcard::Deserializer::from_bytes(saved)).ok()?;
            restored.next()
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
    ("cancel", loops::cancel),
    ("idle", loops::idle),
];

/// What a kernel's coroutine yields at every resume.
fn value<R>(resumed: Resumed<u64, R>) -> u64 {
    resumed.ok().and_then(coframe::Step::yielded).unwrap_or_default()
}
