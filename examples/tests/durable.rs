//! The durable job, killed with SIGKILL at random moments, comes to the end that an undisturbed one comes to.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use coframe_examples::durable::{Progress, Tally, run};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log");
const FRAME: &str = "COFRAME_DURABLE_FRAME";
const KILLS: usize = 100;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("coframe-durable-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn undisturbed() -> Tally {
    let folder = folder("undisturbed");
    let mut steps = 0;
    let tally = run(LOG, &folder.join("frame.json"), |progress| {
        steps += 1;
        assert_eq!(progress, if steps == 1 { Progress::Started } else { Progress::Step(steps - 1) });
    });
    fs::remove_dir_all(folder).unwrap();
    let tally = tally.unwrap();
    assert_eq!(tally.lines, 242);
    tally
}

/// What the killed process is.
#[test]
#[ignore = "a process of its own, which the test below starts"]
fn job() {
    let frame = std::env::var(FRAME).expect("the test below says where the frame is");
    let frame = Path::new(&frame);
    let tally = run(LOG, frame, |progress| println!("\n{progress:?}")).unwrap();
    println!("\nResult {}", serde_json::to_string(&tally).unwrap());
}

/// Starts the job, and kills it when it has said `lines` lines: what it does meanwhile goes on, so the moment is any. Gives
/// what it said, also after that.
fn process(frame: &Path, lines: usize) -> (Vec<String>, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "job", "--ignored", "--nocapture", "--quiet"])
        .env(FRAME, frame)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    let mut killed = false;
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines().map(Result::unwrap) {
        let ours = ["Started", "Resumed", "Step", "Result"].iter().any(|word| line.starts_with(word));
        said.extend(ours.then_some(line));
        if said.len() == lines && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    let status = child.wait().unwrap();
    (said, killed && !status.success())
}

fn step(line: &str) -> Option<u64> {
    line.strip_prefix("Step(")?.strip_suffix(')')?.parse().ok()
}

#[test]
fn killed_a_hundred_times() {
    let expected = undisturbed();
    let folder = folder("killed");
    let frame = folder.join("frame.json");
    let (mut kills, mut jobs, mut random) = (0, 0, 0x2545_F491_4F6C_DD1D_u64);
    let mut known = 0;
    while kills < KILLS || jobs == 0 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (said, killed) = process(&frame, 1 + random as usize % 8);
        kills += usize::from(killed);
        // It is resumed if a step was ever on the disk; one whose word of it was lost may have been.
        assert!(said.first().is_none_or(|line| line == "Resumed" || line == "Started" && known == 0), "{said:?}");
        let steps: Vec<u64> = said.iter().filter_map(|line| step(line)).collect();
        // No step that was on the disk is done again, and none is left out: steps of which nothing was heard were done
        // by one that was killed before it could say so, and that is one at most.
        if let Some(first) = steps.first() {
            assert!([known + 1, known + 2].contains(first), "after step {known}: {steps:?}");
            assert!(steps.windows(2).all(|pair| pair[1] == pair[0] + 1), "{steps:?}");
        }
        known = steps.last().copied().unwrap_or(known);
        if let Some(result) = said.last().and_then(|line| line.strip_prefix("Result ")) {
            assert_eq!(serde_json::from_str::<Tally>(result).unwrap(), expected);
            fs::remove_file(&frame).unwrap();
            (jobs, known) = (jobs + 1, 0);
        }
    }
    fs::remove_dir_all(folder).unwrap();
    println!("{kills} kills, {jobs} jobs");
}
