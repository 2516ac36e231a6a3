#[coframe::coroutine(yield = &u32)]
fn each(list: &mut Vec<u32>) {
    yield_!(&list[0]);
}

fn main() {
    let mut list = vec![1];
    let co = each(&mut list);
    list.push(2);
    co.for_each(drop);
}
