//! The environments that wait for work.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::environment::Environment;

/// Environments at rest, by the incarnation that they run.
#[derive(Debug, Default)]
pub struct Fleet {
    idle: Mutex<HashMap<String, Vec<Idle>>>,
    rested: Notify,
}

#[derive(Debug)]
struct Idle {
    environment: Environment,
    since: Instant,
}

impl Fleet {
    /// The environment of an incarnation that rested for the shortest time, if one may be used.
    pub fn take(&self, incarnation: &str) -> Option<Environment> {
        loop {
            let mut environment = self.idle().get_mut(incarnation)?.pop()?.environment;
            if environment.is_warm() || environment.is_reset() {
                return Some(environment);
            }
            // Its process ended while it rested: nobody waits for it.
            drop(environment);
        }
    }

    /// Lets an environment rest until it is taken, expires or is retired.
    pub fn put(&self, environment: Environment) {
        let incarnation = environment.spec().incarnation.clone();
        let resting = Idle {
            environment,
            since: Instant::now(),
        };
        self.idle().entry(incarnation).or_default().push(resting);
        self.rested.notify_waiters();
    }

    /// Completes when an environment, of whatever function, has come to rest.
    pub fn rested(&self) -> Notified<'_> {
        self.rested.notified()
    }

    /// Takes away the environments of a function that no longer run what it is.
    pub fn retire(&self, function: &str, current: &BTreeSet<String>) -> Vec<Environment> {
        self.remove(|idle| {
            let spec = idle.environment.spec();
            spec.function == function && !current.contains(&spec.incarnation)
        })
    }

    /// Takes away what rested too long.
    pub fn expire(&self, expiry: Duration) -> Vec<Environment> {
        self.remove(|idle| idle.since.elapsed() >= expiry)
    }

    /// Takes away everything.
    pub fn clear(&self) -> Vec<Environment> {
        self.remove(|_| true)
    }

    fn remove(&self, unwanted: impl Fn(&Idle) -> bool) -> Vec<Environment> {
        let mut idle = self.idle();
        let mut removed = Vec::new();
        for resting in idle.values_mut() {
            removed.extend(
                resting
                    .extract_if(.., |one| unwanted(one))
                    .map(|one| one.environment),
            );
        }
        idle.retain(|_, resting| !resting.is_empty());
        removed
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<String, Vec<Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
