//! Handlers that misuse their place, and somebody who ends their processes: the answer says so, what
//! they started ends with them, and the next request is served.

use std::path::Path;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::support::{Function, World, function, is_soak, process, resident_mib, until};
use crate::telemetry::{messages, sum_of};

/// Begins an invocation that writes the number of a process to a file; returns that number and the
/// answer to come.
async fn begin(
    world: &World,
    file: &Path,
    mut event: Value,
) -> (i32, tokio::task::JoinHandle<Value>) {
    event["file"] = json!(file);
    let invoke = world.lambda.invoke().function_name("f");
    let sent = invoke.payload(Blob::new(event.to_string())).send();
    let answer = tokio::spawn(async move { crate::support::payload(&sent.await.unwrap()) });
    let read = || std::fs::read_to_string(file).unwrap_or_default().parse();
    until("it runs", async || read().is_ok()).await;
    (read().unwrap(), answer)
}

#[tokio::test]
async fn a_process_that_somebody_ends_in_a_request_is_reported_and_replaced() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3 {
        let file = folder.path().join(number.to_string());
        let (pid, answer) = begin(&world, &file, json!({ "way": "wait" })).await;
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        let answer = answer.await.unwrap();
        assert_eq!(answer["errorType"], "Runtime.ExitError", "{answer}");
        let message = answer["errorMessage"].as_str().unwrap();
        assert!(message.ends_with("signal: killed"), "{message}");
        world.invoke("f", json!({ "way": "ok" })).await;
    }
    let store = world.platform.telemetry();
    let own = [("FunctionName", "f")];
    let errors = sum_of(store, "AWS/Lambda", "Errors", &own).await;
    let invocations = sum_of(store, "AWS/Lambda", "Invocations", &own).await;
    assert_eq!(
        (errors.to_string(), invocations.to_string()),
        ("3".into(), "6".into())
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_process_that_somebody_ends_at_rest_is_replaced_unseen() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let pid = world.invoke("f", json!({})).await["pid"].clone();
    let number = i32::try_from(pid.as_i64().unwrap()).unwrap();
    kill(Pid::from_raw(number), Signal::SIGKILL).unwrap();
    // Until the last of its threads has ended, it may be given the next event as any other process.
    until("it has ended", async || {
        let threads = std::fs::read_dir(process(number).join("task"));
        let state = std::fs::read_to_string(process(number).join("stat"));
        threads.map_or(true, |threads| threads.count() <= 1)
            && state.map_or(true, |state| state.contains(") Z "))
    })
    .await;
    let next = world.invoke("f", json!({})).await;
    assert_ne!(next["pid"], pid);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn children_end_with_their_function() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let crowd = world
        .invoke("f", json!({ "way": "crowd", "count": 40 }))
        .await;
    let crowd: Vec<u64> = crowd
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(crowd.len(), 40);
    assert!(crowd.iter().all(|pid| process(pid).exists()));
    world
        .lambda
        .delete_function()
        .function_name("f")
        .send()
        .await
        .unwrap();
    until("all children have ended", async || {
        !crowd.iter().any(|pid| process(pid).exists())
    })
    .await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn memory_of_children_counts_too() {
    let world = World::start().await;
    let small = Function {
        memory_mb: 256,
        ..function("f", "faults.js")
    };
    world.create(&small).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child");
    let (child, answer) = begin(&world, &file, json!({ "way": "childMemory" })).await;
    let answer = answer.await.unwrap();
    assert_eq!(answer["errorType"], "Runtime.ExitError", "{answer}");
    until("the child has ended", async || !process(child).exists()).await;
    world.invoke("f", json!({ "way": "ok" })).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_process_that_is_deaf_to_signals_ends_with_the_platform() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let folder = tempfile::tempdir().unwrap();
    let (pid, answer) = begin(
        &world,
        &folder.path().join("deaf"),
        json!({ "way": "deaf" }),
    )
    .await;
    kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(process(pid).exists());
    world.platform.shutdown().await;
    assert!(!process(pid).exists());
    answer.abort();
}

#[tokio::test]
async fn output_without_an_end_of_line_is_cut_into_events() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let bytes = 5 << 20;
    world
        .invoke("f", json!({ "way": "pour", "bytes": bytes }))
        .await;
    let store = world.platform.telemetry();
    until("all is logged", async || {
        let logged = messages(store, "/aws/lambda/f", "").await;
        let poured = logged.iter().filter(|one| one.starts_with('y'));
        poured.map(String::len).sum::<usize>() == bytes
    })
    .await;
    let logged = messages(store, "/aws/lambda/f", "").await;
    assert!(logged.iter().all(|one| one.len() <= (1 << 20) - 26));
    world.platform.shutdown().await;
}

/// Lines of one letter; with `FUSIONIZE_SOAK` more than the log store may hold.
#[tokio::test]
async fn a_flood_takes_bounded_memory() {
    let world = World::start().await;
    let slow = Function {
        timeout_s: 600,
        ..function("f", "faults.js")
    };
    world.create(&slow).await;
    let lines = if is_soak() { 8_000_000 } else { 200_000 };
    let before = resident_mib();
    world
        .invoke("f", json!({ "way": "drip", "lines": lines }))
        .await;
    let after = resident_mib();
    println!("{lines} lines: {before} MiB became {after} MiB");
    assert!(
        after.saturating_sub(before) < 700,
        "{before} MiB became {after}"
    );
    world.platform.shutdown().await;
}
