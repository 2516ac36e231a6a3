//! Finds a race, and a deadlock in a first attempt to repair it, by running every order of turns there is.
//!
//! ```sh
//! cargo run --example interleavings
//! ```

use coframe_examples::interleavings::{Bank, Locking, explore, transfer};

fn main() -> Result<(), coframe::Exception> {
    for locking in [Locking::None, Locking::AsGiven, Locking::InOrder] {
        let bank = Bank { accounts: [100, 100], ..Bank::default() };
        let bodies = vec![transfer(0, 0, 1, 30, locking), transfer(1, 1, 0, 50, locking)];
        let report = explore(bank, bodies, |bank| bank.accounts == [120, 80])?;
        println!(
            "locks {locking:?}: {} orders, {} lose money, {} never end",
            report.orders, report.failed, report.deadlocks
        );
        for (who, what) in report.first.iter().flatten() {
            println!("  {who} {what}");
        }
    }
    Ok(())
}
