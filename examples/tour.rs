//! A guided tour: what a coroutine is and what can be done with one, in the order in which one would want to know.
//!
//! ```sh
//! cargo run --example tour
//! ```
//!
//! Read it beside its output. Each section is one function of the same name.

use std::collections::VecDeque;
use std::num::ParseIntError;

use coframe::prelude::*;
use coframe::{BoxCoroutine, State};

fn main() -> Result<(), Exception> {
    lazy_start()?;
    iteration();
    sending()?;
    yields_in_expressions()?;
    pull_pipeline();
    push_pipeline()?;
    scheduler()?;
    looking_inside()?;
    forking()?;
    expressions();
    returning()?;
    throwing()?;
    closing()?;
    dropping()?;
    catching()?;
    delegating()?;
    recursion();
    sharing()?;
    Ok(())
}

fn heading(title: &str) {
    println!("\n== {title} ==");
}

// ---------------------------------------------------------------------------------------------------------------------

/// `yield = &'static str` is the type of what is handed out at each `yield_!`. What the body returns is written where it
/// always is, after `->`; here it is `()`.
#[coframe::coroutine(yield = &'static str)]
fn greeter() {
    println!("  (the body begins)");
    yield_!("hello");
    println!("  (the body goes on)");
    yield_!("goodbye");
    println!("  (the body ends)");
}

