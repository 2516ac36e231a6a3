//! A body looks at its own coroutine through a handle; it runs then, and a frame that runs is known to run and shows nothing
//! more. The `finally` is an attempt that raises again.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::prelude::*;
use coframe::{BoxCoroutine, State};
use coframe_tests::Movable;

use crate::support::ValueError;

type Handle = Shared<BoxCoroutine<'static, i32, ()>>;

struct Probe {
    co: RefCell<Option<Handle>>,
}

fn yn(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

impl Probe {
    fn new() -> Rc<Self> {
        let probe = Rc::new(Probe { co: RefCell::new(None) });
        let co: BoxCoroutine<'static, i32, ()> = Box::new(body(probe.clone()).movable());
        probe.co.replace(Some(Shared::new(co)));
        probe
    }

    fn handle(&self) -> Handle {
        self.co.borrow().clone().unwrap()
    }

    fn show(&self, at: &str) {
        let co = self.handle();
        let state = co.state();
        say!(
            "{at}: {state} | running {} | suspended {} | frame {}",
            yn(co.is_running()),
            yn(co.with_frame(|frame| frame.state()) == Some(State::Suspended)),
            yn(co.is_running() || co.with_frame(|_| ()).is_some()),
        );
    }
}

#[super::coroutine(yield = i32)]
fn body(probe: Rc<Probe>) {
    probe.show("  inside, first run");
    let outcome = attempt! {
        yield_!(1);
        probe.show("  inside, second run");
        yield_!(2);
    };
    probe.show("  inside, finally");
    if let Err(exception) = outcome {
        raise!(exception);
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    for ending in ["exhaust", "close", "throw", "unstarted close"] {
        say!("{ending}");
        let probe = Probe::new();
        probe.show("created");
        let mut co = probe.handle();
        if ending != "unstarted close" {
            co.start()?;
            probe.show("after one");
        }
        match ending {
            "exhaust" => {
                co.start()?;
                co.start()?;
            }
            "throw" => assert!(co.throw(ValueError::new("x")).unwrap_err().is::<ValueError>()),
            _ => assert_eq!(co.close()?, None),
        }
        probe.show("ended");
        // The cycle of a body and the probe that has it.
        probe.co.replace(None);
    }
    Ok(())
}
