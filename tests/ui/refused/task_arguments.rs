#[coframe::coroutine(task, yield = u32)]
fn yields() {
    yield_from!(coframe::sleep(1.0));
}

#[coframe::coroutine(send = u32, task)]
fn sends() {
    yield_from!(coframe::sleep(1.0));
}

#[coframe::coroutine(task)]
fn yields_something_else() {
    yield_!(3);
}

fn main() {
    drop((yields(), sends(), yields_something_else()));
}
