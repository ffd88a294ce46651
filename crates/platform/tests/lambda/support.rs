//! A platform with a client, functions made from `testdata/platform`, and ways to wait.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, FunctionCode, InvocationType, Runtime};
use fusion_platform::{CpuControl, Platform, PlatformConfig};
use serde_json::Value;

/// A running platform and a client of it.
pub struct World {
    pub platform: Platform,
    pub lambda: Client,
}

/// A function to create.
pub struct Function {
    pub name: &'static str,
    pub file: &'static str,
    pub runtime: &'static str,
    pub memory_mb: i32,
    pub timeout_s: i32,
    pub environment: Vec<(&'static str, &'static str)>,
}

/// A function of nodejs22 with the defaults of the tests.
pub fn function(name: &'static str, file: &'static str) -> Function {
    Function {
        name,
        file,
        runtime: "nodejs22.x",
        memory_mb: 1769,
        timeout_s: 20,
        environment: Vec::new(),
    }
}

/// Settings by which nothing waits longer than it must.
pub fn quick() -> PlatformConfig {
    PlatformConfig {
        update_duration: Duration::from_millis(5),
        retry_delays: [Duration::from_millis(30), Duration::from_millis(60)],
        throttle_delay: Duration::from_millis(20),
        cpu: CpuControl::Unlimited,
        ..PlatformConfig::default()
    }
}

impl World {
    /// Starts a platform with quick settings.
    pub async fn start() -> Self {
        Self::with(quick()).await
    }

    /// Starts a platform.
    pub async fn with(config: PlatformConfig) -> Self {
        let platform = Platform::start(config).await.unwrap();
        let lambda = client(
            &platform.endpoint(),
            platform.access_key(),
            platform.secret_key(),
        );
        Self { platform, lambda }
    }

    /// Creates a function and waits until it is active.
    pub async fn create(&self, function: &Function) {
        let environment = function
            .environment
            .iter()
            .fold(Environment::builder(), |all, (name, value)| {
                all.variables(*name, *value)
            });
        let stem = function.file.split('.').next().unwrap();
        self.lambda
            .create_function()
            .function_name(function.name)
            .runtime(Runtime::from(function.runtime))
            .role("arn:aws:iam::000000000000:role/any")
            .handler(format!("{stem}.handler"))
            .code(
                FunctionCode::builder()
                    .zip_file(Blob::new(package(function.file)))
                    .build(),
            )
            .memory_size(function.memory_mb)
            .timeout(function.timeout_s)
            .environment(environment.build())
            .send()
            .await
            .unwrap();
        self.until_ready(function.name).await;
    }

    /// Waits until a function is active and no update is in progress.
    pub async fn until_ready(&self, name: &str) {
        use aws_sdk_lambda::types::{LastUpdateStatus, State};
        until("the function is ready", async || {
            let get = self.lambda.get_function_configuration();
            let found = get.function_name(name).send().await.unwrap();
            found.state == Some(State::Active)
                && found.last_update_status == Some(LastUpdateStatus::Successful)
        })
        .await;
    }

    /// Publishes what a function is now; returns the number.
    pub async fn publish(&self, name: &str) -> String {
        let publish = self.lambda.publish_version().function_name(name);
        publish.send().await.unwrap().version.unwrap()
    }

    /// Replaces the code of a function, and waits until that is done.
    pub async fn replace_code(&self, name: &str, zip: Vec<u8>) {
        let update = self.lambda.update_function_code().function_name(name);
        update.zip_file(Blob::new(zip)).send().await.unwrap();
        self.until_ready(name).await;
    }

    /// Sends an event; returns whether it was accepted.
    pub async fn accepts(&self, name: &str, event: &Value) -> bool {
        let invoke = self.lambda.invoke().function_name(name);
        let invoke = invoke.invocation_type(InvocationType::Event);
        let sent = invoke.payload(Blob::new(event.to_string())).send().await;
        sent.is_ok_and(|sent| sent.status_code() == 202)
    }

    /// Waits until no event waits or runs.
    pub async fn until_queue_is_empty(&self) {
        until("the queue is empty", async || {
            self.platform.is_queue_empty()
        })
        .await;
    }

    /// Invokes and returns the whole answer.
    pub async fn send(&self, name: &str, event: Value) -> InvokeOutput {
        let payload = Blob::new(event.to_string());
        self.lambda
            .invoke()
            .function_name(name)
            .payload(payload)
            .send()
            .await
            .unwrap()
    }

    /// Invokes and returns the result of a success.
    pub async fn invoke(&self, name: &str, event: Value) -> Value {
        let answer = self.send(name, event).await;
        let body = payload(&answer);
        assert_eq!(answer.function_error(), None, "{body}");
        body
    }

    /// Invokes and returns the payload of a failure.
    pub async fn fail(&self, name: &str, event: Value) -> Value {
        let answer = self.send(name, event).await;
        let body = payload(&answer);
        assert_eq!(answer.function_error(), Some("Unhandled"), "{body}");
        body
    }
}

/// The ARN of the function `f`.
pub const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// Status, code and text of a refusal.
pub fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    answer: Result<T, SdkError<E>>,
) -> (u16, String, String) {
    let error = answer.unwrap_err();
    let status = error.raw_response().unwrap().status().as_u16();
    (
        status,
        error.code().unwrap().to_owned(),
        error.message().unwrap().to_owned(),
    )
}

/// Compares a refusal with what the service says.
pub fn expect((found, kind, message): (u16, String, String), status: u16, code: &str, text: &str) {
    assert_eq!(
        (found, kind.as_str(), message.as_str()),
        (status, code, text)
    );
}

/// The answer's payload as JSON.
pub fn payload(answer: &InvokeOutput) -> Value {
    serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap()
}

/// A client that does not retry, so that each answer is seen.
pub fn client(endpoint: &str, access_key: &str, secret_key: &str) -> Client {
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// A zip with one file of `testdata/platform`.
pub fn package(file: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/platform")
        .join(file);
    zip(&[(file, &std::fs::read(path).unwrap())])
}

/// A zip of files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Whether the campaigns are to run in their full size.
pub fn is_soak() -> bool {
    std::env::var_os("FUSIONIZE_SOAK").is_some()
}

/// Memory of this process, platform and client together.
pub fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib / 1024
}

/// The process of a number, as long as it is there.
pub fn process(pid: impl std::fmt::Display) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}"))
}

/// Waits for something that must come true; how long does not matter, so it is long.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("a minute later, still not: {what}");
}
