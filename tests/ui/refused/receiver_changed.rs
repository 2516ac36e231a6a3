#[coframe::coroutine(yield = u32, send = usize)]
fn numbers() {
    let mut rows = vec![vec![1], vec![2]];
    rows[0].push({
        rows = vec![];
        yield_!(1);
        3
    });
}

trait Bump {
    fn bump(&mut self) -> u32;
}

impl Bump for u32 {
    fn bump(&mut self) -> u32 {
        *self += 1;
        *self
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn largest(n: &mut u32) -> u32 {
    n.wrapping_add(yield_!(n.bump()))
}

fn main() {
    let _ = (numbers(), largest(&mut 1));
}
