//! Contestants that are no crates on stable: processes of their own, which take their turns round by round as all do.

use std::path::Path;
use std::process::Command;

use coframe_benches::{Contestant, Piped};

/// rustc's own coroutines, built by `../run` with a nightly compiler; it says where in `COFRAME_NATIVE`.
pub(crate) fn native() -> Option<Box<dyn Contestant>> {
    let Some(program) = std::env::var_os("COFRAME_NATIVE") else {
        eprintln!(
            "skipped: rustc's own coroutines need a nightly compiler, and `COFRAME_NATIVE` to name what it built"
        );
        return None;
    };
    started("rustc nightly", &mut Command::new(program), 1)
}

/// CPython's asyncio.
pub(crate) fn asyncio() -> Option<Box<dyn Contestant>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("asyncio_kernels.py");
    started("asyncio", Command::new("python3").arg(script), 10)
}

fn started(name: &'static str, command: &mut Command, slower: u64) -> Option<Box<dyn Contestant>> {
    match Piped::start(name, command, slower) {
        Ok(piped) => Some(Box::new(piped)),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            None
        }
    }
}
