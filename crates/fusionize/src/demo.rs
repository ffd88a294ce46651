//! The main job, on one machine: TREE from fine-grained tasks to its best setup.
//!
//! Owns the order of things: platform, module, and rounds of apply, requests, measuring and
//! plan, until a plan after requests is empty. All of it happens in a folder of its own, with
//! processes of its own, and ends with them.

mod cost;
mod example;
mod group;
mod host;
mod measure;
mod platform;
mod play;
mod pressure;
mod report;
mod round;
mod stack;
mod stage;
mod table;
mod tally;

pub use host::Host;
pub use play::{Settings, play};
pub use report::Report;
pub use stage::Stage;
