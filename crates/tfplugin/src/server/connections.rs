//! Accepting the host's connection and serving on it.

use super::lifetime::Lifetime;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;
use tonic::service::Routes;

/// A peer that has not shown its certificate by then is no host.
const TLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves until the end of the process has come.
///
/// A host holds exactly one connection. When the last one closes, the host is gone.
pub(super) async fn serve(
    listener: &UnixListener,
    acceptor: Option<TlsAcceptor>,
    routes: Routes,
    lifetime: &Arc<Lifetime>,
) {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let accepted = tokio::select! {
            () = lifetime.closing() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = Connection {
                    acceptor: acceptor.clone(),
                    routes: routes.clone(),
                    lifetime: lifetime.clone(),
                    open: open.clone(),
                };
                tokio::spawn(connection.run(stream));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors: give others time to close theirs.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

struct Connection {
    acceptor: Option<TlsAcceptor>,
    routes: Routes,
    lifetime: Arc<Lifetime>,
    open: Arc<AtomicUsize>,
}

impl Connection {
    async fn run(self, stream: UnixStream) {
        let Some(acceptor) = &self.acceptor else {
            return self.serve(stream).await;
        };
        match tokio::time::timeout(TLS_HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.serve(stream).await,
            Ok(Err(error)) => tracing::warn!(%error, "a peer was refused"),
            Err(_) => tracing::warn!("a peer did not finish its TLS handshake"),
        }
    }

    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        self.open.fetch_add(1, Ordering::SeqCst);
        let service = TowerToHyperService::new(self.routes);
        let serving = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
        if let Err(error) = serving {
            tracing::debug!(%error, "a connection ended");
        }
        if self.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.lifetime.host_is_gone();
        }
    }
}
