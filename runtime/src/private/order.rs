//! Demands on types that keep the order of evaluation around a suspension.

use core::marker::PhantomData;
use core::ops::Deref;

/// A type whose operators are the language's own.
#[diagnostic::on_unimplemented(
    message = "whether the left or the right side of this assignment is evaluated first depends on `{Self}`",
    label = "this type is not known to be primitive",
    note = "bind the right side first: `let value = …;`, then assign"
)]
pub trait Primitive {}

macro_rules! primitive {
    ($($ty:ty)*) => { $(impl Primitive for $ty {})* };
}

primitive!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool);

/// Demands that both sides of a compound assignment are primitive, so that the right side is evaluated first.
pub fn primitives<L: Primitive + ?Sized, R: Primitive + ?Sized>(_: &L, _: &R) {}

/// A collection that does nothing but give a reference when it is indexed.
#[diagnostic::on_unimplemented(
    message = "indexing `{Self}` before the pause may do more than give a place",
    label = "indexed here, used after the pause",
    note = "bind the yield first: `let value = yield_!(…);`"
)]
pub trait PlainIndex {}

impl<T> PlainIndex for [T] {}
impl<T, const N: usize> PlainIndex for [T; N] {}
impl PlainIndex for str {}
impl<C: PlainIndex + ?Sized> PlainIndex for &C {}
impl<C: PlainIndex + ?Sized> PlainIndex for &mut C {}
#[cfg(feature = "alloc")]
impl<T> PlainIndex for alloc::vec::Vec<T> {}
#[cfg(feature = "alloc")]
impl<T> PlainIndex for alloc::collections::VecDeque<T> {}
#[cfg(feature = "alloc")]
impl<K, V> PlainIndex for alloc::collections::BTreeMap<K, V> {}
#[cfg(feature = "alloc")]
impl PlainIndex for alloc::string::String {}
#[cfg(feature = "alloc")]
impl<C: PlainIndex + ?Sized> PlainIndex for alloc::boxed::Box<C> {}
#[cfg(feature = "std")]
impl<K, V, S> PlainIndex for std::collections::HashMap<K, V, S> {}

/// A pointer that does nothing but give a reference when it is dereferenced.
#[diagnostic::on_unimplemented(
    message = "dereferencing `{Self}` before the pause may do more than give a place",
    label = "dereferenced here, used after the pause",
    note = "bind the yield first: `let value = yield_!(…);`"
)]
pub trait PlainDeref {}

impl<T: ?Sized> PlainDeref for &T {}
impl<T: ?Sized> PlainDeref for &mut T {}
impl<T: ?Sized> PlainDeref for *const T {}
impl<T: ?Sized> PlainDeref for *mut T {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> PlainDeref for alloc::boxed::Box<T> {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> PlainDeref for alloc::rc::Rc<T> {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> PlainDeref for alloc::sync::Arc<T> {}
#[cfg(feature = "alloc")]
impl<T> PlainDeref for alloc::vec::Vec<T> {}
#[cfg(feature = "alloc")]
impl PlainDeref for alloc::string::String {}
#[cfg(feature = "std")]
impl<T: ?Sized> PlainDeref for std::sync::MutexGuard<'_, T> {}
#[cfg(feature = "std")]
impl<T: ?Sized> PlainDeref for std::sync::RwLockReadGuard<'_, T> {}
#[cfg(feature = "std")]
impl<T: ?Sized> PlainDeref for std::sync::RwLockWriteGuard<'_, T> {}
impl<P: PlainDeref> PlainDeref for core::pin::Pin<P> {}
impl<T: ?Sized> PlainDeref for core::cell::Ref<'_, T> {}
impl<T: ?Sized> PlainDeref for core::cell::RefMut<'_, T> {}

/// Demands that a dereferenced place can be evaluated twice.
pub fn plain_deref<P: PlainDeref + ?Sized>(_: &P) {}

/// Demands that an indexed place can be evaluated twice.
pub fn plain_index<C: PlainIndex + ?Sized>(_: &C) {}

/// A receiver before arguments with a suspension in them, in which unknown methods of it are called. It is evaluated after
/// the suspension, which is the same if it is borrowed, and not if its method takes a copy of it.
///
/// ```compile_fail,E0277
/// trait Bump { fn bump(&mut self) -> u32; }
/// impl Bump for u32 { fn bump(&mut self) -> u32 { *self += 1; *self } }
///
/// #[coframe::coroutine(yield = u32, send = u32)]
/// fn largest(mut n: u32) -> u32 {
///     n.max(coframe::yield_!(n.bump())) // of `n` as it was before `bump`
/// }
/// ```
#[derive(Debug)]
pub struct Receiver<T: ?Sized>(PhantomData<T>);

/// The type of a receiver.
pub fn receiver<T: ?Sized>(_: &T) -> Receiver<T> {
    Receiver(PhantomData)
}

impl<T: ?Sized> Receiver<&mut T> {
    /// Its methods are those of what it refers to.
    #[must_use]
    pub fn target(self) -> Receiver<T> {
        Receiver(PhantomData)
    }
}

/// The fallback: it is no reference.
pub trait Target: Sized {
    /// Itself.
    #[must_use]
    fn target(self) -> Self {
        self
    }
}

impl<T: ?Sized> Target for Receiver<T> {}

/// A receiver that a method may take a copy of.
#[derive(Debug)]
pub struct Copied<T>(PhantomData<T>);

/// A receiver that can only be borrowed.
#[derive(Debug)]
pub struct Borrowed;

impl<T: Copy> Receiver<T> {
    /// By probing, as [`Held`](super::Held) does.
    #[must_use]
    pub fn kind(&self) -> Copied<T> {
        Copied(PhantomData)
    }
}

/// The second probe: a method may be one of what it points to.
pub trait Pointer {
    /// What it points to.
    type Target;
    /// That a method may copy that.
    #[must_use]
    fn kind(&self) -> Copied<Self::Target> {
        Copied(PhantomData)
    }
}

impl<T: Deref<Target: Sized>> Pointer for Receiver<T> {
    type Target = T::Target;
}

/// The last probe.
pub trait Other {
    /// That it is none of the others.
    #[must_use]
    fn kind(&self) -> Borrowed {
        Borrowed
    }
}

impl<T: ?Sized> Other for &Receiver<T> {}

/// What [`receiver`] demands.
#[diagnostic::on_unimplemented(
    message = "this receiver is evaluated before its arguments, which may change it",
    label = "its method may read it before the pause: `{Self}`",
    note = "bind the yield first: `let value = yield_!(…);`"
)]
pub trait OnlyBorrowed {}

impl OnlyBorrowed for Borrowed {}

/// Demands that a receiver can be evaluated after what its arguments do to it.
pub fn only_borrowed<K: OnlyBorrowed>(_: K) {}
