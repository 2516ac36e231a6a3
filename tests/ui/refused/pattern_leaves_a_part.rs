struct Job {
    name: String,
    log: Vec<String>,
}

// `log` would drop with the argument, after the locals of the body.
#[coframe::coroutine(yield = usize)]
fn length(Job { name, .. }: Job) {
    yield_!(name.len());
}

fn main() {
    let job = Job { name: String::new(), log: Vec::new() };
    println!("{}", job.log.len());
    for n in length(job) {
        println!("{n}");
    }
}
