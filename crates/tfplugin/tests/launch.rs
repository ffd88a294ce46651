//! From the start to the first call: handshake, socket, and who may connect.

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::identity::{Identity, anonymous};
use support::{Process, connect};
use tfplugin::proto::tfplugin6::get_metadata;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

#[tokio::test]
async fn the_handshake_has_six_fields_and_is_the_first_line() {
    let identity = Identity::of_a_host();
    let process = Process::start_with(Some(&identity.pem), |command| {
        command.env("PLUGIN_MULTIPLEX_GRPC", "true");
    });
    let fields: Vec<_> = process.handshake.iter().map(String::as_str).collect();
    assert_eq!(fields.len(), 6);
    assert_eq!(fields[..3], ["1", "6", "unix"]);
    assert_eq!(fields[4], "grpc");
    assert!(
        fields[5].len() > 50 && !fields[5].contains('='),
        "{}",
        fields[5]
    );
}

#[tokio::test]
async fn trap_12_01_the_hosts_p521_authority_certificate_is_accepted() {
    let identity = Identity::of_a_host();
    let process = Process::start(Some(&identity.pem));
    let mut host = connect(&process, Some(&identity)).await.expect("connected");
    let metadata = host
        .provider
        .get_metadata(get_metadata::Request {})
        .await
        .expect("answered");
    assert_eq!(metadata.into_inner().resources[0].type_name, "lab_thing");
}

#[tokio::test]
async fn trap_12_01_another_certificate_is_refused() {
    let pinned = Identity::of_a_host();
    let process = Process::start(Some(&pinned.pem));
    refused(
        &process,
        Identity::of_a_host().client(&process.certificate()),
    )
    .await;
}

#[tokio::test]
async fn trap_12_01_the_certificate_without_its_key_is_refused() {
    let pinned = Identity::of_a_host();
    let process = Process::start(Some(&pinned.pem));
    let thief = pinned.with_key_of(&Identity::of_a_host());
    refused(&process, thief.client(&process.certificate())).await;
}

#[tokio::test]
async fn trap_12_01_no_certificate_is_refused() {
    let process = Process::start(Some(&Identity::of_a_host().pem));
    refused(&process, anonymous(&process.certificate())).await;
}

/// The peer gets nothing, and the host that comes afterwards is served.
async fn refused(process: &Process, client: rustls::ClientConfig) {
    let stream = UnixStream::connect(process.socket())
        .await
        .expect("connected");
    let name = rustls::pki_types::ServerName::try_from("localhost").expect("a name");
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    // With TLS 1.3 the client hears of its refusal only when it reads.
    if let Ok(mut stream) = connector.connect(name, stream).await {
        let mut byte = [0];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut byte)).await;
        let error = read.expect("an answer").expect_err("refused");
        assert!(error.to_string().contains("alert"), "{error}");
    }
    let still_there = UnixStream::connect(process.socket()).await;
    assert!(
        still_there.is_ok(),
        "a refused peer is not the host, so the process goes on"
    );
}

#[tokio::test]
async fn trap_12_01_plain_text_is_refused_where_a_certificate_is_pinned() {
    let process = Process::start(Some(&Identity::of_a_host().pem));
    let attempt = async {
        let mut host = connect(&process, None).await.ok()?;
        host.provider
            .get_metadata(get_metadata::Request {})
            .await
            .ok()
    };
    assert!(attempt.await.is_none());
}

