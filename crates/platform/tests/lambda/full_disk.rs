//! A disk that is full: what was acknowledged is kept, what cannot be kept is refused, and the platform
//! goes on. The files of a process that may be no longer than they are stand for the disk.

use std::path::Path;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use fusion_platform::PlatformConfig;
use serde_json::json;

use crate::other::{Serving, given, ready};
use crate::support::{World, function, payload, quick, refusal, zip};
use crate::telemetry::{append, count, make_log, messages, sum_of};

/// The longest file.
const MOST_KIB: u32 = 256;

fn config(folder: &Path) -> PlatformConfig {
    PlatformConfig {
        data: Some(folder.join("data")),
        ..quick()
    }
}

/// Has everything kept until there is no room for it; says what was acknowledged.
async fn fill(folder: &Path) {
    let accepting = PlatformConfig {
        event_concurrency: 0,
        ..config(folder)
    };
    let world = World::with(accepting).await;
    let store = world.platform.telemetry();
    world.create(&function("f", "ledger.js")).await;
    make_log(store, "own").await;
    let long = "x".repeat(8 << 10);

    let event = |id| json!({ "file": folder.join("ledger"), "id": id, "long": long });
    let mut events = 0;
    while world.accepts("f", &event(events)).await {
        events += 1;
    }
    println!("events {events}");
    // What was refused was not received.
    let function = [("FunctionName", "f")];
    let received = sum_of(store, "AWS/Lambda", "AsyncEventsReceived", &function).await;
    println!("received {received}");

    let mut logged = 0;
    while append(store, "own", &format!("{logged} {long}")).await == 200 {
        logged += 1;
    }
    println!("logged {logged}");
    let mut counted = 0;
    while count(store, "m").await == 200 {
        counted += 1;
    }
    println!("counted {counted}");
    let refused = append(store, "own", &long).await;
    println!("refused {refused}");

    println!("created {}", too_large_a_function(&world).await);
    let event = json!({ "file": folder.join("direct"), "id": "direct" });
    let answer = payload(&world.send("f", event).await);
    println!("answered {}", answer["id"]);
    let still = messages(store, "own", "x").await.len();
    println!("still {still}");
    ready().await;
}

/// Creates a function whose package has no room; returns the code of the refusal.
async fn too_large_a_function(world: &World) -> String {
    let noise: Vec<u8> = std::iter::repeat_with(rand::random).take(1 << 20).collect();
    let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("noise", &noise)])));
    let create = world.lambda.create_function().function_name("large");
    let create = create
        .runtime(Runtime::Nodejs22x)
        .role("arn:aws:iam::000000000000:role/any")
        .handler("a.b")
        .code(code.build());
    let (_, code, text) = refusal(create.send().await);
    assert!(text.contains("could not be stored"), "{text}");
    let found = world.lambda.list_functions().send().await.unwrap();
    assert_eq!(found.functions().len(), 1);
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_kept_and_the_rest_is_refused() {
    if let Some(folder) = given() {
        return fill(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "full_disk::what_was_acknowledged_is_kept_and_the_rest_is_refused";
    let mut serving = Serving::start_with_short_files(test, folder.path(), MOST_KIB);
    let said = serving.until_ready();
    drop(serving);
    let said_of = |name: &str| {
        let value = said.iter().find_map(|line| line.strip_prefix(name));
        value.unwrap_or_else(|| panic!("no {name}in {said:?}"))
    };
    let number = |name: &str| said_of(name).parse::<usize>().unwrap();
    let events = number("events ");
    assert!(events > 0 && number("logged ") > 0, "{said:?}");
    assert_eq!(number("received "), events);
    assert_eq!(number("still "), number("logged "));
    assert_eq!(said_of("refused "), "500");
    assert_eq!(said_of("created "), "ServiceException");
    assert_eq!(said_of("answered "), "\"direct\"");

    // Room again.
    let world = World::with(config(folder.path())).await;
    let store = world.platform.telemetry();
    assert_eq!(messages(store, "own", "x").await.len(), number("logged "));
    let counted = sum_of(store, "Test", "m", &[]).await;
    assert_eq!(counted.to_string(), said_of("counted "));
    world.until_queue_is_empty().await;
    let ledger = std::fs::read_to_string(folder.path().join("ledger")).unwrap();
    let mut ran: Vec<usize> = ledger.lines().map(|id| id.parse().unwrap()).collect();
    ran.sort_unstable();
    assert_eq!(ran, (0..events).collect::<Vec<_>>());
    world.platform.shutdown().await;
}

/// An event fails, and its record has no room.
async fn fail(folder: &Path) {
    let world = World::with(config(folder)).await;
    world.create(&function("f", "faults.js")).await;
    let config = world.lambda.put_function_event_invoke_config();
    let config = config.function_name("f").maximum_retry_attempts(0);
    config.send().await.unwrap();
    let event = json!({ "way": "throw", "message": "x".repeat(8 << 10) });
    assert!(world.accepts("f", &event).await);
    world.until_queue_is_empty().await;
    assert_eq!(world.platform.dead_letters().len(), 1);
    ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_record_has_no_room_is_not_forgotten() {
    if let Some(folder) = given() {
        return fail(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("data/events/dead-letters.jsonl");
    std::fs::create_dir_all(letters.parent().unwrap()).unwrap();
    let earlier = format!("\"{}\"\n", "x".repeat((255 << 10) - 3));
    std::fs::write(&letters, &earlier).unwrap();
    let test = "full_disk::an_event_whose_record_has_no_room_is_not_forgotten";
    Serving::start_with_short_files(test, folder.path(), MOST_KIB).until_ready();
    assert_eq!(std::fs::read_to_string(&letters).unwrap(), earlier);

    let world = World::with(config(folder.path())).await;
    world.until_queue_is_empty().await;
    let written = std::fs::read_to_string(&letters).unwrap();
    let records = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let records: Vec<serde_json::Value> = records.collect();
    assert_eq!(records.len(), 2);
    assert_eq!(records[1]["condition"], "RetriesExhausted");
    world.platform.shutdown().await;
}
