//! AWS's own runtime clients run functions on our Runtime API: the package brings a `bootstrap` that
//! starts the client, as on AWS Lambda (`provided.al2023`). They are needed; a test run without them
//! fails and says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics where an expectation fails"
)]

use std::io::{Cursor, Write as _};
use std::process::Command;
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, FunctionCode, LogType, Runtime};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fusion_platform::{CpuControl, Platform, PlatformConfig};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

/// A platform with one function, which brings its runtime.
struct World {
    platform: Platform,
    lambda: Client,
}

/// A file of a package, and whether it is a program.
type File<'a> = (&'a str, &'a str, bool);

impl World {
    async fn start(files: &[File<'_>], variables: &[(&str, &str)]) -> Self {
        let config = PlatformConfig {
            update_duration: Duration::from_millis(5),
            cpu: CpuControl::Unlimited,
            ..PlatformConfig::default()
        };
        let platform = Platform::start(config).await.unwrap();
        let key = (platform.access_key(), platform.secret_key());
        let config = aws_sdk_lambda::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(platform.endpoint())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(key.0, key.1, None, None, "test"))
            .build();
        let lambda = Client::from_conf(config);
        let variables = variables
            .iter()
            .fold(Environment::builder(), |all, (name, value)| {
                all.variables(*name, *value)
            });
        let code = FunctionCode::builder().zip_file(Blob::new(package(files)));
        let create = lambda.create_function().function_name("f");
        let create = create
            .runtime(Runtime::Providedal2023)
            .role("arn:aws:iam::000000000000:role/any")
            .handler("app.handler")
            .timeout(20)
            .memory_size(512)
            .environment(variables.build())
            .code(code.build());
        create.send().await.unwrap();
        let this = Self { platform, lambda };
        while this.send(json!({}), LogType::None).await.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        this
    }

    /// Invokes; returns the error, if it is one, the body, and the end of the log. None while the
    /// function is not there yet.
    async fn send(&self, event: Value, log: LogType) -> Option<(Option<String>, Value, String)> {
        let invoke = self.lambda.invoke().function_name("f").log_type(log);
        let invoke = invoke.client_context(STANDARD.encode(r#"{"custom":{"k":"v"}}"#));
        let answer = invoke.payload(Blob::new(event.to_string())).send().await;
        let answer = answer.ok()?;
        let body = serde_json::from_slice(answer.payload()?.as_ref()).unwrap();
        let tail = STANDARD
            .decode(answer.log_result().unwrap_or_default())
            .unwrap();
        let tail = String::from_utf8(tail).unwrap();
        Some((answer.function_error().map(str::to_owned), body, tail))
    }

    async fn invoke(&self, event: Value) -> Value {
        let (error, body, _) = self.send(event, LogType::None).await.unwrap();
        assert_eq!(error, None, "{body}");
        body
    }

    async fn fail(&self, event: Value) -> Value {
        let (error, body, _) = self.send(event, LogType::None).await.unwrap();
        assert_eq!(error.as_deref(), Some("Unhandled"), "{body}");
        body
    }
}

fn package(files: &[File<'_>]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, is_program) in files {
        let mode = if *is_program { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default().unix_permissions(mode);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const BOOTSTRAP: &str = "#!/bin/sh\nexec \"$PYTHON\" -m awslambdaric \"$_HANDLER\"\n";

const APP: &str = r#"
import os, time

count = 0

class OrderRefused(Exception):
    pass

def handler(event, context):
    global count
    count += 1
    way = event.get("way")
    print("handling", way)
    if way == "raise":
        raise OrderRefused("no stock")
    if way == "exit":
        os._exit(3)
    if way == "set":
        return {1}
    if way == "large":
        return "x" * event["bytes"]
    return {
        "count": count,
        "event": event,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": 0 < context.get_remaining_time_in_millis() <= 20000,
        "custom": context.client_context.custom,
        "execution": os.environ.get("AWS_EXECUTION_ENV"),
    }
"#;

/// The Python that has AWS's client.
fn python() -> String {
    let script = "import sys, awslambdaric; print(sys.executable)";
    let missing = "python3 with awslambdaric is needed: `make tools` installs it";
    let found = Command::new("python3").args(["-c", script]).output();
    let found = found.unwrap_or_else(|error| panic!("{missing}: {error}"));
    let said = String::from_utf8_lossy(&found.stderr);
    assert!(found.status.success(), "{missing}: {said}");
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_of_aws_runs_functions() {
    let python = python();
    let files = [("bootstrap", BOOTSTRAP, true), ("app.py", APP, false)];
    let world = World::start(&files, &[("PYTHON", &python)]).await;

    let body = world.invoke(json!({ "text": "ü\n\u{1F600}" })).await;
    assert_eq!(body["event"]["text"], "ü\n\u{1F600}");
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!((&body["arn"], &body["name"]), (&json!(arn), &json!("f")));
    assert_eq!(
        (&body["memory"], &body["left"]),
        (&json!("512"), &json!(true))
    );
    assert_eq!(body["custom"], json!({ "k": "v" }));
    assert_eq!(body["execution"], Value::Null);

    let error = world.fail(json!({ "way": "raise" })).await;
    assert_eq!(
        (&error["errorType"], &error["errorMessage"]),
        (&json!("OrderRefused"), &json!("no stock"))
    );
    let error = world.fail(json!({ "way": "set" })).await;
    assert_eq!(error["errorType"], "Runtime.MarshalError");
    let before = world.invoke(json!({})).await["count"].clone();
    assert_eq!(before, 5, "one process answered all");
    let error = world.fail(json!({ "way": "exit" })).await;
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("exit status 3"),
        "{error}"
    );
    assert_eq!(world.invoke(json!({})).await["count"], 1);

    let most = 6_291_556;
    let body = world
        .invoke(json!({ "way": "large", "bytes": most - 2 }))
        .await;
    assert_eq!(body.as_str().unwrap().len(), most - 2);
    let error = world
        .fail(json!({ "way": "large", "bytes": most - 1 }))
        .await;
    assert_eq!(error["errorType"], "Function.ResponseSizeTooLarge");
    world.invoke(json!({})).await;

    let (_, body, tail) = world
        .send(json!({ "way": "log" }), LogType::Tail)
        .await
        .unwrap();
    let id = body["id"].as_str().unwrap();
    let lines: Vec<&str> = tail.lines().collect();
    assert_eq!(lines[0], format!("START RequestId: {id} Version: $LATEST"));
    assert_eq!(lines[1], "handling log");
    assert_eq!(lines[2], format!("END RequestId: {id}"));
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_init_are_those_that_the_python_client_reports() {
    let python = python();
    let broken = [
        ("bootstrap", BOOTSTRAP, true),
        ("app.py", "import absent\n", false),
    ];
    let world = World::start(&broken, &[("PYTHON", &python)]).await;
    let error = world.fail(json!({})).await;
    assert_eq!(error["errorType"], "Runtime.ImportModuleError");
    let text = "Unable to import module 'app': No module named 'absent'";
    assert_eq!(error["errorMessage"], text);
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_without_its_runtime_is_an_error_of_the_function() {
    let world = World::start(&[("app.py", APP, false)], &[]).await;
    let error = world.fail(json!({})).await;
    assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
    world.platform.shutdown().await;
}
