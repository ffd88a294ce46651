//! The way to and from Rust types.

use super::*;
use crate::number::Number;
use crate::types::Type;
use crate::value::Value;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Goal {
    Cost,
    Latency,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Group {
    tasks: BTreeSet<String>,
    memory_mb: u32,
    version: Value<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    name: Value<String>,
    goal: Option<Goal>,
    share: Value<f64>,
    limit: Value<Number>,
    groups: Value<BTreeMap<String, Group>>,
    anything: Dynamic,
    pair: (bool, char),
}

fn state() -> State {
    let group = Group {
        tasks: ["A".to_owned(), "B".to_owned()].into(),
        memory_mb: 128,
        version: Value::Unknown,
    };
    State {
        name: "tree".into(),
        goal: Some(Goal::Latency),
        share: Value::Known(0.1),
        limit: "123456789012345678901.5"
            .parse::<Number>()
            .expect("a number")
            .into(),
        groups: BTreeMap::from([("A".to_owned(), group)]).into(),
        anything: Dynamic::Typed(Box::new((Type::String, "x".into()))),
        pair: (true, 'ü'),
    }
}

#[test]
fn a_struct_becomes_an_object_and_back() {
    let value = to_dynamic(&state()).expect("a value");
    assert_eq!(value.get("goal"), Some(&"latency".into()));
    assert_eq!(
        value.get("share"),
        Some(&Dynamic::Number("0.1".parse().expect("a number")))
    );
    assert_eq!(from_dynamic::<State>(value), Ok(state()));
}

#[test]
fn null_and_unknown_differ() {
    type Three = (Value<bool>, Value<bool>, Value<bool>);
    let value = Dynamic::sequence([true.into(), Dynamic::Null, Dynamic::UNKNOWN]);
    let read: Three = from_dynamic(value.clone()).expect("three");
    assert_eq!(read, (Value::Known(true), Value::Null, Value::Unknown));
    assert_eq!(to_dynamic(&read), Ok(value));
}

#[test]
fn errors_say_where_and_what() {
    let mut value = to_dynamic(&state()).expect("a value");
    let mut check = |change: fn(&mut BTreeMap<String, Dynamic>), wanted: &str| {
        let Dynamic::Mapping(mut entries) = value.clone() else {
            unreachable!("an object")
        };
        change(&mut entries);
        let error = from_dynamic::<State>(Dynamic::Mapping(entries)).unwrap_err();
        assert_eq!(error.to_string(), wanted);
        value = to_dynamic(&state()).expect("a value");
    };
    check(
        |entries| drop(entries.insert("goal".to_owned(), Dynamic::UNKNOWN)),
        "goal: expected a text, found a value known only after apply",
    );
    check(
        |entries| {
            let group = Dynamic::mapping([
                ("tasks", Dynamic::sequence([])),
                ("memory_mb", Dynamic::from(1.5)),
                ("version", Dynamic::Null),
            ]);
            entries.insert("groups".to_owned(), Dynamic::mapping([("A", group)]));
        },
        r#"groups["A"].memory_mb: expected a whole number, found `1.5`"#,
    );
    check(
        |entries| drop(entries.insert("pair".to_owned(), Dynamic::sequence([1.into()]))),
        "pair[0]: expected a truth value, found a number",
    );
}

#[test]
fn an_unknown_value_is_for_hosts_only() {
    assert!(serde_json::to_string(&Value::<u8>::Unknown).is_err());
    assert!(serde_json::to_string(&Dynamic::UNKNOWN).is_err());
    assert_eq!(
        serde_json::to_string(&Value::Known(1)).ok().as_deref(),
        Some("1")
    );
    assert_eq!(
        serde_json::from_str::<Value<u8>>("null").ok(),
        Some(Value::Null)
    );
    assert_eq!(
        serde_json::from_str::<Value<u8>>("1").ok(),
        Some(Value::Known(1))
    );
}

#[test]
fn private_data_may_hold_values_and_numbers() {
    let data = (
        Value::Known("x".to_owned()),
        "0.1".parse::<Number>().expect("a number"),
    );
    let text = serde_json::to_string(&data).expect("JSON");
    assert_eq!(
        serde_json::from_str::<(Value<String>, Number)>(&text).ok(),
        Some(data)
    );
}

/// The state that hosts' `jsonencode` writes has numbers, not texts.
#[test]
fn trap_12_08_numbers_of_json_are_read_to_the_last_digit() {
    for text in [
        "7",
        "-7",
        "18446744073709551616",
        "0.1",
        "1e400",
        "123456789012345678901.5",
    ] {
        let number = text.parse::<Number>().expect("a number");
        assert_eq!(
            serde_json::from_str::<Value<Number>>(text).ok(),
            Some(Value::Known(number.clone()))
        );
        let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(
            serde_json::from_value::<Number>(json).ok(),
            Some(number.clone())
        );
        let list = format!("[{{\"n\":{text}}}]");
        let wanted = Dynamic::sequence([Dynamic::mapping([("n", number.into())])]);
        assert_eq!(serde_json::from_str::<Dynamic>(&list).ok(), Some(wanted));
    }
    for text in ["true", "{}", "[1]", "\"x\"", "null"] {
        assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
    }
}

#[test]
fn what_no_host_has_is_refused() {
    assert!(to_dynamic(&f64::NAN).is_err());
    assert!(to_dynamic(&Some(f32::INFINITY)).is_err());
    assert!(to_dynamic(&BTreeMap::from([(Some(vec![1]), 1)])).is_err());
}

fn values() -> impl Strategy<Value = Dynamic> {
    let leaf = prop_oneof![
        Just(Dynamic::Null),
        Just(Dynamic::UNKNOWN),
        any::<bool>().prop_map(Dynamic::from),
        any::<i64>().prop_map(Dynamic::from),
        "-?[0-9]{1,30}\\.[0-9]{1,9}"
            .prop_map(|text| Dynamic::Number(text.parse().expect("a number"))),
        "[a-z$:A-Z]{0,12}".prop_map(Dynamic::from),
        "[a-z]{0,3}".prop_map(|text| Dynamic::Typed(Box::new((Type::String, text.into())))),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Dynamic::Sequence),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..5).prop_map(Dynamic::Mapping),
        ]
    })
}

proptest! {
    #[test]
    fn untyped_values_pass_unchanged(value in values()) {
        prop_assert_eq!(to_dynamic(&value), Ok(value.clone()));
        prop_assert_eq!(from_dynamic::<Dynamic>(value.clone()), Ok(value));
    }

    #[test]
    fn reading_a_type_never_panics(value in values()) {
        let _ = from_dynamic::<State>(value.clone());
        let _ = from_dynamic::<serde_json::Value>(value);
    }
}
