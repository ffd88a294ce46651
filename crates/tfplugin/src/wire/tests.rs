//! Encoding and decoding, by example and by property.

use super::{json, msgpack};
use crate::dynamic::{Dynamic, Refinement};
use crate::number::Number;
use crate::shape::canonical_set;
use crate::types::Type;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn number(text: &str) -> Dynamic {
    Dynamic::Number(text.parse().expect("a number"))
}

#[track_caller]
fn check(value: &Dynamic, r#type: &Type, bytes: &[u8]) {
    let encoded = msgpack::encode(value, r#type).expect("encodable");
    assert_eq!(encoded, bytes, "encoding {value:?}");
    assert_eq!(msgpack::decode(bytes, r#type).as_ref(), Ok(value));
}

#[test]
fn trap_12_04_decimals_stay_exact() {
    check(&number("0.1"), &Type::Number, b"\xa30.1");
    check(
        &number("0.5"),
        &Type::Number,
        &[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0],
    );
    check(&number("-1"), &Type::Number, &[0xff]);
    check(&number("128"), &Type::Number, &[0xcc, 0x80]);
    check(
        &number("9223372036854775807"),
        &Type::Number,
        b"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff",
    );
    check(
        &number("9223372036854775808"),
        &Type::Number,
        b"\xb39223372036854775808",
    );
    check(
        &number("1e30"),
        &Type::Number,
        b"\xbf1000000000000000000000000000000",
    );
}

#[test]
fn trap_12_04_a_float_is_read_by_its_exact_value() {
    let mut bytes = vec![0xcb];
    bytes.extend(0.1_f64.to_be_bytes());
    let decoded = msgpack::decode(&bytes, &Type::Number).expect("a number");
    assert_ne!(decoded, number("0.1"));
    assert_eq!(msgpack::encode(&decoded, &Type::Number), Ok(bytes));
}

#[test]
fn trap_12_05_objects_carry_every_attribute() {
    let object = Type::object([("a", Type::String), ("b", Type::Bool)]);
    let bytes = msgpack::encode(&Dynamic::mapping([("a", "x".into())]), &object);
    assert_eq!(bytes.as_deref(), Ok(&b"\x82\xa1a\xa1x\xa1b\xc0"[..]));
    for wrong in [
        &b"\x81\xa1a\xa1x"[..],
        b"\x82\xa1a\xa1x\xa1c\xc0",
        b"\x82\xa1a\xc0\xa1a\xc0",
    ] {
        assert!(msgpack::decode(wrong, &object).is_err(), "{wrong:?}");
    }
    let surplus = Dynamic::mapping([("c", Dynamic::Null)]);
    let error = msgpack::encode(&surplus, &object).unwrap_err();
    assert_eq!(error.to_string(), "no attribute `c` is declared");
}

#[test]
fn trap_12_06_unknown_is_read_in_every_form_and_written_as_d40000() {
    check(&Dynamic::UNKNOWN, &Type::String, &[0xd4, 0, 0]);
    check(&Dynamic::Null, &Type::String, &[0xc0]);
    let forms: [&[u8]; 6] = [
        &[0xd4, 0x00, 0x00],
        &[0xc7, 0x00, 0x00],
        &[0xc7, 0x00, 0x0c],
        &[0xd4, 0x0c, 0x80],
        &[0xd4, 0x63, 0x01],
        &[0xc7, 0x03, 0x0c, 0xff, 0xff, 0xff],
    ];
    for form in forms {
        assert_eq!(
            msgpack::decode(form, &Type::Dynamic),
            Ok(Dynamic::UNKNOWN),
            "{form:?}"
        );
    }
    assert!(msgpack::decode(&[0xd5, 0x63, 1, 2], &Type::String).is_err());
}

#[test]
fn trap_12_06_refinements_are_kept() {
    let refinement = Refinement {
        null: Some(false),
        prefix: Some("arn:".to_owned()),
        ..Refinement::default()
    };
    let unknown = Dynamic::Unknown(Some(Box::new(refinement)));
    check(
        &unknown,
        &Type::String,
        b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4arn:",
    );
    let long = Refinement {
        prefix: Some("x".repeat(2000)),
        ..Refinement::default()
    };
    let encoded = msgpack::encode(&Dynamic::Unknown(Some(Box::new(long))), &Type::String);
    assert_eq!(encoded.as_deref(), Ok(&[0xd4, 0, 0][..]));
}

#[test]
fn trap_12_07_sets_are_sorted_and_without_duplicates() {
    let set = Type::set(Type::String);
    let bytes = b"\x93\xa1b\xa1a\xa1b";
    let decoded = msgpack::decode(bytes, &set).expect("a set");
    assert_eq!(decoded, Dynamic::sequence(["a".into(), "b".into()]));
    let unsorted = Dynamic::sequence(["b".into(), "a".into(), "b".into()]);
    assert_eq!(
        msgpack::encode(&unsorted, &set).as_deref(),
        Ok(&b"\x92\xa1a\xa1b"[..])
    );
    let unknowns = Dynamic::sequence([Dynamic::UNKNOWN, Dynamic::UNKNOWN]);
    assert_eq!(
        msgpack::encode(&unknowns, &set).map(|bytes| bytes[0]),
        Ok(0x92)
    );
}

#[test]
fn trap_12_08_stored_numbers_of_any_size_are_read() {
    let object = Type::object([("n", Type::Number), ("s", Type::String)]);
    let text = br#"{"n":123456789012345678901234567890.5,"s":12345678901234567890123,"gone":1}"#;
    let wanted = Dynamic::mapping([
        ("n", number("123456789012345678901234567890.5")),
        ("s", "12345678901234567890123".into()),
    ]);
    assert_eq!(json::decode_bytes(text, &object), Ok(wanted));
}

#[test]
fn stored_objects_are_read_leniently() {
    let object = Type::object([("b", Type::Bool), ("n", Type::Number), ("d", Type::Dynamic)]);
    let text = br#"{"b":"true","n":"0.1","d":{"type":["list","string"],"value":["x"]}}"#;
    let typed = (Type::list(Type::String), Dynamic::sequence(["x".into()]));
    let wanted = Dynamic::mapping([
        ("b", true.into()),
        ("n", number("0.1")),
        ("d", Dynamic::Typed(Box::new(typed))),
    ]);
    assert_eq!(json::decode_bytes(text, &object), Ok(wanted));
    let missing = Dynamic::mapping(["b", "n", "d"].map(|name| (name, Dynamic::Null)));
    assert_eq!(json::decode_bytes(b"{}", &object), Ok(missing));
}

#[test]
fn errors_say_where() {
    let list = Type::object([("groups", Type::map(Type::list(Type::Number)))]);
    let text = br#"{"groups":{"A":[1,"x"]}}"#;
    let error = json::decode_bytes(text, &list).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"groups["A"][1]: `x` is not a decimal number"#
    );
    let bytes = b"\x81\xa6groups\x81\xa1A\x92\x01\xc3";
    let error = msgpack::decode(bytes, &list).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"groups["A"][1]: a truth value is no number"#
    );
}

#[test]
fn texts_are_normalized() {
    let decomposed = Dynamic::from("u\u{308}");
    let encoded = msgpack::encode(&decomposed, &Type::String).expect("a text");
    assert_eq!(
        msgpack::decode(&encoded, &Type::String),
        Ok(Dynamic::from("ü"))
    );
}

#[test]
fn lengths_are_checked_before_anything_is_allocated() {
    let list = Type::list(Type::String);
    for bytes in [
        &[0xdd, 0xff, 0xff, 0xff, 0xff][..],
        &[0xdf, 0xff, 0xff, 0xff, 0xff],
        &[0xdb, 0xff, 0xff, 0xff, 0xff],
        &[0xc6, 0xff, 0xff, 0xff, 0xff],
        &[0xc9, 0xff, 0xff, 0xff, 0xff, 0x00],
    ] {
        let error = msgpack::decode(bytes, &list).unwrap_err();
        assert_eq!(error.to_string(), "the value ends too early", "{bytes:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    // A dynamic value in a dynamic value in ...
    let mut bytes = Vec::new();
    for _ in 0..100_000 {
        bytes.extend(b"\x92\xc4\x09\"dynamic\"");
    }
    bytes.push(0xc0);
    assert!(msgpack::decode(&bytes, &Type::Dynamic).is_err());
    let text = format!("{}null{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(json::decode_bytes(text.as_bytes(), &Type::Dynamic).is_err());
}

/// Types up to a few levels.
fn types() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::Dynamic)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z]{1,3}", inner, 0..4).prop_map(Type::object),
        ]
    })
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", |f| Number::from_f64_exact(f).ok()),
        "-?[0-9]{1,40}(\\.[0-9]{1,20})?".prop_filter_map("a number", |text| text.parse().ok()),
    ]
}

