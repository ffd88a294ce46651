//! `fusionize load`: requests at a rate, with latencies and errors.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use clap::{ArgGroup, Args};
use fusion_cloud::{Clients, functions};
use serde::Serialize;

use crate::endpoint::EndpointArgs;
use crate::event;
use crate::failure::{Exit, Failure};
use crate::output::{Output, counted};
use crate::requests::{Percentiles, Sent, open_loop};
use crate::target::Target;

/// Arguments of `load`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("end").args(["duration", "count"]).required(true))]
pub struct Arguments {
    /// A function's name, or a task's inside of its application's folder
    function: String,
    /// Requests a second
    #[arg(long, value_parser = rate)]
    rate: f64,
    /// How long to send, in seconds
    #[arg(long, value_name = "SECONDS")]
    duration: Option<u32>,
    /// How many requests to send
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The event: JSON, `@file`, or `@-` for standard input
    #[arg(long, short, default_value = "{}", allow_hyphen_values = true)]
    event: String,
    /// The alias or version to invoke; by default the application's alias
    #[arg(long)]
    alias: Option<String>,
    #[command(flatten)]
    endpoint: EndpointArgs,
}

/// The slowest rate, one request in eleven days: beyond that clocks overflow.
const MIN_RATE: f64 = 1e-6;

/// The fastest rate that one process sends without being late itself.
const MAX_RATE: f64 = 10_000.0;

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "it is not a number".to_owned())?;
    if (MIN_RATE..=MAX_RATE).contains(&rate) {
        Ok(rate)
    } else {
        Err(format!("it has to be from {MIN_RATE} to {MAX_RATE}"))
    }
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Report {
    function: String,
    requests: usize,
    errors: usize,
    /// How often each error came.
    error_messages: BTreeMap<String, usize>,
    /// Requests a second as planned; `lateness_ms` says how well that was kept.
    rate: f64,
    /// Of requests with a good answer.
    latency_ms: Option<Percentiles>,
    /// How much later than planned requests were sent, by this process' own fault.
    lateness_ms: Option<Percentiles>,
}

/// Sends the requests, and reports. Fails if any of them has no good answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let event = event::read(&arguments.event)?;
    let clients = arguments.endpoint.connect().await?;
    let endpoint = arguments.endpoint.shown(&clients);
    let target = Target::named(&arguments.function, arguments.alias.as_deref());
    let count = count(arguments);
    let message = format!(
        "Sending {} to `{}` at {}/s",
        counted(count, "request"),
        target.function,
        arguments.rate
    );
    let progress = output.progress(message, Some(count as u64));
    let sender = Sender::new(clients, &target, event);
    let sent = open_loop(
        arguments.rate,
        count,
        |_| sender.request(),
        || progress.step(),
    )
    .await;
    drop(progress);
    let report = Report::of(target.function.clone(), &sent, arguments.rate);
    let refused = sender.refused(report.errors);
    let refused = refused.map(|error| target.refused(&endpoint, error));
    output.result(&report, &report.text());
    report.verdict(refused)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and far below the limits of usize"
)]
fn count(arguments: &Arguments) -> usize {
    match (arguments.count, arguments.duration) {
        (Some(count), _) => count as usize,
        (None, seconds) => (f64::from(seconds.unwrap_or(0)) * arguments.rate)
            .ceil()
            .max(1.0) as usize,
    }
}

/// Sends the same event again and again.
struct Sender(Arc<SenderParts>);

struct SenderParts {
    clients: Clients,
    target: Target,
    event: Vec<u8>,
    /// How many requests AWS did not take.
    refusals: AtomicUsize,
    /// Why it did not take the first of them.
    refused: OnceLock<fusion_cloud::Error>,
}

impl Sender {
    fn new(clients: Clients, target: &Target, event: Vec<u8>) -> Self {
        Self(Arc::new(SenderParts {
            clients,
            target: target.clone(),
            event,
            refusals: AtomicUsize::new(0),
            refused: OnceLock::new(),
        }))
    }

    /// Why AWS did not take requests, if it was the reason of all `errors`.
    fn refused(&self, errors: usize) -> Option<fusion_cloud::Error> {
        let refusals = self.0.refusals.load(Ordering::Relaxed);
        self.0.refused.get().filter(|_| refusals == errors).cloned()
    }

    /// One request; gives why it has no good answer.
    fn request(&self) -> impl Future<Output = Option<String>> + Send + 'static {
        let parts = Arc::clone(&self.0);
        async move {
            let Target {
                function, alias, ..
            } = &parts.target;
            let sent =
                functions::invoke(&parts.clients, function, Some(alias), parts.event.clone());
            match sent.await {
                Err(error) => {
                    parts.refusals.fetch_add(1, Ordering::Relaxed);
                    let said = error.to_string();
                    // Only the first is kept.
                    let _ = parts.refused.set(error);
                    Some(said)
                }
                Ok(answer) => answer
                    .error
                    .map(|error| format!("{}: {}", error.kind, without_id(&error.message))),
            }
        }
    }
}

/// An error's message without the request's id, so that equal errors are counted together.
fn without_id(message: &str) -> &str {
    let after = message.strip_prefix("RequestId: ");
    let text = after.and_then(|rest| Some(rest.split_once(' ')?.1));
    text.unwrap_or(message)
}

impl Report {
    fn of(function: String, sent: &[Sent], rate: f64) -> Self {
        let mut error_messages = BTreeMap::new();
        for error in sent.iter().filter_map(|one| one.error.as_ref()) {
            *error_messages.entry(error.clone()).or_default() += 1;
        }
        let good = sent.iter().filter(|one| one.error.is_none());
        Self {
            function,
            requests: sent.len(),
            errors: error_messages.values().sum(),
            error_messages,
            rate,
            latency_ms: Percentiles::of(good.map(|one| one.latency)),
            lateness_ms: Percentiles::of(sent.iter().map(|one| one.lateness)),
        }
    }

    /// A failure where any request failed: that of AWS where it is the reason, else the function's.
    fn verdict(&self, refused: Option<Failure>) -> Result<(), Failure> {
        if self.errors == 0 {
            return Ok(());
        }
        let requests = counted(self.requests, "request");
        let what = format!("{} of {requests} failed", self.errors);
        let Some(refused) = refused else {
            return Err(Failure::new(Exit::Function, what));
        };
        let failure = Failure::new(refused.exit, what).because(refused.what);
        Err(match refused.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        })
    }

    fn text(&self) -> String {
        let line = |name: &str, found: Option<Percentiles>| match found {
            Some(Percentiles { p50, p95, p99, max }) => format!(
                "{name:<10} p50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms, max {max:.1} ms"
            ),
            None => format!("{name:<10} none"),
        };
        let mut lines = vec![
            format!(
                "{:<10} {} sent at {:.2}/s, {} failed",
                "requests", self.requests, self.rate, self.errors
            ),
            line("latency", self.latency_ms),
            line("lateness", self.lateness_ms),
        ];
        lines.extend(
            self.error_messages
                .iter()
                .map(|(error, count)| format!("  {count} x {error}")),
        );
        lines.join("\n")
    }
}
