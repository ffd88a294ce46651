//! What each rpc answers, over a real connection.

#[path = "../support/mod.rs"]
mod support;

mod changes;
mod data_sources;
mod functions;
mod lab;
mod provider;
mod stored;
mod values;
