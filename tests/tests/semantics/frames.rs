//! What is asked of frames alone: a body that rustc compiles is not cloned.

use coframe::prelude::*;

use crate::tools::{Loud, gave, said};

// What does not ask for it cannot be cloned: `ui/native/no_clone.rs`.
#[test]
fn cre_09_a_clone_is_a_fork_where_it_was_asked_for() {
    #[coframe::coroutine(yield = u32, send = u32, derive(Clone))]
    fn sum(start: Loud) -> u32 {
        let mut sum = 0;
        for _ in 0..3 {
            sum += yield_!(sum);
        }
        drop(start);
        sum
    }
    let mut one = sum(Loud("start"));
    one.start().unwrap();
    one.send(1).unwrap();
    assert!(said().is_empty());
    let mut two = one.clone();
    assert_eq!(said(), ["clone start"]);
    assert_eq!(gave(one.send(10)), "yielded 11");
    assert_eq!(gave(two.send(20)), "yielded 21");
    assert_eq!(gave(one.send(1)), "returned 12");
    assert_eq!(said(), ["drop start"]);
    drop(two);
    assert_eq!(said(), ["drop start"]);
    let unstarted = sum(Loud("other"));
    drop(unstarted.clone());
    assert_eq!(said(), ["clone other", "drop other"]);
}
