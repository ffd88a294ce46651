//! awsQuery requests: dotted names in a form become a tree.
//!
//! `MetricData.member.1.Values.member.2=5` is the second value of the first datum. All scalars are
//! texts. The reserved members `Action` and `Version` stay; no operation has members of these names.

use super::error::{ApiError, ErrorKind};
use super::value::{Structure, Value};
use std::collections::BTreeMap;

/// How deep names may nest.
const MAX_DEPTH: usize = 32;
/// How many parameters a request may have; a full PutMetricData with 150 values each stays below.
const MAX_PARAMETERS: usize = 500_000;

#[derive(Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Node>,
}

/// Reads a request.
pub fn decode(body: &[u8]) -> Result<Structure, ApiError> {
    let mut root = Node::default();
    for (count, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if count >= MAX_PARAMETERS || name.split('.').count() > MAX_DEPTH {
            let message = "The request has too many parameters, or nests them too deep.";
            return Err(ApiError::new(ErrorKind::Serialization, message));
        }
        let mut node = &mut root;
        for part in name.split('.') {
            node = node.children.entry(part.to_owned()).or_default();
        }
        node.text = Some(value.into_owned());
    }
    Ok(structure(root))
}

fn structure(node: Node) -> Structure {
    let mut structure = Structure::new();
    for (name, child) in node.children {
        structure.push(name, value(child));
    }
    structure
}

fn value(mut node: Node) -> Value {
    if let Some(items) = node.children.remove("member") {
        return Value::List(list(items));
    }
    match node.text {
        Some(text) if node.children.is_empty() => Value::Text(text),
        _ => Value::Structure(structure(node)),
    }
}

/// The items in the order of their numbers; gaps close, as no client leaves any.
fn list(items: Node) -> Vec<Value> {
    let mut numbered: Vec<(u64, Value)> = items
        .children
        .into_iter()
        .filter_map(|(number, item)| Some((number.parse().ok()?, value(item))))
        .collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_and_structures_come_out_of_dotted_names() {
        let text = |text: &str| Value::Text(text.to_owned());
        let body = b"A=x%20y&L.member.2.V=b&L.member.1.V=a&L.member.10.V=c&S.T=&E=";
        let item = |value| Value::Structure(Structure::new().with("V", text(value)));
        let expected = Structure::new()
            .with("A", text("x y"))
            .with("E", text(""))
            .with("L", Value::List(vec![item("a"), item("b"), item("c")]))
            .with("S", Structure::new().with("T", text("")).into());
        assert_eq!(decode(body), Ok(expected));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&body);
        }

        #[test]
        fn arbitrary_names_never_panic(body in "([A-C.]{0,8}(member|1|2)?[=&.]){0,12}") {
            let _ = decode(body.as_bytes());
        }
    }
}
