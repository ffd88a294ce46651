//! Requests and events while one setup follows another: versions are published, then aliases moved, as
//! an apply does it. Nothing is lost, and nothing runs twice. Smaller unless `FUSIONIZE_SOAK` asks for
//! the full size.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_sdk_lambda::types::Environment;
use serde_json::json;

use crate::support::{World, function, is_soak, payload, zip};
use crate::telemetry::sum_of;

const FUNCTIONS: [&str; 2] = ["a", "b"];
/// How many clients send requests at the same time.
const CLIENTS: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Size {
    requests: usize,
    events: usize,
    switches: usize,
}

fn size() -> Size {
    if is_soak() {
        Size {
            requests: 10_000,
            events: 1_000,
            switches: 5,
        }
    } else {
        Size {
            requests: 1_000,
            events: 100,
            switches: 3,
        }
    }
}

/// What is sent, and what is known of it.
struct Campaign<'a> {
    world: &'a World,
    ledger: &'a Path,
    size: Size,
    /// How many requests were begun.
    begun: AtomicUsize,
    /// The setup that every alias serves at least.
    served: AtomicUsize,
}

impl Campaign<'_> {
    /// One client's share of the requests, with an event now and then.
    async fn send(&self) {
        let events_every = self.size.requests / self.size.events;
        loop {
            let number = self.begun.fetch_add(1, Ordering::SeqCst);
            if number >= self.size.requests {
                return;
            }
            let target = format!("{}:live", FUNCTIONS[number % 2]);
            if number.is_multiple_of(events_every) {
                let event = json!({ "file": self.ledger, "id": format!("event-{number}") });
                assert!(self.world.accepts(&target, &event).await);
            }
            let served = self.served.load(Ordering::SeqCst);
            let id = format!("request-{number}");
            let event = json!({ "file": self.ledger, "id": id });
            let answer = self.world.send(&target, event).await;
            let body = payload(&answer);
            assert_eq!(answer.function_error(), None, "{body}");
            assert_eq!(body["id"], id.as_str());
            assert_eq!(body["version"].as_str(), answer.executed_version());
            let release: usize = body["release"].as_str().unwrap().parse().unwrap();
            assert!(
                release >= served,
                "{release} answered after {served} was served"
            );
        }
    }

    /// Switches whenever a further part of the requests was begun.
    async fn switch(&self) {
        for setup in 1..=self.size.switches {
            let due = setup * self.size.requests / (self.size.switches + 1);
            while self.begun.load(Ordering::SeqCst) < due {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            let mut versions = Vec::new();
            for name in FUNCTIONS {
                deploy(self.world, name, setup).await;
                versions.push((name, self.world.publish(name).await));
            }
            for (name, version) in versions {
                let update = self.world.lambda.update_alias().function_name(name);
                let update = update.name("live").function_version(version);
                update.send().await.unwrap();
            }
            self.served.store(setup, Ordering::SeqCst);
        }
    }
}

/// Gives a function the code and the configuration of a setup.
async fn deploy(world: &World, name: &str, setup: usize) {
    let source = include_str!("../../../../testdata/platform/ledger.js");
    let source = format!("// Of setup {setup}.\n{source}");
    world
        .replace_code(name, zip(&[("ledger.js", source.as_bytes())]))
        .await;
    let environment = Environment::builder().variables("RELEASE", setup.to_string());
    let update = world.lambda.update_function_configuration();
    let update = update
        .function_name(name)
        .environment(environment.build())
        .description(format!("release {setup}"));
    update.send().await.unwrap();
    world.until_ready(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_runs_twice_across_switches() {
    let world = World::start().await;
    for name in FUNCTIONS {
        world.create(&function(name, "ledger.js")).await;
        deploy(&world, name, 0).await;
        let version = world.publish(name).await;
        let create = world.lambda.create_alias().function_name(name);
        let create = create.name("live").function_version(version);
        create.send().await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    let size = size();
    let campaign = Campaign {
        world: &world,
        ledger: &ledger,
        size,
        begun: AtomicUsize::new(0),
        served: AtomicUsize::new(0),
    };
    let began = Instant::now();
    let clients = (0..CLIENTS).map(|_| campaign.send());
    tokio::join!(futures::future::join_all(clients), campaign.switch());
    world.until_queue_is_empty().await;
    println!("{size:?} took {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(campaign.served.into_inner(), size.switches);
    check_ledger(&ledger, size);
    check_metrics(&world, size).await;
    assert_eq!(world.platform.dead_letters(), []);
    world.platform.shutdown().await;
}

/// Every request and every event is there once.
fn check_ledger(ledger: &Path, size: Size) {
    let text = std::fs::read_to_string(ledger).unwrap();
    let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
    for id in text.lines() {
        *runs.entry(id).or_default() += 1;
    }
    let twice: Vec<_> = runs.iter().filter(|(_, count)| **count != 1).collect();
    assert_eq!(twice, [], "these ran more than once");
    let kind = |prefix: &str| runs.keys().filter(|id| id.starts_with(prefix)).count();
    assert_eq!(kind("request-"), size.requests);
    assert_eq!(kind("event-"), size.events);
}

/// Everything is counted, once, and for the version that ran it.
async fn check_metrics(world: &World, size: Size) {
    let store = world.platform.telemetry();
    let (mut by_function, mut by_version, mut received) = (0.0, 0.0, 0.0);
    for name in FUNCTIONS {
        let resource = format!("{name}:live");
        let function = [("FunctionName", name)];
        by_function += sum_of(store, "AWS/Lambda", "Invocations", &function).await;
        received += sum_of(store, "AWS/Lambda", "AsyncEventsReceived", &function).await;
        for version in 1..=size.switches + 1 {
            let version = version.to_string();
            let dimensions = [
                ("FunctionName", name),
                ("Resource", resource.as_str()),
                ("ExecutedVersion", version.as_str()),
            ];
            by_version += sum_of(store, "AWS/Lambda", "Invocations", &dimensions).await;
        }
        for failure in ["Errors", "Throttles", "AsyncEventsDropped"] {
            let failures = sum_of(store, "AWS/Lambda", failure, &function).await;
            assert_eq!(failures.to_string(), "0", "{failure} of {name}");
        }
    }
    let all = (size.requests + size.events).to_string();
    assert_eq!(
        (by_function.to_string(), by_version.to_string()),
        (all.clone(), all)
    );
    assert_eq!(received.to_string(), size.events.to_string());
}
