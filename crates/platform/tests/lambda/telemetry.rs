//! Metrics and logs of a platform, put and asked without the way over the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use fusion_platform::telemetry::Store;
use serde_json::{Value, json};

/// Runs an operation, such as `Logs_20140328.PutLogEvents`; returns the status and the answer.
pub async fn ask(store: &Store, target: &str, body: Value) -> (u16, Value) {
    let request = http::Request::post("/").header("x-amz-target", target);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let body = bytes::Bytes::from(body.to_string());
    let answer = store.handle(&parts, &body).await.unwrap();
    let text = serde_json::from_slice(answer.body()).unwrap_or_default();
    (answer.status().as_u16(), text)
}

/// Adds the value 1 to a metric of the namespace `Test`; returns the status.
pub async fn count(store: &Store, name: &str) -> u16 {
    let datum = json!({ "MetricName": name, "Value": 1 });
    let body = json!({ "Namespace": "Test", "MetricData": [datum] });
    ask(store, "GraniteServiceVersion20100801.PutMetricData", body)
        .await
        .0
}

/// The sum of a metric over the last hour; 0 where there is none.
pub async fn sum_of(
    store: &Store,
    namespace: &str,
    name: &str,
    dimensions: &[(&str, &str)],
) -> f64 {
    let now_s = now_ms() / 1000;
    let dimensions: Vec<Value> = dimensions
        .iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let body = json!({
        "Namespace": namespace, "MetricName": name, "Dimensions": dimensions,
        "StartTime": now_s - 3600, "EndTime": now_s + 3600, "Period": 3600,
        "Statistics": ["Sum"],
    });
    let target = "GraniteServiceVersion20100801.GetMetricStatistics";
    let (_, found) = ask(store, target, body).await;
    let points = found["Datapoints"].as_array().unwrap();
    let sums = points.iter().filter_map(|point| point["Sum"].as_f64());
    // The sum of nothing would be -0.
    sums.fold(0.0, std::ops::Add::add)
}

/// Makes a log group and a stream in it, both with one name.
pub async fn make_log(store: &Store, name: &str) {
    let group = json!({ "logGroupName": name });
    ask(store, "Logs_20140328.CreateLogGroup", group).await;
    let stream = json!({ "logGroupName": name, "logStreamName": name });
    ask(store, "Logs_20140328.CreateLogStream", stream).await;
}

/// Appends an event to such a log; returns the status.
pub async fn append(store: &Store, name: &str, message: &str) -> u16 {
    let event = json!({ "timestamp": now_ms(), "message": message });
    let body = json!({ "logGroupName": name, "logStreamName": name, "logEvents": [event] });
    ask(store, "Logs_20140328.PutLogEvents", body).await.0
}

/// The messages of a log group that match a pattern, in their order.
pub async fn messages(store: &Store, group: &str, pattern: &str) -> Vec<String> {
    let (mut all, mut token) = (Vec::new(), Value::Null);
    loop {
        let body = json!({
            "logGroupName": group, "filterPattern": pattern, "nextToken": token,
        });
        let (status, page) = ask(store, "Logs_20140328.FilterLogEvents", body).await;
        assert_eq!(status, 200, "{page}");
        let events = page["events"].as_array().unwrap();
        all.extend(
            events
                .iter()
                .map(|event| event["message"].as_str().unwrap().to_owned()),
        );
        token = page["nextToken"].clone();
        if token.is_null() {
            return all;
        }
    }
}

/// Milliseconds since 1970.
fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}
