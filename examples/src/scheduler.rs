//! A cooperative scheduler with system calls, after David Beazley's "A Curious Course on Coroutines and Concurrency".
//!
//! A [`Task`] is a coroutine that asks for what it wants by yielding a [`Call`], as a program asks its operating system,
//! and is paused until it is sent the [`Answer`]. It never holds the scheduler and knows nothing of it, so it can call
//! from however deep inside: a subroutine is a coroutine with the same `yield` and `send`, and `yield_from!` makes it part
//! of the task that calls it. [`sleep`], [`receive`] and the other calls are such subroutines, which make of an answer the
//! value that it stands for.
//!
//! Time is counted in ticks and is not real: when all tasks wait, it moves on to when the next one wakes up. So a program
//! runs in the same order each time, and a day passes at once.
//!
//! # How a task ends
//!
//! It returns; it fails, which is its own affair and reported, and the others go on; or another one ends it:
//!
//! - [`kill`] closes it where it is paused. It may clean up, but not make calls while it does.
//! - [`interrupt`] throws an exception into it. It may clean up with any calls, and may also catch it and go on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use coframe::{
    BoxCoroutine, Coroutine, CoroutineExt, Exception, Signal, Step, raise, try_yield_from, yield_, yield_from,
};

/// What the scheduler runs. `M` is what tasks send to each other.
pub type Task<M> = BoxCoroutine<'static, Call<M>, (), Answer<M>>;

/// What a coroutine has to be to become a [`Task`], by a box around it.
pub trait Body<M>: Coroutine<Answer<M>, Yield = Call<M>, Return = ()> + Unpin + 'static {}

impl<M, C: Coroutine<Answer<M>, Yield = Call<M>, Return = ()> + Unpin + 'static> Body<M> for C {}

/// Which task. No two that one scheduler has run have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u32);

/// A place for messages, by its name. It is there as soon as somebody uses it, and has room for any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox(pub &'static str);

/// What a task asks for. There is a subroutine of the same name for each, which is the way to make it.
pub enum Call<M> {
    /// Let the others run.
    Pass,
    /// Which task am I?
    OwnId,
    /// What is the time?
    Now,
    /// Go on after so many ticks.
    Sleep(u64),
    /// Run a task of this name as well.
    Spawn(String, Task<M>),
    /// Go on when a task is over.
    Wait(Id),
    /// Close a task.
    Kill(Id),
    /// Throw an exception into a task.
    Interrupt(Id, Exception),
    /// Put a message into a mailbox.
    Send(Mailbox, M),
    /// Go on with a message from a mailbox.
    Receive(Mailbox),
}

/// What a task is sent for a call.
#[derive(Debug)]
pub enum Answer<M> {
    /// It is done.
    Done,
    /// To `OwnId` and `Spawn`.
    Id(Id),
    /// To `Now`.
    Time(u64),
    /// To `Wait`.
    Outcome(Outcome),
    /// To `Receive`.
    Message(M),
}

/// How a task ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It came to its end.
    Returned,
    /// It was closed.
    Killed,
    /// It raised this, which all who wait for it share.
    Failed(Rc<Exception>),
}

/// A task that is over.
#[derive(Clone, Debug)]
pub struct Ended {
    /// When.
    pub at: u64,
    /// Which.
    pub id: Id,
    /// By the name that it was spawned with.
    pub name: String,
    /// How.
    pub outcome: Outcome,
}

/// All tasks that were left waited for something that could not come. They were closed.
#[derive(Debug, PartialEq, Eq)]
pub struct Deadlock(pub Vec<String>);

// ---------------------------------------------------------------------------------------------------------------------

/// Lets the others run.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn pass<M: 'static>() {
    yield_!(Call::Pass);
}

/// The task that asks.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn own_id<M: 'static>() -> Id {
    match yield_!(Call::OwnId) {
        Answer::Id(id) => id,
        _ => unanswered(),
    }
}

/// The time in ticks.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn now<M: 'static>() -> u64 {
    match yield_!(Call::Now) {
        Answer::Time(now) => now,
        _ => unanswered(),
    }
}

/// Waits for so many ticks.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn sleep<M: 'static>(ticks: u64) {
    yield_!(Call::Sleep(ticks));
}

/// Runs `body` as a task of its own.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn spawn<M: 'static>(name: String, body: impl Body<M>) -> Id {
    match yield_!(Call::Spawn(name, Box::new(body))) {
        Answer::Id(id) => id,
        _ => unanswered(),
    }
}

/// Waits until a task is over. For one that is over already it does not.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn wait<M: 'static>(id: Id) -> Outcome {
    match yield_!(Call::Wait(id)) {
        Answer::Outcome(outcome) => outcome,
        _ => unanswered(),
    }
}

/// Closes a task, which is over then. What was on its way to it is lost.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn kill<M: 'static>(id: Id) {
    yield_!(Call::Kill(id));
}

