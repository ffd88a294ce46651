//! Warm invocations a second of the platform, held for a minute, beside serverless-offline.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use super::{Outcome, Settings};
use crate::figure::Figure;
use crate::load::{Invocation, Served, closed_loop, cpu_each_us, once, warm};
use crate::local::{Local, ONE_CPU_MB, create, zipped};
use crate::peers::{self, Installed};
use crate::picture::{Curve, Picture};
use crate::processes::{Started, cpu_ms, family};
use crate::statistics::{as_number, slowing};

const HANDLER: &str = "exports.handler = async (event) => event;\n";
const EVENT: &str = r#"{"order":17,"items":["a","b","c"]}"#;
/// Concurrent connections, and the goal for each in invocations a second.
const LOADS: [(usize, f64); 2] = [(1, 4000.0), (16, 9000.0)];

/// A load that one of both served, and what it took.
struct Measured {
    served: Served,
    /// CPU time of one invocation: the service, its environments, and the client, in µs.
    cpu_us: [f64; 3],
}

/// Measures both at each concurrency.
pub async fn measure(settings: Settings) -> Result<Outcome> {
    let lasting = Duration::from_secs(settings.choose(4, settings.seconds));
    let peer = peers::serverless_offline();
    let name = peer
        .as_ref()
        .map_or(peers::SERVERLESS_OFFLINE, |found| found.name.as_str());
    let mut outcome = Outcome::default();
    for (workers, goal) in LOADS {
        let ours = ours(workers, lasting).await?;
        let theirs = match &peer {
            Ok(peer) => theirs(peer, workers, lasting)
                .await
                .map_err(|error| format!("{error:#}")),
            Err(why) => Err(why.clone()),
        };
        let beside = |value: fn(&Measured) -> f64| match &theirs {
            Ok(theirs) => Ok(value(theirs)),
            Err(why) => Err(why.as_str()),
        };
        let of = format!("at concurrency {workers}");
        let how = how(workers, lasting, &ours);
        let rate = Figure::of(
            &format!("platform: warm invocations a second {of}"),
            &ours.served.by_second,
            "1/s",
            format!("{how} Median of the seconds."),
        );
        let p99 = Figure::new(
            &format!("platform: 99th percentile {of}"),
            ours.served.p99_ms(),
            "ms",
            "Of the same invocations.",
        );
        let slower = Figure::new(
            &format!("platform: slowing over the run {of}"),
            100.0 * slowing(&ours.served.by_second),
            "%",
            "How much the last tenth of the seconds served less than the first tenth.",
        );
        outcome.figures.extend([
            rate.at_least(goal)
                .beside(name, beside(|found| found.served.per_second()))
                .because(because(&ours)),
            p99.beside(name, beside(|found| found.served.p99_ms())),
            slower.at_most(5.0).beside(
                name,
                beside(|found| 100.0 * slowing(&found.served.by_second)),
            ),
        ]);
        outcome
            .pictures
            .push(picture(workers, &ours, theirs.as_ref().ok(), name));
    }
    Ok(outcome)
}

fn how(workers: usize, lasting: Duration, ours: &Measured) -> String {
    let [service, environments, client] = ours.cpu_us;
    format!(
        "{workers} connections to `fusionize local`, each sending the next signed request when the \
         last is answered, for {} s, {} answers; a function of {ONE_CPU_MB} MB that gives its \
         event back, in a process for each environment. CPU time of one invocation: \
         platform {service:.0} µs, Node.js {environments:.0} µs, client {client:.0} µs. The peer \
         with `--useInProcess`, its fastest way, unsigned.",
        lasting.as_secs(),
        ours.served.latencies_ms.len(),
    )
}

fn because(ours: &Measured) -> String {
    let [service, environments, client] = ours.cpu_us;
    let each = service + environments + client;
    format!(
        "One invocation takes {each:.0} µs of CPU time (platform {service:.0}, Node.js with the \
         runtime client {environments:.0}, the measuring client {client:.0}): two processors can \
         serve no more than {:.0} a second, however many wait. {LEVERS}",
        2e6 / each
    )
}