#[tokio::test]
async fn a_second_connection_is_served_and_its_end_is_not_the_hosts() {
    let identity = Identity::of_a_host();
    let mut process = Process::start(Some(&identity.pem));
    let mut first = connect(&process, Some(&identity)).await.expect("connected");
    let mut second = connect(&process, Some(&identity)).await.expect("connected");
    let ask = get_metadata::Request {};
    second.provider.get_metadata(ask).await.expect("answered");
    drop(second);
    for _ in 0..20 {
        first.provider.get_metadata(ask).await.expect("answered");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(process.is_running());
    drop(first);
    assert!(process.exit_within(Duration::from_secs(20)).await.is_some());
}

#[tokio::test]
async fn peers_that_say_nothing_or_nonsense_keep_nobody_waiting() {
    let identity = Identity::of_a_host();
    let mut process = Process::start(Some(&identity.pem));
    let mut others = Vec::new();
    for number in 0..40 {
        let mut other = UnixStream::connect(process.socket())
            .await
            .expect("connected");
        if number % 2 == 0 {
            other
                .write_all(b"GET / HTTP/1.1\r\n\r\n")
                .await
                .expect("sent");
        }
        others.push(other);
    }
    let mut host = connect(&process, Some(&identity)).await.expect("connected");
    let ask = get_metadata::Request {};
    host.provider.get_metadata(ask).await.expect("answered");
    drop(others);
    host.provider.get_metadata(ask).await.expect("answered");
    assert!(process.is_running());
}

#[tokio::test]
async fn trap_12_01_only_the_owner_may_reach_the_socket() {
    let process = Process::start(None);
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode();
    assert_eq!(mode(process.socket()) & 0o777, 0o600);
    assert_eq!(
        mode(process.socket().parent().expect("a directory")) & 0o777,
        0o700
    );
}

#[tokio::test]
async fn without_a_certificate_the_connection_is_plain() {
    let process = Process::start(None);
    assert_eq!(process.handshake[5], "");
    let mut host = connect(&process, None).await.expect("connected");
    host.provider
        .get_metadata(get_metadata::Request {})
        .await
        .expect("answered");
}

/// What the process says before it ends by itself with exit code 1 and without a handshake.
async fn refusal(change: impl FnOnce(&mut Command)) -> String {
    let mut process = Process::start_with(None, change);
    assert_eq!(process.handshake, [""]);
    let status = process
        .exit_within(Duration::from_secs(20))
        .await
        .expect("ended");
    assert_eq!(status.code(), Some(1));
    process.stderr()
}

#[tokio::test]
async fn certificates_that_cannot_be_read_end_the_start() {
    let pem = |label: &str, content: &str| {
        format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
    };
    let certificates = [
        b"no certificate".to_vec(),
        pem("CERTIFICATE", "bm90IGEgY2VydGlmaWNhdGU=").into_bytes(),
        pem("CERTIFICATE", "!").into_bytes(),
        pem("PRIVATE KEY", "bm90IGEgY2VydGlmaWNhdGU=").into_bytes(),
        // Without this test it would read as no certificate at all, and let anybody in.
        b"\xff\xfe\x00"[..2].to_vec(),
    ];
    for certificate in certificates {
        let told = refusal(|command| {
            command.env("PLUGIN_CLIENT_CERT", OsStr::from_bytes(&certificate));
        })
        .await;
        assert!(
            told.starts_with(
                "error: the host's certificate in `PLUGIN_CLIENT_CERT` cannot be read: "
            ),
            "{told}"
        );
    }
}

#[tokio::test]
async fn started_by_hand_it_says_what_it_is() {
    let told = "error: this program is a provider for Terraform and OpenTofu, and they start it \
                themselves\nhint: declare it under `required_providers`, then run `tofu init` or \
                `terraform init`\n";
    let by_hand = refusal(|command| {
        command.env_remove("TF_PLUGIN_MAGIC_COOKIE");
    });
    assert_eq!(by_hand.await, told);
    let other_cookie = refusal(|command| {
        command.env("TF_PLUGIN_MAGIC_COOKIE", "another plugin's");
    });
    assert_eq!(other_cookie.await, told);
}

#[tokio::test]
async fn a_host_of_protocol_5_is_told_which_is_needed() {
    for offered in ["5", "4,5", "60", "six"] {
        let told = refusal(|command| {
            command.env("PLUGIN_PROTOCOL_VERSIONS", offered);
        });
        assert_eq!(
            told.await,
            format!(
                "error: the host speaks only plugin protocols {offered}; this provider needs \
                 protocol 6\nhint: use Terraform 1.8 or OpenTofu 1.7, or later\n"
            )
        );
    }
}
