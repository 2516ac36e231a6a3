//! Many programs as one crate, compiled and run by a nightly compiler.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::form::{Module, module};
use crate::batch::lowering;
use crate::program::Program;

/// What became of a program.
#[derive(Clone, Debug)]
pub enum Outcome {
    Same,
    /// The traces part.
    Wrong(String),
    /// It does not compile in one of its forms.
    Refused {
        by: &'static str,
        text: String,
    },
}

/// A crate of programs.
pub struct Batch {
    folder: PathBuf,
    modules: Vec<Module>,
    outcomes: Vec<Option<Outcome>>,
}

impl Batch {
    pub fn of(programs: &[Program]) -> Self {
        let folder =
            std::env::var_os("FUZZ_DIR").map_or_else(|| std::env::temp_dir().join("coframe-fuzz"), PathBuf::from);
        let modules: Vec<Module> = programs.iter().map(module).collect();
        Batch { folder: folder.join("nightly"), outcomes: vec![None; modules.len()], modules }
    }

    pub fn run(mut self) -> Vec<Outcome> {
        if !self.modules.is_empty() {
            self.write();
            while !self.compiles() {}
            self.runs();
        }
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Same)).collect()
    }

    fn write(&self) {
        let runtime = lowering().join("../../../runtime").canonicalize().expect("the workspace is there");
        let _ = fs::remove_dir_all(self.folder.join("src"));
        fs::create_dir_all(self.folder.join("src")).expect("the folder can be made");
        let manifest = format!(
            "[package]\nname = \"nightly\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[lib]\ndoctest = false\n\
             [dependencies]\ncoframe = {{ path = {runtime:?}, default-features = false, features = [\"std\"] }}\n\
             serde = {{ version = \"1.0\", features = [\"derive\"] }}\n\
             [profile.dev]\ndebug = 0\nincremental = false\n"
        );
        fs::write(self.folder.join("Cargo.toml"), manifest).expect("it can be written");
        // The versions of the workspace.
        fs::copy(runtime.join("../Cargo.lock"), self.folder.join("Cargo.lock")).expect("it can be copied");
        for (index, module) in self.modules.iter().enumerate() {
            fs::write(self.folder.join(format!("src/p{index}.rs")), &module.text).expect("it can be written");
        }
    }

    fn write_root(&self) {
        let mut text = String::from(
            "#![allow(warnings)]\n#![recursion_limit = \"512\"]\n#![feature(coroutines, coroutine_trait)]\n\
             macro_rules! compiled { ($yield:tt $send:tt $($function:tt)*) => { \
             #[coframe::coroutine(yield = $yield, send = $send)] $($function)* } }\n",
        );
        for module in ["harness", "delegates", "script", "things", "twin"] {
            let path = lowering().join(format!("{module}.rs"));
            let attribute = if module == "harness" { "#[macro_use] " } else { "" };
            text += &format!("{attribute}#[path = {path:?}] mod {module};\n");
        }
        text += &format!("#[path = {:?}] mod driver;\n", concat!(env!("CARGO_MANIFEST_DIR"), "/nightly/driver.rs"));
        for (index, outcome) in self.outcomes.iter().enumerate() {
            if outcome.is_none() {
                text += &format!("mod p{index};\n");
            }
        }
        fs::write(self.folder.join("src/lib.rs"), text).expect("it can be written");
    }

    /// Compiles what is left, and takes out what does not compile.
    fn compiles(&mut self) -> bool {
        self.write_root();
        let output = self.cargo("600", &["test", "--no-run", "--message-format=short"]);
        if output.status.success() {
            return true;
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let mut errors = BTreeMap::<usize, Vec<(usize, &str)>>::new();
        for line in text.lines() {
            if let Some((index, row, error)) = placed(line) {
                errors.entry(index).or_default().push((row, error));
            }
        }
        assert!(!errors.is_empty(), "the batch does not compile:\n{text}");
        for (index, errors) in errors {
            let module = &self.modules[index];
            let in_native = errors.iter().any(|(row, _)| *row >= module.native);
            let in_frame = errors.iter().any(|(row, _)| *row < module.coroutine);
            let by = match (in_native, in_frame) {
                (true, _) => "plain Rust",
                (_, true) => "the frame",
                _ => "rustc's coroutine",
            };
            let text = errors.iter().map(|(row, error)| format!("{row}: {error}")).collect::<Vec<_>>().join("\n    ");
            self.outcomes[index] = Some(Outcome::Refused { by, text });
        }
        false
    }

    fn runs(&mut self) {
        let all = self.test(&[]);
        if all.status.success() || self.read(&all) {
            return;
        }
        // Something ended the process: each on its own, to see which.
        let listed = self.test(&["--list"]);
        for test in String::from_utf8_lossy(&listed.stdout).lines().filter_map(|line| line.strip_suffix(": test")) {
            let one = self.test(&["--exact", test]);
            let index = test.strip_prefix('p').and_then(|test| test.split_once("::")?.0.parse::<usize>().ok());
            if !one.status.success() && !self.read(&one) {
                let said = String::from_utf8_lossy(&one.stderr).trim().to_owned();
                self.outcomes[index.expect("a test of a module")] = Some(Outcome::Wrong(said));
            }
        }
    }

    fn test(&self, arguments: &[&str]) -> Output {
        self.cargo("240", &[&["test", "--quiet", "--", "--test-threads=2"], arguments].concat())
    }

    /// What the tests said, if they came to their end and some failed.
    fn read(&mut self, output: &Output) -> bool {
        let text = String::from_utf8_lossy(&output.stdout);
        for piece in text.split("\n---- p").skip(1) {
            let Some(Ok(index)) = piece.split_once("::").map(|(index, _)| index.parse::<usize>()) else { continue };
            if !piece.contains("the case never yields") {
                let said = piece.split("\nfailures:").next().unwrap_or(piece).lines().skip(1).collect::<Vec<_>>();
                self.outcomes[index] = Some(Outcome::Wrong(said.join("\n").trim().to_owned()));
            }
        }
        text.contains("failures:")
    }

    fn cargo(&self, seconds: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("timeout");
        command.args([seconds, "cargo", "+nightly"]).args(arguments).current_dir(&self.folder);
        command.env("RUSTFLAGS", "-Awarnings").env("RUST_BACKTRACE", "0");
        // What cargo says of the compiler that it runs this program with is not true of that one.
        command.env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN");
        command.output().expect("cargo runs")
    }
}

/// An error in a module: which, at which line, and what it is.
fn placed(line: &str) -> Option<(usize, usize, &str)> {
    let (place, error) = line.split_once(": error")?;
    let (index, rest) = place.strip_prefix("src/p")?.split_once(".rs:")?;
    Some((index.parse().ok()?, rest.split(':').next()?.parse().ok()?, error))
}
