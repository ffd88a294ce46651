//! The command line of Fusionize.
//!
//! Owns talking to people and to scripts: arguments, output, errors, exit codes; and the demo,
//! which puts all parts together. How any part works inside is the part's own business.
//!
//! A file in [`commands`] is a subcommand. Reading order: [`cli`], [`failure`], [`output`],
//! [`commands`], [`demo`].

mod application;
mod cli;
mod commands;
mod demo;
mod endpoint;
mod event;
mod failure;
mod notation;
mod output;
mod requests;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match commands::run(cli.command, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit.code())
        }
    }
}
