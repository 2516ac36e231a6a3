//! Coroutines that are an `async fn`: exceptions and cancellation at every await.

mod attempts;
mod attributes;
mod chains;
mod executors;
mod functions;
mod ports;
mod protocol;
mod support;
mod throws;
mod twins;
