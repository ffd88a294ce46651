//! Golden wire cases: every folder of `testdata/telemetry` is a conversation with an empty store at a
//! fixed time, `1.request.http` answered by `1.response.http`, and so on.
//!
//! Bodies of CBOR stand in hexadecimal in requests, and in diagnostic notation in responses. Run with
//! `FUSIONIZE_UPDATE=1` to write the responses anew, then read the difference.

mod telemetry_support;

use bytes::Bytes;
use ciborium::Value as Cbor;
use http::request::Parts;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[tokio::test]
async fn every_case_is_answered_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/telemetry");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&root)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        check(&case).await;
    }
}

/// Holds one conversation and compares every answer.
async fn check(case: &Path) {
    let store = telemetry_support::store();
    for step in 1.. {
        let request_path = case.join(format!("{step}.request.http"));
        if !request_path.exists() {
            assert!(step > 1, "{} has no 1.request.http", case.display());
            return;
        }
        let (parts, body) = request(&read(&request_path));
        let response = store.handle(&parts, &body).await;
        let found = describe(&response.expect("a request to CloudWatch or Logs"));
        let response_path = case.join(format!("{step}.response.http"));
        if std::env::var_os("FUSIONIZE_UPDATE").is_some() {
            std::fs::write(&response_path, &found).expect("the response is written");
        }
        assert_eq!(found, read(&response_path), "{}", response_path.display());
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A request line, headers, a blank line, a body.
fn request(text: &str) -> (Parts, Bytes) {
    let (head, body) = text
        .split_once("\n\n")
        .expect("a blank line before the body");
    let mut lines = head.lines();
    let (method, path) = lines
        .next()
        .and_then(|line| line.split_once(' '))
        .expect("a request line");
    let mut builder = http::Request::builder().method(method).uri(path);
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        builder = builder.header(name, value);
    }
    let (parts, ()) = builder.body(()).expect("a request").into_parts();
    let is_cbor = parts
        .headers
        .get("content-type")
        .is_some_and(|kind| kind == "application/cbor");
    let body = if is_cbor {
        bytes_of(body)
    } else {
        body.trim_end().as_bytes().to_vec()
    };
    (parts, Bytes::from(body))
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte"))
        .collect()
}

fn describe(response: &http::Response<Bytes>) -> String {
    let mut text = format!("{}\n", response.status().as_u16());
    let mut headers: Vec<_> = response.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    let mut request_id = String::new();
    for (name, value) in headers {
        let mut value = value.to_str().expect("a text").to_owned();
        if name == "x-amzn-requestid" {
            request_id = std::mem::replace(&mut value, "<request id>".to_owned());
        }
        writeln!(text, "{name}: {value}").expect("a string takes it");
    }
    let is_cbor = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind == "application/cbor");
    let body = if is_cbor && !response.body().is_empty() {
        let decoded: Cbor = ciborium::from_reader(&response.body()[..]).expect("CBOR");
        diagnostic(&decoded)
    } else {
        String::from_utf8(response.body().to_vec())
            .expect("a text")
            .replace(&request_id, "<request id>")
    };
    format!("{text}\n{}\n", without_token(&body))
}

/// A paging token is opaque, so its text is no part of what is recorded.
fn without_token(body: &str) -> String {
    let name = "\"NextToken\":\"";
    let Some(start) = body.find(name).map(|at| at + name.len()) else {
        return body.to_owned();
    };
    let end = body[start..]
        .find('"')
        .map_or(body.len(), |length| start + length);
    format!("{}<token>{}", &body[..start], &body[end..])
}

/// CBOR's diagnostic notation, in which floats and whole numbers look different.
fn diagnostic(value: &Cbor) -> String {
    let all = |items: &[Cbor]| items.iter().map(diagnostic).collect::<Vec<_>>().join(", ");
    match value {
        Cbor::Integer(number) => i128::from(*number).to_string(),
        Cbor::Float(number) => format!("{number:?}"),
        Cbor::Text(text) => format!("{text:?}"),
        Cbor::Tag(tag, inside) => format!("{tag}({})", diagnostic(inside)),
        Cbor::Array(items) => format!("[{}]", all(items)),
        Cbor::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", diagnostic(name), diagnostic(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        other => format!("{other:?}"),
    }
}
