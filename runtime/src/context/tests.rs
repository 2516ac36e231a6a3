//! Tests of what the event loop alone uses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Context, ContextError, ContextVar, Scope};

static STEP: ContextVar<u32> = ContextVar::with_default("step", || 0);

/// As a task does for each of its steps.
fn step(scope: &Scope) -> Result<u32, ContextError> {
    let _inside = scope.enter()?;
    let before = STEP.get()?;
    STEP.set(before + 1);
    Ok(before)
}

#[test]
fn what_one_step_sets_the_next_one_finds() {
    STEP.set(10);
    let scope = Scope::copy_current();
    STEP.set(20);
    assert_eq!([step(&scope), step(&scope), step(&scope)], [Ok(10), Ok(11), Ok(12)]);
    assert_eq!(STEP.get(), Ok(20));
}

#[test]
fn a_token_lasts_from_one_step_to_another() {
    let (scope, other) = (Scope::default(), Scope::default());
    let token = {
        let _inside = scope.enter().unwrap();
        STEP.set(1)
    };
    let late = {
        let _inside = scope.enter().unwrap();
        STEP.set(2)
    };
    let _inside = scope.enter().unwrap();
    STEP.reset(token).unwrap();
    assert_eq!(STEP.get(), Ok(0));
    let _inside = other.enter().unwrap();
    assert_eq!(STEP.reset(late), Err(ContextError::OtherContext));
}

#[test]
fn two_scopes_of_one_context_take_turns() {
    let context = Context::new();
    let (one, two) = (Scope::of(&context), Scope::of(&context));
    assert_eq!([step(&one), step(&two), step(&one)], [Ok(0), Ok(1), Ok(2)]);
    {
        let _inside = one.enter().unwrap();
        assert_eq!(step(&two), Err(ContextError::AlreadyEntered));
        assert_eq!(STEP.get(), Ok(3), "and nothing has changed");
    }
    assert_eq!(step(&two), Ok(3), "the refused one has kept its context");
    assert_eq!(context.get(&STEP), Some(4));
}

#[test]
fn a_panic_in_a_step_leaves_the_scope_usable() {
    let (outer, inner) = (Scope::default(), Scope::default());
    let _outside = outer.enter().unwrap();
    STEP.set(5);
    let panicking = || {
        let _inside = inner.enter();
        STEP.set(1);
        panic!("in a step")
    };
    assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
    assert_eq!((STEP.get(), step(&inner), STEP.get()), (Ok(5), Ok(1), Ok(5)));
}

#[test]
fn a_scope_that_is_taken_leaves_an_empty_one() {
    let scope = Scope::default();
    step(&scope).unwrap();
    let taken = scope.take();
    assert_eq!([step(&scope), step(&taken)], [Ok(0), Ok(1)]);
}

#[test]
fn a_scope_is_two_words() {
    assert_eq!(size_of::<Scope>(), 2 * size_of::<usize>());
}
