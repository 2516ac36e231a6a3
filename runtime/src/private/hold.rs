//! Locals that are not used again but must be dropped at the end of their scope.
//!
//! Method probing tells the two kinds apart: `Held(x).hold()` finds the inherent method for a `Copy` type and gives
//! `()`, so that a dead shared reference is not stored; for any other type it falls back to the trait and gives `x`.

use core::convert::Infallible;
use core::marker::PhantomData;

/// A local that is not used again.
#[derive(Clone, Copy, Debug)]
pub struct Held<T>(pub T);

impl<T: Copy> Held<T> {
    /// Nothing needs to be kept of a `Copy` value.
    pub fn hold(self) {}
}

/// The fallback of the probing: the value is kept.
pub trait Kept {
    /// What is kept.
    type Value;
    /// The value, to be stored until its scope ends.
    fn hold(self) -> Self::Value;
}

impl<T> Kept for Held<T> {
    type Value = T;

    fn hold(self) -> T {
        self.0
    }
}

/// The proof. Where its callers are called, in the expansion, is what the error tells of the source.
const fn without_drop<T>() {
    assert!(
        !core::mem::needs_drop::<T>(),
        "coframe: a value with a destructor would be dropped before the end of its scope; name it with `let`, or give it a \
         block of its own that ends before the yield"
    );
}

/// Passes a temporary on which is not kept, with the same proof as [`assert_no_drop`].
///
/// ```compile_fail,E0080
/// struct Guard(u32);
/// impl Drop for Guard { fn drop(&mut self) {} }
/// impl Guard { fn number(&self) -> u32 { self.0 } }
///
/// #[coframe::coroutine(yield = u32)]
/// fn numbers() {
///     for n in 0..Guard(3).number() { // is the guard held through the loop?
///         coframe::yield_!(n);
///     }
/// }
/// numbers().next();
/// ```
#[inline(always)]
pub fn no_drop<T>(value: T) -> T {
    const { without_drop::<T>() }
    value
}

/// Proves at compile time that a value which is not kept has no destructor that could run too early.
///
/// ```compile_fail,E0080
/// struct Pair { a: String, b: String }
///
/// #[coframe::coroutine(yield = String)]
/// fn first(Pair { a, .. }: Pair) { // what becomes of `b`?
///     coframe::yield_!(a);
/// }
/// first(Pair { a: String::new(), b: String::new() }).next();
/// ```
#[inline]
pub fn assert_no_drop<T>(_: &T) {
    const { without_drop::<T>() }
}

/// `false`, in a way that the code behind it is still generated, and with it what it demands of types.
#[inline(never)]
#[must_use]
pub fn never<T>() -> bool {
    core::mem::size_of::<T>() != 0
}

/// The type of a local, while it is borrowed for no longer than this.
pub fn witness<T>(_: &T) -> PhantomData<T> {
    PhantomData
}

/// Demands that a call consumes a `T` which has a destructor: then the closure around it has one too.
///
/// ```compile_fail,E0080
/// struct Guard(u32);
/// impl Drop for Guard { fn drop(&mut self) {} }
/// impl Guard { fn count(&self) -> u32 { self.0 } } // not `Iterator::count`
///
/// #[coframe::coroutine(yield = u32)]
/// fn numbers() {
///     let guard = Guard(3);
///     let n = guard.count();
///     coframe::yield_!(n);
/// }
/// numbers().next();
/// ```
///
/// So it is where the call is handed out, tested or matched:
///
/// ```compile_fail,E0080
/// struct Guard(u32);
/// impl Drop for Guard { fn drop(&mut self) {} }
/// impl Guard { fn count(&self) -> u32 { self.0 } }
///
/// #[coframe::coroutine(yield = u32)]
/// fn numbers() {
///     let guard = Guard(3);
///     if guard.count() > 2 {
///         coframe::yield_!(1);
///     }
/// }
/// numbers().next();
/// ```
///
/// ```compile_fail,E0080
/// struct Guard(u32);
/// impl Drop for Guard { fn drop(&mut self) {} }
/// impl Guard { fn count(&self) -> u32 { self.0 } }
///
/// #[coframe::coroutine(yield = u32)]
/// fn numbers() {
///     let guard = Guard(3);
///     coframe::yield_!(guard.count());
/// }
/// numbers().next();
/// ```
///
/// ```compile_fail,E0080
/// struct Parser(String);
/// impl Drop for Parser { fn drop(&mut self) {} }
/// impl Parser { fn expect(&mut self, token: &str) -> usize { token.len() } } // not `Option::expect`
///
/// #[coframe::coroutine(yield = usize)]
/// fn tokens() {
///     let mut parser = Parser(String::new());
///     let length = parser.expect("(");
///     coframe::yield_!(length);
/// }
/// tokens().next();
/// ```
///
/// A method that gives nothing in std is taken to consume where its value is bound:
///
/// ```compile_fail,E0080
/// struct Arena(Vec<u32>);
/// impl Arena { fn push(&mut self, n: u32) -> usize { self.0.push(n); self.0.len() } }
///
/// #[coframe::coroutine(yield = usize)]
/// fn numbers() {
///     let mut arena = Arena(Vec::new());
///     let id = arena.push(3);
///     coframe::yield_!(id);
/// }
/// numbers().next();
/// ```
pub fn consumes<T, R, F: FnOnce() -> R>(_: PhantomData<T>, call: F) -> Infallible {
    const {
        assert!(
            !core::mem::needs_drop::<T>() || core::mem::needs_drop::<F>(),
            "coframe: the last use of a local is a method whose name is that of a consuming one, but which only borrows; \
             mention the local again at the end of its scope: `drop(local)`"
        );
    }
    drop(call);
    unreachable!("coframe: a call that is only looked at")
}
