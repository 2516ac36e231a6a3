use coframe::prelude::*;

#[coframe::coroutine(yield = u32)]
fn inferred() -> &'static str {
    let outcome = attempt! {
        yield_!(1);
        return "returned";
    };
    let Err(raised) = outcome;
    raise!(raised)
}

#[coframe::coroutine(yield = u32)]
fn annotated() -> &'static str {
    let outcome: Result<(), Exception> = attempt! {
        yield_!(1);
        return "returned";
    };
    match outcome {
        Ok(()) => "never",
        Err(raised) => raise!(raised),
    }
}

fn main() {
    assert_eq!(inferred().collect::<Vec<_>>(), [1]);
    assert_eq!(annotated().collect::<Vec<_>>(), [1]);
}
