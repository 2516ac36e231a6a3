//! Discrete-event simulation: a bank with two tellers in virtual time. There is no `finally` in it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use coframe::BoxCoroutine;
use coframe::prelude::*;
use coframe_tests::Movable;

/// What a process asks of the simulation.
enum Request {
    Hold(u32),
    Acquire,
    Release,
}

/// A process, which may leave a last word.
type Proc = BoxCoroutine<'static, Request, Option<String>>;

/// The processes look at the clock and start others while they run, so all is behind cells.
struct Sim {
    now: Cell<u32>,
    seq: Cell<u32>,
    /// By when, and in the order of asking.
    heap: RefCell<BTreeMap<(u32, u32), Proc>>,
    queue: RefCell<VecDeque<Proc>>,
    free: Cell<u32>,
}

impl Sim {
    fn new() -> Rc<Self> {
        Rc::new(Sim {
            now: Cell::new(0),
            seq: Cell::new(0),
            heap: RefCell::default(),
            queue: RefCell::default(),
            free: Cell::new(2),
        })
    }

    fn at(&self, delay: u32, proc: Proc) {
        self.heap.borrow_mut().insert((self.now.get() + delay, self.seq.get()), proc);
        self.seq.update(|seq| seq + 1);
    }

    fn step(&self, mut proc: Proc) -> Result<(), Exception> {
        match proc.start()? {
            Step::Returned(None) => {}
            Step::Returned(Some(word)) => say!("{} {word}", self.now.get()),
            Step::Yielded(Request::Hold(time)) => self.at(time, proc),
            Step::Yielded(Request::Acquire) if self.free.get() > 0 => {
                self.free.update(|free| free - 1);
                self.at(0, proc);
            }
            Step::Yielded(Request::Acquire) => self.queue.borrow_mut().push_back(proc),
            Step::Yielded(Request::Release) => {
                match self.queue.borrow_mut().pop_front() {
                    Some(next) => self.at(0, next),
                    None => self.free.update(|free| free + 1),
                }
                self.at(0, proc);
            }
        }
        Ok(())
    }

    fn next(&self, until: u32) -> Option<(u32, Proc)> {
        let mut heap = self.heap.borrow_mut();
        let next = heap.first_entry().filter(|next| next.key().0 <= until)?;
        let ((time, _), proc) = next.remove_entry();
        Some((time, proc))
    }

    fn run(&self, until: u32) -> Result<(), Exception> {
        while let Some((now, proc)) = self.next(until) {
            self.now.set(now);
            self.step(proc)?;
        }
        let mut rest: Vec<_> = self.heap.take().into_iter().collect();
        rest.sort_by_key(|((_, seq), _)| *seq);
        for (_, mut proc) in rest {
            proc.close()?;
        }
        Ok(())
    }
}

#[super::coroutine(yield = Request)]
fn customer(sim: Rc<Sim>, name: &'static str, service: u32) -> Option<String> {
    let arrived = sim.now.get();
    say!("{} {name} arrives", sim.now.get());
    let outcome = attempt! {
        yield_!(Request::Acquire);
        say!("{} {name} served after {}", sim.now.get(), sim.now.get() - arrived);
        yield_!(Request::Hold(service));
        yield_!(Request::Release);
        format!("{name} leaves")
    };
    match outcome {
        Ok(word) => Some(word),
        Err(Exception::Exit) => {
            say!("{} {name} sent home", sim.now.get());
            None
        }
        Err(other) => raise!(other),
    }
}

#[super::coroutine(yield = Request)]
fn arrivals(sim: Rc<Sim>, plan: &'static [(u32, &'static str, u32)]) -> Option<String> {
    for &(gap, name, service) in plan {
        yield_!(Request::Hold(gap));
        sim.at(0, Box::new(customer(Rc::clone(&sim), name, service).movable()));
    }
    None
}

pub(crate) fn main() -> Result<(), Exception> {
    let sim = Sim::new();
    let plan = &[(0, "ann", 5), (1, "bob", 5), (1, "cid", 2), (1, "dee", 9), (4, "eve", 1), (3, "fay", 20)];
    sim.at(0, Box::new(arrivals(Rc::clone(&sim), plan).movable()));
    sim.run(17)
}
