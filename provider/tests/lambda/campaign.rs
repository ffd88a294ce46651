//! Requests that no host sends, to every rpc of the whole provider: right ones, changed a little.
//!
//! Whatever comes, the answer is a diagnostic or a status: no panic, no end of the process, no
//! hanging. `FUSIONIZE_FUZZ_SECONDS` goes on for so long instead, from another seed every time.

#[path = "../../../crates/tfplugin/tests/fuzz/mutation.rs"]
mod mutation;

mod change;
mod request;
mod seeds;

use std::time::{Duration, Instant, SystemTime};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fusion_provider::provider::Fusion;
use tfplugin::testing::{InProcess, in_process};

use self::change::changed;
use self::mutation::Random;
use self::request::{Request, Rpc};
use crate::asking::provider_config;
use crate::double::{Double, gone, refused};
use crate::world::World;

/// A request that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(120);
/// What is sent where the environment says nothing.
const REQUESTS: usize = 3_000;

/// AWS on a bad day. Nothing in it passes with time, so that nobody waits for it.
fn bad_day(line: &str) -> Response {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let length = line.len();
    match (ASKED.fetch_add(1, Ordering::Relaxed) + length) % 7 {
        0 | 1 => refused(),
        2 | 3 => gone(),
        4 => "{}".into_response(),
        5 => "{\"Functions\":[{}],\"Version\":\"1e9\",\"FunctionVersion\":\"x\"".into_response(),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "<html>").into_response(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_host_sends_is_answered() {
    let mut world = World::start().await;
    let double = Double::start(bad_day).await;
    let config = provider_config(double.url());
    let mut client = in_process(Fusion);
    let configure = Request::configure(&config);
    assert_eq!(told(&mut client, &configure).await, Vec::<String>::new());
    let seeds = seeds::seeds(&world, &config, &mut client).await;
    let (seed, end) = length();
    let mut random = Random::new(seed);
    let mut sent = 0;
    while end.map_or(sent < REQUESTS, |end| Instant::now() < end) {
        let Some(request) = changed(&mut random, &seeds, &world.path("")) else {
            continue;
        };
        sent += 1;
        if request.rpc == Rpc::Configure {
            configured_anew(&request).await;
        } else {
            told(&mut client, &request).await;
        }
    }
    if end.is_some() {
        println!("{sent} requests from seed {seed}");
    }
    world.end().await;
}

/// The seed, and when to end where that is given in seconds.
fn length() -> (u64, Option<Instant>) {
    let Ok(seconds) = std::env::var("FUSIONIZE_FUZZ_SECONDS") else {
        return (0, None);
    };
    let seconds = seconds.parse().expect("a whole number of seconds");
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let end = Instant::now() + Duration::from_secs(seconds);
    (since.map_or(1, |since| since.as_secs()), Some(end))
}

/// A configuration that is right could name any endpoint: only wrong ones are configured.
async fn configured_anew(configure: &Request) {
    let mut client = in_process(Fusion);
    let validate = Request {
        rpc: Rpc::ValidateProvider,
        ..configure.clone()
    };
    let wrong = told(&mut client, &validate).await;
    if wrong.iter().any(|message| message.starts_with("error")) {
        told(&mut client, configure).await;
    }
}

/// Sends the request; what the diagnostics say. A plan is asked for twice, as hosts do.
async fn told(client: &mut InProcess, request: &Request) -> Vec<String> {
    let answer = answer(client, request).await;
    if request.rpc == Rpc::Plan {
        let again = self::answer(client, request).await;
        assert_eq!(again, answer, "{request:?}");
    }
    let messages = answer.map(|answer| answer.messages).unwrap_or_default();
    for message in &messages {
        // No provider plans an argument to be unknown in the apply: what it is told cannot be kept.
        let is_of_the_plan = request.rpc == Rpc::Apply && message.contains(" unknown where ");
        assert!(
            is_of_the_plan || !message.contains("Provider failed unexpectedly"),
            "{message}\n{request:?}"
        );
    }
    messages
}

async fn answer(client: &mut InProcess, request: &Request) -> Option<request::Answer> {
    let answered = tokio::time::timeout(HANGS_AFTER, request.send(client)).await;
    answered.unwrap_or_else(|_| panic!("it hangs: {request:?}"))
}
