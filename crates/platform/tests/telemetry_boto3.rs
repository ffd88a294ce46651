//! boto3, the AWS command line and an old client against the platform, with its checks of signatures.

mod client_support;

use fusion_platform::{Platform, PlatformConfig};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::process::Command;

#[tokio::test]
async fn clients_in_python_and_the_aws_command_line_are_served() {
    let platform = Platform::start(PlatformConfig::default())
        .await
        .expect("the platform starts");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3_telemetry.py");
    let now_s = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970")
        .as_secs();
    let mut command = Command::new("python3");
    command
        .arg(&script)
        .args([platform.endpoint(), (now_s - now_s % 60).to_string()]);
    client_support::know_only(&platform, command.as_std_mut());
    let output = command
        .output()
        .await
        .expect("this test needs python3 on PATH, with boto3 and the AWS command line");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    platform.shutdown().await;
}
