//! The proxy itself: one listener on loopback, whose faults change while it runs.

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use ciborium::Value;
use http::{Method, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{Answer, Fault, Victim};

/// Packages are uploaded in the body of a request.
const LARGEST_BODY: usize = 128 << 20;

/// A running proxy. It ends when it is dropped.
pub struct Proxy {
    endpoint: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    target: String,
    client: Client<HttpConnector, Body>,
    faults: Mutex<Vec<Armed>>,
    writes: Mutex<Vec<String>>,
    hits: mpsc::UnboundedSender<Victim>,
}

/// A fault, and how many requests it has met.
struct Armed {
    fault: Fault,
    met: u32,
}

impl Proxy {
    /// Starts a proxy in front of `target` (`http://host:port`). The receiver hears of everybody
    /// who is to be killed; the request that was met is never answered.
    pub async fn start(target: String) -> Result<(Self, mpsc::UnboundedReceiver<Victim>)> {
        let (hits, killed) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            target,
            client: Client::builder(TokioExecutor::new()).build_http(),
            faults: Mutex::default(),
            writes: Mutex::default(),
            hits,
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // Ends with the test; nobody is left who could hear of an error.
            let _ = axum::serve(listener, router).await;
        });
        let proxy = Self {
            endpoint,
            shared,
            server,
        };
        Ok((proxy, killed))
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets a fault happen from now on.
    pub fn arm(&self, fault: Fault) {
        self.shared.faults().push(Armed { fault, met: 0 });
    }

    /// No more faults.
    pub fn mend(&self) {
        self.shared.faults().clear();
    }

    /// Requests since the last call that change something in Lambda, as `METHOD path`.
    pub fn take_writes(&self) -> Vec<String> {
        let mut writes = self
            .shared
            .writes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *writes)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn faults(&self) -> std::sync::MutexGuard<'_, Vec<Armed>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault that a request meets, if there is one.
    fn fault(&self, method: &Method, path: &str) -> Option<Fault> {
        for armed in self.faults().iter_mut() {
            if !armed.fault.meets(method.as_str(), path) {
                continue;
            }
            armed.met += 1;
            let begun = armed.met > armed.fault.after;
            let last = armed.fault.times.map(|times| times + armed.fault.after);
            if begun && last.is_none_or(|last| armed.met <= last) {
                return Some(armed.fault.clone());
            }
        }
        None
    }

    fn record(&self, method: &Method, path: &str) {
        let is_invocation = path.ends_with("/invocations");
        if path.starts_with("/20") && *method != Method::GET && !is_invocation {
            let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
            writes.push(format!("{method} {path}"));
        }
    }

    async fn forward(&self, request: Request) -> Result<Response> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = format!("{}{path}", self.target).parse::<Uri>()?;
        let body = to_bytes(body, LARGEST_BODY).await?;
        let answer = self
            .client
            .request(Request::from_parts(parts, Body::from(body)))
            .await?;
        Ok(answer.into_response())
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    shared.record(&method, &path);
    let answered = match shared.fault(&method, &path) {
        Some(fault) => fail(&shared, &fault, &path, request).await,
        None => shared.forward(request).await,
    };
    answered.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response())
}

async fn fail(shared: &Shared, fault: &Fault, path: &str, request: Request) -> Result<Response> {
    if let Some(answer) = &fault.answer {
        return refuse(answer, path);
    }
    if let Some(late_ms) = fault.late_ms {
        sleep(Duration::from_millis(late_ms)).await;
    }
    if let Some(victim) = fault.kill {
        if fault.done {
            shared.forward(request).await?;
        }
        shared.hits.send(victim)?;
        return pending().await;
    }
    let answer = shared.forward(request).await?;
    let Some(change) = fault.change else {
        return Ok(answer);
    };
    let (mut parts, body) = answer.into_parts();
    let body = change.apply(&to_bytes(body, LARGEST_BODY).await?)?;
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// An error in the service's wire form: CBOR for CloudWatch, JSON for Lambda.
fn refuse(answer: &Answer, path: &str) -> Result<Response> {
    let status = StatusCode::from_u16(answer.status)?;
    let Answer { code, message, .. } = answer;
    if path.starts_with("/service/") {
        let body = [("__type", code.as_str()), ("message", message.as_str())];
        let body = Value::Map(body.map(|(key, value)| (key.into(), value.into())).into());
        let mut bytes = Vec::new();
        ciborium::into_writer(&body, &mut bytes)?;
        let headers = [
            ("content-type", "application/cbor".to_owned()),
            ("smithy-protocol", "rpc-v2-cbor".to_owned()),
            ("x-amzn-query-error", format!("{code};Sender")),
        ];
        return Ok((status, headers, Bytes::from(bytes)).into_response());
    }
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-errortype", code),
    ];
    let body = serde_json::json!({ "Type": "User", "Message": message, "message": message });
    Ok((status, headers, body.to_string()).into_response())
}
