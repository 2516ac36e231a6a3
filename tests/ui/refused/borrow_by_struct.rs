struct Parser<'a> {
    rest: &'a str,
}

#[coframe::coroutine(yield = usize)]
fn lengths() {
    let text = String::from("a b c");
    let parser = Parser { rest: &text };
    yield_!(1);
    yield_!(parser.rest.len());
}

fn main() {
    for n in lengths() {
        println!("{n}");
    }
}
