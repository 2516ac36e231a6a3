//! An `attempt!` in a guard counts as a yield in it.

use coframe::Exception;

fn found(n: i32) -> (Option<String>, String) {
    ((n > 1).then(|| n.to_string()), n.to_string())
}

#[coframe::coroutine(yield = usize)]
fn guarded(n: i32) {
    let whole = match found(n) {
        (Some(text), rest) if !matches!(attempt! { text.len() }, Err(Exception::Exit)) => text + &rest,
        (_, rest) => rest,
    };
    yield_!(whole.len());
}

fn main() {
    drop(guarded(1));
}
