//! How long the provider takes from its start to the line of its handshake.
//!
//! A run of a host starts several processes (four for one create), so this time counts as often.
//! An encrypted start makes a key, and with it the process's first random number: for that aws-lc
//! collects entropy from the CPU's jitter, which takes most of the time, unless it was built with
//! `AWS_LC_SYS_NO_JITTER_ENTROPY=1`.
#![allow(missing_docs, reason = "criterion's macros")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

fn startup(criterion: &mut Criterion) {
    let sockets = tempfile::tempdir().expect("a folder for sockets");
    let certificate = host_certificate();
    let mut group = criterion.benchmark_group("start to handshake");
    for (name, certificate) in [("encrypted", certificate.as_str()), ("plain", "")] {
        group.bench_function(name, |bencher| {
            bencher
                .iter_custom(|rounds| (0..rounds).map(|_| once(certificate, sockets.path())).sum());
        });
    }
}

/// One start; the process's end is not counted.
fn once(certificate: &str, sockets: &Path) -> Duration {
    let started = Instant::now();
    let mut provider = start(certificate, sockets);
    let stdout = provider.stdout.take().expect("piped");
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("readable");
    let took = started.elapsed();
    assert!(line.starts_with("1|6|unix|"), "{line}");
    provider.kill().expect("killed");
    provider.wait().expect("ended");
    took
}

fn start(certificate: &str, sockets: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_terraform-provider-fusion"))
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_CLIENT_CERT", certificate)
        .env("PLUGIN_UNIX_SOCKET_DIR", sockets)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the provider starts")
}

/// A certificate of the kind that hosts hand over.
fn host_certificate() -> String {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    params.self_signed(&key).expect("a certificate").pem()
}

criterion_group!(benches, startup);
criterion_main!(benches);
