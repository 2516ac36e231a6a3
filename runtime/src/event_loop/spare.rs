//! Callbacks that are over, to be used again.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;

use super::handle::Callback;
use crate::context::Scope;

/// More are not kept.
const MOST: usize = 256;

/// Callbacks of which nobody has a handle, without function and context.
#[derive(Default)]
pub(super) struct Spare(RefCell<Vec<Rc<Callback>>>);

impl Spare {
    /// A callback that has no function yet, one of these if there is any.
    #[inline]
    pub(super) fn make(&self, scheduled_at: &'static Location<'static>, scope: Scope) -> Rc<Callback> {
        let spare = self.0.borrow_mut().pop();
        match spare {
            Some(callback) => {
                callback.renew(scheduled_at, scope);
                callback
            }
            None => Rc::new(Callback::new(scheduled_at, scope)),
        }
    }

    /// Keeps one that is over, unless somebody else has it.
    #[inline]
    pub(super) fn keep(&self, callback: Rc<Callback>) {
        let mut spare = self.0.borrow_mut();
        if Rc::strong_count(&callback) == 1 && spare.len() < MOST {
            spare.push(callback);
        }
    }
}
