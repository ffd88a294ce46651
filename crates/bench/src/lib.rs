//! `make bench`: figures of the whole beside its peers.
//!
//! Owns what is measured and how, and the form of `docs/benchmarks.json`, `docs/benchmarks.md`
//! and the pictures. It asserts nothing: a missed goal stands in the table with its reason.
//!
//! In reading order: [`run`] goes through the [`subjects`], each of which gives [`figure`]s and
//! [`picture`]s; [`report`] writes them down.

pub mod application;
pub mod binaries;
pub mod counting;
pub mod figure;
pub mod load;
pub mod local;
pub mod machine;
pub mod peers;
pub mod picture;
pub mod processes;
pub mod progress;
pub mod report;
pub mod run;
pub mod statistics;
pub mod subjects;
