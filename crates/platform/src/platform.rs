//! The platform as its user sees it: start, where to reach it, how the host does, end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::PlatformConfig;
use crate::events::record::DeadLetter;
use crate::execution::host::Host;
use crate::lambda::Lambda;
use crate::notices::Notices;
use crate::pressure::HostPressure;
use crate::server::credentials::Credentials;
use crate::server::{Service, serve};
use crate::telemetry::{Store, StoreConfig, TelemetryError};

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
        source: io::Error,
    },
    /// What `data` holds could not be read, or nothing could be written there.
    #[error("cannot use `{}`: {source}; choose another folder, or mend this one", folder.display())]
    Data {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another platform uses the folder.
    #[error("`{}` is in use by another platform; end that one, or choose another folder", folder.display())]
    InUse {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// Metrics and logs could not be opened.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The host could not be prepared: temporary files, processes, threads.
    #[error("cannot prepare this host for running functions: {0}")]
    Host(#[source] io::Error),
}

/// A running endpoint for Lambda, CloudWatch and CloudWatch Logs on 127.0.0.1.
///
/// End it with [`Platform::shutdown`]. If its process is killed, its environments end all the same.
pub struct Platform {
    address: SocketAddr,
    credentials: Arc<Credentials>,
    telemetry: Store,
    lambda: Arc<Lambda>,
    notices: Arc<Notices>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    // Released with the platform.
    _lock: Option<nix::fcntl::Flock<std::fs::File>>,
}

impl Platform {
    /// Binds the port and serves until [`Platform::shutdown`].
    pub async fn start(config: PlatformConfig) -> Result<Self, StartError> {
        let port = config.port;
        let listening = |source| StartError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let lock = config.data.as_deref().map(lock).transpose()?;
        let made = make_temporary().map_err(StartError::Host)?;
        let temporary = made.path().to_owned();
        let folder = config.data.clone().unwrap_or_else(|| temporary.clone());
        let at_folder = |source| StartError::Data {
            folder: folder.clone(),
            source,
        };

        let credentials = Arc::new(Credentials::open(config.data.as_deref()).map_err(at_folder)?);
        let telemetry = Store::open(StoreConfig {
            directory: config.data.as_ref().map(|folder| folder.join("telemetry")),
            region: REGION.to_owned(),
            account: ACCOUNT.to_owned(),
            ..StoreConfig::default()
        })?;
        let notices = Arc::new(Notices::default());
        let host = Host::prepare(
            &config,
            format!("http://{address}"),
            temporary,
            telemetry.clone(),
            Arc::clone(&credentials),
            &notices,
        );
        let host = Arc::new(host.map_err(StartError::Host)?);
        // From now on the keeper removes it, which also outlives a kill.
        let _ = made.keep();
        let kept = config.data.is_some();
        let lambda =
            Lambda::open(config, host, Arc::clone(&notices), &folder, kept).map_err(at_folder)?;

        let stop = lambda.load.stop.clone();
        let service = Service {
            credentials: Arc::clone(&credentials),
            lambda: Arc::clone(&lambda),
            telemetry: telemetry.clone(),
            request_timeout: lambda.config.request_timeout,
        };
        let tasks = vec![
            tokio::spawn(serve(listener, service, stop.clone())),
            tokio::spawn(until(stop.clone(), Arc::clone(&lambda).deliver())),
            tokio::spawn(until(stop.clone(), expire(Arc::clone(&lambda)))),
            tokio::spawn(until(stop.clone(), Arc::clone(&lambda).free_code())),
        ];
        Ok(Self {
            address,
            credentials,
            telemetry,
            lambda,
            notices,
            stop,
            tasks,
            _lock: lock,
        })
    }

    /// `http://127.0.0.1:PORT`, the endpoint of all three services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key that clients sign with.
    pub fn access_key(&self) -> &str {
        &self.credentials.root().access_key
    }

    /// The secret that belongs to [`Platform::access_key`].
    pub fn secret_key(&self) -> &str {
        &self.credentials.root().secret_key
    }

    /// The region to configure in clients.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The account number in every ARN.
    pub fn account(&self) -> &'static str {
        ACCOUNT
    }

    /// The variables by which any AWS client finds the platform.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", self.access_key().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key().to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ]
    }

    /// Metrics and logs, without the way over the wire.
    pub fn telemetry(&self) -> &Store {
        &self.telemetry
    }

    /// What the caller should tell its user: a Node.js of another version, memory sizes whose CPU
    /// the host does not have, CPU that could not be limited by control groups. Each sentence once.
    pub fn notices(&self) -> Vec<String> {
        self.notices.all()
    }

    /// What environments consumed, and lost to other work on this host, since the start. Take it
    /// before and after, and compare with [`HostPressure::since`].
    pub fn host_pressure(&self) -> HostPressure {
        self.lambda.host.monitor.pressure()
    }

    /// Whether no asynchronous event waits or runs.
    pub fn is_queue_empty(&self) -> bool {
        self.lambda.queue.is_empty()
    }

    /// The latest 1,000 asynchronous events that failed for good and whose record no destination
    /// got, or a queue or topic was to get too, which are not here. With `data` all of them stand in
    /// `events/dead-letters.jsonl`.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.lambda.queue.dead_letters()
    }

    /// Stops serving, ends all environments, and leaves no process and no temporary file behind.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        self.lambda.load.tasks.close();
        self.lambda.load.tasks.wait().await;
        for task in self.tasks.drain(..) {
            // A client that keeps its connection open must not keep the platform.
            let mut task = task;
            if tokio::time::timeout(Duration::from_millis(200), &mut task)
                .await
                .is_err()
            {
                task.abort();
            }
        }
        for environment in self.lambda.fleet.clear() {
            environment.end().await;
        }
        let host = Arc::clone(&self.lambda.host);
        // Joining a thread and waiting for a process block.
        let _ = tokio::task::spawn_blocking(move || {
            host.monitor.end();
            host.keeper.end();
        })
        .await;
        if let Err(error) = self.telemetry.compact() {
            tracing::warn!(%error, "the telemetry journal was not compacted");
        }
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Platform")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

/// Ends environments that rested too long.
async fn expire(lambda: Arc<Lambda>) {
    let expiry = lambda.config.idle_expiry;
    let pause = (expiry / 10).clamp(Duration::from_millis(20), Duration::from_secs(5));
    loop {
        tokio::time::sleep(pause).await;
        for environment in lambda.fleet.expire(expiry) {
            environment.end().await;
        }
    }
}

fn make_temporary() -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("fusionize-").tempdir()
}

/// One platform a folder: two would overwrite each other's files.
fn lock(folder: &Path) -> Result<nix::fcntl::Flock<std::fs::File>, StartError> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let failed = |source| StartError::Data {
        folder: folder.to_owned(),
        source,
    };
    // What functions log and are configured with is nobody else's business.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(folder.join("lock")).map_err(failed)?;
    let locked = nix::fcntl::Flock::lock(file, nix::fcntl::FlockArg::LockExclusiveNonblock);
    locked.map_err(|(_, error)| match error {
        nix::errno::Errno::EWOULDBLOCK => StartError::InUse {
            folder: folder.to_owned(),
        },
        other => failed(other.into()),
    })
}
