//! The locals of a frame.

use core::fmt;

use super::Frame;
use crate::private::{Seen, SeenLocal};

/// A bound local of a [`Frame`].
#[derive(Clone, Copy)]
pub struct Local<'a> {
    frame: Frame<'a>,
    number: u32,
    name: &'static str,
    type_name: &'static str,
    is_debug: bool,
}

impl Local<'_> {
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
    pub fn value(&self) -> Option<&dyn fmt::Debug> {
        self.is_debug.then_some(self as _)
    }
}

/// Its value as `Debug` prints it, or the name of its type in angle brackets.
impl fmt::Debug for Local<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = self.frame.see(self.number, |seen| match seen {
            Seen::Local(SeenLocal { value: Some(value), .. }) => Some(value.fmt(f)),
            _ => None,
        });
        match printed.flatten() {
            Some(printed) => printed,
            None => write!(f, "<{}>", self.type_name),
        }
    }
}

/// The bound locals of a [`Frame`], in the order of their declaration. It prints as a map of names and values.
#[derive(Clone)]
pub struct FrameLocals<'a> {
    frame: Frame<'a>,
    next: u32,
}

impl<'a> FrameLocals<'a> {
    pub(super) fn new(frame: Frame<'a>) -> Self {
        FrameLocals { frame, next: 0 }
    }
}

impl<'a> Iterator for FrameLocals<'a> {
    type Item = Local<'a>;

    fn next(&mut self) -> Option<Local<'a>> {
        loop {
            let (frame, number) = (self.frame, self.next);
            let found = frame.see(number, |seen| match seen {
                Seen::Local(SeenLocal { name, type_name, value }) => {
                    Some(Some(Local { frame, number, name, type_name, is_debug: value.is_some() }))
                }
                Seen::End => None,
                _ => Some(None),
            });
            let found = found??;
            self.next += 1;
            if found.is_some() {
                return found;
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
