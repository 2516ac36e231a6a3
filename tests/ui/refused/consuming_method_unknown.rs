struct Job(String);

impl Job {
    fn finish(self) -> usize {
        self.0.len()
    }
}

#[coframe::coroutine(yield = usize)]
fn run() {
    let job = Job(String::new());
    let length = job.finish();
    yield_!(length);
}

fn main() {
    for n in run() {
        println!("{n}");
    }
}
