//! A model checker in small: every order in which cooperating coroutines can take turns, by forking the world at each turn.
//!
//! The world is what the coroutines share and the coroutines themselves, all of them plain values. What they share is lent
//! to whoever has the turn. What is between two pauses is one turn, that nobody else can get into.

use coframe::{CoroutineExt, Exception, Generator, Machine, Step, yield_};

/// What a coroutine says when it gives up its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It has come as far as this.
    At(&'static str),
    /// It can only go on when another has.
    Blocked(&'static str),
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many orders of turns there are.
    pub orders: u64,
    /// How many of them end with the check failed.
    pub failed: u64,
    /// How many of them end with nobody able to go on.
    pub deadlocks: u64,
    /// The first that went wrong: who had the turn, and how far it came.
    pub first: Option<Vec<(usize, &'static str)>>,
}

impl Report {
    /// Whether nothing went wrong.
    pub fn is_sound(&self) -> bool {
        self.failed == 0 && self.deadlocks == 0
    }
}

/// A state of everything.
struct World<T, M> {
    shared: T,
    bodies: Vec<Option<Generator<M>>>,
    /// Who has given up its turn because it could not go on, since somebody last did.
    blocked: Vec<bool>,
    history: Vec<(usize, &'static str)>,
}

impl<T: Clone, M: Clone> Clone for World<T, M> {
    fn clone(&self) -> Self {
        World {
            shared: self.shared.clone(),
            bodies: self.bodies.clone(),
            blocked: self.blocked.clone(),
            history: self.history.clone(),
        }
    }
}

/// Runs coroutines in every order, and checks what they leave behind.
///
/// # Errors
///
/// What any of them raises.
pub fn explore<T, M>(shared: T, bodies: Vec<Generator<M>>, check: impl Fn(&T) -> bool) -> Result<Report, Exception>
where
    T: Clone,
    M: for<'r> Machine<&'r mut T, Yield = Pause, Return = ()> + Clone,
{
    let mut report = Report::default();
    let mut bodies: Vec<_> = bodies.into_iter().map(Some).collect();
    for body in bodies.iter_mut().flatten() {
        body.start()?; // to the first pause, where it is lent what they share
    }
    let blocked = vec![false; bodies.len()];
    let mut open = vec![World { shared, bodies, blocked, history: Vec::new() }];
    while let Some(world) = open.pop() {
        let able = |index: &usize| world.bodies[*index].is_some() && !world.blocked[*index];
        let turns: Vec<usize> = (0..world.bodies.len()).filter(able).collect();
        if turns.is_empty() {
            let deadlock = world.bodies.iter().any(Option::is_some);
            let failed = !deadlock && !check(&world.shared);
            report.orders += 1;
            report.deadlocks += u64::from(deadlock);
            report.failed += u64::from(failed);
            if (deadlock || failed) && report.first.is_none() {
                report.first = Some(world.history);
            }
            continue;
        }
        for index in turns.into_iter().rev() {
            let mut world = world.clone();
            turn(&mut world, index)?;
            open.push(world);
        }
    }
    Ok(report)
}

/// One turn.
fn turn<T, M>(world: &mut World<T, M>, index: usize) -> Result<(), Exception>
where
    M: for<'r> Machine<&'r mut T, Yield = Pause, Return = ()>,
{
    let Some(body) = &mut world.bodies[index] else { return Ok(()) };
    let came_to = match body.send(&mut world.shared)? {
        Step::Yielded(Pause::Blocked(what)) => {
            world.blocked[index] = true;
            world.history.push((index, what));
            return Ok(());
        }
        Step::Yielded(Pause::At(place)) => place,
        Step::Returned(()) => {
            world.bodies[index] = None;
            "end"
        }
    };
    world.blocked.fill(false);
    world.history.push((index, came_to));
    Ok(())
}

/// Two accounts, and who has locked each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bank {
    /// What is on them.
    pub accounts: [i64; 2],
    /// Who has locked them.
    pub locks: [Option<usize>; 2],
}

/// How a transfer keeps others out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// Not at all.
    None,
    /// First what it takes from, then what it gives to.
    AsGiven,
    /// First the first account.
    InOrder,
}

/// Moves an amount from one account to the other. Between reading a balance and writing it others have their turns.
#[coframe::coroutine(yield = Pause, send = &mut Bank, derive(Clone))]
pub fn transfer(me: usize, from: usize, to: usize, amount: i64, locking: Locking) {
    let locks = match locking {
        Locking::None => vec![],
        Locking::AsGiven => vec![from, to],
        Locking::InOrder => vec![from.min(to), from.max(to)],
    };
    let mut next = 0;
    let mut bank = yield_!(Pause::At("start"));
    while next < locks.len() {
        let lock = locks[next];
        let pause = if bank.locks[lock].is_none() {
            bank.locks[lock] = Some(me);
            next += 1;
            Pause::At("locked one")
        } else {
            Pause::Blocked("waits for a lock")
        };
        bank = yield_!(pause);
    }
    for (account, change) in [(from, -amount), (to, amount)] {
        let balance = bank.accounts[account];
        bank = yield_!(Pause::At("has read"));
        bank.accounts[account] = balance + change;
        bank = yield_!(Pause::At("has written"));
    }
    for lock in bank.locks.iter_mut().filter(|lock| **lock == Some(me)) {
        *lock = None;
    }
}
