//! The SDK for Rust, which speaks CBOR, against the store behind a real HTTP server.

mod telemetry_support;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::operation::put_metric_data::PutMetricDataError;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, StandardUnit, StatisticSet,
};
use std::collections::BTreeMap;
use telemetry_support::{NOW_MS, serve, store};

const NOW_S: i64 = NOW_MS / 1000;

async fn client() -> Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .endpoint_url(serve(store()).await)
        .build();
    Client::from_conf(config)
}

fn dimension(value: &str) -> Dimension {
    Dimension::builder().name("Task").value(value).build()
}

fn datum(value: f64, second: i64) -> MetricDatum {
    MetricDatum::builder()
        .metric_name("Latency")
        .dimensions(dimension("A"))
        .value(value)
        .unit(StandardUnit::Milliseconds)
        .storage_resolution(1)
        .timestamp(DateTime::from_secs(second))
        .build()
}

fn query(id: &str, stat: &str, period_s: i32) -> MetricDataQuery {
    let metric = Metric::builder()
        .namespace("Test")
        .metric_name("Latency")
        .dimensions(dimension("A"))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(period_s)
        .stat(stat)
        .build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// Six hundred points, one a second, the value being the second's number; large enough for gzip.
async fn put_points(client: &Client) {
    let data = (0..600_u32).map(|second| datum(f64::from(second), NOW_S - 600 + i64::from(second)));
    client
        .put_metric_data()
        .namespace("Test")
        .set_metric_data(Some(data.collect()))
        .send()
        .await
        .expect("the data are taken");
}

#[tokio::test]
async fn pages_together_hold_every_point_once() {
    let client = client().await;
    put_points(&client).await;
    let mut pages = client
        .get_metric_data()
        .start_time(DateTime::from_secs(NOW_S - 600))
        .end_time(DateTime::from_secs(NOW_S))
        .max_datapoints(250)
        .metric_data_queries(query("a", "Sum", 1))
        .metric_data_queries(query("b", "p50", 60))
        .into_paginator()
        .send();
    let (mut values, mut page_count) = (BTreeMap::<String, Vec<f64>>::new(), 0);
    while let Some(page) = pages.next().await {
        page_count += 1;
        let page = page.expect("a page");
        for result in page.metric_data_results() {
            let id = result.id().expect("an id").to_owned();
            values.entry(id).or_default().extend(result.values());
        }
    }
    assert_eq!(page_count, 3);
    let newest_first: Vec<f64> = (0..600_u32).rev().map(f64::from).collect();
    assert_eq!(values["a"], newest_first);
    let medians: Vec<f64> = (0..10_u32)
        .rev()
        .map(|minute| f64::from(minute * 60 + 29))
        .collect();
    assert_eq!(values["b"], medians);
}

#[tokio::test]
async fn five_hundred_queries_are_answered_in_one_call() {
    let client = client().await;
    put_points(&client).await;
    let queries = (0..500).map(|index| query(&format!("q{index}"), "SampleCount", 86_400));
    let answer = client
        .get_metric_data()
        .start_time(DateTime::from_secs(NOW_S - 600))
        .end_time(DateTime::from_secs(NOW_S))
        .set_metric_data_queries(Some(queries.collect()))
        .send()
        .await
        .expect("an answer");
    let results = answer.metric_data_results();
    assert_eq!(results.len(), 500);
    assert!(results.iter().all(|result| result.values() == [600.0]));
}

#[tokio::test]
async fn more_than_five_hundred_queries_are_a_validation_error() {
    let client = client().await;
    let queries = (0..501).map(|index| query(&format!("q{index}"), "Sum", 60));
    let error = client
        .get_metric_data()
        .start_time(DateTime::from_secs(NOW_S - 600))
        .end_time(DateTime::from_secs(NOW_S))
        .set_metric_data_queries(Some(queries.collect()))
        .send()
        .await
        .expect_err("must be refused");
    assert_eq!(error.code(), Some("ValidationError"));
}

#[tokio::test]
async fn errors_reach_their_typed_variant() {
    let client = client().await;
    let put = |datum: MetricDatum| {
        client
            .put_metric_data()
            .namespace("Test")
            .metric_data(datum)
            .send()
    };
    let old = put(datum(1.0, NOW_S - 15 * 86_400))
        .await
        .expect_err("too old")
        .into_service_error();
    assert!(
        matches!(old, PutMetricDataError::InvalidParameterValueException(_)),
        "{old:?}"
    );
    assert_eq!(
        old.message(),
        Some(
            "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks."
        )
    );
    let set = StatisticSet::builder()
        .sample_count(1.0)
        .sum(1.0)
        .minimum(1.0)
        .maximum(1.0)
        .build();
    let both = MetricDatum::builder()
        .metric_name("m")
        .value(1.0)
        .statistic_values(set)
        .build();
    let both = put(both)
        .await
        .expect_err("both given")
        .into_service_error();
    assert!(
        matches!(
            both,
            PutMetricDataError::InvalidParameterCombinationException(_)
        ),
        "{both:?}"
    );
}

#[tokio::test]
async fn statistics_and_units_arrive_typed() {
    let client = client().await;
    put_points(&client).await;
    let answer = client
        .get_metric_statistics()
        .namespace("Test")
        .metric_name("Latency")
        .dimensions(dimension("A"))
        .start_time(DateTime::from_secs(NOW_S - 600))
        .end_time(DateTime::from_secs(NOW_S))
        .period(600)
        .extended_statistics("p99")
        .extended_statistics("tm50")
        .send()
        .await
        .expect("an answer");
    let [point] = answer.datapoints() else {
        panic!("{answer:?}")
    };
    let extended = point.extended_statistics().expect("extended statistics");
    assert_eq!((extended["p99"], extended["tm50"]), (593.0, 149.5));
    assert_eq!(point.unit(), Some(&StandardUnit::Milliseconds));
}

#[tokio::test]
async fn metrics_are_listed_in_pages_of_five_hundred() {
    let client = client().await;
    for batch in 0..2 {
        let data = (0..600).map(|index| {
            MetricDatum::builder()
                .metric_name(format!("m{batch}"))
                .dimensions(dimension(&format!("t{index}")))
                .value(1.0)
                .build()
        });
        let put = client
            .put_metric_data()
            .namespace("Test")
            .set_metric_data(Some(data.collect()));
        put.send().await.expect("the data are taken");
    }
    let mut pages = client
        .list_metrics()
        .namespace("Test")
        .into_paginator()
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.expect("a page").metrics().len());
    }
    assert_eq!(sizes, [500, 500, 200]);
}
