//! How many instructions an item takes, counted by callgrind, beside what is written in `instructions.txt`.
//!
//! ```sh
//! cargo run --release -p coframe-benches --bin guard                # the drift; fails if there is much
//! cargo run --release -p coframe-benches --bin guard -- tree        # of the kernels whose name has this in it
//! cargo run --release -p coframe-benches --bin guard -- --bless     # writes the file anew
//! ```
//!
//! A kernel is run twice, over so many items and over twice as many; the difference is what the items take. Counts do not
//! depend on what else the machine does, but they do on the compiler, so the file says which it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use coframe_benches::{COROUTINES, Kernel, LOOPS, Run, hand, ours};

/// A drift of less than this is one of the allocator's, or of hash seeds.
const TOLERATED: f64 = 0.02;
/// Their instructions depend on the clock, on another thread, or are too many for callgrind.
const LEFT_OUT: [&str; 4] = ["list6", "timers", "threads", "idle"];

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [run, who, kernel, items] = &arguments[..]
        && run == "--run"
    {
        let kernels = if who == "hand" { hand::KERNELS } else { ours::KERNELS };
        std::hint::black_box(find(kernels, kernel).map(|run| run(items.parse().unwrap_or_default())));
        return Ok(ExitCode::SUCCESS);
    }
    let bless = arguments.iter().any(|argument| argument == "--bless");
    let filter = arguments.iter().find(|argument| !argument.starts_with('-')).map_or("", String::as_str);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt");
    let before = read(&path)?;
    let (mut after, mut drifted) = (before.clone(), Vec::new());
    println!("| kernel | by hand | Coframe | it was | drift |\n| --- | ---: | ---: | ---: | ---: |");
    let kernels = COROUTINES.iter().chain(LOOPS).filter(|kernel| !LEFT_OUT.contains(&kernel.name));
    for kernel in kernels.filter(|kernel| kernel.name.contains(filter)) {
        let by_hand = find(hand::KERNELS, kernel.name).map(|_| counted("hand", kernel)).transpose()?;
        let ours = counted("ours", kernel)?;
        let was = before.get(kernel.name).copied();
        let drift = was.map_or(0.0, |(_, was)| ours / was - 1.0);
        let places = |count: Option<f64>| count.map_or("–".into(), |count| format!("{count:.2}"));
        println!(
            "| {} | {} | {ours:.2} | {} | {:+.1} % |",
            kernel.name,
            places(by_hand),
            places(was.map(|(_, was)| was)),
            drift * 100.0
        );
        if drift.abs() > TOLERATED {
            drifted.push(kernel.name);
        }
        after.insert(kernel.name.into(), (by_hand, ours));
    }
    if bless {
        write(&path, &after)?;
    } else if !drifted.is_empty() {
        eprintln!("drifted: {}. If that is meant, `--bless` writes the new counts.", drifted.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn find(kernels: &[(&str, Run)], kernel: &str) -> Option<Run> {
    kernels.iter().find(|(name, _)| *name == kernel).map(|(_, run)| *run)
}

/// Instructions for one item.
fn counted(who: &str, kernel: &Kernel) -> io::Result<f64> {
    // Whole walks; and less of the rest, since callgrind is slow.
    let items = if kernel.name == "tree" { kernel.least } else { kernel.least.clamp(1 << 14, 40_000) };
    let (once, twice) = (instructions(who, kernel.name, items)?, instructions(who, kernel.name, 2 * items)?);
    Ok((twice - once) / items as f64)
}

/// Of a whole process.
fn instructions(who: &str, kernel: &str, items: u64) -> io::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["--run", who, kernel, &items.to_string()])
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("valgrind cannot be run: {error}")))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| io::Error::other(format!("callgrind gave no count of {kernel}: {report}")))
}

/// By hand, where there is that, and ours.
type Counts = BTreeMap<String, (Option<f64>, f64)>;

fn read(path: &Path) -> io::Result<Counts> {
    let text = if path.exists() { fs::read_to_string(path)? } else { String::new() };
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, by_hand, ours) = (words.next()?, words.next()?.parse().ok(), words.next()?.parse().ok()?);
        Some((name.into(), (by_hand, ours)))
    };
    Ok(text.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect())
}

fn write(path: &Path, counts: &Counts) -> io::Result<()> {
    let compiler = Command::new("rustc").arg("--version").output()?;
    let compiler = String::from_utf8_lossy(&compiler.stdout);
    let mut text =
        String::from("# Instructions for an item, by hand and of Coframe: bin/guard.rs says how they are counted.\n");
    _ = writeln!(text, "# {}, {}, the default release profile", compiler.trim(), env::consts::ARCH);
    for (name, (by_hand, ours)) in counts {
        let by_hand = by_hand.map_or("-".into(), |by_hand| format!("{by_hand:.2}"));
        _ = writeln!(text, "{name:16} {by_hand:>10} {ours:>10.2}");
    }
    fs::write(path, text)
}
