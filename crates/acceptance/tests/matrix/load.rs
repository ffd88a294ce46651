//! Requests that go on while something else happens, every one of which is answered.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use fusion_acceptance::requests;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::interval;

/// The time between two requests.
const EVERY: Duration = Duration::from_millis(100);
/// Requests at once. Each that finds no environment starts one: on a machine that is too slow for
/// the load, more of them would only make it slower.
const AT_ONCE: usize = 2;

/// A load that runs.
pub struct Load {
    stop: oneshot::Sender<()>,
    sending: JoinHandle<JoinSet<Result<Value>>>,
}

impl Load {
    /// Starts it.
    pub fn start(client: Client, function: &'static str) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let sending = tokio::spawn(async move {
            let mut running = JoinSet::new();
            let mut clock = interval(EVERY);
            let turns = Arc::new(Semaphore::new(AT_ONCE));
            loop {
                tokio::select! {
                    _ = clock.tick() => {}
                    _ = &mut stopped => return running,
                }
                let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
                    return running;
                };
                let client = client.clone();
                let event = json!({ "order": 3, "mode": "now" });
                running.spawn(async move {
                    let answer = requests::invoke(&client, function, &event).await;
                    drop(turn);
                    answer
                });
            }
        });
        Self { stop, sending }
    }

    /// Ends it, and wants every answer.
    pub async fn answered(self) -> Result<()> {
        // An error means that it ended by itself, which the next line tells.
        let _ = self.stop.send(());
        let outcomes = self.sending.await?.join_all().await;
        ensure!(!outcomes.is_empty(), "no request was sent");
        let count = outcomes.len();
        for (index, outcome) in outcomes.into_iter().enumerate() {
            let answer = outcome.with_context(|| format!("one of {count} requests ({index})"))?;
            ensure!(answer == json!({ "order": 3, "price": 6 }), "{answer}");
        }
        Ok(())
    }
}
