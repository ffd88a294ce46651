//! An endpoint in place of AWS, which answers as a test says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials};
use fusion_provider::context::Context;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server on a free port of loopback; ends with the test.
pub struct Double {
    url: String,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Double {
    /// Answers a request by its line, such as `GET /2015-03-31/functions/app-A`.
    pub async fn start(answer: fn(&str) -> Response) -> Self {
        let service = move |request: Request| async move {
            let line = format!("{} {}", request.method(), request.uri());
            answer(&line)
        };
        let (listener, url) = listen().await;
        let router = Router::new().fallback(service);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            connections: Arc::default(),
            task,
        }
    }

    /// Refuses everything.
    pub async fn refusing() -> Self {
        Self::start(|_| refused()).await
    }

    /// Counts who connects, and answers nobody.
    pub async fn counting() -> Self {
        let (listener, url) = listen().await;
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let task = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            url,
            connections,
            task,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often somebody connected until now.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The provider, configured with this endpoint for everything.
    pub async fn context(&self) -> Context {
        let clients = connect(&self.url).await;
        Context { clients }
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Clients that ask this endpoint for everything, and repeat nothing by themselves.
async fn connect(url: &str) -> Clients {
    let url = Some(url.to_owned());
    let config = CloudConfig {
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
    };
    fusion_cloud::connect(&config)
        .await
        .expect("the clients connect")
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// What Lambda says of credentials that do not suffice.
pub fn refused() -> Response {
    let message = "User is not authorized to perform this";
    failed(StatusCode::FORBIDDEN, "AccessDeniedException", message)
}

/// What Lambda says of what does not exist.
pub fn gone() -> Response {
    failed(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        "Not there",
    )
}

fn failed(status: StatusCode, code: &str, message: &str) -> Response {
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-errortype", code),
    ];
    let body = format!("{{\"Type\":\"User\",\"message\":{message:?}}}");
    (status, headers, body).into_response()
}
