//! What there is to see in a frame.
//!
//! An expansion has a closure that looks at its locals: at a position, for a number, it gives a [`Seen`]. It alone knows
//! the types, so it is there that method probing finds out whether a value can be printed: `Probe(&x).local(name)` is the
//! inherent method for a `Debug` type, and else that of a trait. The same tells what can be delegated to.

use core::any::type_name;
use core::fmt;
use core::marker::PhantomData;

use crate::Delegate;
use crate::frame::{FrameId, Inspectable};

/// The number that asks for the delegate that is waited on.
pub const DELEGATE: u32 = u32::MAX;
/// The number that asks for the identity of a tracked frame.
pub const IDENTITY: u32 = u32::MAX - 1;

/// The answer.
pub enum Seen<'a> {
    /// A local that is bound.
    Local(SeenLocal<'a>),
    /// There is no such thing now.
    Nothing,
    /// There are no locals of that number, nor of a greater one.
    End,
    /// The delegate that is waited on, by its type, and with its frames if it has any.
    Delegate(&'static str, Option<&'a dyn Inspectable>),
    /// The identity of the activation.
    Identity(FrameId),
}

/// A local that is bound.
#[derive(Clone, Copy)]
pub struct SeenLocal<'a> {
    /// Its name.
    pub name: &'static str,
    /// The name of its type.
    pub type_name: &'static str,
    /// Its value, if that can be printed.
    pub value: Option<&'a dyn fmt::Debug>,
}

impl Seen<'_> {
    /// For a number that has no answer at this position, where there are so many locals.
    #[must_use]
    pub const fn nothing(what: u32, locals: u32) -> Self {
        if what < locals { Seen::Nothing } else { Seen::End }
    }

    /// What is only kept until its scope ends is kept as `()` if it is `Copy`.
    #[must_use]
    pub fn held(self) -> Self {
        match self {
            Seen::Local(local) if local.type_name == "()" => Seen::Nothing,
            other => other,
        }
    }
}

/// A local's value, before it is known whether it can be printed.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

impl<'a, T: fmt::Debug> Probe<'a, T> {
    /// The local, with its value.
    pub fn local(self, name: &'static str) -> Seen<'a> {
        Seen::Local(SeenLocal { name, type_name: type_name::<T>(), value: Some(self.0) })
    }
}

/// The fallback of the probing: a value that cannot be printed.
pub trait Opaque<'a> {
    /// The local, with its type.
    fn local(self, name: &'static str) -> Seen<'a>;
}

impl<'a, T: ?Sized> Opaque<'a> for Probe<'a, T> {
    fn local(self, name: &'static str) -> Seen<'a> {
        Seen::Local(SeenLocal { name, type_name: type_name::<T>(), value: None })
    }
}

/// What a coroutine that is sent an `S` waits on, before it is known what it is: `delegation()` by value looks into an
/// [`Inspectable`], by value from a trait asks a [`Delegate`], and by reference knows the type only.
pub struct Delegating<'a, S, T: ?Sized> {
    delegate: &'a T,
    sends: PhantomData<fn(S)>,
}

impl<'a, S, T: ?Sized> Delegating<'a, S, T> {
    /// Of a local, or of a place in one.
    pub fn new(delegate: &'a T) -> Self {
        Delegating { delegate, sends: PhantomData }
    }
}

impl<'a, S, T: Inspectable> Delegating<'a, S, T> {
    /// The delegate, with its frames.
    #[must_use]
    pub fn delegation(self) -> Seen<'a> {
        Seen::Delegate(type_name::<T>(), Some(self.delegate))
    }
}

/// The first fallback of the probing.
pub trait MaybeInspectable<'a> {
    /// The delegate, with its frames if it has any.
    fn delegation(self) -> Seen<'a>;
}

impl<'a, S, T: Delegate<S>> MaybeInspectable<'a> for Delegating<'a, S, T> {
    fn delegation(self) -> Seen<'a> {
        Seen::Delegate(type_name::<T>(), self.delegate.as_inspectable())
    }
}

/// The last fallback: an iterator that is advanced by reference.
pub trait NotInspectable<'a> {
    /// The delegate, by its type.
    fn delegation(&self) -> Seen<'a>;
}

impl<'a, S, T: ?Sized> NotInspectable<'a> for Delegating<'a, S, T> {
    fn delegation(&self) -> Seen<'a> {
        Seen::Delegate(type_name::<T>(), None)
    }
}

impl fmt::Debug for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Seen::Local(local) => local.name,
            Seen::Nothing => "nothing",
            Seen::End => "end",
            Seen::Delegate(type_name, _) => type_name,
            Seen::Identity(_) => "identity",
        })
    }
}

impl fmt::Debug for SeenLocal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<S, T: ?Sized> fmt::Debug for Delegating<'_, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delegating")
    }
}
