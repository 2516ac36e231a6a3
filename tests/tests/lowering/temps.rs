//! Temporaries: each ends where Rust ends it, also when that place lies beyond a yield.

use std::cell::{Cell, RefCell};

use crate::things::*;

cases! { ($)
    plain match_scrutinee_temporary_lives_through_arms(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let n = match lock(cell, "scrutinee").get() {
            2 => f(10),
            n => n,
        };
        yield_!(n)
    }

    plain match_scrutinee_block_ends_temporary(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        match { let n = lock(cell, "scrutinee").get(); n } {
            2 => yield_!(10),
            n => n,
        }
    }

    plain while_condition_temporary_ends_before_body(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(0); } (&cell) {
        while lock(cell, "head").get() < 3 {
            cell.set(cell.get() + 1 + yield_!(cell.get()));
        }
        cell.get()
    }

    plain if_condition_temporary_beside_yield(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        if yield_!(1) > lock(cell, "right").get() {
            yield_!(2)
        } else {
            yield_!(3)
        }
    }

    plain let_chain_temporary_ends_before_else(slot: &RefCell<Vec<i32>>) -> i32; yield i32, send i32; with let { let slot = RefCell::new(vec![2, 3]); } (&slot) {
        if yield_!(1) > 2 && let Some(n) = slot.borrow().first().copied() && n > 5 {
            f(n)
        } else {
            slot.borrow_mut().push(yield_!(2));
            slot.borrow().len() as i32
        }
    }

    plain for_head_temporary_without_suspension(slot: &RefCell<Vec<i32>>) -> i32; yield i32, send i32; with let { let slot = RefCell::new(vec![2, 3]); } (&slot) {
        let mut sum = 0;
        for n in slot.borrow().iter() {
            sum += n;
        }
        slot.borrow_mut().push(yield_!(sum));
        slot.borrow().len() as i32
    }

    plain for_head_copied_out_of_temporary(slot: &RefCell<Vec<i32>>) -> i32; yield i32, send i32; with let { let slot = RefCell::new(vec![2, 3]); } (&slot) {
        let mut sum = 0;
        for n in { let all = slot.borrow().clone(); all } {
            slot.borrow_mut().push(n);
            sum += yield_!(n);
        }
        sum
    }

    plain extended_temporary_dead_at_yield() -> i32; yield i32, send i32; with () {
        let n = {
            let one = &d("extended");
            one.len()
        };
        yield_!(n)
    }

    plain extended_temporary_of_constant() -> i32; yield i32, send i32; with () {
        let row: &'static [i32] = &[1, 2, 3];
        let n = yield_!(row[0]);
        n + row[2]
    }

    plain left_temporary_is_used_before_yield() -> i32; yield i32, send i32; with () {
        let a = d("left").len();
        a + yield_!(a) + d("right").len()
    }

    plain temporary_after_last_yield() -> i32; yield i32, send i32; with () {
        yield_!(1) + d("temp").len()
    }

    plain temporary_in_later_argument() -> i32; yield i32, send i32; with () {
        sum3(yield_!(1), d("two").len(), d("three").len())
    }

    plain tail_temporary_drops_before_locals(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let _local = d("local");
        yield_!(1);
        lock(cell, "tail").get()
    }

    plain block_tail_temporary_drops_at_block_end(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let n = { let _local = d("local"); lock(cell, "tail").get() } + yield_!(1);
        yield_!(n)
    }

    plain let_else_temporary_ends_before_else(slot: &RefCell<Option<i32>>) -> i32; yield i32, send (Option<i32>); with let { let slot = RefCell::new(None); } (&slot) {
        let Some(n) = slot.borrow_mut().take() else {
            *slot.borrow_mut() = yield_!(1);
            return slot.borrow().unwrap_or(-1);
        };
        n
    }

    plain return_operand_temporary(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let _local = d("local");
        if yield_!(1) > 2 {
            return lock(cell, "return").get();
        }
        yield_!(2)
    }

    plain break_operand_temporary(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let n = loop {
            let _turn = d("turn");
            if yield_!(1) != 1 {
                break lock(cell, "break").get();
            }
        };
        yield_!(n)
    }

    plain question_operand_temporary(cell: &Cell<i32>) -> (Option<i32>); yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let n = yield_!(1);
        let m = even(lock(cell, "question").get() + n)?;
        yield_!(m);
        Some(m)
    }

    plain held_scrutinee_temporary_across_yield(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        match lock(cell, "scrutinee").get() {
            2 => yield_!(10),
            n => n,
        }
    }

    plain held_operand_temporary_across_yield(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        lock(cell, "left").get() + yield_!(1)
    }

    plain held_if_let_temporary_across_yield(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        if let 2 = lock(cell, "head").get() {
            yield_!(1)
        } else {
            yield_!(2)
        }
    }

    plain held_for_head_temporary_across_yield(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(2); } (&cell) {
        let mut sum = 0;
        for i in 0..lock(cell, "head").get() {
            sum += yield_!(i);
        }
        sum
    }

    mix temporaries_in_every_head(cell: &Cell<i32>) -> i32; yield i32, send i32; with let { let cell = Cell::new(1); } (&cell) {
        let mut n = 0;
        'l: while lock(cell, "while").get() < 9 {
            if lock(cell, "if").get() % 2 == 0 && yield_!(n) == 0 {
                break 'l;
            }
            let add = match { let k = lock(cell, "match").get(); k } { 1 => yield_!(1), k if k > 4 => { let _g = lock(cell, "arm"); yield_!(2) } _ => 1 };
            cell.set(cell.get() + add + 1);
            n += lock(cell, "sum").get();
        }
        n
    }

    mix temporaries_and_droppable_locals(slot: &RefCell<Vec<D>>) -> (Option<i32>); yield i32, send i32; with let { let slot = RefCell::new(ds("a b")); } (&slot) {
        for i in 0..3 {
            let one = slot.borrow_mut().pop()?;
            let _turn = d(format_args!("turn{i}"));
            let n = slot.borrow().len() as i32;
            match yield_!(n) {
                0 => return Some(one.len() + slot.borrow().len() as i32),
                1 => slot.borrow_mut().insert(0, one),
                _ if slot.borrow().is_empty() => break,
                n => slot.borrow_mut().push(d(n)),
            }
            t(slot.borrow().len());
        }
        slot.borrow().first().map(|one| one.len())
    }
}