fn refinements() -> impl Strategy<Value = Dynamic> {
    let bound = || proptest::option::of((numbers(), any::<bool>()));
    let parts = (
        proptest::option::of(any::<bool>()),
        proptest::option::of("[a-z]{0,5}"),
        bound(),
        bound(),
        proptest::option::of(any::<u64>()),
        proptest::option::of(any::<u64>()),
    );
    parts.prop_map(|(null, prefix, min, max, min_length, max_length)| {
        let refinement = Refinement {
            null,
            prefix,
            min,
            max,
            min_length,
            max_length,
        };
        let known = refinement != Refinement::default();
        Dynamic::Unknown(known.then(|| Box::new(refinement)))
    })
}

/// Values of a type; `unknown`: with unknown ones among them.
fn values(r#type: &Type, unknown: bool) -> BoxedStrategy<Dynamic> {
    let of = |r#type: &Type| values(r#type, unknown);
    let known = match r#type {
        Type::Bool => any::<bool>().prop_map(Dynamic::Bool).boxed(),
        Type::Number => numbers().prop_map(Dynamic::Number).boxed(),
        Type::String => "[ -~]{0,40}".prop_map(Dynamic::String).boxed(),
        Type::Dynamic => prop_oneof![
            Just(Type::Bool),
            Just(Type::map(Type::Number)),
            Just(Type::object([("x", Type::String)]))
        ]
        .prop_flat_map(move |inner| {
            values(&inner, unknown)
                .prop_map(move |value| Dynamic::Typed(Box::new((inner.clone(), value))))
        })
        .boxed(),
        Type::List(element) => vec(of(element), 0..20).prop_map(Dynamic::Sequence).boxed(),
        Type::Set(element) => vec(of(element), 0..5).prop_map(canonical_set).boxed(),
        Type::Map(element) => btree_map("[ -~]{0,8}", of(element), 0..20)
            .prop_map(Dynamic::Mapping)
            .boxed(),
        Type::Tuple(types) => types
            .iter()
            .map(of)
            .collect::<Vec<_>>()
            .prop_map(Dynamic::Sequence)
            .boxed(),
        Type::Object { attributes, .. } => {
            let names: Vec<_> = attributes.keys().cloned().collect();
            let parts: Vec<_> = attributes.values().map(of).collect();
            parts
                .prop_map(move |parts| Dynamic::mapping(names.iter().cloned().zip(parts)))
                .boxed()
        }
    };
    let unknowns = if unknown {
        refinements().boxed()
    } else {
        Just(Dynamic::Null).boxed()
    };
    prop_oneof![8 => known, 1 => Just(Dynamic::Null), 1 => unknowns].boxed()
}

