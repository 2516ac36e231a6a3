//! `if let` and tail temporaries are those of the crate's edition, 2024 here; what is the same in both.
#![deny(warnings)]

use std::cell::RefCell;

#[coframe::coroutine(yield = usize)]
fn lengths(cell: &RefCell<Option<String>>) -> usize {
    if let Some(text) = cell.borrow().as_ref() {
        yield_!(text.len());
    } else {
        cell.borrow_mut().replace(String::from("new"));
    }
    let length = cell.borrow().as_ref().map_or(0, String::len);
    yield_!(length);
    cell.borrow().as_ref().map_or(0, String::len)
}

fn main() {
    let cell = RefCell::new(None);
    assert_eq!(lengths(&cell).collect::<Vec<_>>(), [3]);
    assert_eq!(lengths(&cell).collect::<Vec<_>>(), [3, 3]);
}
