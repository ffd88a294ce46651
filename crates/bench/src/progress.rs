//! What is being measured, on standard error.

use std::sync::OnceLock;
use std::time::Instant;

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Says what is done now, with the seconds since the first word.
pub fn say(what: impl AsRef<str>) {
    let seconds = BEGAN.get_or_init(Instant::now).elapsed().as_secs();
    eprintln!(
        "bench {:2}:{:02}  {}",
        seconds / 60,
        seconds % 60,
        what.as_ref()
    );
}
