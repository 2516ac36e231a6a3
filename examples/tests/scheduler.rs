//! The scheduler, by what its tasks note, and the program that runs on it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use coframe::{Exception, attempt, raise, try_yield_from, yield_from};
use coframe_examples::pool::{Job, add_up};
use coframe_examples::scheduler::{
    Answer, Body, Call, Deadlock, Ended, Id, Mailbox, Outcome, Scheduler, interrupt, kill, now, own_id, pass, receive,
    send, sleep, spawn, supervise, wait,
};

const BOX: Mailbox = Mailbox("box");

/// What happened, in order.
#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    fn note(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }
}

/// Notes lines.
impl Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut notes = self.0.borrow_mut();
        for byte in bytes {
            match notes.last_mut() {
                Some(last) if !last.ends_with('\n') => last.push(char::from(*byte)),
                _ => notes.push(char::from(*byte).into()),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the tasks, and gives what they noted and how each ended.
fn run_all<M: 'static>(trace: &Trace, fill: impl FnOnce(&mut Scheduler<M>)) -> (Vec<String>, Result<(), Deadlock>) {
    let notes = trace.clone();
    let mut scheduler = Scheduler::new(move |ended: Ended| notes.note(format!("[{ended}]\n")));
    fill(&mut scheduler);
    let result = scheduler.run();
    (trace.0.take().into_iter().map(|note| note.trim_end().to_owned()).collect(), result)
}

/// Notes when it is dropped.
struct Guard(&'static str, Trace);

impl Drop for Guard {
    fn drop(&mut self) {
        self.1.note(format!("{} is dropped\n", self.0));
    }
}

#[derive(Debug)]
struct Mishap(&'static str);

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Mishap {}

#[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
fn turns(name: &'static str, count: u32, trace: Trace) {
    for turn in 1..=count {
        trace.note(format!("{name} {turn}"));
        yield_from!(pass());
    }
}

#[test]
fn tasks_take_turns() {
    let trace = Trace::default();
    let (notes, result) = run_all(&trace, |scheduler| {
        scheduler.spawn("a", turns("a", 2, trace.clone()));
        scheduler.spawn("b", turns("b", 1, trace.clone()));
    });
    assert_eq!(notes, ["a 1", "b 1", "a 2", "[tick 0: #2 b returned]", "[tick 0: #1 a returned]"]);
    assert_eq!(result, Ok(()));
}

#[test]
fn a_task_spawns_and_waits_also_for_one_that_is_over() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn parent(trace: Trace) {
        let child = yield_from!(spawn("child".to_owned(), turns("child", 3, trace.clone())));
        let me = yield_from!(own_id());
        trace.note(format!("{me} waits for {child}"));
        for _ in 0..2 {
            let outcome = yield_from!(wait(child));
            trace.note(format!("it {outcome}"));
        }
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("parent", parent(trace.clone()));
    });
    let expected = [
        "child 1", "child 2", "#1 waits for #2", "child 3", "[tick 0: #2 child returned]", "it returned",
        "it returned", "[tick 0: #1 parent returned]",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn time_moves_on_when_all_wait() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn sleeper(name: &'static str, ticks: u64, trace: Trace) {
        for _ in 0..2 {
            yield_from!(sleep(ticks));
            trace.note(format!("{name} at {}", yield_from!(now())));
        }
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("a", sleeper("a", 1_000_000_000_000, trace.clone()));
        scheduler.spawn("b", sleeper("b", 500_000_000_000, trace.clone()));
    });
    let expected = [
        "b at 500000000000", "a at 1000000000000", "b at 1000000000000", "[tick 1000000000000: #2 b returned]",
        "a at 2000000000000", "[tick 2000000000000: #1 a returned]",
    ];
    assert_eq!(notes, expected);
}

#[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
fn receiver(name: &'static str, count: u32, trace: Trace) {
    for _ in 0..count {
        let message = yield_from!(receive(BOX));
        trace.note(format!("{name} gets {message}"));
    }
}

#[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
fn sender(messages: &'static [&'static str]) {
    for message in messages {
        yield_from!(send(BOX, message.to_string()));
    }
}

