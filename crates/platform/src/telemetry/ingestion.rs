//! How log events become changes of the store: the events themselves, and the metrics in them.

use super::emf;
use super::logs::event::LogEvent;
use super::metrics::datum::{Datum, MetricId};
use super::metrics::unit::Unit;
use super::mutation::Mutation;

/// The age in milliseconds up to which CloudWatch takes a datum or a log event: two weeks.
pub const TAKEN_PAST_MS: i64 = 14 * 86_400_000;
/// How far in milliseconds a datum or a log event may lie ahead: two hours.
pub const TAKEN_AHEAD_MS: i64 = 2 * 3_600_000;

/// The changes by which events of one stream arrive: the events, and the metrics in them.
pub fn events(group: &str, stream: &str, events: Vec<LogEvent>, now_ms: i64) -> Vec<Mutation> {
    let mut data = Vec::new();
    let (mut parsing_errors, mut validation_errors) = (0, 0);
    for event in &events {
        let found = emf::extract(&event.message);
        parsing_errors += found.parsing_errors;
        validation_errors += found.validation_errors;
        let taken = now_ms - TAKEN_PAST_MS..=now_ms + TAKEN_AHEAD_MS;
        for datum in found.data {
            if taken.contains(&datum.timestamp_ms) {
                data.push(datum);
            } else {
                validation_errors += 1;
            }
        }
    }
    let failures = [
        ("EMFParsingErrors", parsing_errors),
        ("EMFValidationErrors", validation_errors),
    ];
    for (name, count) in failures.into_iter().filter(|(_, count)| *count > 0) {
        let metric = MetricId::new("AWS/Logs", name, [("LogGroupName", group)]);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of events in one request"
        )]
        data.push(Datum::single(metric, Unit::COUNT, now_ms, count as f64));
    }
    let mut mutations = vec![Mutation::Events {
        group: group.to_owned(),
        stream: stream.to_owned(),
        ingestion_ms: now_ms,
        events: events
            .into_iter()
            .map(|event| (event.timestamp_ms, event.message))
            .collect(),
    }];
    if !data.is_empty() {
        mutations.push(Mutation::Metrics(data));
    }
    mutations
}
