//! Frames that travel: saving a paused coroutine through serde, and restoring it, in another process if need be.
//!
//! `header` says what is saved beside the locals, `compact` how it is written where people need not read it, `record` what a frame looks like as a whole, `levels` what a recursive
//! coroutine does, and `nesting` how many of these can be in one another.

mod compact;
mod header;
pub(crate) mod levels;
#[cfg(feature = "std")]
mod nesting;
mod record;
mod recursive;

use core::marker::PhantomData;

use serde_core::de::Error as _;
use serde_core::ser::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use self::header::{Header, HeaderOf, Position};
pub(crate) use self::record::{Record, Restored};
pub use crate::private::Saves;
use crate::private::{CREATED, Framed, Inspect, RUNNING, SavedLocals, SavedMachine};
use crate::{Code, Generator};

/// A machine whose frame can be saved and restored. Only expansions implement it, where the attribute says
/// `derive(Serialize, Deserialize)`; it is what [`Generator::restore`] and `Serialize` ask of a [`Generator`].
#[diagnostic::on_unimplemented(
    message = "the frame of this coroutine cannot be saved",
    label = "it does not say `derive(Serialize, Deserialize)`",
    note = "write `#[coframe::coroutine(derive(Serialize, Deserialize), …)]` on its function"
)]
pub trait Save: Inspect {
    /// The code object of its body.
    #[doc(hidden)]
    const CODE: &'static Code;

    /// Writes the frame.
    ///
    /// # Errors
    ///
    /// What the serializer raises, and a frame that is running.
    #[doc(hidden)]
    fn save<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads a frame in place of this one, which has not run.
    ///
    /// # Errors
    ///
    /// As [`Generator::restore`].
    #[doc(hidden)]
    fn restore<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error>;
}

/// A machine that is restored out of nothing but what was saved: that of a function, which captures nothing. A frame that
/// waits for such a coroutine, or keeps it in a local, saves it with its own.
#[diagnostic::on_unimplemented(
    message = "the frame of this coroutine cannot be restored out of nothing",
    label = "it is not a function that says `derive(Serialize, Deserialize)`",
    note = "what a `coroutine!` expression captures is not saved: restore it into a coroutine made by the same expression"
)]
pub trait Load: Save + Sized {
    /// Reads a frame.
    ///
    /// # Errors
    ///
    /// As [`Generator::restore`].
    #[doc(hidden)]
    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// The frame: the function's name, a fingerprint of its source, where it stands, and its locals. In a format that is not for
/// people all but the locals is one string of bytes.
///
/// It is there where the attribute says `derive(Serialize, Deserialize)`. [`Generator::restore`] has an example.
///
/// # Errors
///
/// Those of the locals and of the format.
impl<M: Save> Serialize for Generator<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.machine().save(serializer)
    }
}

/// A coroutine out of nothing but what was saved. Its type has no name, so this serves where it is inferred: for a
/// coroutine that another one keeps, or `co = serde_json::from_str(text)?` for a `co` that is there already.
///
/// # Errors
///
/// As [`Generator::restore`].
impl<'de, M: Load> Deserialize<'de> for Generator<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::load(deserializer).map(Generator::new)
    }
}

impl<M: Save> Generator<M> {
    /// Goes on where another coroutine of the same function was when it was saved. This one must have been just made; what
    /// it was called with is dropped, and what the other was called with takes its place.
    ///
    /// ```
    /// #[coframe::coroutine(yield = u64, derive(Serialize, Deserialize))]
    /// fn fibonacci(mut a: u64, mut b: u64) {
    ///     loop {
    ///         coframe::yield_!(a);
    ///         (a, b) = (b, a + b);
    ///     }
    /// }
    ///
    /// let mut numbers = fibonacci(0, 1);
    /// assert_eq!(numbers.by_ref().take(6).collect::<Vec<_>>(), [0, 1, 1, 2, 3, 5]);
    /// let saved = serde_json::to_string(&numbers)?;
    ///
    /// let mut others = fibonacci(7, 7);
    /// others.restore(&mut serde_json::Deserializer::from_str(&saved))?;
    /// assert_eq!(others.take(3).collect::<Vec<_>>(), [8, 13, 21]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the frame does not fit, with a message that says why: it is that of another function; the source has changed
    /// since, and the suspension point has no label or has other locals now; there is no such point; a local is missing,
    /// unknown or not of its type; the input is cut off. Where this coroutine has been started. Then it is as it was.
    pub fn restore<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.machine_mut().restore(deserializer)
    }
}

impl<M, C, K> Save for SavedMachine<M, C, K>
where
    M: Framed<Locals: SavedLocals<C>>,
{
    const CODE: &'static Code = <M::Locals as crate::private::Locals>::CODE;

    fn save<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let position = match self.machine.position() {
            RUNNING => {
                return Err(S::Error::custom(format_args!("`{}` is running: it cannot be saved", Self::CODE.name())));
            }
            position => Position(position),
        };
        Record { locals: self.machine.locals(), position, codecs: PhantomData::<C> }.serialize(serializer)
    }

    fn restore<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        if self.machine.position() != CREATED {
            return Err(D::Error::custom(format_args!(
                "`{}` has been started: a frame is restored into a coroutine that was just made",
                Self::CODE.name()
            )));
        }
        let Restored { locals, position, .. } = Restored::<M::Locals, C>::deserialize(deserializer)?;
        self.machine.replace(locals, position.0);
        Ok(())
    }
}

impl<M, C> Load for SavedMachine<M, C, crate::private::Captureless>
where
    M: Framed<Locals: SavedLocals<C>>,
{
    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Restored { locals, position, .. } = Restored::<M::Locals, C>::deserialize(deserializer)?;
        Ok(SavedMachine::again(locals, position.0))
    }
}
