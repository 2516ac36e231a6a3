//! Memory that will be needed soon, so that it is there by then: where thousands of tasks wait, each step would begin with
//! waiting for the memory of its task, three or four times.

use std::rc::Rc;

/// Most tasks are no longer than so many lines of 64 bytes.
const LINES: usize = 4;

/// Has the processor fetch a value, where there is a way to tell it so.
#[inline(always)]
pub(super) fn fetch<T: ?Sized>(value: &Rc<T>) {
    let address = Rc::as_ptr(value).cast::<i8>();
    (0..LINES).for_each(|line| fetch_line(address.wrapping_add(64 * line)));
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse", not(miri)))]
#[inline(always)]
#[allow(unsafe_code)]
fn fetch_line(address: *const i8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: it changes nothing that the program could see, and fails at no address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse", not(miri))))]
#[inline(always)]
fn fetch_line(_: *const i8) {}
