//! What CloudWatch knows of an application.
//!
//! Silence and ignorance are different answers: a metric without data is simply not among the
//! figures, one that could not be read is named in [`Reading::missing`].

mod list;
mod query;
mod read;
mod window;

pub use list::list;
pub use read::{Missing, Reading, read};
pub use window::Window;
