//! `fusionize demo`: TREE, apply after apply, on the embedded platform.

use std::path::PathBuf;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::demo::{Host, Report, Settings, Stage, play};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The host; by default `HOST` if that names one, else tofu where there is one
    #[arg(long, value_enum)]
    host: Option<Host>,
    /// Requests a round
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(20..))]
    requests: u32,
    /// The provider's binary; by default beside this command's own
    #[arg(long, value_name = "FILE", env = "FUSIONIZE_PROVIDER")]
    provider: Option<PathBuf>,
    /// Leave everything running at the end, and say how to go on by hand
    #[arg(long)]
    keep: bool,
}

/// Plays the demo, and clears up, whatever comes.
pub async fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    // From here on a signal ends nothing before everything is cleared up.
    let interrupted = interrupted()?;
    let host = Host::choose(arguments.host)?;
    let (requests, provider) = (arguments.requests, arguments.provider.as_deref());
    let mut stage = Stage::prepare(host, provider, requests, arguments.keep)?;
    let settings = Settings {
        requests: requests as usize,
    };
    let played = tokio::select! {
        played = play(&mut stage, &settings, output) => played,
        failure = interrupted => Err(failure),
    };
    let played = match played {
        Err(failure) => Err(stage.explained(failure).await),
        played => played,
    };
    let interrupted = matches!(&played, Err(failure) if failure.exit == Exit::Interrupted);
    if arguments.keep && !interrupted {
        Output::note(&stage.keep());
    } else {
        stage.clear().await;
    }
    let report = played?;
    tell(&report, output)
}

/// Gives the report, whatever its verdict: what the demo measured is its result.
fn tell(report: &Report, output: Output) -> Result<(), Failure> {
    output.result(report, "");
    report.verdict()
}

/// Ends with the first signal that asks this process to end.
fn interrupted() -> Result<impl Future<Output = Failure>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, "cannot listen for signals").because(error)
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        Failure::new(Exit::Interrupted, "interrupted")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_verdict_comes_after_the_report_and_is_no_second_value() {
        let output = Output::apart(true);
        let report = Report {
            applies: Vec::new(),
            last_plan_exit_code: 2,
            host: "tofu",
        };
        let failure = tell(&report, output).unwrap_err();
        assert_eq!(failure.exit, Exit::Failed);
        assert_eq!(output.value_of_failure(&failure), None);
    }
}
