//! How the value of a slot is written. Method probing finds a codec by the type of the slot.
//!
//! The probing looks for a method that takes its receiver by value, and for an inherent one before those of traits. So the
//! types that serde does not know, or of which it loses something, come first, then what serde knows, and what is left is
//! an error in the words of [`SavedLocal`].

use alloc::vec;
use alloc::vec::Vec;
use core::any;
use core::marker::PhantomData;
use core::ops::RangeInclusive;
use core::{array, fmt};

use serde_core::de::{DeserializeOwned, Error as _, SeqAccess};
use serde_core::ser::SerializeSeq;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::delegation::Items;
use super::saving::Shape;
use super::storing::{LoadCallee, SaveCallee};
use crate::Generator;
use crate::save::{Load, Save};

/// How a `T` is written.
pub trait Codec<T> {
    /// Writes a value.
    ///
    /// # Errors
    ///
    /// Those of the value and of the format.
    fn save<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// Those of the value and of the format.
    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    /// Says what type it is. A frame is only restored where that is the same.
    fn describe(shape: &mut Shape<'_>) {
        shape.text(any::type_name::<T>());
    }

    /// How the callee is written, if it is a call of a recursive coroutine.
    fn saver<W: SerializeSeq>() -> Option<SaveCallee<W>> {
        None
    }

    /// How the callee is read, if it is a call of a recursive coroutine.
    fn loader<'de, A: SeqAccess<'de>>() -> Option<LoadCallee<'de, A>> {
        None
    }
}

/// What can be a local across a yield of a coroutine that is saved. Not for bounds: it is there for its message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved",
    label = "this is kept across a yield, so it is a part of the frame, and it is not both `Serialize` and `Deserialize`",
    note = "saved is what is used again behind a yield, and what has a destructor that runs there: let it end before the \
            yield, or keep what it can be made of again",
    note = "what is borrowed cannot be saved; of iterators, ranges can and those over a `Vec` or an array by value; a type \
            parameter needs `Serialize + DeserializeOwned`"
)]
pub trait SavedLocal {}

/// Finds the codec of a slot.
pub struct SlotProbe<T>(PhantomData<fn(T)>);

impl<T> SlotProbe<T> {
    /// Of a slot that is never empty.
    pub fn of(_: &T) -> Self {
        SlotProbe(PhantomData)
    }

    /// Of a slot.
    pub fn of_slot(_: &Option<T>) -> Self {
        SlotProbe(PhantomData)
    }
}

impl<T> fmt::Debug for SlotProbe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotProbe")
    }
}

/// The codec of what serde knows.
#[derive(Debug)]
pub struct ViaSerdeCodec;

impl<T: Serialize + DeserializeOwned> Codec<T> for ViaSerdeCodec {
    fn save<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// By value from a trait: what serde knows.
pub trait ViaSerde {
    /// Its codec.
    fn codec(self) -> ViaSerdeCodec;
}

impl<T: Serialize + DeserializeOwned> ViaSerde for SlotProbe<T> {
    fn codec(self) -> ViaSerdeCodec {
        ViaSerdeCodec
    }
}

/// What stands for the codec of what has none, so that there is one error.
#[derive(Debug)]
pub struct NoCodec;

impl<T> Codec<T> for NoCodec {
    fn save<S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
        unreachable!("coframe: what has no codec does not compile")
    }

    fn load<'de, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        unreachable!("coframe: what has no codec does not compile")
    }
}

/// Last, by `&mut`: what cannot be saved.
pub trait NotSaved<T> {
    /// Cannot be called.
    fn codec(&mut self) -> NoCodec
    where
        T: SavedLocal;
}

impl<T> NotSaved<T> for SlotProbe<T> {
    fn codec(&mut self) -> NoCodec {
        NoCodec
    }
}

// By value and inherent.

/// What is borrowed cannot be restored. To serde it can, from what is borrowed for as long; rustc would say that.
macro_rules! borrowed {
    ($($ty:ty),*) => {
        $(
            impl<'a, T: ?Sized> SlotProbe<$ty> {
                /// Cannot be called.
                pub fn codec(self) -> NoCodec
                where
                    $ty: SavedLocal,
                {
                    NoCodec
                }
            }
        )*
    };
}

