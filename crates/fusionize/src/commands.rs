//! The subcommands, a file each. Each has its `Arguments`, and a `run`.

pub mod demo;
pub mod generate;
pub mod graph;
pub mod init;
pub mod invoke;
pub mod load;
pub mod local;
pub mod package;
pub mod validate;

use crate::cli::Command;
use crate::failure::Failure;
use crate::output::Output;

/// Runs a subcommand.
pub async fn run(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Init(arguments) => init::run(&arguments, output),
        Command::Validate(arguments) => validate::run(&arguments, output),
        Command::Generate(arguments) => generate::run(&arguments, output),
        Command::Package(arguments) => package::run(&arguments, output),
        Command::Local(arguments) => local::run(arguments, output).await,
        Command::Invoke(arguments) => invoke::run(&arguments, output).await,
        Command::Load(arguments) => load::run(&arguments, output).await,
        Command::Graph(arguments) => graph::run(&arguments, output),
        Command::Demo(arguments) => demo::run(&arguments, output).await,
    }
}
