//! Turns a manifest into the files of a module.

use std::collections::BTreeMap;

use crate::manifest::Manifest;
use crate::problem::Problems;

/// What the module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Functions made by the provider itself: the embedded platform, and light use of AWS.
    Local,
}

/// How to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What the module is for.
    pub target: Target,
    /// The way from the module's folder to the application's, with `/` between its parts.
    pub application_path: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target: Target::Local,
            application_path: "..".to_owned(),
        }
    }
}

/// The usual name of the module's folder, inside the application's.
pub const FOLDER_NAME: &str = "fusionized";

/// The files of the module by path relative to its folder.
///
/// Fails where the manifest asks for something that the target does not have.
pub fn generate(
    manifest: &Manifest,
    options: &Options,
) -> Result<BTreeMap<String, String>, Problems> {
    let _ = (manifest, options);
    Ok(BTreeMap::new())
}
