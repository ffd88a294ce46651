//! A server that answers as a test says, in place of AWS.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials, connect};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method and path with query, e.g. `GET /2015-03-31/functions/f`.
    pub line: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// A server on a free port of loopback; ends with the test.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers the n-th request (from 0) with what `answer` says.
    pub async fn start<F>(answer: impl Fn(usize, Seen) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let service = move |request: Request| {
            let (answer, kept) = (answer.clone(), Arc::clone(&kept));
            async move {
                let line = format!("{} {}", request.method(), request.uri());
                let headers = request.headers().clone();
                let body = axum::body::to_bytes(request.into_body(), 1 << 26)
                    .await
                    .unwrap();
                let seen = Seen {
                    line,
                    headers,
                    body,
                };
                let index = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(seen.clone());
                    kept.len() - 1
                };
                answer(index, seen).await
            }
        };
        let router = Router::new().fallback(service);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen, task }
    }

    /// What it was asked until now.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Clients of it that repeat nothing by themselves.
    pub async fn clients(&self) -> Clients {
        connect(&config(&self.url)).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How to connect to a server in place of AWS.
pub fn config(url: &str) -> CloudConfig {
    let url = Some(url.to_owned());
    CloudConfig {
        region: Some("us-east-1".to_owned()),
        credentials: Some(StaticCredentials {
            access_key: "AKIATEST".to_owned(),
            secret_key: "secret".to_owned(),
            token: None,
        }),
        endpoints: Endpoints {
            lambda: url.clone(),
            cloudwatch: url.clone(),
            sts: url,
        },
        max_retries: Some(0),
        ..CloudConfig::default()
    }
}
