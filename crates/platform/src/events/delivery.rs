//! Runs events when they are due, and decides what becomes of them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::queue::Event;
use super::record::{Condition, DeadLetter, record};
use crate::clock::now_ms;
use crate::execution::invocation::Invocation;
use crate::lambda::Lambda;
use crate::lambda::error::ApiError;
use crate::lambda::invoker::{Counted, Executed, Order};
use crate::lambda::model::EventInvoke;
use crate::lambda::names::{LATEST, Purpose, Reference};

/// Retries after the first try, unless configured.
const DEFAULT_RETRIES: u32 = 2;
/// The longest time in the queue, unless configured: six hours.
const DEFAULT_MAX_AGE_S: u32 = 21_600;
/// The longest pause after throttling, as a multiple of the first.
const MAX_THROTTLE_FACTOR: u32 = 300;

/// What is to happen with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is tried again.
    Again {
        /// When, in milliseconds since 1970.
        due_ms: i64,
    },
    /// It is over.
    Over(Condition),
}

/// How an event's function wants it treated.
struct Policy {
    config: EventInvoke,
    dead_letter_target: Option<String>,
    stopped: bool,
}

impl Lambda {
    /// Accepts an event. When this returns, it is kept.
    pub fn enqueue(self: &Arc<Self>, order: Order) -> Result<(), ApiError> {
        let Order { target, invocation } = order;
        let payload = String::from_utf8(invocation.event.to_vec())
            .map_err(|_| ApiError::not_json("the payload is not UTF-8"))?;
        let now = now_ms();
        let event = Event {
            request_id: invocation.request_id,
            function: target.name,
            qualifier: target.qualifier,
            payload,
            client_context: invocation.client_context,
            trace: invocation.trace,
            received_ms: now,
            due_ms: now,
            attempts: 0,
            throttles: 0,
        };
        let counted = self.counted(&event);
        self.queue.put(event).map_err(|error| {
            ApiError::failure(format!("The platform cannot keep the event: {error}"))
        })?;
        counted.add("AsyncEventsReceived", 1.0);
        Ok(())
    }

    /// Runs events until the platform stops.
    pub async fn deliver(self: Arc<Self>) {
        loop {
            let event = self.queue.next(now_ms).await;
            let this = Arc::clone(&self);
            let Ok(turn) = Arc::clone(&self.queue.turns).acquire_owned().await else {
                return;
            };
            self.load.tasks.spawn(async move {
                let stop = this.load.stop.clone();
                tokio::select! {
                    () = this.attempt(event) => {}
                    // The event waits in the journal.
                    () = stop.cancelled() => {}
                }
                drop(turn);
            });
        }
    }

