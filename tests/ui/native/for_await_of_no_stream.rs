use coframe::prelude::*;

#[coframe::coroutine]
async fn loops(list: Vec<u32>) {
    coframe::for_await!(n in list {
        println!("{n}");
    });
}

#[coframe::coroutine(yield = u32)]
async fn numbers() {
    yield_!(1);
}

#[coframe::coroutine]
async fn loops_over_the_function() {
    coframe::for_await!(n in numbers {
        println!("{n}");
    });
}

fn main() {
    coframe::run(loops(vec![1])).unwrap();
    coframe::run(loops_over_the_function()).unwrap();
}
