//! Other clients judge the platform: boto3 and the AWS command line. They are needed; a test run
//! without them fails and says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics where an expectation fails"
)]

mod client_support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use fusion_platform::{CpuControl, Platform, PlatformConfig};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a program against a platform, off the threads that serve it.
async fn run(program: &str, arguments: Vec<PathBuf>, missing: &str) -> Output {
    let config = PlatformConfig {
        update_duration: Duration::from_millis(20),
        retry_delays: [Duration::from_millis(50); 2],
        cpu: CpuControl::Unlimited,
        ..PlatformConfig::default()
    };
    let platform = Platform::start(config).await.unwrap();
    let mut command = Command::new(program);
    command.args(arguments);
    client_support::know_only(&platform, &mut command);
    let started = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap();
    platform.shutdown().await;
    started.unwrap_or_else(|error| panic!("{missing}: {error}"))
}

fn succeeded(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}\n{text}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// Runs a script of this folder with the folder of handlers.
async fn judge(script: &str) {
    let arguments = vec![here("tests").join(script), here("../../testdata/platform")];
    let missing = "python3 with boto3 and awscli is needed: `make tools` installs them";
    succeeded(&run("python3", arguments, missing).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_drives_functions() {
    judge("boto3_lambda.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_its_model_says() {
    judge("boto3_operations.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_command_line_has_every_operation() {
    judge("aws_cli_operations.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_command_line_drives_functions() {
    let script = here("tests/aws_cli_lambda.sh");
    let handlers = here("../../testdata/platform");
    succeeded(&run("bash", vec![script, handlers], "bash is needed").await);
}
