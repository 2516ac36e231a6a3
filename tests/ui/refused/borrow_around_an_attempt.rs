//! An `attempt!` becomes part of the graph, so that what is borrowed around it is kept in the frame.

struct Text(String);

impl Drop for Text {
    fn drop(&mut self) {}
}

fn drop_of(_: coframe::Exception) -> usize {
    0
}

fn found(n: i32) -> Option<Text> {
    (n > 1).then(|| Text(n.to_string()))
}

#[coframe::coroutine(yield = i32, send = i32)]
fn around() {
    if let Some(ref mut text) = found(yield_!(1)) {
        let len = match attempt! { text.0.len() } {
            Ok(len) => len,
            Err(error) => drop_of(error),
        };
        text.0.truncate(len);
    }
    yield_!(2);
}

fn main() {
    drop(around());
}