#[test]
fn messages_go_to_those_who_wait_in_order() {
    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("a", receiver("a", 2, trace.clone()));
        scheduler.spawn("b", receiver("b", 1, trace.clone()));
        scheduler.spawn("s", sender(&["one", "two", "three"]));
    });
    let expected = [
        "a gets one", "b gets two", "[tick 0: #2 b returned]", "a gets three", "[tick 0: #1 a returned]",
        "[tick 0: #3 s returned]",
    ];
    assert_eq!(notes, expected);
}

/// Waits two subroutines deep, with a guard in each.
#[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
fn deep(name: &'static str, depth: u32, trace: Trace) {
    let _guard = Guard(name, trace.clone());
    if depth > 0 {
        let inner: Box<dyn Body<String>> = Box::new(deep("the inner one", depth - 1, trace));
        yield_from!(inner);
    } else {
        yield_from!(receive(BOX));
    }
}

#[test]
fn a_task_that_is_killed_is_closed_from_the_inside_and_gets_no_message() {
    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn killer(victim: Id, trace: Trace) {
        yield_from!(sleep(5));
        yield_from!(kill(victim));
        trace.note("killed");
        yield_from!(kill(victim));
        yield_from!(send(BOX, "message".to_owned()));
    }

    let trace = Trace::default();
    let (notes, result) = run_all(&trace, |scheduler| {
        let victim = scheduler.spawn("victim", deep("the outer one", 1, trace.clone()));
        scheduler.spawn("killer", killer(victim, trace.clone()));
        scheduler.spawn("next", receiver("next", 1, trace.clone()));
    });
    let expected = [
        "the inner one is dropped", "the outer one is dropped", "[tick 5: #1 victim killed]", "killed",
        "next gets message", "[tick 5: #3 next returned]", "[tick 5: #2 killer returned]",
    ];
    assert_eq!(notes, expected);
    assert_eq!(result, Ok(()));
}

#[test]
fn a_task_may_kill_itself() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn tired(trace: Trace) {
        let _guard = Guard("the guard", trace.clone());
        let me = yield_from!(own_id());
        yield_from!(kill(me));
        trace.note("still alive");
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("tired", tired(trace.clone()));
    });
    assert_eq!(notes, ["the guard is dropped", "[tick 0: #1 tired killed]"]);
}

#[test]
fn a_task_that_makes_a_call_while_it_is_killed_fails() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn stubborn(trace: Trace) {
        if let Err(exception) = try_yield_from!(sleep(10)) {
            trace.note(format!("caught: {exception}"));
            yield_from!(sleep(10));
        }
    }
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn killer(victim: Id, trace: Trace) {
        yield_from!(kill(victim));
        let Outcome::Failed(exception) = yield_from!(wait(victim)) else { panic!("it cannot have succeeded") };
        assert!(matches!(*exception, Exception::IgnoredExit));
        trace.note("as expected");
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        let victim = scheduler.spawn("stubborn", stubborn(trace.clone()));
        scheduler.spawn("killer", killer(victim, trace.clone()));
    });
    let expected = [
        "caught: coroutine is being closed",
        "[tick 0: #1 stubborn failed: coroutine yielded while it was being closed]",
        "as expected",
        "[tick 0: #2 killer returned]",
    ];
    assert_eq!(notes, expected);
}

#[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
fn interrupter(victim: Id, after: u64) {
    yield_from!(sleep(after));
    yield_from!(interrupt(victim, Mishap("interrupted").into()));
}

