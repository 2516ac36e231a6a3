use coframe::prelude::*;

#[coframe::coroutine]
async fn yields(list: Vec<u32>) -> u32 {
    yield_!(1);
    let sent = try_yield!();
    println!("{sent:?} {}", yield_!(2));
    let caught = attempt! {
        yield_from!(list)
    };
    unknown!(let x = try_yield_from!(caught));
    yield_from!(std::future::ready(3))
}

#[coframe::coroutine]
async fn keyword() {
    yield 1;
}

fn main() {
    coframe::run(yields(Vec::new())).unwrap();
    coframe::run(keyword()).unwrap();
}
