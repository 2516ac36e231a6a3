//! Signals of the operating system, as callbacks of loops. The only file that names the crate `signal-hook`.
//!
//! One thread for the whole process waits for them, while there is a loop that wants to be told of one. What a signal is
//! to do runs in the thread of the loop, which is woken for it.

use std::io;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;

use signal_hook::consts::SIGINT;
pub(crate) use signal_hook::consts::SIGUSR1;
use signal_hook::flag;
use signal_hook::iterator::{Handle, Signals};

use super::inbox::{Call, Inbox, Letter};
use crate::context::Scope;

/// A signal that a loop is told of while this lives.
pub(crate) struct Watch(u64);

struct Watched {
    id: u64,
    signal: i32,
    inbox: Weak<Inbox>,
    act: Arc<dyn Fn() + Send + Sync>,
}

struct Watches {
    all: Vec<Watched>,
    made: u64,
    /// Ends the thread. It is there while something is watched.
    thread: Option<Handle>,
}

static WATCHES: Mutex<Watches> = Mutex::new(Watches { all: Vec::new(), made: 0, thread: None });

fn watches() -> MutexGuard<'static, Watches> {
    WATCHES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Has `act` called in the thread of the loop, as a callback, when the signal comes.
    pub(crate) fn new(signal: i32, inbox: &Arc<Inbox>, act: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let mut watches = watches();
        match &watches.thread {
            Some(thread) => thread.add_signal(signal)?,
            None => {
                let mut signals = Signals::new([signal])?;
                let handle = signals.handle();
                thread::Builder::new()
                    .name("coframe-signals".into())
                    .spawn(move || signals.forever().for_each(deliver))?;
                watches.thread = Some(handle);
            }
        }
        watches.made += 1;
        let id = watches.made;
        watches.all.push(Watched { id, signal, inbox: Arc::downgrade(inbox), act: Arc::new(act) });
        Ok(Watch(id))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watches = watches();
        watches.all.retain(|watched| watched.id != self.0);
        if watches.all.is_empty()
            && let Some(thread) = watches.thread.take()
        {
            thread.close();
        }
    }
}

fn deliver(signal: i32) {
    let told: Vec<_> = watches()
        .all
        .iter()
        .filter(|watched| watched.signal == signal)
        .filter_map(|watched| Some((watched.inbox.upgrade()?, Arc::clone(&watched.act))))
        .collect();
    for (inbox, act) in told {
        let callback = Box::new(move || {
            act();
            Ok(())
        });
        let call = Call { callback, scope: Scope::default(), scheduled_at: Location::caller() };
        // A closed loop is told nothing.
        _ = inbox.post(Letter::Call(call));
    }
}

/// While it lives the first Ctrl-C does what [`Watch`] says, and the second one ends the process, as every one does
/// while there is none.
pub(crate) struct FirstInterrupt(#[expect(dead_code, reason = "it is for its drop")] Watch);

/// How many [`FirstInterrupt`]s there are.
static TAKING: Mutex<usize> = Mutex::new(0);

impl FirstInterrupt {
    pub(crate) fn new(inbox: &Arc<Inbox>, act: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let is_fatal = is_fatal()?;
        let watch = Watch::new(SIGINT, inbox, act)?;
        let mut taking = TAKING.lock().unwrap_or_else(PoisonError::into_inner);
        *taking += 1;
        is_fatal.store(false, Ordering::SeqCst);
        Ok(FirstInterrupt(watch))
    }
}

impl Drop for FirstInterrupt {
    fn drop(&mut self) {
        let mut taking = TAKING.lock().unwrap_or_else(PoisonError::into_inner);
        *taking -= 1;
        if let (0, Ok(is_fatal)) = (*taking, is_fatal()) {
            is_fatal.store(true, Ordering::SeqCst);
        }
    }
}

/// Whether Ctrl-C ends the process. Every Ctrl-C sets it.
fn is_fatal() -> io::Result<&'static Arc<AtomicBool>> {
    static IS_FATAL: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(is_fatal) = IS_FATAL.get() {
        return Ok(is_fatal);
    }
    let is_fatal = Arc::new(AtomicBool::new(true));
    // They are called in this order, so that the first one does not see what the second one does. They stay for good:
    // with no action left the signal would be ignored.
    flag::register_conditional_default(SIGINT, Arc::clone(&is_fatal))?;
    flag::register(SIGINT, Arc::clone(&is_fatal))?;
    Ok(IS_FATAL.get_or_init(|| is_fatal))
}
