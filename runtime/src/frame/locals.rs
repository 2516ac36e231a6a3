//! The locals of a frame.

use core::fmt;

use super::Frame;
use crate::private::Seen;

/// A bound local of a [`Frame`].
#[derive(Clone, Copy)]
pub struct Local<'a> {
    name: &'static str,
    type_name: &'static str,
    value: Option<&'a dyn fmt::Debug>,
}

impl<'a> Local<'a> {
    pub(crate) fn new(name: &'static str, type_name: &'static str, value: Option<&'a dyn fmt::Debug>) -> Self {
        Local { name, type_name, value }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name of its type, as [`core::any::type_name`] gives it.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Its value, for printing. `None` if its type is not `Debug`; in a generic function, if it is not known to be.
    #[must_use]
    pub const fn value(&self) -> Option<&'a dyn fmt::Debug> {
        self.value
    }
}

/// Its value as `Debug` prints it, or the name of its type in angle brackets.
impl fmt::Debug for Local<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => value.fmt(f),
            None => write!(f, "<{}>", self.type_name),
        }
    }
}

/// The bound locals of a [`Frame`], in the order of their declaration. It prints as a map of names and values.
#[derive(Clone)]
pub struct FrameLocals<'a> {
    frame: &'a Frame<'a>,
    next: u32,
}

impl<'a> FrameLocals<'a> {
    pub(super) fn new(frame: &'a Frame<'a>) -> Self {
        FrameLocals { frame, next: 0 }
    }
}

impl<'a> Iterator for FrameLocals<'a> {
    type Item = Local<'a>;

    fn next(&mut self) -> Option<Local<'a>> {
        loop {
            match self.frame.see(self.next) {
                Seen::Local(local) => {
                    self.next += 1;
                    return Some(local);
                }
                Seen::End => return None,
                _ => self.next += 1,
            }
        }
    }
}

impl fmt::Debug for FrameLocals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for local in self.clone() {
            map.entry(&format_args!("{}", local.name), &local);
        }
        map.finish()
    }
}
