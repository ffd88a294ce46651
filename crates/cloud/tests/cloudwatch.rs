//! Reading metrics: what CloudWatch says, says in parts, refuses, or does not say in time.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::future::ready;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use ciborium::Value;
use fusion_cloud::Kind;
use fusion_cloud::metrics::{Window, list, read};
use fusion_model::TaskName;
use fusion_model::release::ReleaseId;
use fusion_model::telemetry::{FunctionRelease, LambdaMetric, Measure, Metric};
use support::{Seen, Server};

const DEADLINE: Duration = Duration::from_secs(20);

fn window() -> Window {
    Window::covering(1_767_225_600, 1_767_229_200)
}

fn invocations(function_name: &str) -> Metric {
    Metric::Lambda {
        metric: LambdaMetric::Invocations,
        function_name: function_name.to_owned(),
        alias: "live".to_owned(),
        version: Some("3".to_owned()),
    }
}

fn latency() -> Metric {
    let task = TaskName::new("A").unwrap();
    Metric::Fusion {
        function: FunctionRelease {
            application: "tree".to_owned(),
            release: ReleaseId::new("0123456789ab").unwrap(),
            function: task.clone(),
        },
        measure: Measure::RequestLatency { entrypoint: task },
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map(members: Vec<(&str, Value)>) -> Value {
    Value::Map(
        members
            .into_iter()
            .map(|(name, value)| (text(name), value))
            .collect(),
    )
}

fn result(id: &str, status: &str, values: &[f64]) -> Value {
    result_from(1_767_225_600.0, id, status, values)
}

/// A result whose points are an hour apart, the first at `start_s` seconds since 1970.
fn result_from(start_s: f64, id: &str, status: &str, values: &[f64]) -> Value {
    let mut next_s = start_s - 3_600.0;
    let mut stamp = || {
        next_s += 3_600.0;
        Value::Tag(1, Box::new(Value::Float(next_s)))
    };
    map(vec![
        ("Id", text(id)),
        ("StatusCode", text(status)),
        (
            "Timestamps",
            Value::Array(values.iter().map(|_| stamp()).collect()),
        ),
        (
            "Values",
            Value::Array(values.iter().map(|value| Value::Float(*value)).collect()),
        ),
    ])
}

fn page(results: Vec<Value>, next: Option<&str>) -> Response {
    let mut members = vec![
        ("MetricDataResults", Value::Array(results)),
        ("Messages", Value::Array(vec![])),
    ];
    members.extend(next.map(|token| ("NextToken", text(token))));
    cbor(200, &map(members))
}

fn cbor(status: u16, value: &Value) -> Response {
    let mut body = Vec::new();
    ciborium::into_writer(value, &mut body).unwrap();
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    let headers = [
        ("content-type", "application/cbor"),
        ("smithy-protocol", "rpc-v2-cbor"),
    ];
    (status, headers, body).into_response()
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_map()?;
    members
        .iter()
        .find(|(key, _)| key.as_text() == Some(name))
        .map(|(_, value)| value)
}

/// The queries of a request, as (id, statistic).
fn queries(seen: &Seen) -> Vec<(String, String)> {
    let request: Value = ciborium::from_reader(&seen.body[..]).unwrap();
    let queries = member(&request, "MetricDataQueries")
        .unwrap()
        .as_array()
        .unwrap()
        .clone();
    let query = |query: &Value| {
        let id = member(query, "Id").unwrap().as_text().unwrap().to_owned();
        let stat = member(member(query, "MetricStat").unwrap(), "Stat").unwrap();
        (id, stat.as_text().unwrap().to_owned())
    };
    queries.iter().map(query).collect()
}

/// Every query answered as Complete with one value by its statistic.
fn complete(seen: &Seen) -> Vec<Value> {
    let value = |statistic: &str| match statistic {
        "Sum" => 120.0,
        "SampleCount" => 4.0,
        "p50" => 28.0,
        _ => 55.0,
    };
    queries(seen)
        .iter()
        .map(|(id, stat)| result(id, "Complete", &[value(stat)]))
        .collect()
}

#[tokio::test]
async fn a_figure_is_put_together_from_its_statistics() {
    let server = Server::start(|_, seen| ready(page(complete(&seen), None))).await;
    let metrics = [latency(), invocations("f")];
    let reading = read(&server.clients().await, &metrics, window(), DEADLINE)
        .await
        .unwrap();
    assert!(reading.missing.is_empty());
    let [first, second] = &reading.figures[..] else {
        panic!("{reading:?}")
    };
    assert_eq!(
        (first.sum, first.samples, first.p50, first.p95),
        (120.0, 4.0, Some(28.0), Some(55.0))
    );
    // Percentiles cost and are asked for only of latencies.
    assert_eq!((second.sum, second.p50), (120.0, None));
    assert_eq!(queries(&server.seen()[0]).len(), 6);
    assert!(server.seen()[0].line.ends_with("/operation/GetMetricData"));
}

#[tokio::test]
async fn silence_is_no_figure_and_nothing_missing() {
    let server = Server::start(|_, seen| {
        let empty = queries(&seen)
            .iter()
            .map(|(id, _)| result(id, "Complete", &[]))
            .collect();
        ready(page(empty, None))
    })
    .await;
    let reading = read(
        &server.clients().await,
        &[invocations("f")],
        window(),
        DEADLINE,
    )
    .await
    .unwrap();
    assert!(reading.figures.is_empty() && reading.missing.is_empty());
}

#[tokio::test]
async fn a_call_has_500_queries_at_most() {
    let server = Server::start(|_, seen| ready(page(complete(&seen), None))).await;
    let metrics: Vec<Metric> = (0..600)
        .map(|index| invocations(&format!("f{index}")))
        .collect();
    let reading = read(&server.clients().await, &metrics, window(), DEADLINE)
        .await
        .unwrap();
    assert_eq!(reading.figures.len(), 600);
    assert_eq!(reading.figures[599].metric, metrics[599]);
    let mut sizes: Vec<usize> = server
        .seen()
        .iter()
        .map(|seen| queries(seen).len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [200, 500, 500]);
}

#[tokio::test]
async fn pages_continue_their_results() {
    let server = Server::start(|index, seen| {
        let ids = queries(&seen);
        ready(match index {
            0 => page(vec![result(&ids[0].0, "PartialData", &[7.0])], Some("more")),
            _ => page(
                vec![
                    result_from(1_767_229_200.0, &ids[0].0, "Complete", &[3.0]),
                    result(&ids[1].0, "Complete", &[2.0]),
                ],
                None,
            ),
        })
    })
    .await;
    let reading = read(
        &server.clients().await,
        &[invocations("f")],
        window(),
        DEADLINE,
    )
    .await
    .unwrap();
    assert_eq!(
        (reading.figures[0].sum, reading.figures[0].samples),
        (10.0, 2.0)
    );
    assert!(reading.missing.is_empty());
}

#[tokio::test]
async fn what_cannot_be_believed_is_missing_not_zero() {
    for (status, kind) in [
        ("PartialData", Kind::Partial),
        ("Forbidden", Kind::Denied),
        ("InternalError", Kind::Other),
    ] {
        let server = Server::start(move |_, seen| {
            let mut results = complete(&seen);
            results[0] = result("q0", status, &[1.0]);
            ready(page(results, None))
        })
        .await;
        let metrics = [invocations("f"), invocations("g")];
        let reading = read(&server.clients().await, &metrics, window(), DEADLINE)
            .await
            .unwrap();
        assert_eq!(reading.figures.len(), 1, "{status}");
        assert_eq!(reading.missing[0].metric, metrics[0]);
        assert_eq!(reading.missing[0].why.kind, kind);
    }
}

#[tokio::test]
async fn points_that_come_twice_are_missing_not_added() {
    let server = Server::start(|_, seen| {
        let mut results = complete(&seen);
        results.push(results[0].clone());
        ready(page(results, None))
    })
    .await;
    let metrics = [invocations("f"), invocations("g")];
    let reading = read(&server.clients().await, &metrics, window(), DEADLINE)
        .await
        .unwrap();
    assert_eq!(reading.figures.len(), 1);
    assert_eq!(reading.missing[0].metric, metrics[0]);
    assert_eq!(reading.missing[0].why.kind, Kind::Partial);
}

#[tokio::test]
async fn one_call_that_fails_does_not_lose_the_others() {
    let server = Server::start(|_, seen| {
        ready(if queries(&seen).iter().any(|(id, _)| id == "q0") {
            cbor(
                400,
                &map(vec![
                    ("__type", text("x#ValidationError")),
                    ("message", text("no")),
                ]),
            )
        } else {
            page(complete(&seen), None)
        })
    })
    .await;
    let metrics: Vec<Metric> = (0..300)
        .map(|index| invocations(&format!("f{index}")))
        .collect();
    let reading = read(&server.clients().await, &metrics, window(), DEADLINE)
        .await
        .unwrap();
    assert_eq!((reading.figures.len(), reading.missing.len()), (50, 250));
    assert_eq!(reading.missing[0].why.reason, "no");
}

#[tokio::test]
async fn a_server_that_does_not_answer_costs_no_more_than_the_deadline() {
    let server = Server::start(|_, _| std::future::pending()).await;
    let deadline = Duration::from_millis(200);
    let failed = read(
        &server.clients().await,
        &[invocations("f")],
        window(),
        deadline,
    )
    .await
    .unwrap_err();
    assert_eq!(failed.kind, Kind::Timeout);
}

#[tokio::test]
async fn throttling_and_refusal_are_told_apart() {
    for (code, kind) in [
        ("Throttling", Kind::Throttled),
        ("AccessDenied", Kind::Denied),
    ] {
        let server = Server::start(move |_, _| {
            let name = format!("com.amazonaws.cloudwatch.v2010_08_01#{code}");
            ready(cbor(
                400,
                &map(vec![("__type", text(&name)), ("message", text("because"))]),
            ))
        })
        .await;
        let failed = read(
            &server.clients().await,
            &[invocations("f")],
            window(),
            DEADLINE,
        )
        .await;
        assert_eq!(failed.unwrap_err().kind, kind, "{code}");
    }
}

#[tokio::test]
async fn metrics_of_a_release_are_discovered() {
    let server = Server::start(|_, _| {
        let listed = |name: &str, dimensions: &[(&str, &str)]| {
            let dimension = |(name, value): &(&str, &str)| {
                map(vec![("Name", text(name)), ("Value", text(value))])
            };
            map(vec![
                ("Namespace", text("Fusionize")),
                ("MetricName", text(name)),
                (
                    "Dimensions",
                    Value::Array(dimensions.iter().map(dimension).collect()),
                ),
            ])
        };
        let function = [
            ("Application", "tree"),
            ("Release", "0123456789ab"),
            ("Function", "A"),
        ];
        let ours: Vec<_> = function
            .iter()
            .copied()
            .chain([("Entrypoint", "A")])
            .collect();
        let metrics = vec![
            listed("RequestLatency", &ours),
            listed("SomebodyElses", &function),
        ];
        ready(cbor(200, &map(vec![("Metrics", Value::Array(metrics))])))
    })
    .await;
    let release = ReleaseId::new("0123456789ab").unwrap();
    let found = list(&server.clients().await, "tree", &[release])
        .await
        .unwrap();
    assert_eq!(found, [latency()]);
}