borrowed!(&'a T, Option<&'a T>, Vec<&'a T>);

/// The codec of a coroutine. Its type is not said, since it has no name; its own header says what it is.
#[derive(Debug)]
pub struct Nested;

impl<M: Load> Codec<Generator<M>> for Nested {
    fn save<S: Serializer>(value: &Generator<M>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Generator<M>, D::Error> {
        Generator::deserialize(deserializer)
    }

    fn describe(shape: &mut Shape<'_>) {
        shape.text("coroutine ");
        shape.text(<M as Save>::CODE.name());
    }
}

impl<M: Load> SlotProbe<Generator<M>> {
    /// A coroutine.
    pub fn codec(self) -> Nested {
        Nested
    }
}

/// The codec of an inclusive range, which may be over: serde does not say so.
#[derive(Debug)]
pub struct Inclusive;

impl<T> Codec<RangeInclusive<T>> for Inclusive
where
    T: Serialize + DeserializeOwned + Clone + PartialOrd,
    RangeInclusive<T>: Iterator,
{
    fn save<S: Serializer>(value: &RangeInclusive<T>, serializer: S) -> Result<S::Ok, S::Error> {
        (value.start(), value.end(), value.is_empty()).serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RangeInclusive<T>, D::Error> {
        let (start, end, is_empty) = <(T, T, bool)>::deserialize(deserializer)?;
        match (is_empty, start <= end) {
            (false, true) | (true, false) => Ok(start..=end),
            (true, true) => {
                // One that ran out stands at its end.
                let mut range = end.clone()..=end;
                range.next();
                Ok(range)
            }
            (false, false) => Err(D::Error::custom("an inclusive range that is not over ends before it starts")),
        }
    }
}

impl<T> SlotProbe<RangeInclusive<T>>
where
    T: Serialize + DeserializeOwned + Clone + PartialOrd,
    RangeInclusive<T>: Iterator,
{
    /// An inclusive range.
    pub fn codec(self) -> Inclusive {
        Inclusive
    }
}

/// The codec of an option whose contents a text format may write as it writes none: `Some(None)` and `Some(())`.
#[derive(Debug)]
pub struct Nullable;

impl<T: Serialize + DeserializeOwned> Codec<Option<T>> for Nullable {
    fn save<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(|value| (value,)).serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Ok(Option::<(T,)>::deserialize(deserializer)?.map(|(value,)| value))
    }
}

impl<T: Serialize + DeserializeOwned> SlotProbe<Option<Option<T>>> {
    /// An option of an option.
    pub fn codec(self) -> Nullable {
        Nullable
    }
}

impl SlotProbe<Option<()>> {
    /// An option of nothing.
    pub fn codec(self) -> Nullable {
        Nullable
    }
}

/// The codec of what is left of a vector or an array that is iterated over.
#[derive(Debug)]
pub struct Rest;

impl<T: Serialize + DeserializeOwned> Codec<vec::IntoIter<T>> for Rest {
    fn save<S: Serializer>(value: &vec::IntoIter<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_slice().serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<vec::IntoIter<T>, D::Error> {
        Vec::deserialize(deserializer).map(Vec::into_iter)
    }
}

impl<T: Serialize + DeserializeOwned> SlotProbe<vec::IntoIter<T>> {
    /// What is left of a vector.
    pub fn codec(self) -> Rest {
        Rest
    }
}

impl<T: Serialize + DeserializeOwned + Default, const N: usize> Codec<array::IntoIter<T, N>> for Rest {
    fn save<S: Serializer>(value: &array::IntoIter<T, N>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_slice().serialize(serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<array::IntoIter<T, N>, D::Error> {
        let rest = Vec::<T>::deserialize(deserializer)?;
        let Some(gone) = N.checked_sub(rest.len()) else {
            return Err(D::Error::invalid_length(rest.len(), &"what is left of an array"));
        };
        let mut rest = rest.into_iter();
        let all: [T; N] =
            array::from_fn(|index| if index < gone { T::default() } else { rest.next().unwrap_or_default() });
        let mut all = all.into_iter();
        all.by_ref().take(gone).for_each(drop);
        Ok(all)
    }
}

impl<T: Serialize + DeserializeOwned + Default, const N: usize> SlotProbe<array::IntoIter<T, N>> {
    /// What is left of an array.
    pub fn codec(self) -> Rest {
        Rest
    }
}

/// The codec of an iterator that is delegated to.
#[derive(Debug)]
pub struct ItemsOf<C>(PhantomData<C>);

impl<I, C: Codec<I>> Codec<Items<I>> for ItemsOf<C> {
    fn save<S: Serializer>(value: &Items<I>, serializer: S) -> Result<S::Ok, S::Error> {
        C::save(&value.0, serializer)
    }

    fn load<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Items<I>, D::Error> {
        C::load(deserializer).map(Items)
    }

    fn describe(shape: &mut Shape<'_>) {
        C::describe(shape);
    }
}

impl<T> SlotProbe<Items<RangeInclusive<T>>>
where
    Inclusive: Codec<RangeInclusive<T>>,
{
    /// An inclusive range.
    pub fn codec(self) -> ItemsOf<Inclusive> {
        ItemsOf(PhantomData)
    }
}

impl<T> SlotProbe<Items<vec::IntoIter<T>>>
where
    Rest: Codec<vec::IntoIter<T>>,
{
    /// What is left of a vector.
    pub fn codec(self) -> ItemsOf<Rest> {
        ItemsOf(PhantomData)
    }
}

impl<T, const N: usize> SlotProbe<Items<array::IntoIter<T, N>>>
where
    Rest: Codec<array::IntoIter<T, N>>,
{
    /// What is left of an array.
    pub fn codec(self) -> ItemsOf<Rest> {
        ItemsOf(PhantomData)
    }
}

impl<I: Serialize> Serialize for Items<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, I: Deserialize<'de>> Deserialize<'de> for Items<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        I::deserialize(deserializer).map(Items)
    }
}
