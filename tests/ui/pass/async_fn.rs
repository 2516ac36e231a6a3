//! Names of the user's are in nobody's way, imports are used, and the path of the crate may be another.
#![deny(warnings)]
#![no_implicit_prelude]

use ::coframe as renamed;
use ::coframe::{attempt, or_raise, raise, try_await};
use ::std::string::ToString as _;

mod shadows {
    pub struct Ok;
    pub struct Err;
    pub struct Result;
    pub struct Option;
    pub trait Future {}
}

mod core {}

#[derive(Debug)]
struct Failed;

impl ::std::fmt::Display for Failed {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("failed")
    }
}

impl ::std::error::Error for Failed {}

#[renamed::coroutine(crate = renamed)]
async fn shadowed(frame: u32, returned: u32, value: u32) -> u32 {
    #[allow(unused_imports)]
    use shadows::{Err, Future, Ok, Option, Result};
    const CODE: u32 = 1;
    let exception = ::std::future::ready(frame + CODE).await;
    let future = ::std::future::ready(returned);
    let body = future.await + ::std::future::ready(value).await;
    let frame = attempt! {
        let _body = ::std::future::ready(body).await;
        or_raise!(::std::result::Result::<u32, Failed>::Ok(exception + _body))
    };
    match try_await!(::std::future::ready(frame)) {
        ::std::result::Result::Ok(value) => match value.to_string().is_empty() {
            true => raise!(Failed),
            false => value,
        },
        ::std::result::Result::Err(exception) => raise!(exception),
    }
}

trait Named {
    #[renamed::coroutine(crate = ::coframe)]
    async fn name(&self) -> &'static str {
        ::std::future::ready("default").await
    }
}

impl Named for u8 {}

struct Outcome(u32);

impl Outcome {
    /// As the library's own.
    fn outcome(self) -> u32 {
        self.0
    }
}

#[renamed::coroutine]
async fn methods() -> u32 {
    ::std::future::ready(Outcome(1)).await.outcome()
}

fn main() {
    let all = async {
        let sum = shadowed(1, 2, 3).await?;
        let name = 1_u8.name().await?;
        ::std::result::Result::<_, renamed::Exception>::Ok((sum + methods().await?, name))
    };
    ::std::assert_eq!(renamed::run(all).unwrap(), (8, "default"));
}
