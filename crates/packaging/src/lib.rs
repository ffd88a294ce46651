//! Content hashes of an application's sources, and the packages that its functions run.
//!
//! Owns what is read from an application's folder and what is written to disk as a package:
//! [`check_folder`] says whether a folder can be packed, [`hash_sources`] and [`hash_runtime`]
//! what the sources are, [`build()`] makes one function's zip and refuses when the sources are no
//! longer what was planned, [`write()`] puts it in place whole or not at all, and
//! [`read_manifest`] looks into a package that was downloaded.
//!
//! What stands in `fusion.json`, and a package's identity, belong to [`fusion_model::package`].
//! Nothing here knows AWS, plans or setups.
//!
//! Same input, same bytes: entries are sorted, times and modes fixed.

mod archive;
mod build;
mod error;
mod folder;
mod ignore;
mod path;
mod read;
mod sources;
mod write;

pub use crate::build::{Built, Member, PackageRequest, build};
pub use crate::error::Error;
pub use crate::read::read_manifest;
pub use crate::sources::{Source, TaskSource, check_folder, hash_runtime, hash_sources};
pub use crate::write::write;

/// What a package may hold unzipped, in bytes: Lambda's own limit.
pub const MAX_UNZIPPED_BYTES: u64 = 262_144_000;
