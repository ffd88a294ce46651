//! What a call to a task inside of the same function costs beyond a plain call.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Outcome, Settings};
use crate::binaries;
use crate::figure::Figure;
use crate::peers;

const GOAL_US: f64 = 20.0;

/// Measures it in one process of Node.js.
pub fn measure(settings: Settings) -> Result<Outcome> {
    let rounds = settings.choose(20, 200);
    let found = script("inlined-call.mjs", rounds)?;
    let how = format!(
        "Medians of {rounds} rounds of 500 calls each, in turns, of a task that answers with its \
         event of 1 KB: awaited through the fusion runtime with an unsampled request, less awaited \
         as a plain function with the same event. Copying by `JSON.stringify` and `JSON.parse` \
         both ways is part of it: {:.1} µs.",
        number(&found, "copies_us")?
    );
    let figure = Figure::of(
        "inlined call of 1 KB beyond a plain call",
        &numbers(&found, "beyond_us")?,
        "µs",
        how,
    );
    Ok(Outcome {
        figures: vec![figure.at_most(GOAL_US)],
        pictures: Vec::new(),
    })
}

/// What a script of this crate prints in its last line, under Node.js of the managed runtime.
pub fn script(name: &str, rounds: usize) -> Result<Value> {
    let output = Command::new(peers::node())
        .arg(binaries::script(name))
        .arg(binaries::root().join("runtime/nodejs/src"))
        .arg(rounds.to_string())
        .output()?;
    ensure!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.trim().lines().last();
    Ok(serde_json::from_str(last.unwrap_or_default())?)
}

/// A list of numbers in a script's answer.
pub fn numbers(found: &Value, key: &str) -> Result<Vec<f64>> {
    let list = found[key].as_array();
    let list = list.with_context(|| format!("the script did not say {key}"))?;
    Ok(list.iter().filter_map(Value::as_f64).collect())
}

fn number(found: &Value, key: &str) -> Result<f64> {
    let number = found[key].as_f64();
    number.with_context(|| format!("the script did not say {key}"))
}
