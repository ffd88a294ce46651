//! What each rpc answers, over a real connection.

#[path = "../support/mod.rs"]
mod support;

mod changes;
mod data_sources;
mod frames;
mod functions;
mod lab;
mod order;
mod provider;
mod stored;
mod told;
mod values;
