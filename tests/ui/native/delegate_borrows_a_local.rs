#[coframe::coroutine(yield = u32)]
fn step(t: &mut u32) {
    *t += 1;
    yield_!(*t);
}

#[coframe::coroutine(yield = u32)]
fn all(t: &mut u32) -> u32 {
    yield_from!(step(t));
    *t
}

fn main() {
    all(&mut 1);
}