/// Counted by `strace`, and timed by stopping and continuing a process of Node.js that rests.
const LEVERS: &str = "After every invocation the platform reads the memory of the environment from \
    `/proc` and its control group: 16 of its 28 system calls, which once in 40 ms would serve as \
    well. Around every invocation it continues and stops all threads of Node.js, seven or more: \
    about 60 µs of CPU time, and a wait for each of them. Freezing an environment only when a \
    millisecond has passed without another event would save both signals under load.";

async fn ours(workers: usize, lasting: Duration) -> Result<Measured> {
    let local = Local::start()?;
    let zip = zipped("handler.js", HANDLER)?;
    create(&local.client(), "echo", "handler.handler", zip).await?;
    let invocation = Invocation::new(&local.endpoint, "echo", EVENT)?;
    let invocation = invocation.signed(&local.access_key, &local.secret_key)?;
    loaded(&invocation, workers, lasting, local.pid()).await
}

async fn theirs(peer: &Installed, workers: usize, lasting: Duration) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("handler.js"), HANDLER)?;
    let ports = [free_port()?, free_port()?];
    fs::write(folder.path().join("serverless.yml"), serverless_yml())?;
    let modules = peer.program.ancestors().nth(3).context("no modules")?;
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules"))?;
    let log = fs::File::create(folder.path().join("log"))?;
    let child = Command::new(peers::node())
        .arg(&peer.program)
        .args(["offline", "start", "--useInProcess", "--noTimeout"])
        .args(["--lambdaPort", &ports[0].to_string()])
        .args(["--httpPort", &ports[1].to_string()])
        .env("SLS_TELEMETRY_DISABLED", "1")
        .env("SLS_NOTIFICATIONS_MODE", "off")
        .env("AWS_ACCESS_KEY_ID", "any")
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    let process = Started(child);
    let endpoint = format!("http://127.0.0.1:{}", ports[0]);
    let invocation = Invocation::new(&endpoint, "bench-dev-echo", EVENT)?;
    let began = Instant::now();
    while let Err(error) = once(&invocation).await {
        if began.elapsed() > Duration::from_secs(60) {
            let log = fs::read_to_string(folder.path().join("log"))?;
            bail!("serverless-offline does not answer: {error:#}\n{log}");
        }
        sleep(Duration::from_millis(200)).await;
    }
    loaded(&invocation, workers, lasting, process.0.id()).await
}

/// The load itself, after a warm-up, and the CPU time that it took.
async fn loaded(
    invocation: &Invocation,
    workers: usize,
    lasting: Duration,
    pid: u32,
) -> Result<Measured> {
    warm(invocation, workers).await?;
    let all = family(pid);
    let cpu = || {
        let others = all.iter().skip(1).map(|pid| cpu_ms(*pid)).sum::<f64>();
        [cpu_ms(pid), others, cpu_ms(std::process::id())]
    };
    let before = cpu();
    let served = closed_loop(invocation, workers, lasting).await?;
    let after = cpu();
    let each = |index: usize| cpu_each_us(after[index] - before[index], &served);
    let cpu_us = [each(0), each(1), each(2)];
    Ok(Measured { served, cpu_us })
}

fn serverless_yml() -> String {
    format!(
        "service: bench
frameworkVersion: '3'
configValidationMode: off
plugins:
  - serverless-offline
provider:
  name: aws
  runtime: nodejs20.x
  memorySize: {ONE_CPU_MB}
functions:
  echo:
    handler: handler.handler
",
    )
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn picture(workers: usize, ours: &Measured, theirs: Option<&Measured>, name: &str) -> Picture {
    let curve = |name: &str, measured: &Measured| Curve {
        name: name.to_owned(),
        points: measured
            .served
            .by_second
            .iter()
            .enumerate()
            .map(|(second, count)| (as_number(second + 1), *count))
            .collect(),
    };
    let mut curves = vec![curve("fusionize local", ours)];
    curves.extend(theirs.map(|theirs| curve(name, theirs)));
    Picture {
        file: format!("invocations-at-concurrency-{workers}.svg"),
        title: format!("Warm invocations a second at concurrency {workers}"),
        x: "second".to_owned(),
        y: "invocations".to_owned(),
        curves,
    }
}
