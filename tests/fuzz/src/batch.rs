//! Compiles and runs many programs as one crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Module, Program};

#[derive(Clone, Debug)]
pub enum Outcome {
    Same,
    /// It never yields, so that there is nothing to compare.
    Idle,
    /// The traces part, or the frame panicked, or only the `pinned` form does not compile.
    Wrong(String),
    /// Only the frame does not compile.
    Refused(String),
    /// The twin does not compile either.
    Invalid(String),
}

/// Where the crate is written.
fn folder() -> PathBuf {
    std::env::var_os("FUZZ_DIR").map_or_else(|| std::env::temp_dir().join("coframe-fuzz"), PathBuf::from)
}

/// The root of the workspace under test.
fn root() -> PathBuf {
    let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = std::env::var_os("FUZZ_ROOT").map_or_else(here, PathBuf::from);
    root.canonicalize().expect("the workspace is there")
}

/// The tables whose harness runs the programs.
pub fn lowering() -> PathBuf {
    root().join("tests/tests/lowering")
}

pub fn run(programs: &[Program]) -> Vec<Outcome> {
    compiled(programs, true)
}

/// Compiles programs, and runs them if that is asked for: one that was made smaller may not end.
pub fn compiled(programs: &[Program], runs: bool) -> Vec<Outcome> {
    let (folder, root) = (folder(), root());
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src")).expect("the folder can be made");
    let manifest = format!(
        "[package]\nname = \"batch{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[lib]\ndoctest = false\n\
         [features]\ntwins = []\n[dependencies]\ncoframe = {{ path = {:?}, features = [\"std\", \"serde\"] }}\n\
         postcard = {{ version = \"1.1\", default-features = false, features = [\"alloc\"] }}\n\
         serde = {{ version = \"1.0\", features = [\"derive\"] }}\n\
         [profile.dev]\ndebug = 0\nincremental = false\n\
         [profile.dev.build-override]\nopt-level = 2\n",
        // Two batches may share a target folder, where one name would be one file.
        folder.display().to_string().bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())),
        root.join("runtime")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    // The versions of the workspace.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("it can be copied");
    let mut modules = Vec::new();
    for (index, program) in programs.iter().enumerate() {
        let module = program.module();
        fs::write(folder.join(format!("src/p{index}.rs")), &module.text).expect("it can be written");
        modules.push(module);
    }
    let mut outcomes: Vec<Option<Outcome>> = vec![None; programs.len()];
    // What is no valid Rust is told by the twins alone, which take a tenth of the time of the whole.
    for command in [&["check", "--lib", "--features=twins"][..], &["test", "--no-run"]] {
        while let Err(text) = built(&folder, command, &outcomes) {
            let found = errors(&text, &modules);
            if found.is_empty() {
                let of_interest = |line: &&str| line.contains("error") || line.contains("panicked");
                let lines: Vec<&str> = text.lines().filter(of_interest).collect();
                panic!("the batch does not compile:\n{}\n{}", lines.join("\n"), &text[..text.len().min(3000)]);
            }
            found.into_iter().for_each(|(index, outcome)| outcomes[index] = Some(outcome));
        }
    }
    if !runs {
        return outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Same)).collect();
    }
    let output = Command::new("timeout")
        .arg("240")
        .args(["cargo", "test", "--quiet", "--", "--test-threads=2"])
        .current_dir(&folder)
        .envs(environment())
        .output()
        .expect("the tests run");
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() && !text.contains("failures:") {
        panic!("the tests did not end: {text}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    for piece in text.split("\n---- p").skip(1) {
        let Some((index, _)) = piece.split_once("::") else { continue };
        let Ok(index) = index.parse::<usize>() else { continue };
        if piece.contains("the case never yields") {
            outcomes[index] = Some(Outcome::Idle);
            continue;
        }
        let body = piece.split("\nfailures:").next().unwrap_or(piece);
        outcomes[index] = Some(Outcome::Wrong(body.lines().skip(1).collect::<Vec<_>>().join("\n").trim().to_owned()));
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Same)).collect()
}

