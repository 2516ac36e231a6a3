//! How recursive coroutines are written where they are locals: calls, whole coroutines, and what else a recursive body
//! delegates to.

use alloc::vec;
use core::array;
use core::marker::PhantomData;
use core::ops::RangeInclusive;

use serde_core::de::SeqAccess;
use serde_core::ser::SerializeSeq;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::callee::{Called, Plain};
use super::codecs::{Codec, Inclusive, ItemsOf, Nested, NoCodec, Rest, SlotProbe};
use super::delegation::Items;
use super::saving::Shape;
use super::storing::{LoadCallee, SaveCallee, Saves};
use crate::save::Load;
use crate::{Generator, Recursive};

/// The codec of a call that is under way. Nothing is written of it: the callee is the next level.
#[derive(Debug)]
pub struct CallCodec;

impl<Y, R, S, K: Saves<Y, R, S>> Codec<Called<'static, Y, R, S, K>> for CallCodec {
    fn save<Z: Serializer>(_: &Called<'static, Y, R, S, K>, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.serialize_unit()
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Called<'static, Y, R, S, K>, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(Called::begun())
    }

    fn describe(shape: &mut Shape<'_>) {
        shape.text("call of ");
        shape.text(K::NAME);
    }

    fn saver<W: SerializeSeq>() -> Option<SaveCallee<W>> {
        Some(SaveCallee::of::<Y, R, S, K>())
    }

    fn loader<'de, A: SeqAccess<'de>>() -> Option<LoadCallee<'de, A>> {
        Some(LoadCallee::of::<Y, R, S, K>())
    }
}

impl<'a, Y, R, S, K: Saves<Y, R, S>> SlotProbe<Called<'a, Y, R, S, K>> {
    /// A call.
    pub fn codec(self) -> CallCodec {
        CallCodec
    }
}

/// By `&`: a recursive coroutine that cannot be saved, which is an error in the words of [`Saves`].
pub trait UnsavedLevels<Y, R, S, K> {
    /// Cannot be called.
    fn codec(&self) -> NoCodec
    where
        K: Saves<Y, R, S>,
    {
        NoCodec
    }
}

impl<Y, R, S, K> UnsavedLevels<Y, R, S, K> for SlotProbe<Called<'_, Y, R, S, K>> {}
impl<Y, R, S, K> UnsavedLevels<Y, R, S, K> for SlotProbe<Recursive<'_, Y, R, S, K>> {}

/// The codec of a recursive coroutine that is not called but resumed in place, or not yet.
#[derive(Debug)]
pub struct LevelsCodec;

impl<Y, R, S, K: Saves<Y, R, S>> Codec<Recursive<'static, Y, R, S, K>> for LevelsCodec {
    fn save<Z: Serializer>(value: &Recursive<'static, Y, R, S, K>, serializer: Z) -> Result<Z::Ok, Z::Error> {
        value.serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Recursive<'static, Y, R, S, K>, D::Error> {
        Recursive::deserialize(deserializer)
    }

    fn describe(shape: &mut Shape<'_>) {
        shape.text("recursive coroutine ");
        shape.text(K::NAME);
    }
}

impl<'a, Y, R, S, K: Saves<Y, R, S>> SlotProbe<Recursive<'a, Y, R, S, K>> {
    /// A recursive coroutine.
    pub fn codec(self) -> LevelsCodec {
        LevelsCodec
    }
}

/// The codec of a delegate that a recursive body resumes itself.
#[derive(Debug)]
pub struct PlainOf<C>(PhantomData<C>);

impl<D, C: Codec<D>> Codec<Plain<'static, D>> for PlainOf<C> {
    fn save<S: Serializer>(value: &Plain<'static, D>, serializer: S) -> Result<S::Ok, S::Error> {
        C::save(&value.delegate, serializer)
    }

    fn load<'de, Z: Deserializer<'de>>(deserializer: Z) -> Result<Plain<'static, D>, Z::Error> {
        C::load(deserializer).map(Plain::new)
    }

    fn describe(shape: &mut Shape<'_>) {
        C::describe(shape);
    }
}

macro_rules! plain {
    ($([$($generics:tt)*] $ty:ty => $codec:ty;)*) => {
        $(
            impl<'a, $($generics)*> SlotProbe<Plain<'a, $ty>>
            where
                $codec: Codec<$ty>,
            {
                /// As where it is delegated to by any other body.
                pub fn codec(self) -> PlainOf<$codec> {
                    PlainOf(PhantomData)
                }
            }
        )*
    };
}

plain! {
    [M: Load] Generator<M> => Nested;
    [T] Items<RangeInclusive<T>> => ItemsOf<Inclusive>;
    [T] Items<vec::IntoIter<T>> => ItemsOf<Rest>;
    [T, const N: usize] Items<array::IntoIter<T, N>> => ItemsOf<Rest>;
}

impl<D: Serialize> Serialize for Plain<'_, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.delegate.serialize(serializer)
    }
}

impl<'de, D: Deserialize<'de>> Deserialize<'de> for Plain<'_, D> {
    fn deserialize<Z: Deserializer<'de>>(deserializer: Z) -> Result<Self, Z::Error> {
        D::deserialize(deserializer).map(Plain::new)
    }
}
