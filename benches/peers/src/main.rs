//! Coframe beside its peers: `../README.md` says how it is run, and what it prints.

mod async_stream;
mod bodies;
mod corosensei;
mod diapause;
mod fauxgen;
mod genawaiter;
mod generator;
mod kernels;
mod loops;
mod others;

use std::io;

use coframe_benches::allocations::Counting;
use coframe_benches::{COROUTINES, Contestant, Kernel, LOOPS, Local, allocations, hand, measure, ours, times};

#[global_allocator]
static COUNTING: Counting = Counting;

fn main() -> io::Result<()> {
    // Part of the name of a kernel; all that have it are run.
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut coroutines = vec![
        Local::boxed("by hand", hand::KERNELS),
        Local::boxed("Coframe", ours::KERNELS),
        Local::boxed("Coframe, pinned", ours::pinned::KERNELS),
        Local::boxed("diapause", diapause::KERNELS),
        Local::boxed("genawaiter stack", genawaiter::stack::KERNELS),
        Local::boxed("genawaiter rc", genawaiter::rc::KERNELS),
        Local::boxed("genawaiter sync", genawaiter::sync::KERNELS),
        Local::boxed("fauxgen", fauxgen::KERNELS),
        Local::boxed("corosensei", corosensei::KERNELS),
        Local::boxed("generator", generator::KERNELS),
        Local::boxed("async-stream", async_stream::KERNELS),
    ];
    coroutines.extend(others::native());
    compare(COROUTINES, &filter, &mut coroutines);

    let mut loops = vec![
        Local::boxed("by hand", hand::KERNELS),
        Local::boxed("Coframe", ours::KERNELS),
        Local::boxed("Tokio LocalSet", loops::tokio::KERNELS),
        Local::boxed("smol LocalExecutor", loops::smol::KERNELS),
        Local::boxed("futures LocalPool", loops::futures::KERNELS),
    ];
    loops.extend(others::asyncio());
    compare(LOOPS, &filter, &mut loops);
    Ok(())
}

fn compare(kernels: &'static [Kernel], filter: &str, contestants: &mut [Box<dyn Contestant>]) {
    let chosen = kernels.iter().filter(|kernel| kernel.name.contains(filter));
    let rows: Vec<_> = chosen.map(|kernel| measure(kernel, contestants)).collect();
    if !rows.is_empty() {
        println!("{}\n{}", times(&rows, contestants), allocations(&rows, contestants));
    }
}
