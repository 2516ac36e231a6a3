//! A callback's function without its type, in a place of fixed size: so that a loop can use the allocations of callbacks
//! again. The standard library has nothing of the kind that needs no allocation of its own.

use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::rc::Rc;

use super::Outcome;
use crate::Exception;

/// Most callbacks have captured no more than this.
type Place = MaybeUninit<[usize; 3]>;

/// A function that is called at most once.
///
/// The invariant: in the place is a value of the type that the table was made for, which is moved out by the one who calls
/// it, and dropped there by the one who drops this instead. Values are moved with this, as all values in Rust can be.
pub(super) struct Function {
    place: Place,
    table: &'static Table,
    /// What is in the place may belong to this thread.
    here: PhantomData<Rc<()>>,
}

/// What can be done with what is in a place.
struct Table {
    /// # Safety
    ///
    /// The pointer is to a value of the table's type, which is not there any more afterwards.
    call: unsafe fn(*mut ()) -> Result<(), Exception>,
    /// # Safety
    ///
    /// The same.
    drop: unsafe fn(*mut ()),
}

/// The table for a function of type `F`.
struct TableOf<F, O>(PhantomData<(F, O)>);

#[allow(unsafe_code)]
impl<F: FnOnce() -> O, O: Outcome> TableOf<F, O> {
    const TABLE: Table = Table { call: Self::call, drop: Self::drop };

    /// # Safety
    ///
    /// As [`Table::call`].
    unsafe fn call(function: *mut ()) -> Result<(), Exception> {
        // SAFETY: the caller says that such a function is there, and that nobody looks at it again.
        let function = unsafe { function.cast::<F>().read() };
        function().into_result()
    }

    /// # Safety
    ///
    /// As [`Table::drop`].
    unsafe fn drop(function: *mut ()) {
        // SAFETY: as above.
        unsafe { function.cast::<F>().drop_in_place() }
    }
}

#[allow(unsafe_code)]
impl Function {
    #[inline]
    pub(super) fn new<O: Outcome>(function: impl FnOnce() -> O + 'static) -> Self {
        if size_of_val(&function) <= size_of::<Place>() && align_of_val(&function) <= align_of::<Place>() {
            // SAFETY: that was just found.
            unsafe { Function::in_place(function) }
        } else {
            const { assert!(size_of::<Box<()>>() <= size_of::<Place>() && align_of::<Box<()>>() <= align_of::<Place>()) }
            let boxed = Box::new(function);
            // SAFETY: for a box that was found by the compiler.
            unsafe { Function::in_place(boxed) }
        }
    }

    /// # Safety
    ///
    /// The function has room in a place, and is aligned there.
    #[inline]
    unsafe fn in_place<F: FnOnce() -> O + 'static, O: Outcome>(function: F) -> Self {
        let mut place = Place::uninit();
        // SAFETY: the caller says that it has room there, and is aligned.
        unsafe { place.as_mut_ptr().cast::<F>().write(function) };
        Function { place, table: &TableOf::<F, O>::TABLE, here: PhantomData }
    }

    /// Calls it. A panic leaves nothing of it either.
    #[inline]
    pub(super) fn call(self) -> Result<(), Exception> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: by the invariant such a function is there; nobody has this any more, and nothing drops it.
        unsafe { (this.table.call)(this.place.as_mut_ptr().cast()) }
    }
}

#[allow(unsafe_code)]
impl Drop for Function {
    fn drop(&mut self) {
        // SAFETY: by the invariant such a function is there; nobody has this any more.
        unsafe { (self.table.drop)(self.place.as_mut_ptr().cast()) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    use super::Function;

    struct Counted(Rc<Cell<u32>>);

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[repr(align(64))]
    struct Aligned(u8);

    /// Functions of no size, in the place, too large for it, and aligned otherwise: each is called or dropped, once.
    #[test]
    fn each_is_called_or_dropped_once_whatever_its_size() {
        let dropped = Rc::new(Cell::new(0));
        let sum = Rc::new(Cell::new(0));
        let counted = || Counted(dropped.clone());
        let functions = || {
            let (one, two, three) = (counted(), counted(), counted());
            let (small, large, aligned) = (sum.clone(), sum.clone(), sum.clone());
            let numbers = [1_u64, 2, 3, 4];
            let boundary = Aligned(100);
            [
                Function::new(|| ()),
                Function::new(move || small.set(small.get() + u64::from(Rc::strong_count(&one.0) > 0))),
                Function::new(move || {
                    large.set(large.get() + numbers.iter().sum::<u64>());
                    drop(two);
                }),
                Function::new(move || {
                    let boundary = &boundary;
                    assert_eq!(std::ptr::from_ref(boundary).addr() % 64, 0);
                    aligned.set(aligned.get() + u64::from(boundary.0));
                    let _three = three;
                }),
            ]
        };
        functions().into_iter().for_each(|function| function.call().unwrap());
        assert_eq!((sum.get(), dropped.get()), (111, 3));
        drop(functions());
        assert_eq!((sum.get(), dropped.get()), (111, 6));
    }

    #[test]
    fn one_that_fails_or_panics_is_dropped_once() {
        let dropped = Rc::new(Cell::new(0));
        let counted = Counted(dropped.clone());
        let failing = Function::new(move || {
            let _counted = counted;
            "x".parse::<u32>()
        });
        assert!(failing.call().is_err());
        let counted = Counted(dropped.clone());
        let panicking = Function::new(move || {
            assert_eq!(Rc::strong_count(&counted.0), 0, "on purpose");
        });
        assert!(catch_unwind(AssertUnwindSafe(|| panicking.call())).is_err());
        assert_eq!(dropped.get(), 2);
    }
}
