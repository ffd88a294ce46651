//! `fusionize graph`: the declared calls as a picture.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fusion_generator::graph;
use serde_json::json;

use crate::application::Application;
use crate::failure::Failure;
use crate::output::Output;

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The application's folder, which holds `fusionize.hcl`
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The language of the picture
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

/// Languages for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
}

/// Prints the picture, or with `--json` the calls as data.
pub fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let application = Application::open(&arguments.folder)?;
    let manifest = &application.manifest;
    let picture = match arguments.format {
        Format::Mermaid => graph::mermaid(manifest),
        Format::Dot => graph::dot(manifest),
    };
    let calls: Vec<_> = manifest
        .tasks
        .iter()
        .flat_map(|(caller, task)| {
            task.calls.iter().flatten().map(move |call| {
                json!({ "caller": caller, "callee": call.task, "mode": call.mode.as_str() })
            })
        })
        .collect();
    let value = json!({ "application": manifest.application, "calls": calls, "graph": picture });
    output.result(&value, picture.trim_end());
    Ok(())
}
