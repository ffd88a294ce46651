//! The fuzzer's targets, bounded: the corpus, and what a few thousand blind mutations make of it.
//!
//! `FUSIONIZE_FUZZ_SECONDS` runs each target for so long instead, from another seed every time.
//! What fails is written beside the test's binaries, and belongs into the corpus.

#[path = "../../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "the fuzzer's crate, which has other lints"
)]
mod targets;

mod campaign;
mod corpus;
mod memory;
mod mutation;

use campaign::campaign;

#[test]
fn values() {
    campaign("values", 20_000);
}

#[test]
fn stored_objects() {
    campaign("stored", 3_000);
}

#[test]
fn changes() {
    campaign("changes", 2_000);
}

#[test]
fn configurations() {
    campaign("configuration", 3_000);
}

#[test]
fn whole_requests() {
    campaign("requests", 3_000);
}
