//! The Lambda API: functions and their versions, aliases and settings, and invoking them.
//!
//! In reading order: [`model`] is what is known of a function, [`registry`] keeps it, [`names`] and
//! [`check`] read requests, [`operations`] answer them in the forms of [`wire`] and [`error`],
//! [`invoker`] brings invocations to environments.
//!
//! Not here, and refused where a request asks for it: layers, images, code from S3, VPCs, file
//! systems, `SnapStart`, provisioned concurrency, function URLs, event source mappings, destinations
//! other than functions, streamed answers of `InvokeWithResponseStream`, and managed runtimes other
//! than Node.js; a package may bring a runtime of its own (`provided.al2023`). A dead-letter queue or
//! topic is taken, and its letters are kept by the platform.

pub mod check;
pub mod downloads;
pub mod error;
pub mod invoker;
pub mod model;
pub mod names;
pub mod operations;
pub mod policy;
pub mod registry;
pub mod request;
mod router;
pub mod settings;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::request::Parts;

use crate::code::{self, CodeStore};
use crate::config::PlatformConfig;
use crate::cpu::cpus_of;
use crate::events::Queue;
use crate::execution::fleet::Fleet;
use crate::execution::host::Host;
use crate::notices::Notices;
use downloads::Downloads;
use invoker::Load;
use model::Settings;
use registry::Registry;
use request::Call;

/// The pause before packages are freed.
const FREE_PAUSE: Duration = Duration::from_millis(500);

/// Everything that the Lambda API answers from.
#[derive(Debug)]
pub struct Lambda {
    /// The functions.
    pub registry: Registry,
    /// Their code.
    pub code: Arc<CodeStore>,
    /// Where their code can be fetched.
    pub downloads: Downloads,
    /// What environments share.
    pub host: Arc<Host>,
    /// Environments at rest.
    pub fleet: Fleet,
    /// Invocations in progress.
    pub load: Arc<Load>,
    /// Asynchronous events.
    pub queue: Queue,
    /// What the platform was started with.
    pub config: PlatformConfig,
    notices: Arc<Notices>,
}

impl Lambda {
    /// Opens everything below `folder`; what is not to be kept goes with the folder. `kept` is
    /// whether functions and events are written down.
    pub fn open(
        config: PlatformConfig,
        host: Arc<Host>,
        notices: Arc<Notices>,
        folder: &Path,
        kept: bool,
    ) -> io::Result<Arc<Self>> {
        let in_folder = |name: &str| kept.then(|| folder.join(name));
        let registry = Registry::open(in_folder("functions"))?;
        let code = Arc::new(CodeStore::open(folder.join("code"))?);
        registry.code_in_use(|in_use| {
            let missing = in_use.iter().find(|digest| !code.has(digest));
            missing.map_or(Ok(()), |digest| {
                let text = format!("the package {digest} of a function is missing");
                Err(io::Error::new(io::ErrorKind::NotFound, text))
            })
        })?;
        code.note_change();
        let downloads = Downloads::new(host.endpoint.clone());
        let queue = Queue::open(in_folder("events").as_deref(), &config)?;
        Ok(Arc::new(Self {
            registry,
            code,
            downloads,
            host,
            fleet: Fleet::default(),
            load: Arc::default(),
            queue,
            config,
            notices,
        }))
    }

    /// Answers a request to the Lambda API; none if it is for another service.
    pub async fn answer(
        this: &Arc<Self>,
        request: Parts,
        body: Bytes,
        id: &str,
    ) -> Option<Response<Bytes>> {
        let (api, path) = router::split(request.uri.path())?;
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let pairs = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
        for (name, value) in pairs {
            query
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        let call = Call {
            method: request.method,
            path,
            query,
            headers: request.headers,
            body,
            id: id.to_owned(),
        };
        let answer = router::route(this, &api, &call).await;
        Some(answer.unwrap_or_else(error::ApiError::into_response))
    }

    /// Answers the download of a package by the address that `GetFunction` gave.
    pub async fn download(&self, request: &Parts) -> Option<Response<Bytes>> {
        self.downloads.answer(request, &self.code).await
    }

    fn update_ms(&self) -> i64 {
        i64::try_from(self.config.update_duration.as_millis()).unwrap_or(i64::MAX / 2)
    }

    /// Tells the user where a function will not be served as on AWS Lambda: memory whose CPU this host
    /// does not have, and a queue or topic for events that fail.
    fn say_about(&self, settings: &Settings) {
        let memory_mb = settings.memory_mb;
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        let most_mb = cpus * 1769;
        if usize::try_from(memory_mb).is_ok_and(|memory_mb| memory_mb > most_mb) {
            self.notices.add(format!(
                "{memory_mb} MB would have {:.1} CPUs on AWS Lambda, and this host has {cpus}: \
                 durations above {most_mb} MB are those of {cpus} CPUs",
                cpus_of(memory_mb)
            ));
        }
        if let Some(target) = &settings.dead_letter_target {
            self.notices.add(format!(
                "`{target}` is not here: events that fail for good and would go there are kept as \
                 dead letters of the platform"
            ));
        }
    }

    /// Frees packages that nothing uses any more, whenever there may be some.
    pub async fn free_code(self: Arc<Self>) {
        loop {
            self.code.changed().await;
            // One look for all changes of an apply.
            tokio::time::sleep(FREE_PAUSE).await;
            let this = Arc::clone(&self);
            let freed = tokio::task::spawn_blocking(move || {
                let code = &this.code;
                let aside = this.registry.code_in_use(|in_use| code.set_aside(in_use));
                for path in aside {
                    code::remove(&path);
                }
            });
            if let Err(error) = freed.await {
                tracing::warn!(%error, "unused packages were not removed");
            }
        }
    }

    /// Ends environments of what is no longer any version of the function, and lets its code go.
    fn tidy(&self, name: &str) {
        self.code.note_change();
        let current = self.registry.get(name, |function| {
            let versions = function
                .versions
                .values()
                .map(|version| version.incarnation.clone());
            versions
                .chain([function.latest.incarnation.clone()])
                .collect::<BTreeSet<String>>()
        });
        let retired = self.fleet.retire(name, &current.unwrap_or_default());
        if !retired.is_empty() {
            tokio::spawn(async move {
                for environment in retired {
                    environment.end().await;
                }
            });
        }
    }

    /// A function was deleted: the events that wait for it are lost, as nobody could run them.
    fn function_gone(&self, name: &str) {
        self.queue.forget(name);
    }
}
