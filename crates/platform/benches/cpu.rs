//! How close the share of CPU comes to its model: a function that consumes CPU time, at several
//! memory sizes and by both ways of holding it, against 20 ms * memory / 1769 MB in every 20 ms.
//! Also how many warm invocations a second the platform serves.
//!
//! Prints a table; asserts nothing, since it depends on the host.

#![allow(
    clippy::large_futures,
    reason = "a benchmark has one future, and it is not moved"
)]

use std::time::{Duration, Instant};

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use fusion_platform::{CpuControl, Platform, PlatformConfig};
use serde_json::{Value, json};

const SIZES_MB: [i32; 7] = [128, 256, 512, 885, 1024, 1769, 3008];
const CPU_MS: f64 = 300.0;
const ROUNDS: u32 = 5;

#[tokio::main]
async fn main() {
    println!("| CPU held by | memory MB | model ms | measured ms | measured / model | host lost |");
    println!("|---|---|---|---|---|---|");
    for (name, cpu) in [
        ("control groups", CpuControl::Automatic),
        ("stopping", CpuControl::Stopping),
    ] {
        let config = PlatformConfig {
            cpu,
            ..PlatformConfig::default()
        };
        let platform = Platform::start(config).await.expect("a platform starts");
        let client = client(&platform);
        for memory_mb in SIZES_MB {
            measure(name, &platform, &client, memory_mb).await;
        }
        if cpu == CpuControl::Automatic {
            throughput(&client).await;
        }
        platform.shutdown().await;
    }
}

async fn measure(name: &str, platform: &Platform, client: &Client, memory_mb: i32) {
    let function = format!("busy-{memory_mb}");
    create(client, &function, "busy.js", memory_mb).await;
    invoke(client, &function, json!({ "cpu_ms": 1 })).await;
    let before = platform.host_pressure();
    let (mut wall_ms, mut cpu_ms) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let answer = invoke(client, &function, json!({ "cpu_ms": CPU_MS })).await;
        wall_ms += answer["wall_ms"].as_f64().unwrap_or_default() / f64::from(ROUNDS);
        cpu_ms += answer["cpu_ms"].as_f64().unwrap_or_default() / f64::from(ROUNDS);
    }
    let lost = platform.host_pressure().since(&before).lost_share();
    // One thread: never faster than one CPU.
    let cpus = (f64::from(memory_mb) / 1769.0).min(1.0);
    let slice_ms = 20.0 * cpus;
    let model_ms = if cpus < 1.0 {
        slice_ms + (cpu_ms - slice_ms) / cpus
    } else {
        cpu_ms
    };
    let ratio = wall_ms / model_ms;
    println!(
        "| {name} | {memory_mb} | {model_ms:.0} | {wall_ms:.0} | {ratio:.3} | {:.1} % |",
        lost * 100.0
    );
}

async fn throughput(client: &Client) {
    create(client, "echo", "echo.js", 1769).await;
    for concurrency in [1, 16] {
        let end = Instant::now() + Duration::from_secs(5);
        let workers: Vec<_> = (0..concurrency)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    invoke(&client, "echo", json!({})).await;
                    let mut count = 0;
                    while Instant::now() < end {
                        invoke(&client, "echo", json!({})).await;
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut total = 0;
        for worker in workers {
            total += worker.await.expect("a worker ends");
        }
        println!(
            "warm invocations a second at concurrency {concurrency}: {}",
            total / 5
        );
    }
}

async fn create(client: &Client, name: &str, file: &str, memory_mb: i32) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/platform");
    let content = std::fs::read(folder.join(file)).expect("the handler is there");
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file(file, zip::write::SimpleFileOptions::default())
        .expect("a zip is written");
    std::io::Write::write_all(&mut writer, &content).expect("a zip is written");
    let zip = writer.finish().expect("a zip is written").into_inner();
    client
        .create_function()
        .function_name(name)
        .runtime(Runtime::Nodejs22x)
        .role("arn:aws:iam::000000000000:role/any")
        .handler(file.replace(".js", ".handler"))
        .code(FunctionCode::builder().zip_file(Blob::new(zip)).build())
        .memory_size(memory_mb)
        .timeout(60)
        .send()
        .await
        .expect("a function is created");
    tokio::time::sleep(Duration::from_millis(200)).await;
}

async fn invoke(client: &Client, name: &str, event: Value) -> Value {
    let payload = Blob::new(event.to_string());
    let answer = client
        .invoke()
        .function_name(name)
        .payload(payload)
        .send()
        .await;
    let answer = answer.expect("the function answers");
    serde_json::from_slice(answer.payload().expect("a payload").as_ref()).expect("JSON")
}

fn client(platform: &Platform) -> Client {
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(platform.endpoint())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            platform.access_key(),
            platform.secret_key(),
            None,
            None,
            "bench",
        ))
        .build();
    Client::from_conf(config)
}
