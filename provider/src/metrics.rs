//! Reading CloudWatch from a task that may move between threads.
//!
//! Owns nothing but the way there: the futures of [`fusion_cloud::metrics`] borrow in a way that
//! the compiler cannot prove to be `Send`, which the server's tasks have to be, so that they are
//! driven by a thread of their own.

use std::time::Duration;

use fusion_cloud::metrics::{self, Reading, Window};
use fusion_cloud::{Clients, Error, Kind};
use fusion_model::{Metric, ReleaseId};
use tokio::runtime::Handle;

/// [`metrics::read`].
pub async fn read(
    clients: &Clients,
    metrics: Vec<Metric>,
    window: Window,
    deadline: Duration,
) -> Result<Reading, Error> {
    let clients = clients.clone();
    drive(move || async move { metrics::read(&clients, &metrics, window, deadline).await }).await
}

/// [`metrics::list`].
pub async fn list(
    clients: &Clients,
    application: &str,
    releases: Vec<ReleaseId>,
) -> Result<Vec<Metric>, Error> {
    let (clients, application) = (clients.clone(), application.to_owned());
    drive(move || async move { metrics::list(&clients, &application, &releases).await }).await
}

async fn drive<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>>,
{
    let ended = tokio::task::spawn_blocking(move || Handle::current().block_on(work())).await;
    ended.unwrap_or_else(|error| {
        Err(Error {
            kind: Kind::Other,
            operation: "reading metrics",
            subject: String::new(),
            reason: format!("it ended early: {error}"),
            code: None,
        })
    })
}
