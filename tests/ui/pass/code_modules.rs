//! Where a module with the code object stands beside a function, and where there can be none.

#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use coframe::Code;

/// As public as the function.
pub mod open {
    /// It is seen from outside.
    #[coframe::coroutine(yield = u32)]
    pub fn public() {
        yield_!(1);
    }

    #[coframe::coroutine(yield = u32)]
    pub(super) fn restricted() {
        yield_!(1);
    }

    #[coframe::coroutine(yield = u32)]
    pub(crate) fn of_the_crate() {
        yield_!(1);
    }

    pub(crate) mod deep {
        #[coframe::coroutine(yield = u32)]
        pub(in crate::open) fn in_path() {
            yield_!(1);
        }
    }

    pub(crate) fn name() -> &'static str {
        deep::in_path().next();
        deep::in_path::CODE.name()
    }
}

/// Associated functions, with and without `self`.
pub struct Tree {
    nodes: u32,
}

impl Tree {
    /// Made by a macro or not, it has none.
    #[coframe::coroutine(yield = u32)]
    pub fn numbers() {
        yield_!(1);
    }

    /// A method.
    #[coframe::coroutine(yield = u32)]
    pub fn all(&self) {
        yield_!(self.nodes);
    }
}

/// In a trait.
pub trait Walk {
    /// With a body.
    #[coframe::coroutine(yield = u32)]
    fn steps() {
        yield_!(1);
    }
}

impl<const N: usize> Walk for [Tree; N]
where
    [Tree; N]: Sized,
{
    #[coframe::coroutine(yield = u32)]
    fn steps() {
        yield_!(2);
    }
}

macro_rules! tree {
    ($name:ident $($body:tt)*) => {
        impl $name { $($body)* }

        #[coframe::coroutine(yield = u32, code = true)]
        fn by_a_macro() {
            yield_!(3);
        }
    };
}

tree! { Tree
    #[coframe::coroutine(yield = u32)]
    fn given_to_a_macro() {
        yield_!(1);
    }
}

#[coframe::coroutine(yield = T)]
fn generic<T: Clone>(value: T) {
    yield_!(value);
}

#[coframe::coroutine(yield = u32)]
#[cfg(any())]
fn left_out() {
    yield_!(1);
}

mod shared {
    pub(crate) const NAME: &str = "a module of the user's";
}

#[coframe::coroutine(yield = u32, code = false)]
fn shared() {
    yield_!(1);
}

mod inception {
    #[coframe::coroutine(yield = u32)]
    pub(super) fn inception() {
        yield_!(1);
    }
}

#[coframe::coroutine(yield = u32)]
fn r#match(r#type: u32) {
    yield_!(r#type);
}

#[coframe::coroutine]
async fn awaits() {}

fn main() {
    #[coframe::coroutine(yield = u32)]
    fn inner() {
        yield_!(1);
    }

    fn codes<const N: usize>(codes: [&Code; N]) -> [&str; N] {
        codes.map(Code::name)
    }

    let names = codes([
        open::public::CODE,
        open::restricted::CODE,
        open::of_the_crate::CODE,
        generic::CODE,
        inception::inception::CODE,
        r#match::CODE,
        awaits::CODE,
        by_a_macro::CODE,
        inner::CODE,
    ]);
    let wanted =
        ["public", "restricted", "of_the_crate", "generic", "inception", "match", "awaits", "by_a_macro", "inner"];
    assert_eq!(names, wanted);
    assert_eq!((open::name(), shared::NAME), ("in_path", "a module of the user's"));
    assert_eq!(open::of_the_crate::CODE.module(), open::of_the_crate().code().module());
    assert_eq!(r#match::CODE.arguments(), ["type"]);
    drop((open::restricted(), generic(1), inception::inception(), r#match(1), awaits(), by_a_macro(), shared(), inner()));
    drop((Tree::numbers(), Tree { nodes: 1 }.all().next(), <[Tree; 1]>::steps(), Tree::given_to_a_macro()));
}
