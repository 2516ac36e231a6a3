#[coframe::coroutine(yield = &str)]
fn words(text: &str) {
    for word in text.split(' ') {
        yield_!(word);
    }
}

fn main() {
    let co = {
        let text = String::from("a b");
        words(&text)
    };
    for word in co {
        println!("{word}");
    }
}
