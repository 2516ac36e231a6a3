//! A vending machine as a coroutine: its states are places in the code. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

/// A word and a number; the word is held until the next event.
#[super::coroutine(yield = String, send = (&'static str, u32))]
fn machine(price: u32, mut stock: u32) -> u32 {
    let mut sold = 0;
    let mut event = yield_!("ready".to_owned());
    while stock > 0 {
        let mut paid = 0;
        while paid < price {
            event = match event {
                ("coin", value) => {
                    paid += value;
                    yield_!(format!("paid {paid}"))
                }
                ("cancel", _) => {
                    let back = std::mem::take(&mut paid);
                    yield_!(format!("refund {back}"))
                }
                ("push", _) => yield_!(format!("need {}", price - paid)),
                (word, _) => yield_!(format!("unknown {word}")),
            };
        }
        while event.0 != "push" {
            event = match event {
                ("coin", value) => yield_!(format!("rejected {value}")),
                ("cancel", _) => break,
                (word, _) => yield_!(format!("unknown {word}")),
            };
        }
        if event.0 == "cancel" {
            event = yield_!(format!("refund {paid}"));
            continue;
        }
        stock -= 1;
        sold += 1;
        event = yield_!(format!("item, change {}, left {stock}", paid - price));
    }
    sold
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut m = machine(5, 2).movable();
    say!("{}", m.start()?.yielded().unwrap());
    let script = [
        "push", "coin 2", "push", "coin 2", "cancel", "kick", "coin 5", "coin 1", "kick", "push", "coin 10", "cancel",
        "coin 3", "coin 3", "push", "coin 1",
    ];
    for line in script {
        let (word, arg) = line.split_once(' ').unwrap_or((line, "0"));
        match m.send((word, arg.parse().unwrap()))? {
            Step::Yielded(answer) => say!("{line} -> {answer}"),
            Step::Returned(sold) => {
                say!("{line} -> sold out, sold {sold}");
                break;
            }
        }
    }
    Ok(())
}
