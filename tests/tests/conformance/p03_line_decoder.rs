//! An incremental decoder of lines: bytes in pieces of any size, lines out, the tail flushed when it is closed. There is
//! no `finally` in it.

use coframe::prelude::*;

use crate::support::{OverflowError, Shown};

#[coframe::coroutine(yield = usize, send = &[u8])]
fn lines(mut emit: impl FnMut(usize, &str), limit: usize) -> usize {
    let mut buf = Vec::new();
    let mut number = 0;
    let outcome = attempt! {
        loop {
            let chunk = yield_!(buf.len());
            buf.extend_from_slice(chunk);
            while let Some(pos) = buf.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = buf.drain(..=pos).collect();
                number += 1;
                emit(number, String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
            }
            if buf.len() > limit {
                raise!(OverflowError::new(format!("line {} too long", number + 1)));
            }
        }
    };
    match outcome {
        Err(Exception::Exit) => {
            if !buf.is_empty() {
                emit(number + 1, &format!("{} (no newline)", String::from_utf8_lossy(&buf)));
            }
            number
        }
        Err(other) => raise!(other),
    }
}

fn show(n: usize, text: &str) {
    say!("  line {n} [{text}]");
}

fn run(chunks: &[&[u8]], limit: usize) -> Result<(), Exception> {
    let mut d = lines(show, limit);
    say!("start, pending {}", d.start()?.yielded().unwrap());
    for c in chunks {
        match d.send(c) {
            Ok(pending) => say!("pending {}", pending.yielded().unwrap()),
            Err(e) if e.is::<OverflowError>() => {
                say!("error: {e}");
                break;
            }
            Err(other) => return Err(other),
        }
    }
    say!("close: {}", d.close()?.shown());
    Ok(())
}

pub(crate) fn main() -> Result<(), Exception> {
    run(&[b"one\ntw", b"o\n", b"", b"thr", b"ee\r\n\n", b"fo", b"ur"], 20)?;
    run(&[b"ok\n", b"0123456789", b"0123456789", b"unreached"], 15)?;
    run(&[], 5)?;
    let text = "alpha\nbeta\ngamma\n";
    for size in [1, 4, 100] {
        let mut got = Vec::new();
        let mut d = lines(|n, t| got.push(n * 10 + t.len()), 50);
        d.start()?;
        for piece in text.as_bytes().chunks(size) {
            d.send(piece)?;
        }
        let closed = d.close()?;
        drop(d);
        say!("chunk {size} -> {got:?} {}", closed.shown());
    }
    Ok(())
}
