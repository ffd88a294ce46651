//! Brings an invocation to an environment: which version serves it, whether concurrency allows it,
//! which environment runs it, and what is counted.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Lambda;
use super::error::ApiError;
use super::model::{Function, Phase};
use super::names::{LATEST, Reference};
use super::registry::not_found;
use crate::clock::now_ms;
use crate::execution::environment::Environment;
use crate::execution::invocation::{Invocation, Outcome, Spec};

/// An invocation that is to run.
#[derive(Debug)]
pub struct Order {
    /// What was asked for.
    pub target: Reference,
    /// What it gets.
    pub invocation: Invocation,
}

/// An invocation that ran.
#[derive(Debug)]
pub struct Executed {
    /// The number of the version, or `$LATEST`.
    pub version: String,
    /// What came out.
    pub outcome: Outcome,
}

/// Invocations in progress.
#[derive(Debug, Default)]
pub struct Load {
    running: Mutex<HashMap<String, Running>>,
    /// The tasks that run them.
    pub tasks: TaskTracker,
    /// Ends them.
    pub stop: CancellationToken,
}

/// How many invocations of one function run.
#[derive(Debug, Default)]
struct Running {
    count: u32,
    /// Whether they count against the function's own reservation, not against what all share.
    is_reserved: bool,
}

/// One execution's place among those allowed; given back when dropped.
#[derive(Debug)]
struct Slot {
    load: Arc<Load>,
    function: String,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.load.running();
        if let Some(own) = running.get_mut(&self.function) {
            own.count -= 1;
            if own.count == 0 {
                running.remove(&self.function);
            }
        }
    }
}

impl Load {
    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, or says why there is none. Also returns how many of the function run now.
    fn enter(
        self: &Arc<Self>,
        function: &str,
        reserved: Option<u32>,
        unreserved: u32,
    ) -> Result<(Slot, u32), ApiError> {
        let mut running = self.running();
        let own = running.get(function).map_or(0, |own| own.count);
        let shared = running.values().filter(|one| !one.is_reserved);
        let refused = match reserved {
            Some(reserved) if own >= reserved => {
                Some("ReservedFunctionConcurrentInvocationLimitExceeded")
            }
            None if shared.map(|one| one.count).sum::<u32>() >= unreserved => {
                Some("ConcurrentInvocationLimitExceeded")
            }
            _ => None,
        };
        if let Some(reason) = refused {
            return Err(ApiError::throttled(reason));
        }
        let count = own + 1;
        let is_reserved = reserved.is_some();
        running.insert(function.to_owned(), Running { count, is_reserved });
        drop(running);
        Ok((
            Slot {
                load: Arc::clone(self),
                function: function.to_owned(),
            },
            count,
        ))
    }
}

/// What serves an invocation.
struct Served {
    spec: Spec,
    reserved: Option<u32>,
}

impl Lambda {
    /// Runs an invocation to its answer. It runs on if nobody waits for the answer any more.
    pub async fn execute(self: &Arc<Self>, order: Order) -> Result<Executed, ApiError> {
        let Served { spec, reserved } = self.serve(&order.target)?;
        let counted = Counted::new(self, &order.target, &spec.version);
        let others = self.registry.reserved_without(&spec.function);
        let unreserved = self.config.account_concurrency.saturating_sub(others);
        let (slot, running) = self
            .load
            .enter(&spec.function, reserved, unreserved)
            .inspect_err(|_| {
                counted.add("Throttles", 1.0);
            })?;
        counted.add("Invocations", 1.0);
        counted.add("ConcurrentExecutions", f64::from(running));
        let version = spec.version.clone();
        let (answer, answered) = oneshot::channel();
        let task = Arc::clone(self).run(spec, order.invocation, counted, slot, answer);
        let stop = self.load.stop.clone();
        self.load.tasks.spawn(async move {
            tokio::select! {
                () = task => {}
                () = stop.cancelled() => {}
            }
        });
        match answered.await {
            Ok(outcome) => Ok(Executed {
                version,
                outcome: outcome?,
            }),
            Err(_) => Err(ApiError::failure("The platform is shutting down")),
        }
    }

    async fn run(
        self: Arc<Self>,
        spec: Spec,
        invocation: Invocation,
        counted: Counted,
        slot: Slot,
        answer: oneshot::Sender<Result<Outcome, ApiError>>,
    ) {
        let answer = Mutex::new(Some(answer));
        let give = |outcome: Result<Outcome, ApiError>| {
            let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(answer) = answer {
                // Whoever asked may have hung up.
                let _ = answer.send(outcome);
            }
        };
        let mut environment = match self.environment(spec).await {
            Ok(environment) => environment,
            Err(error) => return give(Err(error)),
        };
        let early = |outcome| give(Ok(outcome));
        let outcome = environment.run(&invocation, early).await;
        counted.add("Errors", f64::from(u8::from(outcome.failed)));
        counted.add("Duration", outcome.duration.as_secs_f64() * 1000.0);
        // Before the answer, so that the caller's next request finds the environment at rest.
        self.rest(environment).await;
        drop(slot);
        give(Ok(outcome));
    }

