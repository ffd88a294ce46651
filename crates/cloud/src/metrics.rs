//! What CloudWatch knows of an application.
//!
//! Silence and ignorance are different answers: a metric without data is simply not among the
//! figures, one that could not be read is named in [`Reading::missing`].

mod list;
mod query;
mod read;
mod window;

pub use list::list;
pub use read::{Missing, Reading, read};
pub use window::Window;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fusion_model::release::ReleaseId;
    use fusion_model::telemetry::Metric;

    use super::*;
    use crate::connect::Clients;

    fn sendable<T: Send>(future: T) -> T {
        future
    }

    /// That it compiles is the test: a server's tasks move between threads.
    #[expect(dead_code, reason = "nothing has to run")]
    async fn readers_move_between_threads(
        clients: &Clients,
        metrics: &[Metric],
        releases: &[ReleaseId],
        window: Window,
    ) {
        let _ = sendable(read(clients, metrics, window, Duration::ZERO)).await;
        let _ = sendable(list(clients, "", releases)).await;
    }
}
