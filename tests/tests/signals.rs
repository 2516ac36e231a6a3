//! Signals, each test in a process of its own: a test starts this program again, for one of the ignored tests, which are
//! the bodies of such processes.

#![cfg(unix)]

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread;

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{Exception, Promise, Runner, TaskBuilder, try_yield_from, yield_from};

/// Says to a body that it is one; else it would wait for whoever asks for the ignored tests.
const BODY: &str = "COFRAME_TEST_BODY";

/// A process that runs one of the bodies, and what it says.
struct Process {
    child: Child,
    said: BufReader<ChildStderr>,
}

impl Process {
    fn start(body: &str, debug: bool) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.env(BODY, body).args([body, "--exact", "--ignored", "--nocapture"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        match debug {
            true => command.env("COFRAME_DEBUG", "1"),
            false => command.env_remove("COFRAME_DEBUG"),
        };
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Process { child, said }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// What it says up to a line that ends so.
    fn says_until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.trim_end().ends_with(end) {
            assert!(self.said.read_line(&mut text).unwrap() > 0, "it ended after: {text}");
        }
        text
    }

    /// Ends its input, which is how a body is told to end.
    fn end(mut self) -> (ExitStatus, String) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

/// In a body: has the loop call `then` when the input ends.
fn when_input_ends(event_loop: &EventLoop, then: fn()) {
    let remote = event_loop.remote();
    thread::spawn(move || {
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        // The loop may have ended before.
        _ = remote.call_soon_threadsafe(then);
    });
}

#[coframe::coroutine(task)]
fn wait_for(promise: Promise<u32>) -> u32 {
    yield_from!(promise)
}

#[test]
#[ignore = "the body of a process"]
fn body_that_sleeps() {
    if env::var_os(BODY).is_none() {
        return;
    }
    let event_loop = EventLoop::new().unwrap();
    event_loop.set_debug(true);
    let _task = TaskBuilder::new().name("sleeper").spawn_on(&event_loop, wait_for(event_loop.create_promise()));
    when_input_ends(&event_loop, || EventLoop::running().unwrap().stop());
    event_loop.call_soon(|| eprintln!("ready")).unwrap();
    event_loop.run_forever().unwrap();
    // Off and on again: there is one thread for it at a time.
    event_loop.set_debug(false);
    event_loop.set_debug(true);
    event_loop.set_debug(false);
    eprintln!("debug mode is off");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn asy_21_sigusr1_prints_the_call_graph_of_a_sleeping_loop() {
    for _ in 0..2 {
        let mut process = Process::start("body_that_sleeps", false);
        process.says_until("ready");
        // Twice: the loop goes on.
        for _ in 0..2 {
            process.signal("USR1");
            let tree = process.says_until("(P) promise");
            assert!(tree.contains("└── (T) sleeper\n    └── wait_for "), "{tree}");
        }
        let (status, rest) = process.end();
        assert!(status.success() && rest.contains("debug mode is off"), "{status} {rest}");
    }
}

#[test]
#[ignore = "the body of a process"]
fn body_in_debug_mode_from_outside() {
    if env::var_os(BODY).is_none() {
        return;
    }
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    eprintln!("debug {}", event_loop.debug());
}

#[test]
fn lop_09_the_environment_turns_debug_mode_on() {
    for debug in [true, false] {
        let mut process = Process::start("body_in_debug_mode_from_outside", debug);
        process.says_until(&format!("debug {debug}"));
        assert!(process.end().0.success());
    }
}

#[test]
#[ignore = "the body of a process"]
fn body_that_is_interrupted() {
    if env::var_os(BODY).is_none() {
        return;
    }
    #[coframe::coroutine(task)]
    fn main() -> Result<(), Exception> {
        eprintln!("ready");
        match try_yield_from!(std::future::pending::<()>()) {
            Err(cancelled @ Exception::Cancelled(_)) => {
                eprintln!("cleaning up");
                yield_from!(coframe::sleep(0.001));
                coframe::raise!(cancelled)
            }
            other => other,
        }
    }
    let runner = Runner::new().unwrap().cancel_on_interrupt(true);
    let end = runner.run(main()).map(drop).unwrap_err();
    assert!(matches!(end.downcast_ref(), Some(LoopError::Interrupted)), "{end:?}");
    eprintln!("over");
    // Nothing takes it now.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn run_01_an_interrupt_cancels_the_main_task() {
    let mut process = Process::start("body_that_is_interrupted", false);
    process.says_until("ready");
    process.signal("INT");
    assert!(process.says_until("over").contains("cleaning up"));
    let (status, rest) = process.end();
    assert!(status.success(), "{rest}");
}

#[test]
fn run_01_an_interrupt_after_the_run_ends_the_process() {
    let mut process = Process::start("body_that_is_interrupted", false);
    process.says_until("ready");
    process.signal("INT");
    process.says_until("over");
    process.signal("INT");
    assert_eq!(process.child.wait().unwrap().signal(), Some(2));
}

#[test]
#[ignore = "the body of a process"]
fn body_that_refuses() {
    if env::var_os(BODY).is_none() {
        return;
    }
    #[coframe::coroutine(task)]
    fn main() -> Result<(), Exception> {
        eprintln!("ready");
        loop {
            match try_yield_from!(std::future::pending::<()>()) {
                Err(exit @ Exception::Exit) => coframe::raise!(exit),
                _ => eprintln!("refused"),
            }
        }
    }
    let runner = Runner::new().unwrap().cancel_on_interrupt(true);
    runner.run(main()).unwrap().unwrap();
}

#[test]
fn run_01_a_second_interrupt_ends_the_process() {
    let mut process = Process::start("body_that_refuses", false);
    process.says_until("ready");
    process.signal("INT");
    process.says_until("refused");
    process.signal("INT");
    assert_eq!(process.child.wait().unwrap().signal(), Some(2));
}

#[test]
#[ignore = "the body of a process"]
fn body_that_is_not_asked() {
    if env::var_os(BODY).is_none() {
        return;
    }
    let runner = Runner::new().unwrap();
    _ = runner.run(async {
        eprintln!("ready");
        std::future::pending::<()>().await;
    });
}

#[test]
fn run_01_without_the_option_an_interrupt_ends_the_process() {
    let mut process = Process::start("body_that_is_not_asked", false);
    process.says_until("ready");
    process.signal("INT");
    if are_interrupts_ignored() {
        process.child.kill().unwrap();
        assert_eq!(process.child.wait().unwrap().signal(), Some(9));
    } else {
        assert_eq!(process.child.wait().unwrap().signal(), Some(2));
    }
}

/// As in a job that a shell without job control has put into the background: then what it starts ignores them too, and
/// nothing but a handler ends it by one.
fn are_interrupts_ignored() -> bool {
    let interrupted = Command::new("sh").args(["-c", "kill -INT $$; echo alive"]).output().unwrap();
    !interrupted.stdout.is_empty()
}
