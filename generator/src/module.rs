//! Turns a manifest into the files of a module, each file one subject.
//!
//! The module is self-contained: the fusion runtime's files and the building block
//! `switched-functions` are written beside it. What a value of the manifest may be was settled by
//! [`crate::manifest`]; here it only becomes HCL.

mod embedded;
mod functions;
mod outputs;
mod readme;
mod setup;
mod tasks;
mod variables;
mod versions;

use std::collections::BTreeMap;

use crate::frozen::Frozen;
use crate::manifest::{EnvironmentValue, Manifest};
use crate::problem::{Problem, Problems, Severity};

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
    files(manifest, options, None)
}

/// The files of the same module, with a setup that is written into it instead of being decided.
///
/// Fails where the manifest asks for something that the target does not have.
pub fn generate_frozen(
    manifest: &Manifest,
    options: &Options,
    frozen: &Frozen,
) -> Result<BTreeMap<String, String>, Problems> {
    files(manifest, options, Some(frozen))
}

fn files(
    manifest: &Manifest,
    options: &Options,
    frozen: Option<&Frozen>,
) -> Result<BTreeMap<String, String>, Problems> {
    let refused = options.target.refuses(manifest);
    if !refused.is_empty() {
        return Err(Problems::new(manifest.text.clone(), refused));
    }
    let mut files = embedded::files();
    let mut add = |path: &str, text: String| files.insert(path.to_owned(), text);
    add("README.md", readme::text(manifest, frozen));
    add("functions.tf", functions::body(frozen).to_string());
    add("outputs.tf", outputs::body(frozen).to_string());
    add("setup.tf", setup::body(manifest, frozen).to_string());
    add(
        "tasks.tf",
        tasks::body(manifest, &options.application_path).to_string(),
    );
    add(
        "variables.tf",
        variables::body(manifest, frozen).to_string(),
    );
    add("versions.tf", versions::body().to_string());
    Ok(files)
}

impl Target {
    /// What a manifest asks for that the target does not have.
    pub(crate) fn refuses(self, manifest: &Manifest) -> Vec<Problem> {
        match self {
            Self::Local => expressions(manifest),
        }
    }
}

/// The calling stack's expressions have no meaning inside a module without variables for them.
fn expressions(manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (task, settings) in &manifest.tasks {
        for (name, value) in &settings.environment {
            let EnvironmentValue::Expression { text, offset_bytes } = value else {
                continue;
            };
            let span = *offset_bytes..offset_bytes + text.len();
            problems.push(Problem {
                severity: Severity::Error,
                code: "environment-expression",
                message: format!(
                    "the environment variable `{name}` of task `{task}` is an expression, \
                     which the target `local` does not have"
                ),
                label: "has to be a literal".to_owned(),
                help: "write its value as a string".to_owned(),
                place: manifest.text.place(span),
            });
        }
    }
    problems
}
