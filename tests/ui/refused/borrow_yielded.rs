#[coframe::coroutine(yield = &'static str)]
fn texts() {
    let text = String::from("text");
    yield_!(&text);
}

#[coframe::coroutine(yield = &str)]
fn own<'a>(of: &'a str) {
    let text = of.to_uppercase();
    yield_!(&text);
}

fn main() {
    for n in texts() {
        println!("{n}");
    }
    for n in own("a") {
        println!("{n}");
    }
}
