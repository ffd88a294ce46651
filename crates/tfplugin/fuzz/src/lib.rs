//! What the fuzzer does with its bytes: one function a target, and what has to hold.
//!
//! A target never panics but where the crate is wrong. It is the same function under `cargo fuzz`
//! and in `cargo test` (`tests/fuzz`), which mutates the corpus blindly, from a fixed seed.

pub mod bytes;
pub mod changes;
pub mod configuration;
pub mod judge;
pub mod requests;
pub mod seeds;
pub mod stored;
pub mod subject;
pub mod types;
pub mod values;

/// A target: its name, which is that of its corpus, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 5] = [
    ("values", values::values),
    ("stored", stored::stored),
    ("changes", changes::changes),
    ("configuration", configuration::configuration),
    ("requests", requests::requests),
];
