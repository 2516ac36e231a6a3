//! Slots: the fields of a frame, each empty while its local is not initialised.

/// The place of a local that is used where it stands.
#[inline]
#[track_caller]
pub fn place<T>(slot: &mut Option<T>) -> &mut T {
    match slot {
        Some(value) => value,
        None => vacant(),
    }
}

/// The value of a local that may be moved.
#[inline]
#[track_caller]
pub fn take<T>(slot: &mut Option<T>) -> T {
    match slot.take() {
        Some(value) => value,
        None => vacant(),
    }
}

/// Saves a local. Its slot is empty: what it held was taken or dropped before.
#[inline]
pub fn put<T>(slot: &mut Option<T>, value: T) {
    *slot = Some(value);
}

#[cold]
#[track_caller]
fn vacant() -> ! {
    unreachable!("coframe: a local was used while its slot was empty; this is a bug in coframe's compiler")
}
