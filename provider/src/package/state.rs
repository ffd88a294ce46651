//! `fusion_package` as the hosts exchange it.
//!
//! Owns the Rust side of the attributes in `schema`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin::{Number, Value};

/// The whole resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageState {
    /// The application's name.
    pub application: Value<String>,
    /// The alias of callees.
    pub alias: Value<String>,
    /// The function's task.
    pub root: Value<String>,
    /// The application's folder.
    pub source_root: Value<String>,
    /// Folders that every package gets.
    pub shared: Value<Vec<Value<String>>>,
    /// The fusion runtime's folder.
    pub runtime_path: Value<String>,
    /// The fusion runtime's hash.
    pub fusion_runtime_sha256: Value<String>,
    /// Where the package is written.
    pub directory: Value<String>,
    /// Whether asynchronous calls run inside.
    pub inline_async: Value<bool>,
    /// Names of functions by task.
    pub function_names: Value<BTreeMap<String, Value<String>>>,
    /// The tasks inside.
    pub tasks: Value<BTreeMap<String, Value<MemberState>>>,
    /// The identity.
    pub sha256: Value<String>,
    /// The file.
    pub path: Value<String>,
    /// The file's hash, as Lambda computes it.
    pub code_sha256: Value<String>,
}

/// One task inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberState {
    /// Its folder.
    pub source: Value<String>,
    /// Its handler.
    pub handler: Value<String>,
    /// Its language runtime.
    pub runtime: Value<String>,
    /// Its content's hash.
    pub sha256: Value<String>,
    /// Its own timeout.
    pub timeout_seconds: Value<Number>,
    /// Its variables' names, and the function's.
    pub environment: Value<BTreeMap<String, Value<String>>>,
}