fn typed_values(unknown: bool) -> impl Strategy<Value = (Type, Dynamic)> {
    types().prop_flat_map(move |r#type| {
        let values = values(&r#type, unknown);
        values.prop_map(move |value| (r#type.clone(), value))
    })
}

/// How many values the value consists of.
fn parts(value: &Dynamic) -> usize {
    1 + match value {
        Dynamic::Sequence(elements) => elements.iter().map(parts).sum(),
        Dynamic::Mapping(entries) => entries.values().map(parts).sum(),
        Dynamic::Typed(typed) => parts(&typed.1),
        _ => 0,
    }
}

/// A known value as hosts store it.
fn to_json(value: &Dynamic) -> Json {
    match value {
        Dynamic::Null | Dynamic::Unknown(_) => Json::Null,
        Dynamic::Bool(truth) => json!(truth),
        Dynamic::Number(number) => serde_json::from_str(&number.to_string()).expect("a number"),
        Dynamic::String(text) => json!(text),
        Dynamic::Sequence(elements) => elements.iter().map(to_json).collect(),
        Dynamic::Mapping(entries) => Json::Object(
            entries
                .iter()
                .map(|(n, v)| (n.clone(), to_json(v)))
                .collect(),
        ),
        Dynamic::Typed(typed) => json!({"type": typed.0.to_json(), "value": to_json(&typed.1)}),
    }
}

proptest! {
    #[test]
    fn decoding_undoes_encoding((r#type, value) in typed_values(true)) {
        let bytes = msgpack::encode(&value, &r#type).expect("encodable");
        prop_assert_eq!(msgpack::decode(&bytes, &r#type), Ok(value));
    }

    #[test]
    fn stored_values_are_read_back((r#type, value) in typed_values(false)) {
        let text = to_json(&value).to_string();
        prop_assert_eq!(json::decode_bytes(text.as_bytes(), &r#type), Ok(value));
    }

    #[test]
    fn arbitrary_bytes_never_panic(r#type in types(), bytes in vec(any::<u8>(), 0..200)) {
        // What is read at all is no larger than its bytes, and is written in the hosts' form.
        if let Ok(value) = msgpack::decode(&bytes, &r#type) {
            prop_assert!(parts(&value) <= bytes.len().max(1));
            let canonical = msgpack::encode(&value, &r#type).expect("encodable");
            let again = msgpack::decode(&canonical, &r#type).expect("decodable");
            prop_assert_eq!(msgpack::encode(&again, &r#type), Ok(canonical));
        }
        let _ = json::decode_bytes(&bytes, &r#type);
    }

    #[test]
    fn a_damaged_value_never_panics(
        (r#type, value) in typed_values(true),
        at: prop::sample::Index,
        byte: u8,
    ) {
        let mut bytes = msgpack::encode(&value, &r#type).expect("encodable");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = msgpack::decode(&bytes, &r#type);
        bytes.truncate(at);
        let _ = msgpack::decode(&bytes, &r#type);
    }
}
