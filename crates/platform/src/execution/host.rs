//! What all environments of a platform share.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::bootstrap;
use super::keeper::Keeper;
use super::monitor::Monitor;
use crate::config::PlatformConfig;
use crate::cpu::Control;
use crate::cpu::group::Group;
use crate::notices::Notices;
use crate::runtimes;
use crate::server::credentials::Credentials;
use crate::telemetry::Store;

/// The host of environments.
#[derive(Debug)]
pub struct Host {
    /// Where the platform answers.
    pub endpoint: String,
    /// Metrics and logs.
    pub telemetry: Shared,
    /// Who may sign requests.
    pub credentials: Arc<Credentials>,
    /// Ends environments if the platform cannot.
    pub keeper: Keeper,
    /// Watches environments.
    pub monitor: Monitor,
    /// How their CPU is held.
    pub control: Control,
    /// Lets only so many environments start at once that each gets its CPU.
    pub starts: Arc<Semaphore>,
    nodes: BTreeMap<&'static str, PathBuf>,
    sdk: Option<PathBuf>,
    bootstrap: PathBuf,
    temporary: PathBuf,
}

/// The telemetry store, with a form for debugging.
pub struct Shared(pub Store);

impl std::fmt::Debug for Shared {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Store")
    }
}

impl Host {
    /// Prepares everything in a temporary folder, which the keeper removes at the end.
    pub fn prepare(
        config: &PlatformConfig,
        endpoint: String,
        temporary: PathBuf,
        telemetry: Store,
        credentials: Arc<Credentials>,
        notices: &Notices,
    ) -> io::Result<Self> {
        let control = Control::find(config.cpu);
        if matches!(control, Control::Stopping) {
            notices.add(
                "CPU is divided by stopping and continuing processes, as control groups are not \
                 writable here; durations are a few percent less exact. Where systemd runs, \
                 `systemd-run --user --scope -p Delegate=yes` before the command makes them writable",
            );
        }
        let keeper = Keeper::start(control.folder().as_deref(), &temporary)?;
        let found = runtimes::find(&config.cache);
        for notice in found.notices {
            notices.add(notice);
        }
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            endpoint,
            telemetry: Shared(telemetry),
            credentials,
            keeper,
            monitor: Monitor::start(matches!(control, Control::Stopping))?,
            control,
            starts: Arc::new(Semaphore::new(2 * cpus)),
            nodes: found.nodes,
            sdk: found.sdk,
            bootstrap: bootstrap::lay_out(&temporary.join("runtime"))?,
            temporary,
        })
    }

    /// The Node.js of a managed runtime.
    pub fn node(&self, runtime: &str) -> PathBuf {
        self.nodes
            .get(runtime)
            .cloned()
            .unwrap_or_else(|| PathBuf::from("node"))
    }

    /// The file that the runtime starts with.
    pub fn bootstrap(&self) -> &Path {
        &self.bootstrap
    }

    /// `LAMBDA_RUNTIME_DIR`.
    pub fn runtime_folder(&self) -> PathBuf {
        self.temporary.join("runtime")
    }

    /// The modules that the managed runtime brings, where the cache has them.
    pub fn sdk_folder(&self) -> Option<PathBuf> {
        self.sdk.clone()
    }

    /// A new folder for `/tmp` of an environment.
    pub fn make_tmp(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new()
            .prefix("env-")
            .tempdir_in(&self.temporary)
    }

    /// Whether an environment's share is held by stopping and continuing.
    pub fn governs(&self, group: Option<&Arc<Group>>) -> bool {
        group.is_none() && matches!(self.control, Control::Stopping)
    }
}
