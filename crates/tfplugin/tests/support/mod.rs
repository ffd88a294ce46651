//! A small host: starts a provider's process and speaks to it as Terraform and OpenTofu do.
//!
//! Each test file uses a part of it.
#![allow(dead_code, reason = "every test binary uses another part")]

pub mod identity;
pub mod programs;
pub mod raw;
pub mod values;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use identity::Identity;
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const MESSAGE_BYTES: usize = 256 << 20;

/// The program of an example, built once if need be.
pub fn example(name: &str) -> PathBuf {
    static EXAMPLES: OnceLock<PathBuf> = OnceLock::new();
    let examples = EXAMPLES.get_or_init(|| {
        let test = std::env::current_exe().expect("the test's own path");
        let target = test
            .parent()
            .and_then(Path::parent)
            .expect("a target directory");
        let examples = target.join("examples");
        if !["lab", "shelf"]
            .iter()
            .all(|name| is_up_to_date(&examples.join(name)))
        {
            build_examples();
        }
        examples
    });
    examples.join(name)
}

/// Whether the program is newer than the crate's sources. A test of one target does not build the
/// examples, and asking cargo may take long while others build.
fn is_up_to_date(program: &Path) -> bool {
    let changed = |path: &Path| {
        path.metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("examples")];
    let mut newest = None;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("readable").flatten() {
            let path = entry.path();
            newest = newest.max(changed(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    changed(program).is_some_and(|built| Some(built) >= newest)
}

fn build_examples() {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "tfplugin", "--examples"])
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the examples build");
}

/// A provider's process, killed when the test ends.
pub struct Process {
    pub child: Child,
    /// The handshake's fields.
    pub handshake: Vec<String>,
}

impl Process {
    /// Starts the lab. `client`: the certificate it shall pin; `None` for plain text.
    pub fn start(client: Option<&str>) -> Self {
        Self::start_with(client, |_| {})
    }

    /// Starts the lab in a changed environment.
    pub fn start_with(client: Option<&str>, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(example("lab"));
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_CLIENT_CERT", client.unwrap_or_default())
            .env_remove("TF_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().expect("the provider starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("readable");
        let handshake = line
            .trim_end_matches('\n')
            .split('|')
            .map(str::to_owned)
            .collect();
        Self { child, handshake }
    }

    pub fn socket(&self) -> &Path {
        Path::new(&self.handshake[3])
    }

    /// The certificate of the handshake.
    pub fn certificate(&self) -> CertificateDer<'static> {
        STANDARD_NO_PAD
            .decode(&self.handshake[5])
            .expect("base64")
            .into()
    }

    /// Waits for the end of the process.
    pub async fn exit_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        while started.elapsed() < limit {
            if let Some(status) = self.child.try_wait().expect("waitable") {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        None
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("waitable").is_none()
    }

    /// What it said on standard error; after its end.
    pub fn stderr(&mut self) -> String {
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().expect("piped");
        stderr.read_to_string(&mut text).expect("UTF-8");
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The one connection of a host.
pub struct Connection {
    pub provider: ProviderClient<Channel>,
    pub controller: GrpcControllerClient<Channel>,
    pub channel: Channel,
}

/// Connects in plain text, or as the identity.
pub async fn connect(
    process: &Process,
    identity: Option<&Identity>,
) -> Result<Connection, tonic::transport::Error> {
    let path = process.socket().to_owned();
    let tls = identity.map(|identity| Arc::new(identity.client(&process.certificate())));
    // Only one connection: a second attempt fails.
    let connector = tower::service_fn(move |_| {
        let (path, tls) = (path.clone(), tls.clone());
        async move {
            let stream = UnixStream::connect(path).await?;
            let Some(tls) = tls else {
                return Ok::<_, std::io::Error>(TokioIo::new(Io::Plain(stream)));
            };
            let name = ServerName::try_from("localhost").expect("a name");
            let stream = tokio_rustls::TlsConnector::from(tls)
                .connect(name, stream)
                .await?;
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            Ok(TokioIo::new(Io::Tls(Box::new(stream))))
        }
    });
    let channel = Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await?;
    Ok(Connection {
        provider: ProviderClient::new(channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES),
        controller: GrpcControllerClient::new(channel.clone()),
        channel,
    })
}

/// Either kind of stream.
pub enum Io {
    Plain(UnixStream),
    Tls(Box<tokio_rustls::client::TlsStream<UnixStream>>),
}

/// Passes a call on to the stream inside.
macro_rules! inner {
    ($io:expr, $stream:ident => $call:expr) => {
        match $io.get_mut() {
            Io::Plain($stream) => {
                let $stream = std::pin::Pin::new($stream);
                $call
            }
            Io::Tls($stream) => {
                let $stream = std::pin::Pin::new($stream);
                $call
            }
        }
    };
}

impl tokio::io::AsyncRead for Io {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        inner!(self, stream => stream.poll_read(cx, buffer))
    }
}

impl tokio::io::AsyncWrite for Io {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        inner!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        inner!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        inner!(self, stream => stream.poll_shutdown(cx))
    }
}
