//! A proxy before the platform that counts what a plan asks of CloudWatch and Lambda.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use ciborium::Value;
use http::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Packages are uploaded in the body of a request.
const LARGEST_BODY: usize = 128 << 20;

/// What was asked since the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Requests by operation of CloudWatch, or by method for Lambda.
    pub requests: BTreeMap<String, usize>,
    /// Queries in all `GetMetricData` together.
    pub queries: usize,
}

/// A running proxy. It ends when it is dropped.
pub struct Counting {
    /// Where it listens.
    pub endpoint: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    target: String,
    client: Client<HttpConnector, Body>,
    asked: Mutex<Asked>,
}

impl Counting {
    /// Starts one before `target` (`http://host:port`).
    pub async fn start(target: String) -> Result<Self> {
        let shared = Arc::new(Shared {
            target,
            client: Client::builder(TokioExecutor::new()).build_http(),
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // Ends with the measurement; nobody is left who could hear of an error.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            endpoint,
            shared,
            server,
        })
    }

    /// What was asked since the last call.
    pub fn take(&self) -> Asked {
        std::mem::take(&mut self.shared.asked())
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn asked(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward(&self, request: Request) -> Result<Response> {
        let (mut parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST_BODY).await?;
        self.asked()
            .count(parts.method.as_str(), parts.uri.path(), &body);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = format!("{}{path}", self.target).parse::<Uri>()?;
        let answer = self
            .client
            .request(Request::from_parts(parts, Body::from(body)));
        Ok(answer.await?.map(Body::new))
    }
}

impl Asked {
    fn count(&mut self, method: &str, path: &str, body: &[u8]) {
        let operation = path.rsplit_once("/operation/").map(|(_, name)| name);
        let name = operation.unwrap_or(if path.starts_with("/20") {
            method
        } else {
            "other"
        });
        *self.requests.entry(name.to_owned()).or_default() += 1;
        if name == "GetMetricData" {
            self.queries += queries(body).unwrap_or(0);
        }
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let answer = shared.forward(request).await;
    answer.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response())
}

/// How many queries a `GetMetricData` in CBOR holds.
fn queries(body: &[u8]) -> Option<usize> {
    let asked: Value = ciborium::from_reader(Cursor::new(body)).ok()?;
    let members = asked.as_map()?.iter();
    let mut lists = members.filter(|(key, _)| key.as_text() == Some("MetricDataQueries"));
    Some(lists.next()?.1.as_array()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_count_by_operation_and_queries_within_them() -> Result<()> {
        let list = Value::Array(vec![Value::Null; 3]);
        let body = Value::Map(vec![(Value::from("MetricDataQueries"), list)]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&body, &mut bytes)?;
        let path = "/service/GraniteServiceVersion20100801/operation/GetMetricData";
        let mut asked = Asked::default();
        asked.count("POST", path, &bytes);
        asked.count("POST", path, &bytes);
        asked.count("GET", "/2015-03-31/functions/a/versions", b"");
        assert_eq!(asked.queries, 6);
        let expected = [("GET", 1), ("GetMetricData", 2)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(asked.requests, BTreeMap::from(expected));
        Ok(())
    }
}
