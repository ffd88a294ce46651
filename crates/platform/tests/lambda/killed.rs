//! A platform that is killed leaves no process behind, however its environments are busy.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{CpuControl, PlatformConfig};
use serde_json::json;

use crate::support::{Function, World, function, quick, until};

/// The folder that the process which serves is given.
const GIVEN: &str = "FUSION_PLATFORM_TEST_FOLDER";

/// The file in that folder by which the platform uses no control groups, as where it may not.
const STOPPING: &str = "stopping";

/// The other half of the tests below: a platform in a process of its own, which says what runs.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is killed; the tests below start it"]
async fn serves_until_killed() {
    let folder: &str = std::env::var(GIVEN).unwrap().leak();
    let spinning = Path::new(folder).join("spinning");
    let cpu = if Path::new(folder).join(STOPPING).exists() {
        CpuControl::Stopping
    } else {
        CpuControl::Automatic
    };
    let config = PlatformConfig { cpu, ..quick() };
    let world = World::with(config).await;
    for (name, file) in [("resting", "echo.js"), ("spinning", "faults.js")] {
        // By which their processes are found.
        let environment = vec![("FOLDER", folder)];
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

/// How many processes run whose function was given the folder.
fn running(folder: &Path) -> usize {
    let given = format!("\0FOLDER={}\0", folder.display());
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let is_ours = |entry: &std::fs::DirEntry| {
        let mut environment = vec![0];
        environment.extend(std::fs::read(entry.path().join("environ")).unwrap_or_default());
        let mut parts = environment.windows(given.len());
        parts.any(|part| part == given.as_bytes())
    };
    entries.filter(is_ours).count()
}

/// A process that serves, and is killed at the latest when the test ends, however it ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Runs one of the tests that serve in a process of its own, until it says that it is ready.
fn serve(test: &str, folder: &Path) -> Serving {
    let serving = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(GIVEN, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut serving = Serving(serving);
    let lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(
        lines.any(|line| line == "READY"),
        "the other process did not come up"
    );
    serving
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_platform_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    ends_with_its_platform(folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_platform_without_control_groups_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(STOPPING), "").unwrap();
    ends_with_its_platform(folder.path()).await;
}

async fn ends_with_its_platform(folder: &Path) {
    let serving = serve("killed::serves_until_killed", folder);
    // One rests, stopped; one is in an endless loop.
    assert_eq!(running(folder), 2);
    drop(serving);
    until("all environments ended", async || running(folder) == 0).await;
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
    drop(serve("killed::accepts_until_killed", folder.path()));
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
