//! The Runtime API of one process: a loopback listener of its own, at which a runtime client
//! fetches events and posts answers. Checks what the client may do when; what it did goes to the
//! environment as [`Signal`]s.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};

use super::failure::MAX_RESPONSE_BYTES;

const PREFIX: &str = "/2018-06-01/runtime/";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";

/// The pause after a connection that could not be taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a runtime client did.
#[derive(Debug)]
pub enum Signal {
    /// It asked for an event: INIT, or the invocation before, is over.
    Next,
    /// It posted the result.
    Response(Bytes),
    /// It posted an error instead.
    Error(Bytes),
    /// Its result was too long.
    TooLarge,
    /// It could not begin.
    InitError(Bytes, Option<String>),
}

/// An event as the client gets it.
#[derive(Debug, Clone)]
pub struct Event {
    /// The request's id.
    pub request_id: String,
    /// JSON.
    pub body: Bytes,
    /// When the invocation must have ended, in milliseconds since 1970.
    pub deadline_ms: i64,
    /// The ARN as it was asked for.
    pub invoked_arn: String,
    /// The trace header's value.
    pub trace: String,
    /// JSON of the client context.
    pub client_context: Option<String>,
}

/// The listener and what it knows. Ends when dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    offered: Notify,
    signals: mpsc::UnboundedSender<Signal>,
}

#[derive(Debug)]
enum State {
    /// Before the first request for an event.
    Init,
    /// No event is open.
    Idle,
    /// An event is open and not answered.
    Open(Event),
    /// An event is answered; the client has not asked for the next.
    Answered(String),
}

