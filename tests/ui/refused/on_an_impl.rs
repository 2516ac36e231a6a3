struct Numbers;

#[coframe::coroutine(yield = u32)]
impl Numbers {
    fn all(&self) -> u32 {
        1
    }
}

fn main() {
    println!("{}", Numbers.all());
}
