//! What the telemetry tests share: a store whose clock stands still, and a server that asks nothing but
//! the store.

#![allow(dead_code, reason = "each test file uses its own part")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use fusion_platform::telemetry::{ManualClock, Store, StoreConfig};
use std::sync::Arc;

/// 2026-01-01T00:10:00Z in milliseconds since the epoch.
pub const NOW_MS: i64 = 1_767_226_200_000;

/// A store in memory at [`NOW_MS`].
pub fn store() -> Store {
    let clock = Arc::new(ManualClock::new(NOW_MS));
    Store::open(StoreConfig {
        clock,
        ..StoreConfig::default()
    })
    .expect("a store in memory opens")
}

/// Serves a store on a free port for as long as the test runs; returns the endpoint.
pub async fn serve(store: Store) -> String {
    let app = Router::new().fallback(answer).with_state(store);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await.expect("the server runs") });
    format!("http://{address}")
}

async fn answer(State(store): State<Store>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 16 << 20)
        .await
        .expect("a whole body");
    match store.handle(&parts, &body).await {
        Some(response) => response.map(axum::body::Body::from),
        None => http::StatusCode::NOT_FOUND.into_response(),
    }
}
