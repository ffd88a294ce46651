//! boto3, the AWS command line and an old client against the store behind a real HTTP server.

mod telemetry_support;

use std::path::Path;
use telemetry_support::{NOW_MS, serve, store};
use tokio::process::Command;

#[tokio::test]
async fn clients_in_python_and_the_aws_command_line_are_served() {
    let endpoint = serve(store()).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3_telemetry.py");
    let output = Command::new("python3")
        .arg(&script)
        .args([endpoint, (NOW_MS / 1000).to_string()])
        .output()
        .await
        .expect("this test needs python3 on PATH, with boto3 and the AWS command line");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
