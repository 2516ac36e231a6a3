//! Async generators: what their consumers see, their end, and their life in a loop.

mod blocks;
mod closing;
mod ports;
mod protocol;
mod shutdown;
mod support;
mod twins;