#[test]
fn a_task_that_is_interrupted_may_clean_up_with_calls_and_go_on() {
    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn patient(trace: Trace) {
        let waited = attempt! {
            let _guard = Guard("the guard", trace.clone());
            yield_from!(receive(BOX))
        };
        match waited.map_err(Exception::downcast::<Mishap>) {
            Ok(message) => trace.note(message),
            Err(Ok(mishap)) => {
                yield_from!(sleep(3));
                let now = yield_from!(now());
                trace.note(format!("{mishap}, tidied up at {now}"));
            }
            Err(Err(other)) => raise!(other),
        }
        yield_from!(sleep(1));
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        let victim = scheduler.spawn("patient", patient(trace.clone()));
        scheduler.spawn("i", interrupter(victim, 5));
    });
    let expected = [
        "[tick 5: #2 i returned]", "the guard is dropped", "interrupted, tidied up at 8",
        "[tick 9: #1 patient returned]",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn an_interrupt_comes_at_the_next_call_when_there_is_an_answer_already() {
    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn awaited() {
        yield_from!(sleep(1));
    }

    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn first(awaited: Id, second: Id) {
        yield_from!(wait(awaited));
        // The other one is answered as well by now, and has not run.
        yield_from!(interrupt(second, Mishap("interrupted").into()));
    }

    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn second(awaited: Id, trace: Trace) {
        yield_from!(pass());
        let outcome = yield_from!(wait(awaited));
        trace.note(format!("it {outcome}"));
        match try_yield_from!(send(BOX, "this one is not sent".to_owned())) {
            Err(exception) if exception.is::<Mishap>() => trace.note(exception.to_string()),
            other => panic!("{other:?}"),
        }
        yield_from!(send(BOX, "this one is".to_owned()));
        trace.note(yield_from!(receive(BOX)));
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        let awaited = scheduler.spawn("awaited", awaited());
        let second = scheduler.spawn("second", second(awaited, trace.clone()));
        scheduler.spawn("first", first(awaited, second));
    });
    let expected = [
        "[tick 1: #1 awaited returned]", "it returned", "[tick 1: #3 first returned]", "interrupted", "this one is",
        "[tick 1: #2 second returned]",
    ];
    assert_eq!(notes, expected);
}

#[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
fn subroutine() {
    yield_from!(sleep(2));
    raise!(Mishap("out of luck"));
}

#[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
fn failing() {
    yield_from!(subroutine());
}

#[test]
fn a_task_that_fails_is_reported_and_the_others_go_on() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn waiting(id: Id, seen: Rc<RefCell<Vec<Rc<Exception>>>>) {
        if let Outcome::Failed(exception) = yield_from!(wait(id)) {
            seen.borrow_mut().push(exception);
        }
    }

    let trace = Trace::default();
    let seen = Rc::default();
    let (notes, result) = run_all(&trace, |scheduler| {
        let id = scheduler.spawn("failing", failing());
        scheduler.spawn("one", waiting(id, Rc::clone(&seen)));
        scheduler.spawn("two", waiting(id, Rc::clone(&seen)));
    });
    let expected =
        ["[tick 2: #1 failing failed: out of luck]", "[tick 2: #2 one returned]", "[tick 2: #3 two returned]"];
    assert_eq!(notes, expected);
    assert_eq!(result, Ok(()));

    // Who waits for it sees the exception itself, with the lines that it passed: in the subroutine and in the task.
    let seen = seen.borrow();
    assert!(Rc::ptr_eq(&seen[0], &seen[1]));
    assert!(seen[0].is::<Mishap>());
    let lines: Vec<_> = seen[0].traceback().iter().map(|(at, _)| at.line()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1] - lines[0], 5);
}

/// A worker that fails until it was made `good` times.
#[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
fn worker(number: u32, good: u32) {
    yield_from!(sleep(1));
    if number < good {
        raise!(Mishap("not yet"));
    }
}

fn factory(good: u32) -> impl FnMut() -> Box<dyn Body<()>> {
    let number = Cell::new(0);
    move || {
        number.set(number.get() + 1);
        Box::new(worker(number.get(), good))
    }
}

#[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
fn supervisor(restarts: u32, good: u32, trace: Trace) {
    let outcome = yield_from!(supervise("worker".to_owned(), restarts, factory(good)));
    trace.note(format!("in the end it {outcome}"));
}

#[test]
fn a_supervisor_runs_a_worker_that_fails_anew() {
    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("supervisor", supervisor(5, 3, trace.clone()));
    });
    let expected = [
        "[tick 1: #2 worker failed: not yet]", "[tick 2: #3 worker failed: not yet]", "[tick 3: #4 worker returned]",
        "in the end it returned", "[tick 3: #1 supervisor returned]",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn a_supervisor_gives_up() {
    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("supervisor", supervisor(1, 3, trace.clone()));
    });
    assert_eq!(notes[2..], ["in the end it failed: not yet", "[tick 2: #1 supervisor returned]"]);
}