    /// An environment at rest, or a new one when it is this invocation's turn to start one:
    /// whichever comes first. On a host of few processors, many starts at once would keep
    /// invocations waiting while environments of their function are at rest.
    async fn environment(&self, spec: Spec) -> Result<Environment, ApiError> {
        let mut turn = pin!(Arc::clone(&self.host.starts).acquire_owned());
        loop {
            let mut rested = pin!(self.fleet.rested());
            rested.as_mut().enable();
            if let Some(environment) = self.fleet.take(&spec.incarnation) {
                return Ok(environment);
            }
            tokio::select! {
                () = rested => {}
                turn = &mut turn => {
                    let made = Environment::new(&self.host, Arc::new(spec), turn.ok());
                    return made.map_err(|error| {
                        ApiError::failure(format!(
                            "The platform cannot make an environment: {error}"
                        ))
                    });
                }
            }
        }
    }

    /// Keeps an environment for the next invocation, unless its function has moved on.
    async fn rest(&self, environment: Environment) {
        let spec = Arc::clone(environment.spec());
        let current = self.registry.get(&spec.function, |function| {
            let version = function.version(&spec.version);
            version.is_some_and(|version| version.incarnation == spec.incarnation)
        });
        if current == Some(true) && !self.load.stop.is_cancelled() {
            self.fleet.put(environment);
        } else {
            environment.end().await;
        }
    }

    /// Which version a name and qualifier mean now; the weights of an alias decide anew each time.
    fn serve(&self, target: &Reference) -> Result<Served, ApiError> {
        let qualifier = target.qualifier_or_latest();
        let missing = || not_found(&super::names::qualified_arn(&target.name, qualifier));
        let found = self.registry.get(&target.name, |function| {
            let version = route(function, qualifier).ok_or_else(missing)?;
            if version == LATEST && matches!(function.phase, Phase::Pending { .. }) {
                return Err(ApiError::conflict(
                    "The operation cannot be performed at this time. The function is currently in \
                     the following state: Pending",
                ));
            }
            let content = function.version(&version).ok_or_else(missing)?;
            let spec = Spec {
                function: function.name.clone(),
                incarnation: content.incarnation.clone(),
                settings: content.settings.clone(),
                package: self.code.hold(&content.code.sha256_hex),
                version,
            };
            Ok(Served {
                spec,
                reserved: function.reserved_concurrency,
            })
        });
        found.ok_or_else(missing)?
    }

    /// Whether an invocation of this function would be served now.
    pub fn check_target(&self, target: &Reference) -> Result<(), ApiError> {
        self.serve(target).map(drop)
    }
}

fn route(function: &Function, qualifier: &str) -> Option<String> {
    let Some(alias) = function.aliases.get(qualifier) else {
        return function.resolve(qualifier);
    };
    let mut chance = rand::random::<f64>();
    for (version, weight) in &alias.weights {
        if chance < *weight {
            return Some(version.clone());
        }
        chance -= weight;
    }
    Some(alias.version.clone())
}

/// Counts what happens to invocations of one target.
#[derive(Debug)]
pub struct Counted {
    lambda: Arc<Lambda>,
    function: String,
    resource: String,
    executed_version: Option<String>,
    started_ms: i64,
}

impl Counted {
    /// For a target that was resolved to a version.
    pub fn new(lambda: &Arc<Lambda>, target: &Reference, version: &str) -> Self {
        let resource = match &target.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", target.name),
            None => target.name.clone(),
        };
        let by_alias = target
            .qualifier
            .as_deref()
            .is_some_and(|qualifier| qualifier != version);
        Self {
            lambda: Arc::clone(lambda),
            function: target.name.clone(),
            resource,
            executed_version: by_alias.then(|| version.to_owned()),
            started_ms: now_ms(),
        }
    }

    /// Adds a value, stamped with the start of the invocation.
    pub fn add(&self, name: &str, value: f64) {
        let added = self.lambda.host.telemetry.0.lambda_metric(
            &self.function,
            &self.resource,
            self.executed_version.as_deref(),
            name,
            value,
            self.started_ms,
        );
        if let Err(error) = added {
            tracing::warn!(%error, name, "a metric was lost");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_a_reservation_leaves_the_others_their_share() {
        let load = Arc::new(Load::default());
        let reserved = [0; 3].map(|_| load.enter("own", Some(3), 2).unwrap());
        assert!(load.enter("own", Some(3), 2).is_err());
        let shared = ["a", "b"].map(|name| load.enter(name, None, 2).unwrap());
        assert!(load.enter("a", None, 2).is_err());
        drop(shared);
        assert_eq!(load.enter("a", None, 2).unwrap().1, 1);
        drop(reserved);
        assert!(load.running().is_empty());
    }
}
