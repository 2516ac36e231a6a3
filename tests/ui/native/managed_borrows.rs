use coframe::prelude::*;

#[coframe::coroutine(yield = usize)]
async fn lengths(text: &str) {
    yield_!(text.len());
}

fn main() {
    let text = String::from("a");
    drop(lengths(&text).managed());
}
