//! Reading in pages gives every event once, in order, in either direction.

use super::*;
use crate::telemetry::{LogEvent, ManualClock, StoreConfig};
use proptest::prelude::*;
use std::sync::Arc;

/// A store with one group, whose streams hold events at these times; a message is its own number.
fn store(streams: &[Vec<i64>]) -> (Store, Vec<(i64, String)>) {
    let clock = Arc::new(ManualClock::new(1_000));
    let store = Store::open(StoreConfig {
        clock,
        ..StoreConfig::default()
    })
    .expect("in memory");
    let mut all = Vec::new();
    for (index, times_ms) in streams.iter().enumerate() {
        for timestamp_ms in times_ms {
            let message = all.len().to_string();
            all.push((*timestamp_ms, message.clone()));
            let event = LogEvent {
                timestamp_ms: *timestamp_ms,
                message,
            };
            store
                .append_log("g", &format!("s{index}"), vec![event])
                .expect("stored");
        }
    }
    // Equal times keep the order of arrival, which is that of the numbers.
    all.sort_by_key(|(time_ms, _)| *time_ms);
    (store, all)
}

fn messages(page: &Structure) -> Vec<String> {
    let Some(Value::List(events)) = page.get("events") else {
        panic!("{page:?}")
    };
    let message = |event: &Value| match event {
        Value::Structure(event) => match event.get("message") {
            Some(Value::Text(message)) => message.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    events.iter().map(message).collect()
}

fn token(page: &Structure, name: &str) -> Option<Value> {
    page.get(name).cloned()
}

fn ask(limit: usize, token: Option<Value>) -> Structure {
    Structure::new()
        .with("logGroupName", Value::text("g"))
        .with("logStreamName", Value::text("s0"))
        .with(
            "limit",
            Value::Integer(i64::try_from(limit).expect("small")),
        )
        .with_some("nextToken", token)
}

/// All pages of a stream from one end, up to the one whose token is the token asked with.
fn walk(store: &Store, limit: usize, forward: bool) -> Vec<Vec<String>> {
    let name = if forward {
        "nextForwardToken"
    } else {
        "nextBackwardToken"
    };
    let (mut pages, mut asked) = (Vec::new(), None);
    loop {
        let request = ask(limit, asked.clone()).with("startFromHead", Value::Bool(forward));
        let page = get(store, &Input::new(&request)).expect("a page");
        let next = token(&page, name);
        if next == asked {
            assert!(messages(&page).is_empty());
            return pages;
        }
        pages.push(messages(&page));
        asked = next;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_stream_is_read_whole_in_both_directions(
        times_ms in prop::collection::vec(0_i64..20, 0..30),
        limit in 1_usize..10,
    ) {
        let (store, all) = store(&[times_ms]);
        if all.is_empty() {
            return Ok(());
        }
        let expected: Vec<String> = all.into_iter().map(|(_, message)| message).collect();
        let forward = walk(&store, limit, true);
        prop_assert!(forward.iter().all(|page| page.len() <= limit));
        prop_assert_eq!(forward.concat(), expected.clone());
        let mut backward = walk(&store, limit, false);
        backward.reverse();
        prop_assert_eq!(backward.concat(), expected);
    }

    #[test]
    fn a_group_is_filtered_whole_in_the_order_of_time(
        streams in prop::collection::vec(prop::collection::vec(0_i64..20, 1..12), 1..4),
        limit in 1_usize..10,
        times_ms in (0_i64..20, 0_i64..20),
    ) {
        let (store, all) = store(&streams);
        let expected: Vec<String> = all
            .into_iter()
            .filter(|(time_ms, _)| (times_ms.0..=times_ms.1).contains(time_ms))
            .map(|(_, message)| message)
            .collect();
        let (mut found, mut asked) = (Vec::new(), None);
        loop {
            let request = Structure::new()
                .with("logGroupName", Value::text("g"))
                .with("limit", Value::Integer(i64::try_from(limit).expect("small")))
                .with("startTime", Value::Integer(times_ms.0))
                .with("endTime", Value::Integer(times_ms.1))
                .with_some("nextToken", asked);
            let page = filter(&store, &Input::new(&request)).expect("a page");
            found.extend(messages(&page));
            asked = token(&page, "nextToken");
            if asked.is_none() {
                break;
            }
        }
        prop_assert_eq!(found, expected);
    }
}
