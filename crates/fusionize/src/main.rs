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
mod syntax;
mod target;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;

use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => wrong_arguments(&error),
    };
    let output = Output::new(cli.json);
    let ended = match Runtime::new() {
        Ok(runtime) => {
            let ended = runtime.block_on(commands::run(cli.command, output));
            // Who waits for standard input waits in a thread that nothing can end.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(Failure::new(Exit::Failed, "cannot start threads").because(error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit.code())
        }
    }
}

/// Says what is wrong with the arguments, for scripts too; or shows the help that was asked for.
fn wrong_arguments(error: &clap::Error) -> ! {
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() {
        let text = error.to_string();
        let what = text.split("\n\n").next().unwrap_or_default();
        let what = what.trim_start_matches("error: ").to_owned();
        let failure = Failure::new(Exit::Input, what).hint("`--help` shows the arguments");
        Output::new(is_json).failure_value(&failure);
    }
    error.exit()
}
