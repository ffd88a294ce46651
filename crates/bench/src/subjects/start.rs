//! From a provider's start to the line of its handshake, with a client certificate as hosts hand
//! one over, and the memory that it then holds.
//!
//! A host starts a provider two to five times for one command, so this counts as often.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};

use super::{Outcome, Settings};
use crate::binaries;
use crate::figure::Figure;
use crate::peers;
use crate::processes::{Started, anonymous_mib, resident_mib};
use crate::statistics::median;

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// Half of what hashicorp/random took when the goal was set.
const GOAL_MS: f64 = 5.25;
/// Half of what hashicorp/random held when the goal was set.
const GOAL_MIB: f64 = 7.2;
/// After which a process that waits for its host has come to rest.
const REST: Duration = Duration::from_millis(20);

/// Starts of one program.
#[derive(Default)]
struct Starts {
    ms: Vec<f64>,
    mib: Vec<f64>,
    own_mib: Vec<f64>,
}

/// Measures both, in turns.
pub fn measure(settings: Settings) -> Result<Outcome> {
    let sockets = tempfile::tempdir()?;
    let certificate = host_certificate()?;
    let provider = binaries::provider()?;
    let random = peers::random();
    let (mut ours, mut theirs) = (Starts::default(), Starts::default());
    for _ in 0..settings.choose(10, 60) {
        ours.once(&provider, &certificate, sockets.path())?;
        if let Ok(random) = &random {
            theirs.once(&random.program, &certificate, sockets.path())?;
        }
    }
    let name = random
        .as_ref()
        .map_or(peers::RANDOM, |found| found.name.as_str());
    let beside = |values: &[f64]| {
        random
            .as_ref()
            .map(|_| median(values))
            .map_err(String::as_str)
    };
    let how = format!(
        "Median of {} starts with a client certificate (P-521), in turns with the peer",
        ours.ms.len()
    );
    let time = Figure::of(
        "provider: start to handshake",
        &ours.ms,
        "ms",
        format!("{how}: from the start of the process to the line of its handshake."),
    );
    let memory = Figure::of(
        "provider: memory after the handshake",
        &ours.mib,
        "MiB",
        format!("{how}: resident memory 20 ms after the handshake, files of the program included."),
    );
    let own = Figure::of(
        "provider: memory of its own after the handshake",
        &ours.own_mib,
        "MiB",
        "Of the same: anonymous memory, which every further process takes again.",
    );
    let figures = vec![
        time.at_most(GOAL_MS).beside(name, beside(&theirs.ms)),
        memory
            .at_most(GOAL_MIB)
            .beside(name, beside(&theirs.mib))
            .because(MEMORY),
        own.beside(name, beside(&theirs.own_mib)),
    ];
    Ok(Outcome {
        figures,
        pictures: Vec::new(),
    })
}

/// From `/proc/PID/smaps`.
const MEMORY: &str = "About 1.2 MiB are its own. The rest are pages of files, which all processes of \
    the provider share and the kernel may drop: 7.5 MiB of its binary (23 MB, 16 MB of them code, \
    of which the kernel maps the neighbours of each page that is touched) and 2 MiB of libc and \
    libm. A smaller binary would have to change that: link-time optimization and one codegen unit \
    in the release profile are not yet measured.";

impl Starts {
    fn once(&mut self, program: &Path, certificate: &str, sockets: &Path) -> Result<()> {
        let began = Instant::now();
        let mut child = Command::new(program)
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_CLIENT_CERT", certificate)
            .env("PLUGIN_UNIX_SOCKET_DIR", sockets)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().context("no output")?;
        let process = Started(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let took = began.elapsed();
        ensure!(line.contains("|unix|"), "no handshake: {line:?}");
        sleep(REST);
        self.ms.push(took.as_secs_f64() * 1000.0);
        self.mib.push(resident_mib(process.0.id())?);
        self.own_mib.push(anonymous_mib(process.0.id())?);
        Ok(())
    }
}

/// A certificate of the kind that hosts hand over.
fn host_certificate() -> Result<String> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
    let params = CertificateParams::new(["localhost".to_owned()])?;
    Ok(params.self_signed(&key)?.pem())
}