impl RuntimeApi {
    /// Listens on a free port of 127.0.0.1.
    pub async fn listen() -> io::Result<(Self, mpsc::UnboundedReceiver<Signal>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (signals, received) = mpsc::unbounded_channel();
        let state = Mutex::new(State::Init);
        let shared = Arc::new(Shared {
            state,
            offered: Notify::new(),
            signals,
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared))).abort_handle();
        Ok((
            Self {
                address,
                shared,
                server,
            },
            received,
        ))
    }

    /// `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Offers an event to the client, which waits for it.
    pub fn offer(&self, event: Event) {
        *self.shared.state() = State::Open(event);
        self.shared.offered.notify_waiters();
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&shared)));
            }
            Err(error) => {
                // Out of files, most likely, which passes; the client waits in the backlog.
                tracing::warn!(%error, "a runtime client waits for its connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.answer(request).await) }
    });
    // A client that goes away is noticed by its process's end.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let Some(action) = path.strip_prefix(PREFIX) else {
            return refusal(StatusCode::NOT_FOUND, "NotFound", "No such resource");
        };
        let parts: Vec<&str> = action.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => {
                let id = (*id).to_owned();
                self.response(&id, request).await
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                let id = (*id).to_owned();
                self.error(&id, request).await
            }
            (&Method::POST, ["init", "error"]) => self.init_error(request).await,
            _ => refusal(StatusCode::NOT_FOUND, "NotFound", "No such resource"),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let ended = {
            let mut state = self.state();
            let ended = matches!(*state, State::Init | State::Answered(_));
            if ended {
                *state = State::Idle;
            }
            ended
        };
        if ended {
            let _ = self.signals.send(Signal::Next);
        }
        loop {
            let offered = self.offered.notified();
            tokio::pin!(offered);
            // Before the look, so that an offer between look and wait is not missed.
            offered.as_mut().enable();
            if let State::Open(event) = &*self.state() {
                return event.response();
            }
            offered.await;
        }
    }

    async fn response(&self, id: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if let Err(refused) = self.check_open(id) {
            return *refused;
        }
        let body = Limited::new(request.into_body(), MAX_RESPONSE_BYTES)
            .collect()
            .await;
        let signal = match body {
            Ok(whole) => {
                let failed = whole.trailers().and_then(streamed_error);
                match failed {
                    Some(body) => Signal::Error(body),
                    None => Signal::Response(whole.to_bytes()),
                }
            }
            Err(error) if error.is::<LengthLimitError>() => Signal::TooLarge,
            Err(_) => {
                let text = "The request body ended early";
                return refusal(StatusCode::BAD_REQUEST, "TruncatedHTTPRequest", text);
            }
        };
        let too_large = matches!(signal, Signal::TooLarge);
        if let Err(refused) = self.settle(id, signal) {
            return *refused;
        }
        if too_large {
            let text =
                format!("Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).");
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                &text,
            );
        }
        accepted()
    }

    async fn error(&self, id: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if let Err(refused) = self.check_open(id) {
            return *refused;
        }
        match Limited::new(request.into_body(), MAX_RESPONSE_BYTES)
            .collect()
            .await
        {
            Ok(body) => match self.settle(id, Signal::Error(body.to_bytes())) {
                Ok(()) => accepted(),
                Err(refused) => *refused,
            },
            Err(_) => refusal(
                StatusCode::BAD_REQUEST,
                "TruncatedHTTPRequest",
                "The body could not be read",
            ),
        }
    }

    async fn init_error(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*self.state(), State::Init) {
            return wrong_state();
        }
        let kind = error_type(request.headers());
        let body = Limited::new(request.into_body(), MAX_RESPONSE_BYTES)
            .collect()
            .await;
        let body = body
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        let _ = self.signals.send(Signal::InitError(body, kind));
        accepted()
    }

    /// Refuses what is not about the open event.
    fn check_open(&self, id: &str) -> Result<(), Box<Response<Full<Bytes>>>> {
        match &*self.state() {
            State::Open(event) if event.request_id == id => Ok(()),
            State::Answered(answered) if answered == id => Err(Box::new(wrong_state())),
            _ => Err(Box::new(refusal(
                StatusCode::BAD_REQUEST,
                "InvalidRequestID",
                "Invalid request ID",
            ))),
        }
    }

    /// The event is answered; nobody may answer it again.
    fn settle(&self, id: &str, signal: Signal) -> Result<(), Box<Response<Full<Bytes>>>> {
        self.check_open(id)?;
        *self.state() = State::Answered(id.to_owned());
        let _ = self.signals.send(signal);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Event {
    fn response(&self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body.clone()));
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let deadline = self.deadline_ms.to_string();
        let fields = [
            (
                "lambda-runtime-aws-request-id",
                Some(self.request_id.as_str()),
            ),
            ("lambda-runtime-deadline-ms", Some(deadline.as_str())),
            (
                "lambda-runtime-invoked-function-arn",
                Some(self.invoked_arn.as_str()),
            ),
            ("lambda-runtime-trace-id", Some(self.trace.as_str())),
            (
                "lambda-runtime-client-context",
                self.client_context.as_deref(),
            ),
        ];
        for (name, value) in fields {
            let value = value.and_then(|value| HeaderValue::from_str(value).ok());
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// The error that a streamed answer ended with, from its trailers.
fn streamed_error(trailers: &HeaderMap) -> Option<Bytes> {
    trailers.get(ERROR_TYPE)?;
    let body = trailers.get("lambda-runtime-function-error-body");
    let body = body
        .and_then(|value| STANDARD.decode(value.as_bytes()).ok())
        .unwrap_or_default();
    Some(Bytes::from(body))
}

/// The type in the header, if it has the form of one.
fn error_type(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(ERROR_TYPE)?.to_str().ok()?;
    let (domain, name) = given.split_once('.').unwrap_or((given, ""));
    let known = ["Runtime", "Function"].contains(&domain);
    let formed = name.len() > 1
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    Some(match (known, formed) {
        (true, true) => given.to_owned(),
        (_, _) if domain == "Runtime" => "Runtime.Unknown".to_owned(),
        _ => "Function.Unknown".to_owned(),
    })
}

fn accepted() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"{\"status\":\"OK\"}\n")));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

fn wrong_state() -> Response<Full<Bytes>> {
    let text = "Transition from the current state is not allowed";
    refusal(StatusCode::FORBIDDEN, "InvalidStateTransition", text)
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({ "errorMessage": message, "errorType": kind }).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
