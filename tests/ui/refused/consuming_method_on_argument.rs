struct Job(String);

impl Job {
    fn finish(self) -> usize {
        self.0.len()
    }
}

#[coframe::coroutine(yield = usize)]
fn run(job: Job) {
    yield_!(1);
    yield_!(job.finish());
    yield_!(2);
}

fn main() {
    for n in run(Job(String::new())) {
        println!("{n}");
    }
}
