//! What the fusion runtime adds to a cold start of a function that does nothing.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;

use super::inlined::{numbers, script};
use super::{Outcome, Settings};
use crate::figure::Figure;
use crate::local::{Local, ONE_CPU_MB, create, invoke, renew, zipped};
use crate::statistics::{differences, median};
use crate::{application, binaries};

/// Measures it on the platform, and in Node.js alone.
pub async fn measure(settings: Settings) -> Result<Outcome> {
    let rounds = settings.choose(5, 40);
    let local = Local::start()?;
    let client = local.client();
    let plain = zipped("handler.js", application::EMPTY_HANDLER)?;
    create(&client, "plain", "handler.handler", plain).await?;
    create(&client, "fused", "fusion/entry.handler", fused()?).await?;
    let (mut empty_ms, mut fusion_ms) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        empty_ms.push(cold(&client, "plain", round).await?);
        fusion_ms.push(cold(&client, "fused", round).await?);
    }
    let on_platform = Figure::of(
        "cold start: what the runtime adds, on the platform",
        &differences(&fusion_ms, &empty_ms),
        "ms",
        format!(
            "Median difference of {rounds} pairs of cold starts at {ONE_CPU_MB} MB, `Init \
             Duration` of the log: a package with the fusion runtime and one empty task, less the \
             same handler alone, which takes {:.0} ms.",
            median(&empty_ms)
        ),
    );
    let found = script("cold-start.mjs", rounds)?;
    let (empty_ms, fusion_ms) = (numbers(&found, "empty_ms")?, numbers(&found, "fusion_ms")?);
    let alone = Figure::of(
        "cold start: what the runtime adds, in Node.js alone",
        &differences(&fusion_ms, &empty_ms),
        "ms",
        format!(
            "Median difference of {rounds} pairs of processes: `import` of the runtime's entry \
             with one empty task, less `import` of that task alone, which takes {:.1} ms.",
            median(&empty_ms)
        ),
    );
    Ok(Outcome {
        figures: vec![on_platform, alone],
        pictures: Vec::new(),
    })
}

/// The package of an application with one task that does nothing.
fn fused() -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    application::write(folder.path(), 1)?;
    let output = Command::new(binaries::fusionize()?)
        .args(["package", "(t0)", "--out", "packages"])
        .current_dir(folder.path())
        .output()?;
    ensure!(
        output.status.success(),
        "`fusionize package`: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut made = fs::read_dir(folder.path().join("packages"))?;
    let made = made.next().context("`fusionize package` made no file")??;
    Ok(fs::read(made.path())?)
}

/// One cold start: what INIT took.
async fn cold(client: &Client, name: &str, round: usize) -> Result<f64> {
    renew(client, name, round).await?;
    let log = invoke(client, name).await?;
    init_ms(&log).with_context(|| format!("no cold start of {name}: {log}"))
}

fn init_ms(log: &str) -> Option<f64> {
    let (_, rest) = log.split_once("Init Duration: ")?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_what_init_took() {
        let log = "REPORT RequestId: 1\tDuration: 3.00 ms\tInit Duration: 41.25 ms\t\n";
        assert_eq!(init_ms(log), Some(41.25));
        assert_eq!(init_ms("REPORT RequestId: 1\tDuration: 3.00 ms\t\n"), None);
    }
}
