//! The body as the compiler sees it: markers made `yield` expressions, known macros made calls; or
//! in plain Rust.

pub(crate) mod arguments;
pub(crate) mod assignee;
pub(crate) mod attributes;
pub(crate) mod calls;
pub(crate) mod captures;
pub(crate) mod exits;
pub(crate) mod items;
pub(crate) mod markers;
pub(crate) mod native;
pub(crate) mod pauses;
pub(crate) mod polled;
pub(crate) mod suspends;