    async fn attempt(self: &Arc<Self>, mut event: Event) {
        let target = Reference {
            name: event.function.clone(),
            qualifier: event.qualifier.clone(),
        };
        let Some(policy) = self.policy(&target) else {
            return self.finish(&event, Condition::FunctionNotFound, None, None);
        };
        let age_ms = now_ms() - event.received_ms;
        if policy.stopped {
            return self.finish(
                &event,
                Condition::ZeroReservedConcurrency,
                None,
                Some(&policy),
            );
        }
        if age_ms > policy.max_age_ms() {
            return self.finish(&event, Condition::EventAgeExceeded, None, Some(&policy));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "an age of hours in milliseconds"
        )]
        self.counted(&event).add("AsyncEventAge", age_ms as f64);
        let executed = self
            .execute(Order {
                target,
                invocation: event.invocation(),
            })
            .await;
        let fate = match &executed {
            Ok(executed) => {
                event.attempts += 1;
                event.throttles = 0;
                self.after_run(&event, executed, &policy)
            }
            Err(error) if error.code() == "ResourceNotFoundException" => {
                Fate::Over(Condition::FunctionNotFound)
            }
            Err(_) => {
                event.throttles += 1;
                self.after_throttle(&event, &policy)
            }
        };
        match fate {
            Fate::Again { due_ms } => {
                event.due_ms = due_ms;
                self.queue.put_back(event);
            }
            Fate::Over(condition) => {
                self.finish(&event, condition, executed.ok().as_ref(), Some(&policy));
            }
        }
    }

    fn after_run(&self, event: &Event, executed: &Executed, policy: &Policy) -> Fate {
        if !executed.outcome.failed {
            return Fate::Over(Condition::Success);
        }
        let retries = policy.config.retries.unwrap_or(DEFAULT_RETRIES);
        if event.attempts > retries {
            return Fate::Over(Condition::RetriesExhausted);
        }
        let delays = &self.config.retry_delays;
        let index = usize::try_from(event.attempts)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        policy.unless_too_old(event, delays[index.min(delays.len() - 1)])
    }

    fn after_throttle(&self, event: &Event, policy: &Policy) -> Fate {
        let doublings = event.throttles.saturating_sub(1).min(16);
        let factor = 2_u32.pow(doublings).min(MAX_THROTTLE_FACTOR);
        policy.unless_too_old(event, self.config.throttle_delay * factor)
    }

    fn policy(&self, target: &Reference) -> Option<Policy> {
        let qualifier = target.qualifier_or_latest();
        let found = self.registry.get(&target.name, |function| {
            let version = function.resolve(qualifier)?;
            let settings = &function.version(&version)?.settings;
            Some(Policy {
                config: function
                    .event_invoke
                    .get(qualifier)
                    .cloned()
                    .unwrap_or_default(),
                dead_letter_target: settings.dead_letter_target.clone(),
                stopped: function.reserved_concurrency == Some(0),
            })
        });
        found.flatten()
    }

    fn finish(
        self: &Arc<Self>,
        event: &Event,
        condition: Condition,
        last: Option<&Executed>,
        policy: Option<&Policy>,
    ) {
        let succeeded = condition == Condition::Success;
        if !succeeded {
            self.counted(event).add("AsyncEventsDropped", 1.0);
        }
        let config = policy.map(|policy| &policy.config);
        let destination = config.and_then(|config| {
            if succeeded {
                config.on_success.as_deref()
            } else {
                config.on_failure.as_deref()
            }
        });
        let sent = destination.map(|arn| self.send_on(arn, event, condition, last));
        if let Some(Err(error)) = &sent {
            tracing::warn!(%error, destination, "a destination got no record");
            self.counted(event).add("DestinationDeliveryFailures", 1.0);
        }
        // A queue or topic gets its letter beside what a destination gets.
        let target = policy.and_then(|policy| policy.dead_letter_target.clone());
        let is_told = matches!(sent, Some(Ok(()))) && target.is_none();
        let is_kept = succeeded
            || is_told
            || self.queue.bury(DeadLetter {
                function: event.function.clone(),
                condition: condition.word(),
                target,
                record: record(event, condition, last),
            });
        // Only now: before, a restart would run the event again rather than lose its record.
        if is_kept {
            self.queue.done(event);
        } else {
            self.queue.leave(event);
        }
    }

    fn send_on(
        self: &Arc<Self>,
        arn: &str,
        event: &Event,
        condition: Condition,
        last: Option<&Executed>,
    ) -> Result<(), ApiError> {
        let target = Reference::parse(arn, None, Purpose::Use)?;
        self.check_target(&target)?;
        let invocation = Invocation {
            request_id: uuid::Uuid::new_v4().to_string(),
            event: Bytes::from(record(event, condition, last).to_string()),
            invoked_arn: target.arn(),
            client_context: None,
            trace: event.trace.clone(),
            tail: false,
        };
        self.enqueue(Order { target, invocation })
    }

    fn counted(self: &Arc<Self>, event: &Event) -> Counted {
        let name = event.function.clone();
        let target = Reference {
            name,
            qualifier: event.qualifier.clone(),
        };
        // What executes is not known yet, so there is no such dimension.
        let version = event.qualifier.as_deref().unwrap_or(LATEST);
        Counted::new(self, &target, version)
    }
}

impl Policy {
    fn max_age_ms(&self) -> i64 {
        i64::from(self.config.max_age_seconds.unwrap_or(DEFAULT_MAX_AGE_S)) * 1000
    }

    /// A try that would come too late is not waited for.
    fn unless_too_old(&self, event: &Event, pause: Duration) -> Fate {
        let due_ms = now_ms() + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 4);
        if due_ms - event.received_ms > self.max_age_ms() {
            Fate::Over(Condition::EventAgeExceeded)
        } else {
            Fate::Again { due_ms }
        }
    }
}

impl Event {
    fn invocation(&self) -> Invocation {
        let target = Reference {
            name: self.function.clone(),
            qualifier: self.qualifier.clone(),
        };
        Invocation {
            request_id: self.request_id.clone(),
            event: Bytes::from(self.payload.clone()),
            invoked_arn: target.arn(),
            client_context: self.client_context.clone(),
            trace: self.trace.clone(),
            tail: false,
        }
    }
}
