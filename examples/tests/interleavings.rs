//! The explorer: every order once, a planted race found, and what was repaired sound.

use coframe::yield_;
use coframe_examples::interleavings::{Bank, Locking, Pause, explore, transfer};

#[test]
fn every_order_is_run_once() {
    #[coframe::coroutine(yield = Pause, send = &mut String, derive(Clone))]
    fn writer(name: char, times: usize) {
        let mut all = yield_!(Pause::At("start"));
        for _ in 1..times {
            all.push(name);
            all = yield_!(Pause::At("wrote"));
        }
        all.push(name);
    }

    let seen = std::cell::RefCell::new(Vec::new());
    let report = explore(String::new(), vec![writer('a', 2), writer('b', 2), writer('c', 1)], |all| {
        seen.borrow_mut().push(all.clone());
        true
    });
    assert_eq!(report.unwrap().orders, 30); // 5! / (2! * 2! * 1!)
    let mut seen = seen.into_inner();
    assert_eq!((seen[0].as_str(), seen[29].as_str()), ("aabbc", "cbbaa"));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 30);
}

fn report(locking: Locking) -> coframe_examples::interleavings::Report {
    let bank = Bank { accounts: [100, 100], ..Bank::default() };
    let bodies = vec![transfer(0, 0, 1, 30, locking), transfer(1, 1, 0, 50, locking)];
    explore(bank, bodies, |bank| bank.accounts == [120, 80] && bank.locks == [None, None]).unwrap()
}

#[test]
fn the_race_is_found() {
    let report = report(Locking::None);
    // Two bodies of five turns each: 10! / (5! * 5!).
    assert_eq!((report.orders, report.deadlocks), (252, 0));
    assert!(0 < report.failed && report.failed < 252, "{}", report.failed);
    // The first that goes wrong: the balance that is written last was read before the other wrote.
    let first = report.first.unwrap();
    assert_eq!(first.iter().filter(|(_, what)| *what == "has written").count(), 4);
}

#[test]
fn the_deadlock_is_found() {
    let report = report(Locking::AsGiven);
    assert_eq!(report.failed, 0);
    assert!(report.deadlocks > 0);
    assert_eq!(
        report.first.unwrap(),
        [(0, "locked one"), (1, "locked one"), (0, "waits for a lock"), (1, "waits for a lock")]
    );
}

#[test]
fn the_repaired_one_is_sound() {
    let report = report(Locking::InOrder);
    assert!(report.is_sound() && report.orders > 2, "{report:?}");
}