#[test]
fn a_supervisor_that_is_interrupted_kills_its_worker() {
    #[coframe::coroutine(yield = Call<()>, send = Answer<()>)]
    fn boss() {
        let supervisor = yield_from!(spawn("supervisor".to_owned(), supervisor(1, 1, Trace::default())));
        yield_from!(pass());
        yield_from!(pass());
        yield_from!(interrupt(supervisor, Mishap("enough").into()));
    }

    let trace = Trace::default();
    let (notes, _) = run_all(&trace, |scheduler| {
        scheduler.spawn("boss", boss());
    });
    let expected =
        ["[tick 0: #1 boss returned]", "[tick 0: #3 worker killed]", "[tick 0: #2 supervisor failed: enough]"];
    assert_eq!(notes, expected);
}

#[test]
fn tasks_that_wait_for_each_other_are_closed_and_named() {
    #[coframe::coroutine(yield = Call<String>, send = Answer<String>)]
    fn waiter(other: Id) {
        yield_from!(wait(other));
    }

    let trace = Trace::default();
    let (notes, result) = run_all(&trace, |scheduler| {
        let first = scheduler.spawn("first", deep("the guard", 0, trace.clone()));
        scheduler.spawn("second", waiter(first));
    });
    assert_eq!(notes, ["the guard is dropped", "[tick 0: #1 first killed]", "[tick 0: #2 second killed]"]);
    let deadlock = result.unwrap_err();
    assert_eq!(deadlock.to_string(), "deadlock: nothing can come any more for first, second");
}

// ---------------------------------------------------------------------------------------------------------------------

fn sum(input: &'static str, column: &str, restarts: u32) -> Vec<String> {
    let trace = Trace::default();
    let job = Job { column: column.to_owned(), workers: 2, restarts, every: 4 };
    let (notes, result) = run_all(&trace, |scheduler| {
        scheduler.spawn("main", add_up(job, input.as_bytes(), trace.clone()));
    });
    assert_eq!(result, Ok(()));
    notes
}

#[test]
fn the_pool_adds_up_what_is_a_number() {
    let expected = [
        "[tick 2: #8 worker 2 failed: line 3: \"x\" is not a number]",
        "tick 4: 1 numbers",
        "[tick 4: #6 worker 1 returned]",
        "[tick 4: #5 supervisor 1 returned]",
        "[tick 4: #2 reader returned]",
        "[tick 7: #9 worker 2 returned]",
        "[tick 7: #7 supervisor 2 returned]",
        "after tick 4: 3 numbers, and that is all",
        "[tick 7: #4 progress killed]",
        "the sum of 3 numbers is 1032",
        "[tick 7: #3 collector returned]",
        "[tick 7: #1 main returned]",
    ];
    assert_eq!(sum("n,name\n20,a\nx,b\n12,c\n1000,d\n", "n", 1), expected);
}

#[test]
fn the_pool_is_ended_when_a_worker_fails_too_often() {
    let expected = [
        "[tick 1: #6 worker 1 failed: line 2: \"x\" is not a number]",
        "[tick 1: #5 supervisor 1 failed: the worker failed]",
        "[tick 1: #2 reader failed: the worker failed]",
        "[tick 1: #8 worker 2 killed]",
        "[tick 1: #7 supervisor 2 failed: the reader failed]",
        "after tick 0: 0 numbers, and that is all",
        "[tick 1: #4 progress killed]",
        "[tick 1: #3 collector killed]",
        "[tick 1: #1 main failed: the reader failed]",
    ];
    assert_eq!(sum("n\nx\ny\n1\n", "n", 0), expected);
}

#[test]
fn the_pool_is_ended_when_its_input_is_wrong() {
    let expected = [
        "[tick 1: #2 reader failed: line 3, column 1: a quoted field that is never closed begins here]",
        "[tick 1: #6 worker 1 killed]",
        "[tick 1: #5 supervisor 1 failed: the reader failed]",
        "[tick 1: #8 worker 2 killed]",
        "[tick 1: #7 supervisor 2 failed: the reader failed]",
        "after tick 0: 0 numbers, and that is all",
        "[tick 1: #4 progress killed]",
        "[tick 1: #3 collector killed]",
        "[tick 1: #1 main failed: the reader failed]",
    ];
    assert_eq!(sum("n\n1\n\"2\n", "n", 0), expected);
    assert_eq!(sum("n\n1\n", "m", 0)[0], "[tick 0: #2 reader failed: there is no column \"m\"]");
    assert!(sum("", "n", 0).contains(&"the sum of 0 numbers is 0".to_owned()));
}
