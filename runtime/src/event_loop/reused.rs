//! Allocations of promises and tasks that are over, for others of their types.
//!
//! It is asked at each hop and each spawn. A list behind a `dyn Any` for each type would do without unsafe, but would ask for
//! the type by a call, and take out and put back what it looks at: a tenth of what a spawn takes.

use std::any::TypeId;
use std::cell::{Cell, UnsafeCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// How many types have a place. Of two that would have the same one, the first has it.
const PLACES: usize = 64;

/// How many bytes of a type are kept, and how many allocations, at most.
const MOST_BYTES: usize = 1 << 16;
const MOST: usize = 256;

/// What is kept of each type: allocations that nobody else has.
pub(crate) struct Reused([Place; PLACES]);

/// The invariants: what is in the list are handles on values of the type that the place is of, turned into pointers, each of
/// which is nobody else's. And nobody comes back to the list while somebody looks at it: what [looks](Place::look) drops
/// nothing, and neither allocates nor frees.
struct Place {
    of: Cell<Option<Kind>>,
    list: UnsafeCell<Vec<*const ()>>,
}

/// A type.
#[derive(Clone, Copy)]
struct Kind {
    id: TypeId,
    /// # Safety
    ///
    /// The pointer came from a handle on a value of this type, and is not used again.
    drop: unsafe fn(*const ()),
}

impl Default for Reused {
    fn default() -> Self {
        Reused([const { Place { of: Cell::new(None), list: UnsafeCell::new(Vec::new()) } }; PLACES])
    }
}

#[allow(unsafe_code)]
impl Reused {
    /// An allocation of this type, which nobody else has.
    #[inline]
    pub(crate) fn take<W: 'static>(&self) -> Option<Rc<W>> {
        let place = self.place::<W>();
        let first = if place.is_of::<W>() { place.look(Vec::pop)? } else { return None };
        // SAFETY: by the invariant it came from such a handle, and is nobody else's.
        Some(unsafe { Rc::from_raw(first.cast()) })
    }

    /// Whether one more would be kept: for those who have something to do before.
    #[inline]
    pub(crate) fn has_room<W: 'static>(&self) -> bool {
        let place = self.place::<W>();
        place.of.get().is_none() || place.is_of::<W>() && place.look(|list| list.len() < list.capacity())
    }

    /// Keeps an allocation that nobody else has, unless there are enough.
    #[inline]
    pub(crate) fn keep<W: 'static>(&self, used: Rc<W>) {
        let place = self.place::<W>();
        if !place.is_of::<W>() && !place.become_of::<W>() {
            return;
        }
        let used = Rc::into_raw(used).cast::<()>();
        let has_room = place.look(|list| {
            let has_room = list.len() < list.capacity();
            if has_room {
                list.push(used);
            }
            has_room
        });
        if !has_room {
            // SAFETY: it came from a handle just now.
            drop(unsafe { Rc::from_raw(used.cast::<W>()) });
        }
    }

    #[inline(always)]
    fn place<W: 'static>(&self) -> &Place {
        let mut bits = Bits(0);
        TypeId::of::<W>().hash(&mut bits);
        &self.0[bits.0 as usize % PLACES]
    }
}

#[allow(unsafe_code)]
impl Place {
    #[inline]
    fn is_of<W: 'static>(&self) -> bool {
        self.of.get().is_some_and(|kind| kind.id == TypeId::of::<W>())
    }

    /// `false` if it is of another type.
    #[cold]
    #[inline(never)]
    fn become_of<W: 'static>(&self) -> bool {
        let list = Vec::with_capacity(const { most::<W>() });
        let is_free = self.of.get().is_none();
        if is_free {
            self.of.set(Some(Kind { id: TypeId::of::<W>(), drop: drop_handle::<W> }));
            // What comes out has no room.
            self.look(|empty| std::mem::replace(empty, list));
        }
        is_free
    }

    #[inline(always)]
    fn look<R>(&self, look: impl FnOnce(&mut Vec<*const ()>) -> R) -> R {
        // SAFETY: no other reference to the list lives, see the invariant of the type.
        look(unsafe { &mut *self.list.get() })
    }
}

#[allow(unsafe_code)]
impl Drop for Place {
    fn drop(&mut self) {
        let Some(kind) = self.of.get() else { return };
        for kept in self.list.get_mut().drain(..) {
            // SAFETY: by the invariant it came from a handle on a value of this type, and is nobody else's.
            unsafe { (kind.drop)(kept) }
        }
    }
}

/// # Safety
///
/// As for [`Kind`].
#[allow(unsafe_code)]
unsafe fn drop_handle<W>(kept: *const ()) {
    // SAFETY: as the caller says.
    drop(unsafe { Rc::from_raw(kept.cast::<W>()) });
}

const fn most<W>() -> usize {
    match MOST_BYTES.checked_div(size_of::<W>()) {
        Some(0) => 1,
        Some(most) if most < MOST => most,
        _ => MOST,
    }
}

/// The id of a type is a hash already.
struct Bits(u64);

impl Hasher for Bits {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[inline]
    fn write_u64(&mut self, bits: u64) {
        self.0 = bits;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{MOST, Reused};

    /// Without a loop, so that miri can run it.
    #[test]
    fn what_is_kept_comes_back_by_its_type_or_is_dropped() {
        let reused = Reused::default();
        let counted = Rc::new(());
        let values = || Rc::new((1_u32, counted.clone()));
        assert!(reused.take::<(u32, Rc<()>)>().is_none());
        let (one, other) = (values(), values());
        let at = [Rc::as_ptr(&one), Rc::as_ptr(&other)];
        reused.keep(one);
        reused.keep(other);
        assert!(reused.take::<(u64, Rc<()>)>().is_none());
        let again: Vec<_> = std::iter::from_fn(|| reused.take::<(u32, Rc<()>)>()).collect();
        assert!(again.iter().map(Rc::as_ptr).eq([at[1], at[0]]));
        again.into_iter().for_each(|value| reused.keep(value));
        reused.keep(Rc::new((2_u64, counted.clone())));
        drop(reused);
        assert_eq!(Rc::strong_count(&counted), 1);
    }

    #[test]
    fn no_more_are_kept_than_that() {
        let reused = Reused::default();
        for number in 0..MOST + 10 {
            assert_eq!(reused.has_room::<usize>(), number < MOST);
            reused.keep(Rc::new(number));
        }
        assert!(reused.has_room::<u128>());
        assert_eq!(std::iter::from_fn(|| reused.take::<usize>()).count(), MOST);
    }
}
