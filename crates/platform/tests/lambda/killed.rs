//! A platform that is killed leaves no process behind, however its environments are busy.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{CpuControl, PlatformConfig};
use serde_json::json;

use crate::support::{Function, World, function, quick, until};

/// Found in the environment of each function's process.
const MARKER: &str = "environment of a platform that will be killed";
const SERVE: &str = "FUSION_PLATFORM_TEST_SERVE";

/// The other half of the test below: a platform in a process of its own, which says what runs.
#[tokio::test(flavor = "multi_thread")]
async fn serves_until_killed() {
    if std::env::var_os(SERVE).is_none() {
        return;
    }
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
    tokio::spawn(async move {
        let payload = aws_sdk_lambda::primitives::Blob::new(json!({ "way": "spin" }).to_string());
        lambda
            .invoke()
            .function_name("spinning")
            .payload(payload)
            .send()
            .await
    });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    println!("\nREADY");
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
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
fn serve(test: &str, value: &std::ffi::OsStr) -> Child {
    let mut serving = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(SERVE, value)
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
    let serving = serve("killed::serves_until_killed", "1".as_ref());
    // One rests, stopped; one is in an endless loop.
    assert_eq!(running(), 2);
    kill(serving);
    until("all environments ended", async || running() == 0).await;
}

/// The other half of the test below: a platform that accepts an event and runs none.
#[tokio::test(flavor = "multi_thread")]
async fn accepts_until_killed() {
    let Some(folder) = std::env::var_os(SERVE) else {
        return;
    };
    let config = PlatformConfig {
        data: Some(folder.into()),
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
    println!("\nREADY");
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_event_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    kill(serve(
        "killed::accepts_until_killed",
        folder.path().as_os_str(),
    ));
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
