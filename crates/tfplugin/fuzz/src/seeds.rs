//! Where a fuzzer begins: what hosts send, and what they would not.
//!
//! The corpus holds each seed as a file (`tests/fuzz` verifies and writes them), so that
//! `cargo fuzz` finds them, and beside them what campaigns have found.

use super::bytes::piece;
use super::subject::{LOOSE, STRICT, Subject, schema, seed};
use super::types::{OWN, TYPES};
use prost::Message;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::{Dynamic, Number, Provider, Schema, Type};

/// Named inputs.
pub type Seeds = Vec<(String, Vec<u8>)>;

/// The seeds of a target.
pub fn seeds(target: &str) -> Seeds {
    match target {
        "values" => values(),
        "stored" => stored(),
        "changes" => changes(),
        "configuration" => configuration(),
        "requests" => requests(),
        other => panic!("`{other}` has no seeds"),
    }
}

fn named<N: Into<String>>(seeds: impl IntoIterator<Item = (N, Vec<u8>)>) -> Seeds {
    seeds
        .into_iter()
        .map(|(n, bytes)| (n.into(), bytes))
        .collect()
}

/// A value in `MessagePack` under the type of that number.
fn msgpack(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number, 0], bytes].concat()
}

/// A value in JSON under the type of that text.
fn json(r#type: &str, text: &str) -> Vec<u8> {
    let number = TYPES.iter().position(|known| *known == r#type);
    let number = u8::try_from(number.expect("a type of the list")).expect("a few");
    [&[number, 1], text.as_bytes()].concat()
}

/// Many of the same around a value.
fn nested(before: &[u8], times: usize, inner: &[u8], after: &[u8]) -> Vec<u8> {
    [before.repeat(times), inner.to_vec(), after.repeat(times)].concat()
}

fn values() -> Seeds {
    let own = [&[OWN][..], &piece(br#"["map",["set","string"]]"#), &[0]].concat();
    let deep_type = nested(b"[\"list\",", 63, b"\"bool\"", b"]");
    let deep_own = [&[OWN][..], &piece(&deep_type), &[0]].concat();
    named([
        ("bool", msgpack(1, &[0xc3])),
        ("unknown", msgpack(3, &[0xd4, 0, 0])),
        (
            "refined",
            msgpack(3, b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4arn:"),
        ),
        (
            "bounds",
            msgpack(
                2,
                b"\xc7\x0f\x0c\x83\x01\xc2\x03\x92\x01\xc3\x04\x92\xa4-0.1\xc2",
            ),
        ),
        (
            "lengths",
            msgpack(4, b"\xc7\x07\x0c\x82\x05\x01\x06\xcd\x01\x00"),
        ),
        ("decimal", msgpack(2, b"\xa30.1")),
        (
            "float",
            msgpack(2, &[0xcb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]),
        ),
        ("float-32", msgpack(2, &[0xca, 0x7f, 0x7f, 0xff, 0xff])),
        ("huge", msgpack(2, b"\xac1e1000000000")),
        ("huger", msgpack(2, b"\xad1e-9999999999")),
        ("hugest", msgpack(2, b"\xb61e-9223372036854775808")),
        ("set", msgpack(5, b"\x93\xa1b\xa1a\xa1b")),
        ("composed", msgpack(5, b"\x92\xa2\xc3\xbc\xa3u\xcc\x88")),
        ("object", msgpack(8, b"\x82\xa1a\xa1x\xa1b\x01")),
        ("tuple", msgpack(7, b"\x92\xa1x\xff")),
        (
            "typed",
            msgpack(0, b"\x92\xc4\x11[\"list\",\"string\"]\x91\xa1x"),
        ),
        ("typed-null", msgpack(0, b"\x92\xc4\x06\"bool\"\xc0")),
        (
            "deep",
            msgpack(0, &nested(b"\x92\xc4\x09\"dynamic\"", 120, b"\xc0", b"")),
        ),
        (
            "deep-type",
            [deep_own, nested(b"\x91", 63, b"\xc3", b"")].concat(),
        ),
        ("own", [own, b"\x81\xa1k\x92\xa1b\xa1a".to_vec()].concat()),
        (
            "claims-elements",
            msgpack(4, &[0xdd, 0xff, 0xff, 0xff, 0xff, 1]),
        ),
        (
            "claims-entries",
            msgpack(6, &[0xdf, 0xff, 0xff, 0xff, 0xff]),
        ),
        ("claims-text", msgpack(3, &[0xdb, 0xff, 0xff, 0xff, 0xff])),
        (
            "claims-extension",
            msgpack(3, &[0xc9, 0xff, 0xff, 0xff, 0xff, 12]),
        ),
        (
            "json",
            json(TYPES[9], r#"{"a":"x","ü":[{"type":"number","value":1e2}]}"#),
        ),
        ("json-lenient", json(TYPES[8], r#"{"b":"0.1","gone":[1]}"#)),
        (
            "json-huge",
            json(TYPES[2], "123456789012345678901234567890.5e-400"),
        ),
        (
            "json-private",
            json(TYPES[6], r#"{"$serde_json::private::Number":true}"#),
        ),
        ("json-deep", json(TYPES[0], &"[".repeat(2000))),
    ])
}

/// An object of anything with something in every place.
fn full() -> Vec<u8> {
    let element = |key: &str| {
        Dynamic::mapping([
            ("key", Dynamic::from(key)),
            ("size", Dynamic::Null),
            ("told", Dynamic::Null),
            ("words", Dynamic::sequence(["w".into()])),
        ])
    };
    let pair = Dynamic::sequence(["p".into(), Dynamic::from(1)]);
    let size = || Dynamic::mapping([("size", Dynamic::from(1))]);
    let typed = (Type::list(Type::Number), Dynamic::sequence([2.into()]));
    let given = [
        ("name", "it".into()),
        ("flag", true.into()),
        ("any", Dynamic::Typed(Box::new(typed))),
        ("pair", pair),
        ("tags", Dynamic::sequence(["a".into(), 1.into()])),
        ("one", element("a")),
        ("list", Dynamic::sequence([element("b"), element("c")])),
        ("set", Dynamic::sequence([element("d"), element("e")])),
        ("map", Dynamic::mapping([("k", element("f"))])),
        ("b_one", size()),
        ("b_list", Dynamic::sequence([size()])),
        ("b_set", Dynamic::sequence([size()])),
        ("b_map", Dynamic::mapping([("k", size())])),
    ];
    seed(&schema(LOOSE), given).msgpack
}

/// An object of anything with nothing but its name, or with unknown values.
fn bare(share: Dynamic) -> Vec<u8> {
    let given = [
        ("name", "it".into()),
        ("share", share),
        ("one", Dynamic::UNKNOWN),
    ];
    seed(&schema(LOOSE), given).msgpack
}

fn strict(size: &str) -> Vec<u8> {
    let inner = Dynamic::mapping([("mode", "fast".into()), ("offset", Dynamic::from(-1))]);
    let given = [
        ("name", "it".into()),
        (
            "size",
            Dynamic::Number(size.parse::<Number>().expect("a number")),
        ),
        ("share", Dynamic::from(0.25)),
        ("tags", Dynamic::sequence(["a".into(), Dynamic::Null])),
        ("inner", Dynamic::mapping([("k", inner)])),
    ];
    seed(&schema(STRICT), given).msgpack
}

fn stored() -> Seeds {
    let object = |kind: u8, version: u8, private: &[u8], text: &str| {
        [&[kind, version, 0], &piece(private)[..], text.as_bytes()].concat()
    };
    let full = r#"{"name":"it","share":0.1,"any":{"type":"number","value":1e2},"pair":["p",
        {"type":"bool","value":true}],"tags":[{"type":"string","value":"a"}],
        "list":[{"key":"b"}],"map":{"k":{"key":"f","words":["b","a"]}},"b_list":[{"size":"1"}]}"#;
    let strict = r#"{"name":"it","size":128,"tags":["b","a"],"inner":{"k":{"mode":"slow"}}}"#;
    let deep = format!(
        "{{\"any\":{}",
        "{\"type\":\"dynamic\",\"value\":".repeat(130)
    );
    named([
        ("full", object(0, 0, br#"{"a":1}"#, full)),
        ("strict", object(1, 1, b"7", strict)),
        ("private", object(1, 0, b"{", strict)),
        (
            "out-of-range",
            object(1, 0, b"", r#"{"name":"it","size":4294967296}"#),
        ),
        ("newer", object(0, 4, b"", "{}")),
        ("deep", object(0, 0, b"", &deep)),
        ("flat", [&[0, 0, 3, 0, 0][..], b"it"].concat()),
    ])
}

fn changes() -> Seeds {
    let change = |kind: u8, merges: u8, private: &[u8], prior: &[u8], config: &[u8]| {
        let parts = [piece(private), piece(prior), piece(config), config.to_vec()];
        [vec![kind, merges], parts.concat()].concat()
    };
    let nothing: &[u8] = &[0xc0];
    let float = Dynamic::Number(Number::from_f64_exact(0.1).expect("finite"));
    named([
        ("create", change(0, 0, b"", nothing, &full())),
        (
            "create-unknown",
            change(0, 0, b"", nothing, &bare(Dynamic::UNKNOWN)),
        ),
        ("update", change(0, 0, br#"{"a":1}"#, &bare(float), &full())),
        ("unmerged", change(0, 2, b"", &bare(Dynamic::Null), &full())),
        ("strict", change(1, 0, b"7", nothing, &strict("128"))),
        (
            "strict-out-of-range",
            change(1, 0, b"", nothing, &strict("-1e30")),
        ),
        (
            "strict-update",
            change(1, 0, b"7", &strict("1"), &strict("2")),
        ),
        ("nothing", change(0, 2, b"", nothing, nothing)),
    ])
}

fn configuration() -> Seeds {
    let config = |rpc: u8, msgpack: Vec<u8>| [vec![rpc, 0], msgpack].concat();
    let of = |schema: &Schema| seed(schema, [("name", "it".into())]).msgpack;
    named([
        ("validate-provider", config(0, of(&Subject.schema()))),
        ("configure", config(1, full())),
        ("validate-loose", config(2, full())),
        ("validate-strict", config(3, strict("128"))),
        ("look", config(4, full())),
        ("call", config(5, b"\x92\xc4\x08\"string\"\xa1x".to_vec())),
        (
            "call-json",
            [&[5, 3][..], br#"{"type":"string","value":"x"}"#].concat(),
        ),
    ])
}

fn requests() -> Seeds {
    let message = |msgpack: Vec<u8>| {
        let json = Vec::new();
        Some(wire::DynamicValue { msgpack, json })
    };
    let of = |rpc: u8, bytes: Vec<u8>| [vec![0, rpc], bytes].concat();
    let type_name = LOOSE.to_owned();
    let plan = wire::plan_resource_change::Request {
        type_name: type_name.clone(),
        prior_state: message(vec![0xc0]),
        proposed_new_state: message(full()),
        config: message(full()),
        prior_private: b"{}".to_vec(),
        ..Default::default()
    };
    let apply = wire::apply_resource_change::Request {
        type_name: type_name.clone(),
        prior_state: message(full()),
        planned_state: message(bare(Dynamic::Null)),
        config: message(full()),
        ..Default::default()
    };
    let upgrade = wire::upgrade_resource_state::Request {
        type_name: type_name.clone(),
        version: 1,
        raw_state: Some(wire::RawState {
            json: br#"{"name":"it"}"#.to_vec(),
            ..Default::default()
        }),
    };
    let import = wire::import_resource_state::Request {
        type_name,
        id: "it".to_owned(),
        ..Default::default()
    };
    let nothing = wire::apply_resource_change::Request {
        type_name: LOOSE.to_owned(),
        ..Default::default()
    };
    let early = [vec![3, 6], apply.encode_to_vec()].concat();
    named([
        ("upgrade", of(3, upgrade.encode_to_vec())),
        ("plan", of(5, plan.encode_to_vec())),
        ("apply", of(6, apply.encode_to_vec())),
        ("apply-nothing", of(6, nothing.encode_to_vec())),
        ("apply-before-configure", early),
        ("import", of(7, import.encode_to_vec())),
        ("schema", of(11, Vec::new())),
    ])
}
