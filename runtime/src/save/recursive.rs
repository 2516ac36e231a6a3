//! Saving and restoring of recursive coroutines.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{Error as _, SeqAccess, Visitor};
use serde_core::ser::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::levels::{Reader, Writer};
#[cfg(feature = "std")]
use super::nesting::Nested;
use crate::Recursive;
use crate::private::{CREATED, Driver, Levels, LoadCallee, LoadedLevel, LookedAt, SaveCallee, Saves};
use crate::recursive::Stage;

#[cfg(feature = "std")]
const TOO_DEEP: &str = "too many recursive coroutines are in one another, each a part of a frame of the one before";

/// All levels: a list of their frames, the outermost first, each as that of a [`Generator`](crate::Generator). They do not
/// nest: a million of them take no more of the stack than one.
///
/// It is there where the attribute says `derive(Serialize, Deserialize)`. [`Recursive::restore`] has an example.
///
/// # Errors
///
/// Those of the locals and of the format. A recursive coroutine that another one has in a local, or resumes in place
/// (`yield_from!(&mut co)`, or by way of a body that is not recursive), is a part of that one's frame: where more than 32
/// are in one another like that, it is an error too.
impl<Y, R, S, K: Saves<Y, R, S>> Serialize for Recursive<'static, Y, R, S, K> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        #[cfg(feature = "std")]
        let _nested = Nested::enter().ok_or_else(|| Z::Error::custom(TOO_DEEP))?;
        let depth = match &self.stage {
            Stage::Called(_) => 1,
            Stage::Made(driver) | Stage::Started(driver) => driver.depth(),
        };
        let mut writer = Writer::new(serializer.serialize_seq(Some(depth.max(1)))?);
        let mut next = Some(SaveCallee::of::<Y, R, S, K>());
        let mut save = |level: Option<&dyn LookedAt>| {
            let any = level.map(LookedAt::as_any);
            match (next.take(), any) {
                (Some(SaveCallee(save)), None) => next = save(None, &mut writer)?,
                (Some(SaveCallee(save)), Some(Some(any))) => next = save(Some(any), &mut writer)?,
                _ => return Err(Z::Error::custom(format_args!("`{}` has a level that cannot be saved", K::NAME))),
            }
            Ok(())
        };
        match &self.stage {
            Stage::Called(call) => call.look(|level| save(Some(level)))?,
            Stage::Started(driver) if depth == 0 => save(None)?,
            Stage::Made(driver) | Stage::Started(driver) => {
                driver.look().try_for_each(|level| save(Some(level)))?;
            }
        }
        match next {
            Some(_) => Err(Z::Error::custom(format_args!("`{}` waits for a level that is not there", K::NAME))),
            None => writer.end(),
        }
    }
}

/// A coroutine out of nothing but what was saved. Its type has a name, of which the last part is that of its function:
/// `Recursive<'static, Y, R, S, f>` is what `f` gives.
///
/// # Errors
///
/// As [`Recursive::restore`].
impl<'de, Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>> Deserialize<'de> for Recursive<'static, Y, R, S, K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[cfg(feature = "std")]
        let _nested = Nested::enter().ok_or_else(|| D::Error::custom(TOO_DEEP))?;
        deserializer.deserialize_seq(LevelsVisitor(PhantomData))
    }
}

struct LevelsVisitor<Y, R, S, K>(PhantomData<fn(Y, S, K) -> R>);

impl<'de, Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>> Visitor<'de> for LevelsVisitor<Y, R, S, K> {
    type Value = Recursive<'static, Y, R, S, K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the levels of `{}`", K::NAME)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, levels: A) -> Result<Self::Value, A::Error> {
        let (code, sends) = K::start();
        // On an error they are dropped as they are, and none is closed.
        let mut read: Levels<'static, Y, S> = Levels::new();
        let mut reader = Reader::new(levels, &mut read);
        let LoadedLevel { position, mut callee } = K::load(&mut reader)?;
        while let Some(LoadCallee(load)) = callee {
            callee = load(&mut reader)?;
        }
        reader.end()?;
        let driver = Box::new(Driver::with(code, sends, read));
        Ok(Recursive::at(if position == CREATED { Stage::Made(driver) } else { Stage::Started(driver) }))
    }
}

impl<Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>> Recursive<'static, Y, R, S, K> {
    /// Goes on where another coroutine of the same function was when it was saved, with all its levels. This one must have
    /// been just made; what it was called with is dropped, and what the other was called with takes its place.
    ///
    /// ```
    /// use coframe::{Recursive, yield_, yield_from};
    ///
    /// #[coframe::coroutine(recursive, yield = (u8, u8), derive(Serialize, Deserialize))]
    /// fn hanoi(disks: u32, from: u8, to: u8) {
    ///     if disks > 0 {
    ///         yield_from!(hanoi(disks - 1, from, 3 - from - to));
    ///         yield_!((from, to));
    ///         yield_from!(hanoi(disks - 1, 3 - from - to, to));
    ///     }
    /// }
    ///
    /// let mut moves = hanoi(10, 0, 2);
    /// assert_eq!(moves.by_ref().take(1000).count(), 1000);
    /// let saved = serde_json::to_string(&moves)?;
    ///
    /// let mut others = hanoi(0, 0, 0);
    /// others.restore(&mut serde_json::Deserializer::from_str(&saved))?;
    /// assert_eq!(others.count(), 23);
    ///
    /// // Its type has a name, so it can be made of nothing but what was saved.
    /// let others: Recursive<'static, (u8, u8), (), (), hanoi> = serde_json::from_str(&saved)?;
    /// assert!(others.eq(moves));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Generator::restore`](crate::Generator::restore), of each level; and where a level is missing, or there is one
    /// that none has called. Where this coroutine has been started. Then it is as it was.
    pub fn restore<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        if !matches!(self.stage, Stage::Called(_) | Stage::Made(_)) {
            return Err(D::Error::custom(format_args!(
                "`{}` has been started: a frame is restored into a coroutine that was just made",
                K::NAME
            )));
        }
        *self = Self::deserialize(deserializer)?;
        Ok(())
    }
}
