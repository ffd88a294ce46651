//! The operations of the Lambda API, one file a subject.

pub mod aliases;
pub mod concurrency;
pub mod event_invoke;
pub mod functions;
pub mod invoke;
pub mod permissions;
pub mod tags;
pub mod updates;
pub mod versions;
