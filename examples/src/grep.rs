//! The stages of a push pipeline: lines go in at the head, and each stage hands on what it lets through.
//!
//! A [`Line`] is borrowed, from the buffer that it was read into, and is there until the next pause only: no stage can keep
//! it, so the source reads every line into the same buffer.
//!
//! # How it ends
//!
//! From the source, in one of three ways; in each of them every stage is over when the call at the head returns.
//!
//! - The head is closed. Closing is an exception in the stage where it is paused: [`grep`] catches it, closes what comes
//!   after it and returns its count. [`broadcast`] does the same with each of its targets, in their order. A sink catches
//!   it to write its summary.
//! - A stage fails. What it raises comes out of the `send` of the stage before it, which closes the rest and raises it
//!   again, up to the source.
//! - No sink wants more. A stage whose targets are all over returns as well.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use coframe::{Coroutine, CoroutineExt, Exception, Step, attempt, raise, yield_};

/// A line, and where it is from.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The name of the input.
    pub file: &'a str,
    /// Counted from 1.
    pub number: u64,
    /// What stands there, without the line end.
    pub text: &'a str,
}

/// What a line can be pushed into: a coroutine of any body that takes a line of any lifetime. It yields nothing but the
/// turn, and what it returns is `R`.
pub trait Target<R = ()>: for<'r> Coroutine<Line<'r>, Yield = (), Return = R> + Unpin {}

impl<R, C: for<'r> Coroutine<Line<'r>, Yield = (), Return = R> + Unpin + ?Sized> Target<R> for C {}

/// A target in a box, so that targets of different types fit in one list.
pub type Sink<'a> = Box<dyn for<'r> Coroutine<Line<'r>, Yield = (), Return = ()> + Unpin + 'a>;

/// Lets through the lines that hold `pattern`, and returns how many they were.
#[coframe::coroutine(send = Line<'_>)]
pub fn grep(pattern: &str, mut target: impl Target) -> u64 {
    let mut matches = 0;
    let Err(exception) = attempt! {
        // Starting the head starts all that comes after it.
        or_raise!(target.start());
        loop {
            let line = yield_!();
            if line.text.contains(pattern) {
                matches += 1;
                match target.send(line) {
                    Ok(Step::Yielded(())) => {}
                    Ok(Step::Returned(())) => return matches,
                    // `?` would *return* the error. What the target raised is raised here.
                    Err(exception) => raise!(exception),
                }
            }
        }
    };
    // However this stage ends, what comes after it ends too. A target that failed is over, and closing it does nothing.
    match target.close() {
        Ok(_) if exception.is_exit() => matches,
        Ok(_) => raise!(exception),
        Err(another) => raise!(another, from = exception),
    }
}

/// Sends each line to all targets, in their order. It is over when all of them are.
#[coframe::coroutine(send = Line<'_>)]
pub fn broadcast(mut targets: Vec<Sink<'_>>) {
    let ended = attempt! {
        for target in &mut targets {
            or_raise!(target.start());
        }
        while !targets.is_empty() {
            let line = yield_!();
            let mut at = 0;
            while at < targets.len() {
                match targets[at].send(line) {
                    Ok(Step::Yielded(())) => at += 1,
                    Ok(Step::Returned(())) => drop(targets.remove(at)),
                    Err(exception) => raise!(exception),
                }
            }
        }
    };
    let Err(mut exception) = ended else { return };
    // One that fails to close does not keep the others from it. What it raises is raised in the end, from what was to be
    // raised before.
    for target in &mut targets {
        if let Err(another) = target.close() {
            exception = another.with_source(exception);
        }
    }
    raise!(exception);
}

/// Writes each line with its place, and in the end how many they were. Is over after `limit` of them, if there is one.
#[coframe::coroutine(send = Line<'_>)]
pub fn print(mut output: impl Write, limit: Option<u64>) {
    let mut printed = 0;
    let ended = attempt! {
        while limit != Some(printed) {
            let Line { file, number, text } = yield_!();
            if let Err(error) = writeln!(output, "{file}:{number}:{text}") {
                raise!(error);
            }
            printed += 1;
        }
    };
    match ended {
        // Only an exit is caught: after a failure there is no sense in a summary.
        Err(exception) if !exception.is_exit() => raise!(exception),
        _ => {}
    }
    if let Err(error) = writeln!(output, "{printed} in all") {
        raise!(error);
    }
}

/// Counts the lines of each file and writes the counts in the end.
#[coframe::coroutine(send = Line<'_>)]
pub fn count_by_file(mut output: impl Write) {
    let mut counts = BTreeMap::<String, u64>::new();
    let Err(exception) = attempt! {
        loop {
            let Line { file, .. } = yield_!();
            // The name is borrowed for this turn only, so the first line of a file is where it is copied.
            match counts.get_mut(file) {
                Some(count) => *count += 1,
                None => drop(counts.insert(file.to_owned(), 1)),
            }
        }
    };
    if !exception.is_exit() {
        raise!(exception);
    }
    for (file, count) in counts {
        if let Err(error) = writeln!(output, "{file}: {count}") {
            raise!(error);
        }
    }
}

/// Keeps the longest line, the first of several, and writes it in the end.
#[coframe::coroutine(send = Line<'_>)]
pub fn longest(mut output: impl Write) {
    let mut longest = String::new();
    let Err(exception) = attempt! {
        loop {
            let line = yield_!();
            if line.text.chars().count() > longest.chars().count() {
                line.text.clone_into(&mut longest);
            }
        }
    };
    if !exception.is_exit() {
        raise!(exception);
    }
    if let Err(error) = writeln!(output, "longest: {longest}") {
        raise!(error);
    }
}

/// The source: reads lines and pushes them into `head`, which was started. `Some` if the head is over, of what it
/// returned; then there is no use in feeding it more. What is not UTF-8 is read as U+FFFD.
///
/// # Errors
///
/// What comes out of the head. A line that cannot be read is an error for the stages as well: it is thrown into the head,
/// which ends them all, and comes out there.
pub fn feed<R>(file: &str, mut input: impl BufRead, head: &mut impl Target<R>) -> Result<Option<R>, Exception> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let step = match input.read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => {
                let text = String::from_utf8_lossy(&bytes);
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let text = text.strip_suffix('\r').unwrap_or(text);
                head.send(Line { file, number, text })?
            }
            Err(error) => head.throw(error)?,
        };
        if let Step::Returned(value) = step {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
