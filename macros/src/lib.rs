//! The coroutine compiler of [coframe](https://docs.rs/coframe). Use it through that crate.
//!
//! `expand` is the pipeline, `polled` that of bodies that rustc compiles (`pinned`, `async fn`). The folders are its stages: `syntax` reads markers and macros, `scope` names locals and
//! tells how they are used, `graph` takes apart what pauses, `analysis` and `layout` decide what is saved, `emit` writes
//! the expansion.

#![forbid(unsafe_code)]

mod analysis;
mod args;
mod beside;
mod check;
mod dump;
mod emit;
mod expand;
mod fallback;
mod function;
mod graph;
mod layout;
mod message;
mod model;
mod names;
mod per_resume;
mod polled;
mod recursive;
mod report;
mod scope;
mod solve;
mod source;
mod stored;
mod syntax;
mod tags;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a function a coroutine: see the `coframe` crate.
#[proc_macro_attribute]
pub fn coroutine(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(args.into(), item.into()).into()
}

/// Makes a closure give a coroutine: see `coframe::prelude::coroutine!`.
#[proc_macro]
pub fn coroutine_expr(input: TokenStream) -> TokenStream {
    expand::expression(input.into()).into()
}