/// Throws `exception` into a task: at the call at which it waits, or else at its next one, which is not made then. So no
/// answer that was given is lost. A second interrupt replaces one that has not come through.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn interrupt<M: 'static>(id: Id, exception: Exception) {
    yield_!(Call::Interrupt(id, exception));
}

/// Puts a message into a mailbox.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn send<M: 'static>(mailbox: Mailbox, message: M) {
    yield_!(Call::Send(mailbox, message));
}

/// Takes the oldest message out of a mailbox, and waits until there is one. Of several who wait, the first gets it.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn receive<M: 'static>(mailbox: Mailbox) -> M {
    match yield_!(Call::Receive(mailbox)) {
        Answer::Message(message) => message,
        _ => unanswered(),
    }
}

/// Runs a task and runs it anew when it fails, at most `restarts` times. Returns how the last one ended.
///
/// Interrupted, it kills the task first. Killed, it cannot do that.
#[coframe::coroutine(yield = Call<M>, send = Answer<M>)]
pub fn supervise<M: 'static, B: Body<M>>(name: String, restarts: u32, mut make: impl FnMut() -> B) -> Outcome {
    let mut left = restarts;
    loop {
        let id = yield_from!(spawn(name.clone(), make()));
        match try_yield_from!(wait(id)) {
            Ok(Outcome::Failed(_)) if left > 0 => left -= 1,
            Ok(outcome) => return outcome,
            Err(exception) => {
                if !exception.is_exit() {
                    yield_from!(kill(id));
                }
                raise!(exception);
            }
        }
    }
}

fn unanswered() -> ! {
    unreachable!("the scheduler answers each call with what that call gives")
}

// ---------------------------------------------------------------------------------------------------------------------

/// Runs tasks, answers their calls and tells whenever one is over.
///
/// A task is in one place at a time, and this is the invariant of all that follows: it is in `ready` once, with what it
/// will be resumed with; or it waits, in `sleeping`, in the receivers of one mailbox or in the waiters of one task; or it
/// is the one that runs.
pub struct Scheduler<M> {
    now: u64,
    tasks: BTreeMap<Id, Entry<M>>,
    ready: VecDeque<(Id, Signal<Answer<M>>)>,
    /// By when they wake up; of those who wake up at once, the one that was first to sleep comes first.
    sleeping: BTreeSet<(u64, u64, Id)>,
    slept: u64,
    mailboxes: BTreeMap<Mailbox, Post<M>>,
    /// Of every task that is over, for whoever waits for it later.
    outcomes: BTreeMap<Id, Outcome>,
    report: Box<dyn FnMut(Ended)>,
}

struct Entry<M> {
    name: String,
    body: Task<M>,
    waiters: Vec<Id>,
    interrupt: Option<Exception>,
}

/// Messages, or else those who wait for one; never both.
struct Post<M> {
    messages: VecDeque<M>,
    receivers: VecDeque<Id>,
}

