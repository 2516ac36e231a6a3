struct Fd(u32);

impl Drop for Fd {
    fn drop(&mut self) {
        println!("close {}", self.0);
    }
}

struct Named {
    name: &'static str,
    fd: Fd,
}

fn open(n: u32) -> Option<Fd> {
    Some(Fd(n))
}

#[coframe::coroutine(yield = u32)]
fn of_a_temporary() {
    if let Some(Fd(n)) = open(3) {
        yield_!(n);
    }
}

#[coframe::coroutine(yield = u32)]
fn of_an_item(list: Vec<Named>) {
    for Named { name, fd: Fd(n) } in list {
        println!("{name}");
        yield_!(n);
    }
}

#[coframe::coroutine(yield = u32)]
fn of_a_local(fd: Fd) {
    let Fd(n) = fd;
    yield_!(n);
}

#[coframe::coroutine(yield = u32)]
fn of_an_argument(Fd(n): Fd) {
    yield_!(n);
}

#[coframe::coroutine(yield = u32)]
fn by_an_assignment(fd: Fd) {
    let mut n = 1;
    yield_!(n);
    Fd(n) = fd;
    yield_!(n);
}

fn main() {
    let _numbers = of_a_temporary();
}
