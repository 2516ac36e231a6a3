//! `coframe` as expansions see it, where what cannot be saved is no error: a frame that keeps such a local stays.
//!
//! Only the probing is another. What can be saved is saved by the codecs of the crate.

pub(crate) use coframe::*;

pub(crate) mod private {
    use std::marker::PhantomData;
    use std::ops::RangeInclusive;

    use coframe::Generator;
    use coframe::private::serde::de::{DeserializeOwned, Error as _};
    use coframe::private::serde::ser::Error as _;
    use coframe::private::serde::{Deserializer, Serialize, Serializer};
    use coframe::save::Load;

    pub(crate) use coframe::private::*;

    pub(crate) struct SlotProbe<T>(PhantomData<fn(T)>);

    impl<T> SlotProbe<T> {
        pub(crate) fn of(_: &T) -> Self {
            SlotProbe(PhantomData)
        }

        pub(crate) fn of_slot(_: &Option<T>) -> Self {
            SlotProbe(PhantomData)
        }
    }

    /// The codec of what stays.
    pub(crate) struct Stays;

    impl<T> Codec<T> for Stays {
        fn save<S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("it stays"))
        }

        fn load<'de, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
            Err(D::Error::custom("it stays"))
        }
    }

    pub(crate) trait ViaSerde {
        fn codec(self) -> ViaSerdeCodec;
    }

    impl<T: Serialize + DeserializeOwned> ViaSerde for SlotProbe<T> {
        fn codec(self) -> ViaSerdeCodec {
            ViaSerdeCodec
        }
    }

    pub(crate) trait NotSaved {
        fn codec(&mut self) -> Stays;
    }

    impl<T> NotSaved for SlotProbe<T> {
        fn codec(&mut self) -> Stays {
            Stays
        }
    }

    macro_rules! codecs {
        ($([$($generics:tt)*] $ty:ty => $codec:ty = $value:expr;)*) => {
            $(
                impl<$($generics)*> SlotProbe<$ty>
                where
                    $codec: Codec<$ty>,
                {
                    pub(crate) fn codec(self) -> $codec {
                        $value
                    }
                }
            )*
        };
    }

    codecs! {
        ['a, T: ?Sized] &'a T => Stays = Stays;
        ['a, T: ?Sized] Option<&'a T> => Stays = Stays;
        ['a, T: ?Sized] Vec<&'a T> => Stays = Stays;
        ['a, T: ?Sized, U] Vec<(&'a T, U)> => Stays = Stays;
        ['a, T: ?Sized, U] std::collections::BTreeMap<&'a T, U> => Stays = Stays;
        ['a, T: ?Sized, U] (&'a T, U) => Stays = Stays;
        [M: Load] Generator<M> => Nested = Nested;
        [T] Option<Option<T>> => Nullable = Nullable;
        [] Option<()> => Nullable = Nullable;
        [T] RangeInclusive<T> => Inclusive = Inclusive;
        [T] std::vec::IntoIter<T> => Rest = Rest;
        [T, const N: usize] std::array::IntoIter<T, N> => Rest = Rest;
    }
}
