//! What functions and the platform write to CloudWatch Logs, as text and as JSON.

use aws_sdk_lambda::types::{LogFormat, LogType, LoggingConfig, SystemLogLevel};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{World, function};

#[tokio::test]
async fn json_logs_have_the_platforms_records() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let logging = LoggingConfig::builder()
        .log_format(LogFormat::Json)
        .system_log_level(SystemLogLevel::Debug)
        .build();
    let update = world
        .lambda
        .update_function_configuration()
        .function_name("f");
    let updated = update.logging_config(logging).send().await.unwrap();
    let shown = updated.logging_config().unwrap();
    assert_eq!(shown.log_group(), Some("/aws/lambda/f"));
    assert_eq!(shown.application_log_level().unwrap().as_str(), "INFO");
    world.until_ready("f").await;
    let invoke = world
        .lambda
        .invoke()
        .function_name("f")
        .log_type(LogType::Tail);
    let answer = invoke.send().await.unwrap();
    let tail = STANDARD.decode(answer.log_result().unwrap()).unwrap();
    let lines: Vec<Value> = String::from_utf8(tail)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["type"].as_str())
        .collect();
    assert_eq!(
        kinds,
        ["platform.start", "platform.runtimeDone", "platform.report"]
    );
    assert_eq!(lines[1]["level"], "INFO");
    assert_eq!(lines[1]["message"], "handling {}");
    let report = &lines[3]["record"];
    assert_eq!(report["status"], "success");
    assert_eq!(report["metrics"]["memorySizeMB"], 1769);
    assert!(report["metrics"]["initDurationMs"].is_number(), "{report}");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn levels_need_the_json_format() {
    use aws_sdk_lambda::error::ProvideErrorMetadata as _;
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let logging = LoggingConfig::builder()
        .system_log_level(SystemLogLevel::Warn)
        .build();
    let update = world
        .lambda
        .update_function_configuration()
        .function_name("f");
    let refused = update.logging_config(logging).send().await.unwrap_err();
    assert!(
        refused
            .message()
            .unwrap()
            .starts_with("LogLevel is not supported when LogFormat")
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_call_of_the_console_is_one_event() {
    let world = World::start().await;
    world.create(&function("f", "module.mjs")).await;
    let invoke = world
        .lambda
        .invoke()
        .function_name("f")
        .log_type(LogType::Tail);
    let answer = invoke.send().await.unwrap();
    let tail = String::from_utf8(STANDARD.decode(answer.log_result().unwrap()).unwrap()).unwrap();
    assert!(tail.contains("\tINFO\ttwo\nlines\n"), "{tail}");
    assert_eq!(world.invoke("f", json!({})).await["remaining"], true);
    world.platform.shutdown().await;
}
