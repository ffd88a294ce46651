//! What a case expects of a command's output, of the state, and of Lambda.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use fusion_acceptance::{Outcome, Setup};

use crate::case::{Command, Expected};
use crate::hand::LIVE;

/// Checks exit code and text of a command.
pub fn outcome(outcome: &Outcome, command: &Command) -> Result<()> {
    ensure!(
        outcome.code == command.exit,
        "exit code {} instead of {}:\n{}",
        outcome.code,
        command.exit,
        outcome.text
    );
    let text = plain(&outcome.text);
    for wanted in &command.says {
        ensure!(
            text.contains(wanted.as_str()),
            "{wanted:?} is missing in:\n{}",
            outcome.text
        );
    }
    for unwanted in &command.never_says {
        ensure!(
            !text.contains(unwanted.as_str()),
            "{unwanted:?} stands in:\n{}",
            outcome.text
        );
    }
    Ok(())
}

/// The text without the frame that the hosts draw around diagnostics, and where they break lines.
fn plain(text: &str) -> String {
    let words = text
        .split_whitespace()
        .filter(|word| !matches!(*word, "│" | "╷" | "╵" | "|"));
    words.collect::<Vec<_>>().join(" ")
}

/// Checks a setup.
pub fn setup(found: &Setup, expected: &Expected, kept: &BTreeMap<String, Setup>) -> Result<()> {
    let notation = &found.notation;
    if let Some(wanted) = &expected.notation {
        ensure!(notation == wanted, "the setup is {notation}, not {wanted}");
    }
    if let Some(wanted) = &expected.contains {
        ensure!(
            notation.contains(wanted.as_str()),
            "the setup is {notation}, without {wanted}"
        );
    }
    if let Some(wanted) = &expected.phase {
        ensure!(
            found.phase == *wanted,
            "the phase is {}, not {wanted}",
            found.phase
        );
    }
    if let Some(wanted) = expected.generation {
        ensure!(
            found.generation == wanted,
            "the generation is {}, not {wanted}",
            found.generation
        );
    }
    if let Some(name) = &expected.same_as {
        let before = kept
            .get(name)
            .with_context(|| format!("no setup is kept as {name}"))?;
        ensure!(
            before == found,
            "the setup differs from {name}:\n{before:#?}\n{found:#?}"
        );
    }
    Ok(())
}

/// The memory of what a function's `live` serves, in MB; 0 where the function is gone.
pub async fn memory_mb(client: &Client, function: &str) -> Result<i32> {
    let get = client.get_function_configuration().function_name(function);
    match get.qualifier(LIVE).send().await {
        Ok(served) => Ok(served.memory_size().unwrap_or_default()),
        Err(error) => {
            let error = error.into_service_error();
            ensure!(error.is_resource_not_found_exception(), "{error}");
            Ok(0)
        }
    }
}
