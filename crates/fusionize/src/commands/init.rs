//! `fusionize init`: a manifest, two tasks and a stack to begin with.

use std::path::{Path, PathBuf};

use clap::Args;
use fusion_generator::starter::{self, StarterError};
use serde_json::json;

use crate::application::Disk;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder; it may exist, but nothing in it is overwritten
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The application's name; by default the folder's
    #[arg(long)]
    name: Option<String>,
}

/// Writes the starter files.
pub fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => folder_name(&arguments.folder),
    };
    let files = starter::files(&name, &Disk(&arguments.folder)).map_err(|error| match error {
        StarterError::Name(_) => {
            Failure::new(Exit::Input, error.to_string()).hint("give it with `--name`")
        }
        StarterError::Exists(_) => Failure::new(Exit::State, error.to_string()),
    })?;
    for (path, text) in &files {
        fusion_packaging::write(&arguments.folder.join(path), text.as_bytes())?;
    }
    let paths: Vec<&String> = files.keys().collect();
    let listed: Vec<String> = paths.iter().map(|path| format!("  {path}")).collect();
    let text = format!(
        "Began the application `{name}`:\n{}\nNext: `fusionize generate`, then `tofu init` and `tofu apply` in `stack`",
        listed.join("\n")
    );
    output.result(&json!({ "application": name, "files": paths }), &text);
    Ok(())
}

/// The name of a folder, also of one that is only written as `.`.
fn folder_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute.canonicalize().unwrap_or(absolute);
    name.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