fn lazy_start() -> Result<(), Exception> {
    heading("A call runs nothing");
    let mut greeter = greeter();
    println!("called; nothing of the body has run: {greeter:?}");

    // `start` runs to the first `yield_!`. Where nothing is sent it also goes on from there, as `next` does in Python.
    println!("start gives {:?}", greeter.start()?);
    println!("start gives {:?}", greeter.start()?);
    println!("start gives {:?}", greeter.start()?);

    // After the end every resume is an error: a value, not a panic.
    if let Err(exception) = greeter.start() {
        println!("start gives an error: {exception}");
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// The locals `a` and `b` live in the coroutine while it is paused: it is a struct that holds them, and no more.
#[coframe::coroutine(yield = u64)]
fn fibonacci() {
    let (mut a, mut b) = (0, 1);
    loop {
        yield_!(a);
        (a, b) = (b, a + b);
    }
}

fn iteration() {
    heading("A coroutine that is sent nothing is an iterator");
    print!("fibonacci:");
    for n in fibonacci().take(10) {
        print!(" {n}");
    }
    println!("\nand their even ones: {:?}", fibonacci().filter(|n| n % 2 == 0).take(5).collect::<Vec<_>>());
    println!("the frame of a fibonacci takes {} bytes and no heap", size_of_val(&fibonacci()));
}

// ---------------------------------------------------------------------------------------------------------------------

/// `send = f64` is the type of the value of each `yield_!`: what the next resume brings.
#[coframe::coroutine(yield = f64, send = f64)]
fn averager() {
    let mut sum = yield_!(0.0);
    let mut count = 1.0;
    loop {
        sum += yield_!(sum / count);
        count += 1.0;
    }
}

fn sending() -> Result<(), Exception> {
    heading("Values go in as well");
    let mut average = averager();

    // No `yield_!` waits for a value yet, so one cannot be sent. The misuse is reported and does no harm.
    if let Err(exception) = average.send(1.0) {
        println!("send before start: {exception}");
    }
    average.start()?;
    for value in [10.0, 20.0, 60.0] {
        println!("send {value}: the average is {:?}", average.send(value)?.yielded());
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// A `yield_!` may stand wherever an expression may. What stands before it in the same expression is evaluated before.
#[coframe::coroutine(yield = &'static str, send = i64)]
fn questionnaire() -> i64 {
    let sum = yield_!("a number, please") + 10 * yield_!("another one");
    println!("  (both: {sum})");
    let mut list = vec![yield_!("first item"), yield_!("second item")];
    while yield_!("shall I double? 0 is no") != 0 {
        for item in &mut list {
            *item *= 2;
        }
    }
    println!("  (the list is {list:?}; the last answer is {})", yield_!("and one for the message"));
    match yield_!("what shall I return? 0 is the sum") {
        0 => sum,
        other if yield_!("really?") == 1 => other,
        _ => -1,
    }
}

fn yields_in_expressions() -> Result<(), Exception> {
    heading("A yield may stand anywhere in an expression");
    let mut form = questionnaire();
    let mut step = form.start()?;
    for answer in [3, 4, 1, 2, 1, 1, 0, 99, 7, 1] {
        if let Step::Yielded(question) = step {
            println!("{question}: {answer}");
        }
        step = form.send(answer)?;
    }
    println!("it returned {:?}", step.returned());
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

#[coframe::coroutine(yield = u32)]
fn numbers(from: u32) {
    for n in from.. {
        println!("  (made {n})");
        yield_!(n);
    }
}

/// A stage takes the one before it as any iterator.
#[coframe::coroutine(yield = T)]
fn every_other<T>(items: impl Iterator<Item = T>) {
    let mut keep = true;
    for item in items {
        if keep {
            yield_!(item);
        }
        keep = !keep;
    }
}

#[coframe::coroutine(yield = String)]
fn described(items: impl Iterator<Item = u32>) {
    for item in items {
        yield_!(format!("{item} squared is {}", item * item));
    }
}

fn pull_pipeline() {
    heading("Pipelines that pull");
    // The last stage asks the one before it, and so on: no number is made that nobody asked for.
    for text in described(every_other(numbers(3))).take(2) {
        println!("{text}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------

/// The other way round: a consumer is sent items, and pauses for the next one. A text that it is sent may be borrowed: it
/// is there until the next `yield_!`, and this one is held no longer.
#[coframe::coroutine(send = &str)]
fn parse_each(mut next: impl Coroutine<i64, Yield = ()> + Unpin) -> Result<(), Exception> {
    next.start()?;
    loop {
        let text = yield_!();
        match text.trim().parse() {
            // A stage in the middle pushes what it makes into the next one.
            Ok(number) => next.send(number)?,
            Err(error) => {
                println!("  ({text:?} is left out: {error})");
                continue;
            }
        };
    }
}

#[coframe::coroutine(send = i64)]
fn print_total(name: &str) {
    let mut total = 0;
    loop {
        total += yield_!();
        println!("{name} is now {total}");
    }
}

fn push_pipeline() -> Result<(), Exception> {
    heading("Pipelines that push");
    let mut sink = parse_each(print_total("the total"));
    sink.start()?;
    for line in String::from("12\n 30 \nmany\n-2").lines() {
        sink.send(line)?;
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// `yield_!()` hands out `()`: it only lets others run.
#[coframe::coroutine]
fn cook(dish: &str, steps: &[&str]) {
    for (number, step) in steps.iter().enumerate() {
        println!("{dish}, {} of {}: {step}", number + 1, steps.len());
        yield_!();
    }
}

#[coframe::coroutine]
fn clock(ticks: u32) {
    for tick in 1..=ticks {
        println!("tick {tick}");
        yield_!();
    }
}

fn scheduler() -> Result<(), Exception> {
    heading("A scheduler in six lines");
    // Coroutines of different bodies are of different types; in boxes they fit in one queue.
    let mut queue: VecDeque<BoxCoroutine<'_, (), ()>> = VecDeque::new();
    queue.push_back(Box::new(cook("soup", &["chop", "boil", "serve"])));
    queue.push_back(Box::new(clock(4)));
    queue.push_back(Box::new(cook("tea", &["boil", "pour"])));
    while let Some(mut task) = queue.pop_front() {
        if let Step::Yielded(()) = task.start()? {
            queue.push_back(task);
        }
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

fn looking_inside() -> Result<(), Exception> {
    heading("A paused function can be looked into");
    let mut form = questionnaire();
    // The code object is the same for every call: where the function stands, and where it can be paused.
    println!("{}", form.code());

    // The frame object is this call's: where it is now.
    println!("{:?}", form.frame());
    form.start()?;
    form.send(1)?;
    if let Some(frame) = form.frame() {
        let column = frame.point().map(|point| point.column());
        println!("{} at line {}, column {column:?}", frame.state(), frame.line());
    }
    println!("in short: {form:?}");
    form.close()?;
    println!("closed: {:?}, and no frame: {:?}", form.state(), form.frame());
    assert_eq!(form.state(), State::Closed);
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// A frame is a plain value, so it can be cloned if everything in it can.
#[coframe::coroutine(yield = String, send = bool, derive(Clone))]
fn walk(name: String) -> String {
    let mut path = name;
    for place in ["the gate", "the bridge", "the tower"] {
        if yield_!(format!("{path} stands before {place}: enter?")) {
            path.push_str(", through ");
            path.push_str(place);
        }
    }
    path
}

fn forking() -> Result<(), Exception> {
    heading("A paused function can be forked");
    let mut one = walk("Ada".to_owned());
    one.start()?;
    one.send(true)?;
    // From here on there are two, each with locals of its own.
    let mut two = one.clone();
    one.send(true)?;
    two.send(false)?;
    println!("one: {:?}", one.send(false)?.returned());
    println!("two: {:?}", two.send(true)?.returned());
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

fn expressions() {
    heading("A coroutine without a name");
    let step = 10;
    // A closure that gives a coroutine. It captures `step`, and may use the real keyword.
    let multiples = coroutine!(move |count: i32| {
        for n in 1..=count {
            yield n * step;
        }
    });
    println!("three: {:?}", multiples(3).collect::<Vec<_>>());
    println!("five: {:?}", multiples(5).collect::<Vec<_>>());
}

// ---------------------------------------------------------------------------------------------------------------------

#[coframe::coroutine(yield = i32)]
fn parse_all(text: &str) -> Result<usize, ParseIntError> {
    let mut count = 0;
    for word in text.split(' ') {
        // `?` leaves the function, as in any other: the error is what it returns.
        yield_!(word.parse()?);
        count += 1;
    }
    Ok(count)
}

fn returning() -> Result<(), Exception> {
    heading("A coroutine returns a value besides");
    for text in ["1 2 3", "4 five 6"] {
        let mut numbers = parse_all(text);
        // A `for` loop over `numbers` itself would drop what is returned; `values` keeps it.
        let mut values = numbers.values();
        let sum = values.by_ref().sum::<Result<i32, Exception>>()?;
        println!("{text:?}: the sum of what it yielded is {sum}; it returned {:?}", values.into_return());
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// Says when it is dropped.
struct Guest(&'static str);

impl Drop for Guest {
    fn drop(&mut self) {
        println!("  ({} leaves)", self.0);
    }
}

#[coframe::coroutine(yield = &'static str)]
fn party() {
    let _host = Guest("the host");
    {
        let _first = Guest("the first guest");
        yield_!("one guest is here");
    }
    let _second = Guest("the second guest");
    let _third = Guest("the third guest");
    yield_!("two guests are here");
    println!("  (never printed below: no party comes to this line)");
}

fn throwing() -> Result<(), Exception> {
    heading("An exception can be thrown in");
    let mut evening = party();
    println!("{:?}", evening.start()?);
    // It is raised at the `yield_!` at which the body is paused. A bare `yield_!` lets it pass: the locals are dropped,
    // the last one first, and it comes out where it was thrown in.
    let error = "?".parse::<i32>().expect_err("a question mark is no number");
    match evening.throw(error) {
        Err(exception) if exception.is::<ParseIntError>() => println!("out came the very error: {exception}"),
        other => println!("this would be a surprise: {other:?}"),
    }
    println!("and it is over: {evening:?}");
    Ok(())
}

fn closing() -> Result<(), Exception> {
    heading("It can be closed");
    let mut evening = party();
    println!("{:?}", evening.start()?);
    println!("{:?}", evening.start()?);
    println!("closing");
    let returned = evening.close()?;
    println!("closed; it returned {returned:?}, since it did not come to its end");
    Ok(())
}

fn dropping() -> Result<(), Exception> {
    heading("Dropping it closes it");
    let mut evening = party();
    println!("{:?}", evening.start()?);
    println!("{:?}", evening.start()?);
    println!("dropping");
    drop(evening);

    println!("one that has not begun has nobody to send home");
    drop(party());
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// `attempt!` is Python's `try`: what is raised at a yield in it ends the block, and is its value.
#[coframe::coroutine(yield = i32)]
fn patient() -> &'static str {
    for number in 0.. {
        let outcome = attempt! {
            let _guest = Guest("the guest of one attempt");
            yield_!(number);
        };
        match outcome.map_err(Exception::downcast::<ParseIntError>) {
            Ok(()) => {}
            Err(Ok(error)) => println!("  (never mind: {error})"),
            // Being closed is an exception too. What is not ours goes on, up to the one who closes.
            Err(Err(other)) => {
                println!("  (tidying up: {other})");
                raise!(other);
            }
        }
    }
    "the numbers are over"
}

fn catching() -> Result<(), Exception> {
    heading("An exception can be caught, and so can a close");
    let mut patient = patient();
    println!("{:?}", patient.start()?);
    let error = "?".parse::<i32>().expect_err("a question mark is no number");
    println!("throw gives the next value: {:?}", patient.throw(error)?);
    println!("closing");
    println!("closed; it returned {:?}", patient.close()?);
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

#[coframe::coroutine(yield = String, send = &str)]
fn ask(question: &str) -> String {
    let mut answer = yield_!(question.to_owned()).to_owned();
    while answer.is_empty() {
        answer = yield_!(format!("please: {question}")).to_owned();
    }
    answer
}

/// `yield_from!` hands the caller on to another coroutine until that returns. What is sent, thrown and closed goes to the
/// innermost one first.
#[coframe::coroutine(yield = String, send = &str)]
fn interview() -> String {
    let name = yield_from!(ask("what is your name?"));
    let quest = yield_from!(ask("what is your quest?"));
    format!("{name} is here {quest}")
}

fn delegating() -> Result<(), Exception> {
    heading("A coroutine can hand its caller on to another");
    let mut interview = interview();
    let mut step = interview.start()?;
    for answer in ["Ada", "", "to find the bug"] {
        if let Step::Yielded(question) = step {
            println!("{question} {answer}");
        }
        step = interview.send(answer)?;
    }
    println!("{}", step.returned().unwrap_or_default());

    // Any iterable can stand in for a coroutine where nothing is sent.
    let both = coroutine!(yield = u32, || {
        yield_from!(1..=3);
        yield_from!([10, 20]);
    });
    println!("{:?}", both().collect::<Vec<_>>());
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------

/// The moves that take a tower of disks from one peg to another. The calls of a `recursive` coroutine are on a stack of
/// their own on the heap: a resume costs the same at any depth, and no depth is too much for it.
#[coframe::coroutine(recursive, yield = String)]
fn moves(disks: u32, from: &str, to: &str, other: &str) {
    if disks > 0 {
        yield_from!(moves(disks - 1, from, other, to));
        yield_!(format!("{from}{to}"));
        yield_from!(moves(disks - 1, other, to, from));
    }
}

fn recursion() {
    heading("A coroutine can call itself");
    println!("three disks: {:?}", moves(3, "a", "b", "c").collect::<Vec<_>>());
    // All of these would take till the end of the world; nothing is made before it is asked for.
    println!("sixty-four: {:?} …", moves(64, "a", "b", "c").take(5).collect::<Vec<_>>());
}

// ---------------------------------------------------------------------------------------------------------------------

fn sharing() -> Result<(), Exception> {
    heading("Several owners can drive one coroutine");
    let numbers = Shared::new(fibonacci());
    let mut small = every_other(numbers.clone());
    println!("one takes every other: {:?}", small.by_ref().take(3).collect::<Vec<_>>());
    println!("the other goes on from there: {:?}", numbers.clone().take(3).collect::<Vec<_>>());
    Ok(())
}
