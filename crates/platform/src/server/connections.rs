//! Takes connections, and reads requests from them as long as their senders do not take too long. A
//! connection that waits for its next request may do so for as long.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Service;

/// The pause after a connection that could not be taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `ended`; then what is being answered still gets its answer.
pub async fn serve(listener: TcpListener, service: Service, ended: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ended.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, service.clone(), ended.clone()));
            }
            Err(error) => {
                // Out of files, most likely, which passes; the client waits in the backlog.
                tracing::warn!(%error, "a client waits for its connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, service: Service, ended: CancellationToken) {
    // Small answers must not wait for a full packet.
    let _ = stream.set_nodelay(true);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(service.request_timeout);
    let answer = service_fn(move |request| {
        let service = service.clone();
        async move { Ok::<_, Infallible>(service.handle(request).await.map(Full::new)) }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answer));
    // How it ends concerns nobody but the client.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = ended.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
