//! A request to the Lambda API, taken apart; and the answers that operations make.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;

/// What an operation answers.
pub type Answer = Result<Response<Bytes>, ApiError>;

/// A request whose signature was accepted.
#[derive(Debug)]
pub struct Call {
    /// GET, POST, PUT or DELETE.
    pub method: Method,
    /// The decoded parts of the path after the API's date.
    pub path: Vec<String>,
    /// The parameters of the query; of a repeated one, all values.
    pub query: BTreeMap<String, Vec<String>>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The id of this request, which an invocation hands on to the function.
    pub id: String,
}

impl Call {
    /// The first value of a parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name)?.first().map(String::as_str)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a structure; an empty body is an empty structure.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let text: &[u8] = if self.body.is_empty() {
            b"{}"
        } else {
            &self.body
        };
        serde_json::from_slice(text).map_err(|error| ApiError::not_an_object(&error.to_string()))
    }

    /// `MaxItems`, or the most that a page holds.
    pub fn page_size(&self, most: usize) -> usize {
        let given = self
            .parameter("MaxItems")
            .and_then(|text| text.parse().ok());
        given.unwrap_or(most).clamp(1, most)
    }
}

/// A JSON answer.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is the last word of operations that may refuse"
)]
pub fn json(status: StatusCode, body: &Value) -> Answer {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

/// An answer without a body.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is the last word of operations that may refuse"
)]
pub fn empty(status: StatusCode) -> Answer {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    Ok(response)
}

/// A page of a list: `member` with its entries, and `NextMarker` if there are more. `after` is the
/// marker of the request, the key of the last entry of the page before.
pub fn page<K: AsRef<str>>(call: &Call, member: &str, most: usize, all: Vec<(K, Value)>) -> Answer {
    let size = call.page_size(most);
    let start = match call.parameter("Marker").filter(|marker| !marker.is_empty()) {
        Some(marker) => match all.iter().position(|(key, _)| key.as_ref() == marker) {
            Some(at) => at + 1,
            None => return Err(ApiError::invalid("Invalid Marker")),
        },
        None => 0,
    };
    let end = (start + size).min(all.len());
    let next = (end < all.len()).then(|| all[end - 1].0.as_ref().to_owned());
    let entries: Vec<Value> = all
        .into_iter()
        .skip(start)
        .take(end - start)
        .map(|(_, entry)| entry)
        .collect();
    let mut body = serde_json::Map::new();
    body.insert(member.to_owned(), Value::Array(entries));
    if let Some(marker) = next {
        body.insert("NextMarker".into(), marker.into());
    }
    json(StatusCode::OK, &Value::Object(body))
}
