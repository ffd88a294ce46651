//! `fusionize init`: a manifest, two tasks and a stack to begin with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use fusion_generator::starter::{self, StarterError};
use serde_json::json;

use crate::application::{Disk, shown};
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

/// How to go on.
const NEXT: &str = "  \
  fusionize generate       # the module `fusionized`
  fusionize local          # the platform, in a terminal of its own: paste here what it prints
  cd stack
  tofu init && tofu apply  # or terraform
  fusionize invoke greet";

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
    write(&arguments.folder, &files)?;
    let paths: Vec<&String> = files.keys().collect();
    let listed: Vec<String> = paths.iter().map(|path| format!("  {path}")).collect();
    let place = match shown(&arguments.folder).as_str() {
        "" => String::new(),
        folder => format!(", in `{folder}`"),
    };
    let text = format!(
        "Began the application `{name}`:\n{}\nNext{place}:\n{NEXT}",
        listed.join("\n"),
    );
    output.result(&json!({ "application": name, "files": paths }), &text);
    Ok(())
}

/// Writes all of the files, or leaves none.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (index, (path, text)) in files.iter().enumerate() {
        if let Err(error) = fusion_packaging::write(&folder.join(path), text.as_bytes()) {
            for written in files.keys().take(index) {
                // What cannot be removed is named by the next attempt.
                let _ = fs::remove_file(folder.join(written));
            }
            return Err(error.into());
        }
    }
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
