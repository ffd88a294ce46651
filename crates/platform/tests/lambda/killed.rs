//! A platform that is killed leaves no process behind, however its environments are busy.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{CpuControl, PlatformConfig};
use serde_json::json;

use crate::support::{Function, World, function, quick, until};

/// The folder that a process which serves is given. Each test here starts itself once more with it:
/// that process is the platform, the other one kills it and looks at what is left.
const GIVEN: &str = "FUSION_PLATFORM_TEST_FOLDER";

fn given() -> Option<PathBuf> {
    std::env::var_os(GIVEN).map(PathBuf::from)
}

/// One function rests, one is in an endless loop.
async fn serve_until_killed(folder: &Path, cpu: CpuControl) {
    let spinning = folder.join("spinning");
    let folder: &str = folder.to_str().unwrap().to_owned().leak();
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

/// Runs a test as the process that serves, until it says that it is ready.
fn serve(test: &str, folder: &Path) -> Serving {
    let serving = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
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
    let test = "killed::a_killed_platform_leaves_no_process";
    ends_with_its_platform(test, CpuControl::Automatic).await;
}

/// As where it may not use any.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_platform_without_control_groups_leaves_no_process() {
    let test = "killed::a_killed_platform_without_control_groups_leaves_no_process";
    ends_with_its_platform(test, CpuControl::Stopping).await;
}

async fn ends_with_its_platform(test: &str, cpu: CpuControl) {
    if let Some(folder) = given() {
        return serve_until_killed(&folder, cpu).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let serving = serve(test, folder.path());
    // One rests, stopped; one is in an endless loop.
    assert_eq!(running(folder.path()), 2);
    drop(serving);
    until("all environments ended", async || {
        running(folder.path()) == 0
    })
    .await;
}

/// A platform that accepts an event and runs none.
async fn accept_until_killed(folder: PathBuf) {
    let config = PlatformConfig {
        data: Some(folder),
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
    if let Some(folder) = given() {
        return accept_until_killed(folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "killed::an_accepted_event_survives_a_kill";
    drop(serve(test, folder.path()));
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
