//! What a coroutine adds to the time of a build, beside the same as a plain function and as an `async fn`.
//!
//! ```sh
//! cargo run --release -p coframe-benches --bin compile_time
//! ```
//!
//! For each form a crate of 200 functions and of what drives them is built several times, when all that it needs is
//! built; the time of the same crate without functions is subtracted. A nightly compiler, if there is one, says how long
//! the macro itself took.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, io};

const FUNCTIONS: usize = 200;
const ROUNDS: usize = 3;

/// A form: its name, and the text of function number `NN`, with what drives it.
const FORMS: [(&str, &str); 3] = [
    (
        "plain",
        "pub fn f_NN(words: &[String], limit: usize) -> usize {
    let mut out = Vec::new();
    let mut seen = 0;
    for (at, word) in words.iter().enumerate() {
        if word.is_empty() {
            continue;
        }
        match word.len() % 3 {
            0 => out.push(at as u64),
            1 => {
                let double = word.len() as u64 * 2;
                out.push(double);
                seen += double as usize;
            }
            _ => seen += NN,
        }
        while seen > limit {
            out.push(seen as u64);
            seen -= limit;
        }
    }
    out.len() + seen
}
pub fn drive_NN(words: &[String]) -> usize { f_NN(words, NN + 1) }
",
    ),
    (
        "async",
        "pub async fn f_NN(words: &[String], limit: usize) -> usize {
    let mut seen = 0;
    for (at, word) in words.iter().enumerate() {
        if word.is_empty() {
            continue;
        }
        match word.len() % 3 {
            0 => give(at as u64).await,
            1 => {
                let double = word.len() as u64 * 2;
                give(double).await;
                seen += double as usize;
            }
            _ => seen += NN,
        }
        while seen > limit {
            give(seen as u64).await;
            seen -= limit;
        }
    }
    seen
}
pub fn drive_NN(words: &[String]) -> usize {
    let mut future = std::pin::pin!(f_NN(words, NN + 1));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) { return value }
    }
}
",
    ),
    (
        "coroutine",
        "#[coframe::coroutine(yield = u64)]
pub fn f_NN(words: &[String], limit: usize) -> usize {
    let mut seen = 0;
    for (at, word) in words.iter().enumerate() {
        if word.is_empty() {
            continue;
        }
        match word.len() % 3 {
            0 => coframe::yield_!(at as u64),
            1 => {
                let double = word.len() as u64 * 2;
                coframe::yield_!(double);
                seen += double as usize;
            }
            _ => seen += NN,
        }
        while seen > limit {
            coframe::yield_!(seen as u64);
            seen -= limit;
        }
    }
    seen
}
pub fn drive_NN(words: &[String]) -> usize {
    f_NN(words, NN + 1).fold(0, |sum, item| sum + item as usize)
}
",
    ),
];

/// What the `async` form waits for: one turn.
const GIVE: &str = "pub fn give(value: u64) -> impl Future<Output = ()> {
    let mut given = false;
    std::future::poll_fn(move |_| {
        std::hint::black_box(value);
        if given { std::task::Poll::Ready(()) } else { given = true; std::task::Poll::Pending }
    })
}
";

fn main() -> io::Result<()> {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let folder = target.join("compile_time");
    let nightly = Command::new("cargo").args(["+nightly", "--version"]).output().is_ok_and(|out| out.status.success());
    println!("Milliseconds for each of {FUNCTIONS} functions, minimum of {ROUNDS} builds.\n");
    println!("| form | `cargo check` | debug build | release build | expanding macros |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for (form, function) in FORMS {
        let package = Package::create(&folder.join(form))?;
        let mut line = format!("| {form} |");
        for command in [&["check"][..], &["build"], &["build", "--release"]] {
            let empty = package.fastest(command, GIVE)?;
            let full = package.fastest(command, &with_functions(function))?;
            _ = write!(line, " {:.2} |", milliseconds(full.saturating_sub(empty)));
        }
        let expanding = if nightly { package.expansion(&with_functions(function))? } else { None };
        println!("{line} {} |", expanding.map_or("–".into(), |time| format!("{:.2}", milliseconds(time))));
    }
    if !nightly {
        println!("\nThe last column needs a nightly compiler.");
    }
    Ok(())
}

fn milliseconds(all: Duration) -> f64 {
    all.as_secs_f64() * 1e3 / FUNCTIONS as f64
}

fn with_functions(function: &str) -> String {
    (0..FUNCTIONS).fold(GIVE.into(), |text, number| text + &function.replace("NN", &number.to_string()))
}

/// A crate of its own, which needs Coframe.
struct Package {
    folder: PathBuf,
}

impl Package {
    fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join("src"))?;
        let coframe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
        let manifest = format!(
            "[workspace]\n[package]\nname = \"measured\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\ncoframe = {{ path = {coframe:?} }}\n[profile.dev]\nincremental = false\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(Package { folder: folder.into() })
    }

    /// The first build, which has to build what is needed too, is not counted.
    fn fastest(&self, command: &[&str], text: &str) -> io::Result<Duration> {
        let mut fastest = Duration::MAX;
        for round in 0..=ROUNDS {
            fs::write(self.folder.join("src/lib.rs"), format!("// {round}\n{text}"))?;
            let begin = Instant::now();
            self.cargo(command, &[])?;
            if round > 0 {
                fastest = fastest.min(begin.elapsed());
            }
        }
        Ok(fastest)
    }

    /// How long the compiler says that it expanded macros.
    fn expansion(&self, text: &str) -> io::Result<Option<Duration>> {
        let mut fastest = None;
        for round in 0..=ROUNDS {
            fs::write(self.folder.join("src/lib.rs"), format!("// {round}\n{text}"))?;
            let said = self.cargo(&["+nightly", "rustc", "--profile", "dev"], &["--", "-Ztime-passes"])?;
            let pass = said.lines().find(|line| line.ends_with("macro_expand_crate"));
            let seconds =
                pass.and_then(|line| line.trim_start_matches("time:").trim().split(';').next()?.trim().parse().ok());
            fastest = [fastest, seconds.map(Duration::from_secs_f64)].into_iter().flatten().min();
        }
        Ok(fastest)
    }

    /// Gives what it wrote to the standard output and error.
    fn cargo(&self, command: &[&str], more: &[&str]) -> io::Result<String> {
        let output = Command::new("cargo")
            .args(command)
            .args(["--quiet", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(self.folder.with_file_name("target"))
            .args(more)
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(io::Error::other(said.into_owned()));
        }
        Ok(said.into_owned())
    }
}