impl<M: 'static> Scheduler<M> {
    /// A scheduler without tasks, which calls `report` with each that ends.
    pub fn new(report: impl FnMut(Ended) + 'static) -> Self {
        Scheduler {
            now: 0,
            tasks: BTreeMap::new(),
            ready: VecDeque::new(),
            sleeping: BTreeSet::new(),
            slept: 0,
            mailboxes: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            report: Box::new(report),
        }
    }

    /// Adds a task, which begins after all that are ready.
    pub fn spawn(&mut self, name: impl Into<String>, body: impl Body<M>) -> Id {
        self.add(name.into(), Box::new(body))
    }

    /// Runs until all tasks are over.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if none can go on any more.
    pub fn run(&mut self) -> Result<(), Deadlock> {
        loop {
            while let Some((id, signal)) = self.ready.pop_front() {
                self.resume(id, signal);
            }
            let Some((at, _, id)) = self.sleeping.pop_first() else { break };
            self.now = at;
            self.answer(id, Answer::Done);
        }
        if self.tasks.is_empty() {
            return Ok(());
        }
        let names = self.tasks.values().map(|entry| entry.name.clone()).collect();
        while let Some(&id) = self.tasks.keys().next() {
            self.kill(id);
        }
        Err(Deadlock(names))
    }

    /// The trampoline: the only place where a task runs.
    fn resume(&mut self, id: Id, signal: Signal<Answer<M>>) {
        let entry = self.tasks.get_mut(&id).expect("a task that is ready is not over");
        let step = Pin::new(&mut entry.body).resume(signal);
        match (step, entry.interrupt.take()) {
            (Ok(Step::Yielded(_)), Some(exception)) => self.ready.push_back((id, Signal::Throw(exception))),
            (Ok(Step::Yielded(call)), None) => self.perform(id, call),
            (Ok(Step::Returned(())), _) => self.end(id, Outcome::Returned),
            (Err(exception), _) => self.end(id, Outcome::Failed(Rc::new(exception))),
        }
    }

    fn perform(&mut self, id: Id, call: Call<M>) {
        match call {
            Call::Pass => self.answer(id, Answer::Done),
            Call::OwnId => self.answer(id, Answer::Id(id)),
            Call::Now => self.answer(id, Answer::Time(self.now)),
            Call::Sleep(ticks) => {
                self.sleeping.insert((self.now.saturating_add(ticks), self.slept, id));
                self.slept += 1;
            }
            Call::Spawn(name, task) => {
                let spawned = self.add(name, task);
                self.answer(id, Answer::Id(spawned));
            }
            Call::Wait(other) => match (self.tasks.get_mut(&other), self.outcomes.get(&other)) {
                (Some(entry), _) => entry.waiters.push(id),
                (None, outcome) => {
                    let outcome = outcome.expect("an id is that of a task that runs or has run").clone();
                    self.answer(id, Answer::Outcome(outcome));
                }
            },
            // The answer first: the task may mean itself.
            Call::Kill(other) => {
                self.answer(id, Answer::Done);
                self.kill(other);
            }
            Call::Interrupt(other, exception) => {
                self.answer(id, Answer::Done);
                self.interrupt(other, exception);
            }
            Call::Send(mailbox, message) => {
                let post = self.mailboxes.entry(mailbox).or_default();
                match post.receivers.pop_front() {
                    Some(receiver) => self.answer(receiver, Answer::Message(message)),
                    None => post.messages.push_back(message),
                }
                self.answer(id, Answer::Done);
            }
            Call::Receive(mailbox) => {
                let post = self.mailboxes.entry(mailbox).or_default();
                match post.messages.pop_front() {
                    Some(message) => self.answer(id, Answer::Message(message)),
                    None => post.receivers.push_back(id),
                }
            }
        }
    }

    fn add(&mut self, name: String, body: Task<M>) -> Id {
        let id = Id((self.tasks.len() + self.outcomes.len() + 1) as u32);
        self.tasks.insert(id, Entry { name, body, waiters: Vec::new(), interrupt: None });
        self.ready.push_back((id, Signal::Start));
        id
    }

    fn answer(&mut self, id: Id, answer: Answer<M>) {
        self.ready.push_back((id, Signal::Send(answer)));
    }

    fn kill(&mut self, id: Id) {
        let Some(entry) = self.tasks.get_mut(&id) else { return };
        let outcome = match entry.body.close() {
            Ok(_) => Outcome::Killed,
            Err(exception) => Outcome::Failed(Rc::new(exception)),
        };
        self.ready.retain(|(ready, _)| *ready != id);
        self.wake(id);
        self.end(id, outcome);
    }

    fn interrupt(&mut self, id: Id, exception: Exception) {
        let Some(entry) = self.tasks.get_mut(&id) else { return };
        if self.ready.iter().any(|(ready, _)| *ready == id) {
            entry.interrupt = Some(exception);
        } else {
            self.wake(id);
            self.ready.push_back((id, Signal::Throw(exception)));
        }
    }

    /// Takes a task out of where it waits.
    fn wake(&mut self, id: Id) {
        self.sleeping.retain(|(_, _, sleeper)| *sleeper != id);
        self.mailboxes.values_mut().for_each(|post| post.receivers.retain(|receiver| *receiver != id));
        self.tasks.values_mut().for_each(|entry| entry.waiters.retain(|waiter| *waiter != id));
    }

    fn end(&mut self, id: Id, outcome: Outcome) {
        let entry = self.tasks.remove(&id).expect("a task ends once");
        self.outcomes.insert(id, outcome.clone());
        for waiter in entry.waiters {
            self.answer(waiter, Answer::Outcome(outcome.clone()));
        }
        (self.report)(Ended { at: self.now, id, name: entry.name, outcome });
    }
}

impl<M> Default for Post<M> {
    fn default() -> Self {
        Post { messages: VecDeque::new(), receivers: VecDeque::new() }
    }
}

impl<M> fmt::Debug for Scheduler<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<scheduler at tick {}, {} tasks>", self.now, self.tasks.len())
    }
}

impl<M> fmt::Debug for Call<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Pass => f.write_str("Pass"),
            Call::OwnId => f.write_str("OwnId"),
            Call::Now => f.write_str("Now"),
            Call::Sleep(ticks) => write!(f, "Sleep({ticks})"),
            Call::Spawn(name, _) => write!(f, "Spawn({name:?})"),
            Call::Wait(id) => write!(f, "Wait({id:?})"),
            Call::Kill(id) => write!(f, "Kill({id:?})"),
            Call::Interrupt(id, exception) => write!(f, "Interrupt({id:?}, {exception})"),
            Call::Send(mailbox, _) => write!(f, "Send({mailbox:?})"),
            Call::Receive(mailbox) => write!(f, "Receive({mailbox:?})"),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Returned => f.write_str("returned"),
            Outcome::Killed => f.write_str("killed"),
            Outcome::Failed(exception) => write!(f, "failed: {exception}"),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tick {}: {} {} {}", self.at, self.id, self.name, self.outcome)
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock: nothing can come any more for {}", self.0.join(", "))
    }
}

impl std::error::Error for Deadlock {}
