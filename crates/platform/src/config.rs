//! What a platform is started with. Defaults are those of the real services where these have
//! any; whoever tests or demonstrates shortens the waiting.

use std::path::PathBuf;
use std::time::Duration;

/// How the CPU of an environment is held to its share after INIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CpuControl {
    /// Control groups where they are writable, else by stopping and continuing. A user without root
    /// may write them in a scope of systemd's:
    /// `systemd-run --user --scope -p Delegate=yes fusionize local`.
    #[default]
    Automatic,
    /// Stopping and continuing processes by the CPU they consumed, also where control groups
    /// are writable.
    Stopping,
    /// Every environment may use all of the host. For tests that are not about CPU.
    Unlimited,
}

/// Settings of [`crate::Platform::start`].
#[derive(Debug, Clone)]
pub struct PlatformConfig {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The folder that keeps functions, code, queued events, metrics, logs and the access key
    /// across restarts. Without one everything ends with the platform.
    pub data: Option<PathBuf>,
    /// Concurrent executions of the account, above which invocations are throttled.
    pub account_concurrency: u32,
    /// How long an environment may wait for its next invocation before it ends.
    pub idle_expiry: Duration,
    /// How long a function stays `Pending` after its creation, and an update `InProgress`.
    pub update_duration: Duration,
    /// The pauses before the first and the second retry of an asynchronous event that failed.
    pub retry_delays: [Duration; 2],
    /// The first pause before a throttled event is tried again; it doubles up to 300 times this.
    pub throttle_delay: Duration,
    /// How many asynchronous events run at once, on the whole platform. AWS Lambda has no such
    /// limit; a host of few CPUs needs one.
    pub event_concurrency: usize,
    /// How long a client may take to send the head of a request, and as long again for its body.
    pub request_timeout: Duration,
    /// Where Node.js and the SDKs of the managed runtimes lie if `PATH` does not have them.
    pub cache: PathBuf,
    /// How CPU is divided.
    pub cpu: CpuControl,
}

impl Default for PlatformConfig {
    fn default() -> Self {
        Self {
            port: 0,
            data: None,
            account_concurrency: 1000,
            idle_expiry: Duration::from_secs(600),
            update_duration: Duration::from_millis(100),
            retry_delays: [Duration::from_secs(60), Duration::from_secs(120)],
            throttle_delay: Duration::from_secs(1),
            event_concurrency: 16 * std::thread::available_parallelism().map_or(1, usize::from),
            request_timeout: Duration::from_secs(60),
            cache: crate::runtimes::default_cache(),
            cpu: CpuControl::Automatic,
        }
    }
}
