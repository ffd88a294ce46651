//! What a platform with `data` has acknowledged is there after it was killed in the midst of its work.

use std::collections::BTreeMap;
use std::path::Path;

use fusion_platform::PlatformConfig;
use serde_json::json;

use crate::other::{Serving, given};
use crate::support::{World, function, is_soak, quick};
use crate::telemetry::{append, count, make_log, messages, sum_of};

/// How many of each kind are acknowledged before the kill.
fn enough() -> usize {
    if is_soak() { 1000 } else { 40 }
}

const EVENTS_AT_ONCE: usize = 4;

fn config(folder: &Path) -> PlatformConfig {
    PlatformConfig {
        data: Some(folder.join("data")),
        event_concurrency: EVENTS_AT_ONCE,
        ..quick()
    }
}

fn ledger(folder: &Path) -> std::path::PathBuf {
    folder.join("ledger")
}

/// Sends events, metrics and log events without end, and says of each when it was acknowledged.
async fn work_until_killed(folder: &Path) {
    let world = World::with(config(folder)).await;
    world.create(&function("f", "ledger.js")).await;
    let store = world.platform.telemetry();
    make_log(store, "own").await;
    let events = async {
        for number in 0.. {
            let event = json!({ "file": ledger(folder), "id": number });
            if world.accepts("f", &event).await {
                println!("event {number}");
            }
        }
    };
    let metrics = async {
        for number in 0.. {
            if count(store, "m").await == 200 {
                println!("metric {number}");
            }
        }
    };
    let logs = async {
        for number in 0.. {
            if append(store, "own", &format!("own {number}")).await == 200 {
                println!("log {number}");
            }
        }
    };
    tokio::join!(events, metrics, logs);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    if let Some(folder) = given() {
        return work_until_killed(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "acknowledged::what_was_acknowledged_survives_a_kill";
    let acknowledged = until_killed(Serving::start(test, folder.path()));

    let world = World::with(config(folder.path())).await;
    let store = world.platform.telemetry();
    // One more may have been kept whose acknowledgement was on its way.
    let said = f64::from(u32::try_from(acknowledged["metric"].len()).unwrap());
    let metrics = sum_of(store, "Test", "m", &[]).await;
    assert!(
        (said..=said + 1.0).contains(&metrics),
        "{metrics} of {said}"
    );
    let logged = counts(messages(store, "own", "").await);
    for number in &acknowledged["log"] {
        let message = format!("own {number}");
        assert_eq!(logged.get(&message), Some(&1), "{message}");
    }
    world.until_queue_is_empty().await;
    let ledger = std::fs::read_to_string(ledger(folder.path())).unwrap();
    let runs = counts(ledger.lines().map(str::to_owned));
    for number in &acknowledged["event"] {
        assert!(runs.contains_key(number), "event {number} is lost");
    }
    // Only those that ran when it was killed run again.
    let again = runs.values().filter(|count| **count > 1).count();
    assert!(again <= EVENTS_AT_ONCE, "{runs:?}");
    world.platform.shutdown().await;
}

fn counts(all: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

/// Kills the platform when it has acknowledged enough; returns what it acknowledged, by kind.
fn until_killed(mut serving: Serving) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |line: &str| {
        if let Some((kind, number)) = line.split_once(' ')
            && number.parse::<usize>().is_ok()
        {
            let numbers = all.entry(kind.to_owned()).or_default();
            numbers.push(number.to_owned());
        }
        all.len() == 3 && all.values().all(|numbers| numbers.len() >= enough())
    };
    loop {
        let line = serving.next_line().expect("it works until it is killed");
        if note(&line) {
            break;
        }
    }
    for line in serving.kill() {
        // The last may be cut off.
        note(&line);
    }
    all
}
