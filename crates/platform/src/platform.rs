//! The platform as its user sees it: start, where to reach it, how the host does, end.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::PlatformConfig;
use crate::pressure::HostPressure;

/// The region that every platform claims to be in.
pub const REGION: &str = "us-east-1";
/// The account that every platform claims to be.
pub const ACCOUNT: &str = "000000000000";

/// Why a platform did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port could not be bound.
    #[error(
        "cannot listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for a free one"
    )]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running endpoint for Lambda, CloudWatch and CloudWatch Logs on 127.0.0.1.
///
/// Dropping it ends its environments too, but only [`Platform::shutdown`] waits for that.
#[derive(Debug)]
pub struct Platform {
    address: SocketAddr,
    access_key: String,
    secret_key: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Platform {
    /// Binds the port and serves until [`Platform::shutdown`].
    pub async fn start(config: PlatformConfig) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
            .await
            .map_err(|source| StartError::Listen {
                port: config.port,
                source,
            })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            port: config.port,
            source,
        })?;
        let (stop, mut stopped) = watch::channel(false);
        let app = axum::Router::new();
        let server = tokio::spawn(async move {
            let ended = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let _ = axum::serve(listener, app)
                .with_graceful_shutdown(ended)
                .await;
        });
        Ok(Self {
            address,
            access_key: "AKIA0000000000000000".into(),
            secret_key: uuid::Uuid::new_v4().simple().to_string(),
            stop,
            server,
        })
    }

    /// `http://127.0.0.1:PORT`, the endpoint of all three services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key that clients sign with.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The secret that belongs to [`Platform::access_key`].
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The region to configure in clients.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The account number in every ARN.
    pub fn account(&self) -> &'static str {
        ACCOUNT
    }

    /// What the caller should tell its user: a Node.js of another version, memory sizes whose CPU
    /// the host does not have, CPU that could not be limited by control groups. Each sentence once.
    pub fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// Starts a measurement of the time that environments lose to other work on this host.
    pub fn host_pressure(&self) -> HostPressure {
        HostPressure::default()
    }

    /// Ends all environments, writes what `data` keeps, and stops serving.
    pub async fn shutdown(self) {
        let _ = self.stop.send(true);
        let _ = self.server.await;
    }
}
