//! From an application's manifest to HCL modules.
//!
//! A pure library: text in, text out. [`manifest::read`] turns `fusionize.hcl` into a checked
//! [`Manifest`] or into [`Problems`] that say where and how to mend; [`generate`] turns a manifest
//! into the files of a module, [`generate_frozen`] with a setup that is settled and that [`fit`]s;
//! [`starter`] and [`graph`] serve `fusionize init` and `fusionize graph`. Whoever calls it reads
//! and writes the files; what it may see of an application's folder it asks [`Files`] for. Its
//! output depends on its input alone.

pub mod files;
pub mod fit;
pub mod frozen;
pub mod graph;
pub mod manifest;
pub mod module;
pub mod problem;
pub mod starter;
pub mod variables;

mod hcl;

pub use crate::files::{FileMap, Files, Obstacle};
pub use crate::frozen::{Frozen, FrozenError};
pub use crate::manifest::{Manifest, Task, TaskName};
pub use crate::module::{Options, Target, generate, generate_frozen};
pub use crate::problem::{Place, Problem, Problems, Severity, SourceText};
