//! Which lines give which metrics.

use super::*;
use proptest::prelude::*;

const LINE: &str = r#"{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D","E"],[]],"Metrics":[{"Name":"M","Unit":"Milliseconds"},{"Name":"K","StorageResolution":1}]}]},"D":"x","E":"y","M":[1.5,2],"K":3}"#;

/// The line with one text put in place of another.
fn changed(from: &str, to: &str) -> Extraction {
    assert!(LINE.contains(from), "{from}");
    extract(&LINE.replace(from, to))
}

#[test]
fn every_set_yields_every_metric() {
    let found = extract(LINE);
    assert_eq!(
        (
            found.data.len(),
            found.validation_errors,
            found.parsing_errors
        ),
        (4, 0, 0)
    );
    let first = &found.data[0];
    assert_eq!(
        first.metric,
        MetricId::new("N", "M", [("D", "x"), ("E", "y")])
    );
    assert_eq!(first.unit, Unit::MILLISECONDS);
    assert_eq!(first.timestamp_ms, 1_700_000_000_000);
    assert_eq!(
        first
            .values
            .iter()
            .map(|sample| sample.value)
            .collect::<Vec<_>>(),
        [1.5, 2.0]
    );
    assert_eq!(found.data[1].metric, MetricId::new("N", "M", []));
    assert_eq!(found.data[2].resolution, Resolution::Second);
}

#[test]
fn lambdas_prefix_before_the_document_is_tolerated() {
    let line = format!("2026-01-01T00:00:00.000Z\t8f5e-id\tINFO\t{LINE}\n");
    assert_eq!(extract(&line).data.len(), 4);
}

#[test]
fn plain_lines_give_nothing_and_count_nothing() {
    for line in [
        "",
        "hello",
        "{\"a\":1}",
        "{\"level\":\"INFO\",\"message\":\"x\"}",
    ] {
        assert_eq!(extract(line), Extraction::default(), "{line}");
    }
}

#[test]
fn what_breaks_a_rule_is_left_out_and_counted_and_the_rest_stays() {
    let hundred_and_one = format!("[{}]", ["1"; 101].join(","));
    let cases = [
        ("[1.5,2]", "\"1.5\"", 2),
        ("[1.5,2]", "[]", 2),
        ("[1.5,2]", hundred_and_one.as_str(), 2),
        ("\"Milliseconds\"", "\"Millis\"", 2),
        ("\"StorageResolution\":1", "\"StorageResolution\":5", 2),
        ("\"E\":\"y\"", "\"E\":7", 2),
        ("\"E\":\"y\"", "\"E\":\"\"", 2),
        ("\"Namespace\":\"N\"", "\"Namespace\":\"\"", 0),
        ("\"Timestamp\":1700000000000", "\"Timestamp\":\"now\"", 0),
    ];
    for (from, to, kept) in cases {
        let found = changed(from, to);
        assert_eq!(
            (found.data.len(), found.validation_errors),
            (kept, 1),
            "{from} -> {to}"
        );
    }
}

#[test]
fn a_broken_document_is_a_parsing_error() {
    let found = extract(&LINE[..LINE.len() - 1]);
    assert_eq!((found.data.len(), found.parsing_errors), (0, 1));
}

#[test]
fn value_objects_of_awss_agent_are_taken() {
    let found = changed(
        "[1.5,2]",
        r#"{"Values":[1,2],"Counts":[3,4],"Max":2,"Min":1,"Count":7,"Sum":11}"#,
    );
    assert_eq!(
        found.data[0].values[1],
        Weighted {
            value: 2.0,
            count: 4.0
        }
    );
    let found = changed("[1.5,2]", r#"{"Max":2,"Min":1,"Count":7,"Sum":11}"#);
    assert_eq!(
        found.data[0].statistic_set.map(|set| set.sample_count),
        Some(7.0)
    );
}

proptest! {
    #[test]
    fn no_line_makes_extraction_panic(at in 0..LINE.len(), text in "\\PC{0,5}") {
        let _ = extract(&format!("{}{text}{}", &LINE[..at], &LINE[at..]));
    }
}
