use std::cell::RefCell;

#[coframe::coroutine(yield = usize)]
fn lengths(cell: &RefCell<Option<String>>) {
    if let Some(text) = cell.borrow().as_ref() {
        yield_!(text.len());
        yield_!(text.len() + 1);
    }
}

fn main() {
    lengths(&RefCell::new(None)).for_each(drop);
}
