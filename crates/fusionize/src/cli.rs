//! The arguments.

use clap::{Parser, Subcommand};

use crate::commands::{demo, generate, graph, init, invoke, load, local, package, validate};
use crate::failure::EXIT_CODES;

/// Turns small tasks into the best set of Lambda functions, apply after apply.
#[derive(Debug, Parser)]
#[command(name = "fusionize", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// Print one JSON value on standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin an application: a manifest, two tasks and a stack
    Init(init::Arguments),
    /// Check an application's manifest and sources
    Validate(validate::Arguments),
    /// Write the module for Terraform and OpenTofu
    Generate(generate::Arguments),
    /// Build the packages of a setup, as an apply would
    Package(package::Arguments),
    /// Run Lambda, CloudWatch and Logs on this machine
    Local(local::Arguments),
    /// Invoke a task or a function
    Invoke(invoke::Arguments),
    /// Send requests at a fixed rate, whether answers come or not
    Load(load::Arguments),
    /// Draw the declared calls
    Graph(graph::Arguments),
    /// Run the example TREE from its first setup to its best one
    Demo(demo::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }
}
