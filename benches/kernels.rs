//! Coframe and what one would write by hand: the short table. `README.md` says more.
//!
//! ```sh
//! cargo bench -p coframe-benches                      # the default release profile
//! cargo bench -p coframe-benches --profile fat        # one codegen unit, fat LTO
//! cargo bench -p coframe-benches -- tree              # the kernels whose name has this in it
//! ```

use coframe_benches::{COROUTINES, Contestant, LOOPS, Local, allocations, hand, measure, ours, times};

#[global_allocator]
static COUNTING: coframe_benches::allocations::Counting = coframe_benches::allocations::Counting;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this too, without `--bench`.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let mut contestants: Vec<Box<dyn Contestant>> = vec![
        Local::boxed("by hand", hand::KERNELS),
        Local::boxed("Coframe", ours::KERNELS),
        Local::boxed("Coframe, pinned", ours::pinned::KERNELS),
    ];
    for kernels in [COROUTINES, LOOPS] {
        let chosen = kernels.iter().filter(|kernel| filter.is_none_or(|part| kernel.name.contains(part.as_str())));
        let rows: Vec<_> = chosen.map(|kernel| measure(kernel, &mut contestants)).collect();
        println!("{}\n{}", times(&rows, &contestants), allocations(&rows, &contestants));
    }
}
