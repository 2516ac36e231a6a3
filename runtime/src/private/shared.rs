//! What the levels of a recursive coroutine are in: memory of the [pool], with a count of the handles to it.
//!
//! A [`Shared`] is an [`Rc`](alloc::rc::Rc) without weak handles, whose count stands right before the value, so that it is
//! found without knowing the type.
//!
//! The invariant: a handle points to a value that lives, with its [`Header`] before it, in a [`block`] for its type; the
//! count is that of the handles. None leaves its thread, since [`NonNull`] is not `Send`.

#![allow(unsafe_code)]

use core::alloc::Layout;
use core::cell::Cell;
use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;

use super::pool::{self, Size};
use super::recursion::{Level, Returns};

/// A counted handle to a value of this thread.
pub struct Shared<T: ?Sized> {
    value: NonNull<T>,
}

/// What stands before a value.
struct Header {
    handles: Cell<u32>,
    /// Of the block.
    size: Size,
}

/// The layout of the memory for a value, and where in it the value is.
#[inline(always)]
const fn block(value: Layout) -> (Layout, usize) {
    let Ok((block, offset)) = Layout::new::<Header>().extend(value) else { panic!("coframe: a frame is too large") };
    (pool::rounded(block), offset)
}

/// The size of the block for a value. One that is more aligned than usual is not kept, so that what is kept begins with its
/// header.
const fn size(value: Layout) -> Size {
    match block(value) {
        (layout, offset) if offset == size_of::<Header>() => Size::of(layout),
        _ => Size::NONE,
    }
}

impl<T> Shared<T> {
    /// Takes memory, and puts the value there.
    #[inline(always)]
    pub(crate) fn new(value: T) -> Self {
        let (layout, offset) = const { block(Layout::new::<T>()) };
        let size = const { size(Layout::new::<T>()) };
        let memory = pool::take(size, layout);
        // SAFETY: there is room for the value and for a header before it, which is no more aligned than the value or at the
        // start.
        unsafe {
            let place = memory.add(offset).cast::<T>();
            place.cast::<Header>().sub(1).write(Header { handles: Cell::new(1), size });
            place.write(value);
            Shared { value: place }
        }
    }

    /// As its driver knows it.
    #[inline(always)]
    pub(super) fn into_level<'a, Y, S>(self) -> Shared<dyn Level<Y, S> + 'a>
    where
        T: Level<Y, S> + 'a,
    {
        Shared { value: ManuallyDrop::new(self).value }
    }

    /// As its caller knows it.
    #[inline(always)]
    pub(super) fn into_returns<'a, Y, R, S>(self) -> Shared<dyn Returns<Y, R, S> + 'a>
    where
        T: Returns<Y, R, S> + 'a,
    {
        Shared { value: ManuallyDrop::new(self).value }
    }
}

impl<'a, Y, R, S> Shared<dyn Returns<Y, R, S> + 'a> {
    /// Another handle, as its driver knows it.
    #[inline(always)]
    pub(crate) fn to_level(&self) -> Shared<dyn Level<Y, S> + 'a> {
        Shared { value: ManuallyDrop::new(self.clone()).value }
    }
}

impl<T: ?Sized> Shared<T> {
    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: a header stands before the value, as long as there is a handle.
        unsafe { self.value.cast::<Header>().sub(1).as_ref() }
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        let handles = &self.header().handles;
        // There may be as many handles as there are numbers, if they are forgotten.
        let Some(more) = handles.get().checked_add(1) else { too_many() };
        handles.set(more);
        Shared { value: self.value }
    }
}

impl<T: ?Sized> Drop for Shared<T> {
    #[inline(always)]
    fn drop(&mut self) {
        let left = self.header().handles.get() - 1;
        self.header().handles.set(left);
        if left == 0 {
            let _memory = Memory(self.value);
            // SAFETY: this was the last handle, so that nobody reaches the value any more.
            unsafe { self.value.drop_in_place() };
        }
    }
}

/// The memory of a value that is over. It goes even if its destructor panics.
struct Memory<T: ?Sized>(NonNull<T>);

impl<T: ?Sized> Drop for Memory<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the memory was taken by `Shared::new`, which wrote the header before the value; the layout of a value, even
        // of one that is over, is that of its type.
        unsafe {
            let header = self.0.cast::<Header>().sub(1);
            let size = header.as_ref().size;
            // SAFETY, too: what has a size that is kept begins with its header.
            if !pool::keep(header.cast(), size) {
                free(self.0);
            }
        }
    }
}

/// Gives memory back that is not kept.
///
/// # Safety
///
/// It was taken for a value of this type, and is not used again.
#[cold]
#[inline(never)]
unsafe fn free<T: ?Sized>(value: NonNull<T>) {
    // SAFETY: as the caller says.
    unsafe {
        let (layout, offset) = block(Layout::for_value(value.as_ref()));
        pool::free(value.cast::<u8>().sub(offset), layout);
    }
}

#[cold]
#[inline(never)]
fn too_many() -> ! {
    panic!("coframe: too many handles to a level")
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the value lives as long as there is a handle, and is only ever shared.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
