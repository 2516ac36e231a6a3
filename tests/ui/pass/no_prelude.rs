//! Without the prelude of std.
#![deny(warnings)]
#![no_implicit_prelude]

use ::coframe::CoroutineExt as _;
use ::std::iter::Iterator as _;

#[::coframe::coroutine(yield = u32, send = (), derive(Clone))]
fn numbers(list: &[u32], more: ::std::option::Option<u32>) -> ::std::result::Result<(), ::std::string::String> {
    for n in list {
        yield_!(*n);
    }
    while let ::std::option::Option::Some(n) = more {
        yield_!(n);
        break;
    }
    let text: ::std::string::String = ::std::convert::From::from("text");
    yield_!(1);
    if list.is_empty() {
        ::std::result::Result::Err(text)?;
    }
    ::std::result::Result::Ok(())
}

fn main() {
    let mut co = numbers(&[1, 2], ::std::option::Option::Some(3));
    let all = co.by_ref().count();
    ::std::assert_eq!(all, 4);
    ::std::assert!(co.start().is_err());
}
