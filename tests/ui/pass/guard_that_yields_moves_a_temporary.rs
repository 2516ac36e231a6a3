use coframe::{CoroutineExt, Step};

#[coframe::coroutine(send = bool)]
fn length(x: Option<String>) -> usize {
    match { x } {
        Some(s) if yield_!() => s.len(),
        _ => 0,
    }
}

fn main() {
    let mut co = length(Some("four".to_owned()));
    co.start().unwrap();
    assert_eq!(co.send(true).unwrap(), Step::Returned(4));
}
