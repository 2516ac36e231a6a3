#[coframe::coroutine(yield = usize)]
fn lengths(text: String) {
    let outcome = attempt! {
        yield_!(1);
        drop(text);
        yield_!(2);
    };
    if let Err(exception) = outcome {
        println!("{}", text.len());
        raise!(exception);
    }
}

fn main() {
    let _ = lengths(String::new());
}