/// Builds the programs that have no outcome yet.
///
/// # Errors
///
/// What the compiler says.
fn built(folder: &Path, command: &[&str], outcomes: &[Option<Outcome>]) -> Result<(), String> {
    write_root(folder, outcomes);
    let output = cargo(folder).args(command).arg("--message-format=short").output().expect("cargo runs");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The programs that do not compile, by what is wrong.
fn errors(text: &str, modules: &[Module]) -> BTreeMap<usize, Outcome> {
    let mut errors: BTreeMap<usize, (bool, bool, Vec<String>)> = BTreeMap::new();
    for line in text.lines() {
        let Some((place, message)) = line.split_once(": error") else { continue };
        let Some(place) = place.strip_prefix("src/p") else { continue };
        let Some((index, rest)) = place.split_once(".rs:") else { continue };
        let (Ok(index), Some(Ok(row))) = (index.parse::<usize>(), rest.split(':').next().map(str::parse::<usize>))
        else {
            continue;
        };
        let (frame, native, messages) = errors.entry(index).or_default();
        *frame |= row < modules[index].pinned;
        *native |= row >= modules[index].native;
        messages.push(format!("{row}: error{message}"));
    }
    let outcome = |(frame, native, messages): (bool, bool, Vec<String>)| {
        let text = messages.join("\n    ");
        let panicked = text.contains("panicked");
        match (frame, native) {
            (_, true) if !panicked => Outcome::Invalid(text),
            (false, false) => Outcome::Wrong(format!("only `pinned` refuses: {text}")),
            _ => Outcome::Refused(text),
        }
    };
    errors.into_iter().map(|(index, found)| (index, outcome(found))).collect()
}

/// What frames are compiled with besides `yield` and `send`, and the module that drives them: whether they travel.
pub fn frames() -> (&'static str, &'static str) {
    match std::env::var_os("FUZZ_SAVE") {
        Some(_) => (", derive(Serialize, Deserialize), crate = crate::lenient", "travel"),
        None => ("", "harness"),
    }
}

/// Whether each body is `recursive` as well, by itself and called by another.
pub fn levels() -> bool {
    std::env::var_os("FUZZ_LEVELS").is_some()
}

fn environment() -> Vec<(&'static str, String)> {
    vec![("RUSTFLAGS", "-Awarnings".to_owned()), ("RUST_BACKTRACE", "0".to_owned())]
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folder).envs(environment());
    command
}

fn write_root(folder: &Path, outcomes: &[Option<Outcome>]) {
    let mut text = String::from("#![allow(warnings)]\n#![recursion_limit = \"512\"]\n");
    let (derive, driver) = frames();
    text += &format!(
        "macro_rules! compiled {{ ($yield:tt $send:tt $($function:tt)*) => {{ \
         #[coframe::coroutine(yield = $yield, send = $send{derive})] $($function)* }} }}\n\
         macro_rules! driven {{ ($coroutine:expr) => {{ $crate::{driver}::drive($coroutine) }} }}\n"
    );
    for module in ["lenient", "travel"].into_iter().filter(|_| driver == "travel") {
        let path = root().join(format!("tests/tests/saving/{module}.rs"));
        text += &format!("#[path = {path:?}] mod {module};\n");
    }
    for module in ["harness", "delegates", "script", "things", "twin"] {
        let path = lowering().join(format!("{module}.rs"));
        let attribute = if module == "harness" { "#[macro_use] " } else { "" };
        text += &format!("{attribute}#[path = {path:?}] mod {module};\n");
    }
    for (index, outcome) in outcomes.iter().enumerate() {
        if outcome.is_none() {
            text += &format!("mod p{index};\n");
        }
    }
    fs::write(folder.join("src/lib.rs"), text).expect("it can be written");
}
