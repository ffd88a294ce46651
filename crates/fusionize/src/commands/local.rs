//! `fusionize local`: the platform in the foreground.
//!
//! With `--json` it answers every line on standard input with a line about the host, so that
//! whoever started it can tell its own slowness from that of a busy machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use fusion_platform::{Platform, PlatformConfig};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Arguments of `local`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep functions, metrics, logs and the access key in this folder; else they end with the
    /// platform
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// End when standard input ends, that is with whoever started it
    #[arg(long)]
    attached: bool,
}

/// What the platform says of itself when it is ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready {
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// What AWS tools have to find in their environment.
    pub environment: BTreeMap<String, String>,
    /// What the user should know about this machine.
    pub notices: Vec<String>,
    /// The process.
    pub pid: u32,
}

/// What the environments consumed and lost since the platform's start.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Pressure {
    /// CPU time of the environments.
    pub cpu_ms: f64,
    /// Time in which they could have run, and the host ran something else.
    pub run_delay_ms: f64,
}

/// Runs until it is interrupted.
pub async fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let config = PlatformConfig {
        port: arguments.port,
        data: arguments.data,
        ..PlatformConfig::default()
    };
    let platform = Platform::start(config)
        .await
        .map_err(|error| Failure::new(Exit::State, "the platform does not start").because(error))?;
    let ready = Ready::of(&platform);
    output.result(&ready, &ready.text());
    let reason = wait(&platform, arguments.attached, output).await;
    platform.shutdown().await;
    reason
}

async fn wait(platform: &Platform, attached: bool, output: Output) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, "cannot listen for signals").because(error)
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    let reason = tokio::select! {
        _ = interrupt.recv() => "interrupted",
        _ = terminate.recv() => "asked to end by SIGTERM",
        _ = hangup.recv() => "the terminal is gone",
        () = answer_lines(platform, attached, output) => "standard input has ended",
    };
    Output::note(&format!("The platform ends: {reason}"));
    Ok(())
}

/// Ends only if attached, when standard input ends.
async fn answer_lines(platform: &Platform, attached: bool, output: Output) {
    if output.is_json() || attached {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(_)) = lines.next_line().await {
            output.result(&Pressure::of(platform), "");
        }
    }
    if !attached {
        std::future::pending::<()>().await;
    }
}

impl Pressure {
    fn of(platform: &Platform) -> Self {
        let pressure = platform.host_pressure();
        Self {
            cpu_ms: pressure.cpu.as_secs_f64() * 1000.0,
            run_delay_ms: pressure.run_delay.as_secs_f64() * 1000.0,
        }
    }

    /// The share of their active time that the environments lost since `earlier`, 0 to 1.
    pub fn lost_share_since(&self, earlier: &Self) -> f64 {
        let lost = self.run_delay_ms - earlier.run_delay_ms;
        let active = lost + self.cpu_ms - earlier.cpu_ms;
        if active > 0.0 { lost / active } else { 0.0 }
    }
}

impl Ready {
    fn of(platform: &Platform) -> Self {
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let environment = BTreeMap::from([
            variable("AWS_ACCESS_KEY_ID", platform.access_key()),
            // All that the AWS command line of version 1 reads.
            variable("AWS_DEFAULT_REGION", platform.region()),
            variable("AWS_ENDPOINT_URL", &platform.endpoint()),
            variable("AWS_REGION", platform.region()),
            variable("AWS_SECRET_ACCESS_KEY", platform.secret_key()),
        ]);
        Self {
            endpoint: platform.endpoint(),
            environment,
            notices: platform.notices(),
            pid: std::process::id(),
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![format!("Lambda, CloudWatch and Logs at {}", self.endpoint)];
        lines.extend(self.notices.iter().map(|notice| format!("note: {notice}")));
        lines.push("In another terminal:".to_owned());
        lines.extend(self.exports());
        lines.push("Ctrl-C ends it".to_owned());
        lines.join("\n")
    }

    /// Lines that set the environment in a shell, without what belongs to another account there.
    pub fn exports(&self) -> impl Iterator<Item = String> + '_ {
        let exports = self.environment.iter();
        std::iter::once("  unset AWS_PROFILE AWS_SESSION_TOKEN".to_owned())
            .chain(exports.map(|(name, value)| format!("  export {name}={value}")))
    }
}
