//! What was acknowledged is there after a restart.

mod telemetry_support;

use bytes::Bytes;
use fusion_platform::telemetry::{
    Datum, Limits, LogEvent, ManualClock, MetricId, Store, StoreConfig, TelemetryError, Unit,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use telemetry_support::NOW_MS;

const JOURNAL: &str = "telemetry.journal";

fn open(directory: &Path, limits: Limits) -> Result<Store, TelemetryError> {
    Store::open(StoreConfig {
        clock: Arc::new(ManualClock::new(NOW_MS)),
        directory: Some(directory.to_owned()),
        limits,
        ..StoreConfig::default()
    })
}

async fn ask(store: &Store, target: &str, body: Value) -> Value {
    let request = http::Request::post("/")
        .header("x-amz-target", target)
        .body(())
        .expect("valid");
    let (parts, ()) = request.into_parts();
    let response = store
        .handle(&parts, &Bytes::from(body.to_string()))
        .await
        .expect("for us");
    if response.body().is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(response.body()).expect("JSON")
}

/// Everything a client can see of metrics and logs.
async fn seen(store: &Store) -> Value {
    let stat = |id: &str, stat: &str| {
        json!({ "Id": id, "MetricStat": {
            "Metric": { "Namespace": "N", "MetricName": "m", "Dimensions": [{ "Name": "D", "Value": "d" }] },
            "Period": 60, "Stat": stat } })
    };
    let seconds = NOW_MS / 1000;
    let metrics = ask(
        store,
        "GraniteServiceVersion20100801.GetMetricData",
        json!({
        "StartTime": seconds - 3600, "EndTime": seconds + 60,
        "MetricDataQueries": [stat("a", "Sum"), stat("b", "p50"), stat("c", "SampleCount")] }),
    );
    let groups = ask(store, "Logs_20140328.DescribeLogGroups", json!({})).await;
    let tags = ask(
        store,
        "Logs_20140328.ListTagsLogGroup",
        json!({ "logGroupName": "g" }),
    )
    .await;
    let events = ask(
        store,
        "Logs_20140328.FilterLogEvents",
        json!({ "logGroupName": "g" }),
    )
    .await;
    let listed = ask(
        store,
        "GraniteServiceVersion20100801.ListMetrics",
        json!({}),
    )
    .await;
    json!([metrics.await, groups, tags, events, listed])
}

async fn fill(store: &Store) {
    for value in [1.0, 2.0, 0.1 + 0.2, 1e-300, 5.0] {
        let metric = MetricId::new("N", "m", [("D", "d")]);
        store
            .put_metric(Datum::single(metric, Unit::COUNT, NOW_MS, value))
            .expect("stored");
    }
    let emf = r#"{"_aws":{"Timestamp":1767226200000,"CloudWatchMetrics":[{"Namespace":"E","Dimensions":[["D"]],"Metrics":[{"Name":"e"}]}]},"D":"d","e":[1,2]}"#;
    let event = |timestamp_ms, message: &str| LogEvent {
        timestamp_ms,
        message: message.to_owned(),
    };
    store
        .append_log(
            "g",
            "s",
            vec![event(NOW_MS - 1, "early"), event(NOW_MS, emf)],
        )
        .expect("stored");
    store
        .append_log("g", "t", vec![event(NOW_MS, "“other”\n")])
        .expect("stored");
    store
        .lambda_metric("f", "f:live", Some("3"), "Duration", 1.5, NOW_MS)
        .expect("stored");
    ask(
        store,
        "Logs_20140328.PutRetentionPolicy",
        json!({ "logGroupName": "g", "retentionInDays": 7 }),
    )
    .await;
    ask(
        store,
        "Logs_20140328.TagLogGroup",
        json!({ "logGroupName": "g", "tags": { "k": "v" } }),
    )
    .await;
    ask(
        store,
        "Logs_20140328.CreateLogGroup",
        json!({ "logGroupName": "gone" }),
    )
    .await;
    ask(
        store,
        "Logs_20140328.DeleteLogGroup",
        json!({ "logGroupName": "gone" }),
    )
    .await;
}

#[tokio::test]
async fn a_restart_changes_nothing_that_a_client_sees() {
    let directory = tempfile::tempdir().expect("a directory");
    let before = {
        let store = open(directory.path(), Limits::default()).expect("opens");
        fill(&store).await;
        seen(&store).await
    };
    let store = open(directory.path(), Limits::default()).expect("opens again");
    assert_eq!(seen(&store).await, before);
    assert_eq!(
        before[4]["Metrics"].as_array().map(Vec::len),
        Some(6),
        "{before}"
    );
}

#[tokio::test]
async fn a_compacted_journal_makes_the_same_state() {
    let directory = tempfile::tempdir().expect("a directory");
    let before = {
        // A journal that compacts at every change.
        let store = open(
            directory.path(),
            Limits {
                journal_bytes: 0,
                ..Limits::default()
            },
        );
        let store = store.expect("opens");
        fill(&store).await;
        store.compact().expect("compacts");
        seen(&store).await
    };
    let store = open(directory.path(), Limits::default()).expect("opens again");
    assert_eq!(seen(&store).await, before);
}

#[tokio::test]
async fn data_that_count_nothing_leave_a_journal_that_can_be_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open(directory.path(), Limits::default()).expect("opens");
    let set = json!({ "SampleCount": 0, "Sum": 0, "Minimum": 0, "Maximum": 0 });
    for measured in [
        json!({ "Values": [1], "Counts": [0] }),
        json!({ "StatisticValues": set }),
    ] {
        let mut datum = measured;
        datum["MetricName"] = "m".into();
        let body = json!({ "Namespace": "N", "MetricData": [datum] });
        let answer = ask(&store, "GraniteServiceVersion20100801.PutMetricData", body).await;
        assert_eq!(answer, json!({}));
    }
    store.compact().expect("compacts");
    drop(store);
    let store = open(directory.path(), Limits::default()).expect("opens again");
    let listed = ask(
        &store,
        "GraniteServiceVersion20100801.ListMetrics",
        json!({}),
    )
    .await;
    assert_eq!(listed["Metrics"], json!([]));
}

