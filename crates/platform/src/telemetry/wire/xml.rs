//! awsQuery answers: XML.

use super::error::ApiError;
use super::value::{Structure, Value};
use quick_xml::escape::escape;
use std::fmt::Write;
use time::OffsetDateTime;
use time::macros::format_description;

const NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";

/// Writes an answer; an operation without output has only its metadata.
pub fn encode(operation: &str, output: &Structure, request_id: &str) -> String {
    let mut xml = format!("<{operation}Response xmlns=\"{NAMESPACE}\">");
    if !output.members().is_empty() {
        let _ = write!(xml, "<{operation}Result>");
        write_members(&mut xml, output);
        let _ = write!(xml, "</{operation}Result>");
    }
    let _ = write!(
        xml,
        "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    xml
}

/// Writes an error.
pub fn encode_error(error: &ApiError, request_id: &str) -> String {
    let codes = error.kind.codes();
    let side = if codes.status >= 500 {
        "Receiver"
    } else {
        "Sender"
    };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        codes.query,
        escape(error.message.as_str()),
    )
}

fn write_members(xml: &mut String, structure: &Structure) {
    for (name, value) in structure.members() {
        if !matches!(value, Value::Null) {
            write_element(xml, name, value);
        }
    }
}

// Writing to a string cannot fail, so the results of `write!` carry nothing.
fn write_element(xml: &mut String, name: &str, value: &Value) {
    let _ = write!(xml, "<{name}>");
    match value {
        Value::Null => {}
        Value::Bool(truth) => {
            let _ = write!(xml, "{truth}");
        }
        Value::Integer(number) => {
            let _ = write!(xml, "{number}");
        }
        Value::Double(number) => xml.push_str(&double(*number)),
        Value::Text(text) => xml.push_str(&escape(text.as_str())),
        Value::Timestamp(time_ms) => xml.push_str(&time(*time_ms)),
        Value::List(items) => {
            for item in items {
                write_element(xml, "member", item);
            }
        }
        Value::Structure(structure) => write_members(xml, structure),
        Value::Map(entries) => {
            for (key, value) in entries.members() {
                let _ = write!(xml, "<entry><key>{}</key>", escape(key.as_str()));
                write_element(xml, "value", value);
                xml.push_str("</entry>");
            }
        }
    }
    let _ = write!(xml, "</{name}>");
}

fn double(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned()
    } else {
        // The form with a point even for whole numbers.
        format!("{number:?}")
    }
}

/// Whole seconds, as the query protocol writes times.
fn time(time_ms: i64) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(time_ms.div_euclid(1000))
        .ok()
        .and_then(|time| time.format(form).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_lists_have_members() {
        let list = Value::List(vec![Value::Double(1.0), Value::text("<&>")]);
        let output = Structure::new()
            .with("L", list)
            .with("Empty", Value::List(Vec::new()))
            .with("T", Value::Timestamp(1_767_225_600_999));
        let expected = format!(
            "<OpResponse xmlns=\"{NAMESPACE}\"><OpResult><L><member>1.0</member><member>&lt;&amp;&gt;</member></L>\
             <Empty></Empty><T>2026-01-01T00:00:00Z</T></OpResult>\
             <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></OpResponse>"
        );
        assert_eq!(encode("Op", &output, "id"), expected);
    }
}
