//! A platform that is killed leaves no process behind, however its environments are busy.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{CpuControl, PlatformConfig};
use serde_json::json;

use crate::support::{Function, World, function, quick, until};

/// Found in the environment of each function's process.
const MARKER: &str = "environment of a platform that will be killed";
/// The folder that the process which serves is given.
const GIVEN: &str = "FUSION_PLATFORM_TEST_FOLDER";

/// The other half of the test below: a platform in a process of its own, which says what runs.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is killed; the test below starts it"]
async fn serves_until_killed() {
    let spinning = PathBuf::from(std::env::var_os(GIVEN).unwrap()).join("spinning");
    let config = PlatformConfig {
        cpu: CpuControl::Automatic,
        ..quick()
    };
    let world = World::with(config).await;
    for (name, file) in [("resting", "echo.js"), ("spinning", "faults.js")] {
        let environment = vec![("MARKER", MARKER)];
        world
            .create(&Function {
                environment,
                ..function(name, file)
            })
            .await;
    }
    world.invoke("resting", json!({})).await;
    let lambda = world.lambda.clone();
    let event = json!({ "way": "spin", "file": &spinning }).to_string();
    tokio::spawn(async move {
        let payload = aws_sdk_lambda::primitives::Blob::new(event);
        lambda
            .invoke()
            .function_name("spinning")
            .payload(payload)
            .send()
            .await
    });
    until("one spins", async || spinning.exists()).await;
    ready().await;
}

/// Says so, and waits to be killed.
async fn ready() {
    println!("\nREADY");
    tokio::time::sleep(Duration::from_secs(60)).await;
}

/// How many processes of the functions run.
fn running() -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let is_ours = |entry: &std::fs::DirEntry| {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        environment
            .windows(MARKER.len())
            .any(|window| window == MARKER.as_bytes())
    };
    entries.filter(is_ours).count()
}

/// Runs one of the tests that serve in a process of its own, until it says that it is ready.
fn serve(test: &str, folder: &Path) -> Child {
    let mut serving = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(GIVEN, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(
        lines.any(|line| line == "READY"),
        "the other process did not come up"
    );
    serving
}

fn kill(mut serving: Child) {
    serving.kill().unwrap();
    serving.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_platform_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let serving = serve("killed::serves_until_killed", folder.path());
    // One rests, stopped; one is in an endless loop.
    assert_eq!(running(), 2);
    kill(serving);
    until("all environments ended", async || running() == 0).await;
}

/// The other half of the test below: a platform that accepts an event and runs none.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is killed; the test below starts it"]
async fn accepts_until_killed() {
    let config = PlatformConfig {
        data: std::env::var_os(GIVEN).map(PathBuf::from),
        event_concurrency: 0,
        ..quick()
    };
    let world = World::with(config).await;
    world.create(&function("f", "echo.js")).await;
    let event = world
        .lambda
        .invoke()
        .function_name("f")
        .invocation_type(InvocationType::Event);
    event.send().await.unwrap();
    ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_event_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    kill(serve("killed::accepts_until_killed", folder.path()));
    let config = PlatformConfig {
        data: Some(folder.path().to_owned()),
        ..quick()
    };
    let world = World::with(config).await;
    until("the queue is empty", async || {
        world.platform.is_queue_empty()
    })
    .await;
    assert_eq!(world.invoke("f", json!({})).await["invocations"], 2);
    world.platform.shutdown().await;
}
