//! What expressions give over two small metrics.

use super::super::points::Points;
use super::super::request::{MetricQuery, Query, Request, Source};
use super::*;
use crate::telemetry::metrics::datum::MetricId;
use crate::telemetry::metrics::statistic::Statistic;

const MINUTE_MS: i64 = 60_000;

/// m1 has the values 1, 2, 3 in the minutes 0, 1, 2; m2 has 10 and 0 in the minutes 1 and 2.
fn measure(query: &MetricQuery) -> Points {
    let values: &[(i64, f64)] = match query.metric.name.as_str() {
        "m1" => &[(0, 1.0), (1, 2.0), (2, 3.0)],
        "m2" => &[(1, 10.0), (2, 0.0)],
        _ => &[],
    };
    let values = values
        .iter()
        .map(|(minute, value)| (minute * MINUTE_MS, *value))
        .collect();
    Points {
        values,
        units: Vec::new(),
    }
}

fn query(id: &str, source: Source) -> Query {
    let return_data = matches!(source, Source::Math(_));
    Query {
        id: id.to_owned(),
        label: None,
        return_data,
        source,
    }
}

fn metric(id: &str) -> Query {
    let source = MetricQuery {
        metric: MetricId::new("N", id, []),
        period_s: 60,
        statistic_name: "Sum".to_owned(),
        statistic: Statistic::parse("Sum").expect("valid"),
        unit: None,
    };
    query(id, Source::Metric(source))
}

fn evaluated(expressions: &[(&str, &str)]) -> Result<Vec<Series>, String> {
    let mut queries = vec![metric("m1"), metric("m2"), metric("none")];
    for (id, text) in expressions {
        queries.push(query(
            id,
            Source::Math(Expression::parse(text).expect(text)),
        ));
    }
    let request = Request {
        queries,
        times_ms: 0..3 * MINUTE_MS,
        ascending: true,
    };
    evaluate(&request, measure, |query| query.metric.name.clone()).map_err(|error| error.message)
}

/// The result of one expression as minutes and values.
fn points(text: &str) -> Vec<(i64, f64)> {
    let found = evaluated(&[("e", text)]).expect(text);
    let [series] = found.as_slice() else {
        panic!("{text}: {found:?}")
    };
    assert_eq!(series.label, "e");
    series
        .points
        .iter()
        .map(|(time_ms, value)| (time_ms / MINUTE_MS, *value))
        .collect()
}

#[test]
fn expressions_over_series() {
    let cases: [(&str, &[(i64, f64)]); 16] = [
        ("m1 + m2", &[(0, 1.0), (1, 12.0), (2, 3.0)]),
        ("m1 / m2", &[(1, 0.2)]),
        (
            "100 * m1 / SUM(m1)",
            &[(0, 100.0 / 6.0), (1, 200.0 / 6.0), (2, 50.0)],
        ),
        ("m1 > m2", &[(0, 1.0), (1, 0.0), (2, 1.0)]),
        ("IF(m1 >= 2, m1)", &[(1, 2.0), (2, 3.0)]),
        (
            "IF(m1 >= 2 AND m2 == 0, m1, 0 - 1)",
            &[(0, -1.0), (1, -1.0), (2, 3.0)],
        ),
        ("FILL(m2, 7)", &[(0, 7.0), (1, 10.0), (2, 0.0)]),
        ("FILL(none, 0)", &[(0, 0.0), (1, 0.0), (2, 0.0)]),
        (
            "FILL(IF(m1 != 2, m1), REPEAT)",
            &[(0, 1.0), (1, 1.0), (2, 3.0)],
        ),
        ("TIME_SERIES(AVG(m1) ^ 2)", &[(0, 4.0), (1, 4.0), (2, 4.0)]),
        ("DIFF(m1)", &[(1, 1.0), (2, 1.0)]),
        ("RATE(m1) * PERIOD(m1)", &[(1, 1.0), (2, 1.0)]),
        ("RUNNING_SUM(m1)", &[(0, 1.0), (1, 3.0), (2, 6.0)]),
        ("SUM(METRICS())", &[(0, 1.0), (1, 12.0), (2, 3.0)]),
        ("MAX([m1, m2])", &[(0, 1.0), (1, 10.0), (2, 3.0)]),
        (
            "ABS(0 - m1) + CEIL(0.2) - FLOOR(0.9)",
            &[(0, 2.0), (1, 3.0), (2, 4.0)],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(points(text), expected, "{text}");
    }
}

#[test]
fn an_array_gives_several_results_of_one_id() {
    let found = evaluated(&[("e", "REMOVE_EMPTY(METRICS(\"m\")) * 2")]).expect("valid");
    let labels: Vec<&str> = found.iter().map(|series| series.label.as_str()).collect();
    assert_eq!(labels, ["e m1", "e m2"]);
    assert!(found.iter().all(|series| series.query == 3));
}

#[test]
fn an_expression_may_use_a_later_one() {
    let found = evaluated(&[("a", "b * 2"), ("b", "m1 + 1")]).expect("valid");
    assert_eq!(
        found[0].points.values().copied().collect::<Vec<_>>(),
        [4.0, 6.0, 8.0]
    );
}

#[test]
fn what_cannot_be_evaluated_is_refused_by_name() {
    let error = |text: &str| evaluated(&[("e", text)]).expect_err(text);
    assert!(error("e + 1").contains("'e' needs its own result"));
    assert!(error("x + 1").contains("no query has the Id 'x'"));
    assert!(
        error("SEARCH('{N}', 'Sum')").contains("this endpoint has no function SEARCH; it has ABS")
    );
    assert!(error("SUM(m1)").contains("TIME_SERIES makes one of a number"));
    assert!(error("METRICS() + METRICS()").contains("two arrays"));
    assert!(error("FILL(m1, LINEAR)").contains("a number or REPEAT"));
    assert!(error("SUM(m1, m2)").contains("the arguments of SUM"));
    assert!(error("m1 + \"x\"").contains("a text is no operand"));
}

#[test]
fn a_long_sum_is_no_deep_one_but_a_long_chain_of_ids_is() {
    let sum = vec!["m1"; 600].join("+");
    assert_eq!(points(&sum)[0], (0, 600.0));
    let ids: Vec<String> = (0..200).map(|at| format!("e{at}")).collect();
    let chain: Vec<String> = (1..200).map(|at| format!("e{at} + 1")).collect();
    let chain: Vec<(&str, &str)> = ids
        .iter()
        .map(String::as_str)
        .zip(chain.iter().map(String::as_str))
        .collect();
    assert!(
        evaluated(&chain)
            .expect_err("too deep")
            .contains("too deep")
    );
}

#[test]
fn a_request_cannot_compute_without_bound() {
    let long = format!("[{}TIME_SERIES(1)]", "TIME_SERIES(1),".repeat(130));
    let mut queries = vec![metric("m1")];
    queries.push(query(
        "e",
        Source::Math(Expression::parse(&long).expect("valid")),
    ));
    let request = Request {
        queries,
        times_ms: 0..100_000 * MINUTE_MS,
        ascending: true,
    };
    let error = evaluate(&request, measure, |_| String::new()).expect_err("must end");
    assert!(error.message.contains("computes more than"), "{error}");
}
