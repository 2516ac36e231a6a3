use coframe::prelude::*;

fn get() -> Result<u32, String> {
    Err("text".to_owned())
}

#[coframe::coroutine(yield = u32)]
fn plain() -> usize {
    let text = match get() {
        Ok(n) => {
            yield_!(n);
            return 0;
        }
        Err(text) => text,
    };
    text.len()
}

#[coframe::coroutine(yield = u32)]
fn caught() {
    let raised = match try_yield!(1) {
        Ok(()) => return,
        Err(raised) => raised,
    };
    raise!(raised);
}

#[coframe::coroutine(yield = u32)]
fn inner() -> &'static str {
    yield_!(1);
    "done"
}

#[coframe::coroutine(yield = u32)]
fn delegated() -> usize {
    let value = yield_from!(inner());
    value.len()
}

fn main() {
    assert_eq!(plain().start().unwrap(), Step::Returned(4));
    assert_eq!(delegated().collect::<Vec<_>>(), [1]);
    let mut caught = caught();
    caught.start().unwrap();
    assert!(caught.close().unwrap().is_none());
}