#[tokio::test]
async fn an_entry_cut_off_at_the_end_is_dropped_and_writing_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(JOURNAL);
    let before = {
        let store = open(directory.path(), Limits::default()).expect("opens");
        fill(&store).await;
        seen(&store).await
    };
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("the journal");
    file.write_all(b"{\"DeleteGroup\":\"g").expect("written");
    for _ in 0..2 {
        let store = open(directory.path(), Limits::default()).expect("opens again");
        assert_eq!(seen(&store).await, before);
        ask(
            &store,
            "Logs_20140328.TagLogGroup",
            json!({ "logGroupName": "g", "tags": { "k": "v" } }),
        )
        .await;
    }
}

#[test]
fn a_broken_entry_is_an_error_that_names_file_and_line() {
    let directory = tempfile::tempdir().expect("a directory");
    drop(open(directory.path(), Limits::default()).expect("opens"));
    let path = directory.path().join(JOURNAL);
    let text = std::fs::read_to_string(&path).expect("the journal") + "nonsense\n";
    std::fs::write(&path, text).expect("written");
    let error = open(directory.path(), Limits::default())
        .expect_err("must not open")
        .to_string();
    assert!(
        error.contains("line 2") && error.contains(JOURNAL),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_else_can_read_the_journal() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a directory");
    let store = open(directory.path(), Limits::default()).expect("opens");
    for _ in 0..2 {
        let journal = std::fs::metadata(directory.path().join(JOURNAL)).expect("the journal");
        assert_eq!(journal.permissions().mode() & 0o777, 0o600);
        store.compact().expect("compacts");
    }
}

#[tokio::test]
async fn a_compaction_that_fails_leaves_nothing_and_loses_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let before = {
        let store = open(directory.path(), Limits::default()).expect("opens");
        fill(&store).await;
        // In the place of the file that the compaction writes to.
        let next = directory.path().join("telemetry.journal.next");
        std::fs::create_dir(&next).expect("in the way");
        assert!(store.compact().is_err());
        std::fs::remove_dir(&next).expect("out of the way");
        store.compact().expect("compacts");
        fill(&store).await;
        seen(&store).await
    };
    let files = std::fs::read_dir(directory.path()).expect("the directory");
    assert_eq!(files.count(), 1);
    let store = open(directory.path(), Limits::default()).expect("opens again");
    assert_eq!(seen(&store).await, before);
}
