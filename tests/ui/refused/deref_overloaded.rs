use std::ops::Deref;

struct Counted(Vec<u32>);

impl Deref for Counted {
    type Target = Vec<u32>;

    fn deref(&self) -> &Vec<u32> {
        &self.0
    }
}

#[coframe::coroutine(yield = u32, send = usize)]
fn numbers(list: &Counted) -> bool {
    (**list).len() == yield_!(1)
}

#[coframe::coroutine(yield = u32, send = usize)]
fn first(list: &Counted) -> Option<u32> {
    (**list).get(yield_!(1)).copied()
}

fn main() {
    let list = Counted(vec![]);
    let _numbers = (numbers(&list), first(&list));
}
