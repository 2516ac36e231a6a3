//! What differs from native Rust and is not refused: the rows of `docs/differences.md` that can be shown.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::prelude::*;

type Log = Rc<RefCell<Vec<&'static str>>>;

struct Noisy(Log, &'static str);

impl Noisy {
    fn join(self, _: u32) -> Self {
        self
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

/// The operand of a marker is evaluated as a `let` initialiser is: nothing of it is held while paused.
#[test]
fn an_operand_holds_nothing_while_paused() {
    #[coframe::coroutine(yield = usize)]
    fn lengths(list: &RefCell<Vec<u8>>) {
        yield_!(list.borrow().len());
        yield_!(list.borrow().len());
    }

    let list = RefCell::new(vec![1]);
    let mut lengths = lengths(&list);
    assert_eq!(lengths.next(), Some(1));
    list.borrow_mut().push(2);
    assert_eq!(lengths.next(), Some(2));
}

/// What a `coroutine!` captured drops after the locals of its body.
#[test]
fn captures_drop_after_locals() {
    let log = Log::default();
    let captured = Noisy(log.clone(), "captured");
    let local = log.clone();
    let make = coroutine!(move || {
        let _local = Noisy(local.clone(), "local");
        let held = &captured;
        yield held.1;
    });
    let mut co = make();
    assert_eq!(co.next(), Some("captured"));
    drop(co);
    assert_eq!(*log.borrow(), ["local", "captured"]);
}

/// The text that `assert!` prints of a condition with a marker in it may differ in white space.
#[test]
fn the_text_of_a_condition_keeps_its_tokens() {
    #[coframe::coroutine(send = u32)]
    fn check() {
        assert!(yield_!() == 1);
    }

    let mut check = check();
    check.start().unwrap();
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check.send(2))).unwrap_err();
    let text: String = panic.downcast_ref::<String>().unwrap().split_whitespace().collect();
    assert_eq!(text, "assertionfailed:yield_!()==1");
}

/// An opaque macro sees the name that a shadowed local has in the expansion.
#[test]
fn an_opaque_macro_sees_the_expansions_name() {
    macro_rules! text {
        ($name:ident) => {
            stringify!($name)
        };
    }

    #[coframe::coroutine(yield = &'static str)]
    fn names() {
        let n = 1;
        yield_!(text!(n));
        let n = n + 1;
        yield_!(text!(n));
        assert_eq!(n, 2);
    }

    // Native Rust gives "n" twice.
    assert_eq!(names().collect::<Vec<_>>(), ["n", "n_2"]);
}

/// A receiver that an unknown method takes by value is still a local while an argument of the call pauses.
#[test]
fn a_receiver_taken_by_value_drops_as_a_local() {
    #[coframe::coroutine(send = u32)]
    fn join(log: Log) {
        let first = Noisy(log.clone(), "first");
        let _second = Noisy(log, "second");
        let _joined = first.join(yield_!());
    }

    let log = Log::default();
    let mut co = join(log.clone());
    co.start().unwrap();
    drop(co);
    // Native Rust, unwinding there, gives ["first", "second"]; so does `close`.
    assert_eq!(*log.borrow(), ["second", "first"]);
}

/// So is one that is assigned what the method gives, whatever the name of the method.
#[test]
fn a_receiver_that_is_assigned_drops_as_a_local() {
    struct Built(Noisy);
    impl Built {
        fn push(self, _: u32) -> Self {
            self
        }
    }

    #[coframe::coroutine(send = u32)]
    fn build(log: Log) {
        let mut first = Built(Noisy(log.clone(), "first"));
        let _second = Noisy(log, "second");
        first = first.push(yield_!());
        assert_eq!(first.0.1, "first");
    }

    let log = Log::default();
    let mut co = build(log.clone());
    co.start().unwrap();
    drop(co);
    // Native Rust, unwinding there, gives ["first", "second"].
    assert_eq!(*log.borrow(), ["second", "first"]);
}

/// A receiver that reaches its method through an overloaded `Deref` is dereferenced after the pause.
#[test]
fn a_receiver_is_dereferenced_after_the_pause() {
    struct Counted<'a>(&'a RefCell<Vec<&'static str>>, u32);
    impl std::ops::Deref for Counted<'_> {
        type Target = u32;

        fn deref(&self) -> &u32 {
            self.0.borrow_mut().push("deref");
            &self.1
        }
    }

    #[coframe::coroutine(yield = u32, send = u32)]
    fn power(base: Counted<'_>) -> u32 {
        base.pow(yield_!(1))
    }

    let log = RefCell::default();
    let mut co = power(Counted(&log, 3));
    co.start().unwrap();
    log.borrow_mut().push("paused");
    assert_eq!(co.send(2).unwrap(), Step::Returned(9));
    // Native Rust gives ["deref", "paused"].
    assert_eq!(*log.borrow(), ["paused", "deref"]);
}
