//! A platform that is killed leaves no process behind, however its environments are busy.

use std::path::{Path, PathBuf};

use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{CpuControl, PlatformConfig};
use serde_json::json;

use crate::other::{Serving, given, ready};
use crate::support::{Function, World, function, quick, until};

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
    let mut serving = Serving::start(test, folder.path());
    serving.until_ready();
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
    Serving::start(test, folder.path()).until_ready();
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
