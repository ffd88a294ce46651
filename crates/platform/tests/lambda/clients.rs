//! Clients that send slowly, send half, or go away: none of them keeps the platform from others.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use fusion_platform::PlatformConfig;
use serde_json::json;

use crate::support::{World, function, quick, until};

/// A platform whose clients have little time.
async fn impatient() -> World {
    World::with(PlatformConfig {
        request_timeout: Duration::from_millis(300),
        ..quick()
    })
    .await
}

fn connect(world: &World) -> TcpStream {
    let endpoint = world.platform.endpoint();
    let stream = TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
    // Far beyond what the platform waits: a test must not hang where it fails.
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Sends a beginning, then a byte now and then, until the platform ends it; returns what it answered.
async fn drip(mut stream: TcpStream, beginning: String) -> String {
    let dripping = tokio::task::spawn_blocking(move || {
        stream.write_all(beginning.as_bytes()).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let writing = std::thread::spawn(move || {
            for _ in 0..2000 {
                if writer.write_all(b"x").is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let mut answer = Vec::new();
        // It may be reset after the answer, as not all was read that was sent.
        let ended = stream.read_to_end(&mut answer);
        let waited = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!waited, "the platform still waits");
        drop(stream);
        writing.join().unwrap();
        String::from_utf8(answer).unwrap()
    });
    dripping.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let world = impatient().await;
    let answer = drip(
        connect(&world),
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".into(),
    )
    .await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_end_is_not_waited_for() {
    let world = impatient().await;
    let head = "POST /2015-03-31/functions/f/invocations HTTP/1.1\r\nHost: localhost\r\n";
    for authorization in [String::new(), credential(&world)] {
        let beginning = format!("{head}{authorization}Content-Length: 1000000\r\n\r\n{{");
        let answer = drip(connect(&world), beginning).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("RequestTimeoutException"), "{answer}");
    }
    world.platform.shutdown().await;
}

/// A header that names the platform's key, with a signature that is none.
fn credential(world: &World) -> String {
    let key = world.platform.access_key();
    let scope = "20260101/us-east-1/lambda/aws4_request";
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host, \
         Signature=00\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_send_half_and_go_leave_room_for_others() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let halves = [
        String::new(),
        "GE".into(),
        "GET / HTTP/1.1\r\nHost: localhost\r\n".into(),
        format!(
            "POST /2015-03-31/functions/f/invocations HTTP/1.1\r\nHost: localhost\r\n\
             {}Content-Length: 100\r\n\r\n{{\"half\":",
            credential(&world)
        ),
    ];
    let mut open = Vec::new();
    for number in 0..200 {
        let mut stream = connect(&world);
        stream.write_all(halves[number % 4].as_bytes()).unwrap();
        // Every other one stays connected and silent.
        if number % 2 == 0 {
            open.push(stream);
        }
    }
    assert_eq!(world.invoke("f", json!({})).await["invocations"], 1);
    drop(open);
    assert_eq!(world.invoke("f", json!({})).await["invocations"], 2);
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_goes_on_when_its_client_goes_away() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let folder = tempfile::tempdir().unwrap();
    let (began, end, ended) = (
        folder.path().join("began"),
        folder.path().join("end"),
        folder.path().join("ended"),
    );
    let event = json!({ "way": "meet", "began": began, "end": end, "ended": ended });
    let invoke = world.lambda.invoke().function_name("f");
    let sent = tokio::spawn(invoke.payload(Blob::new(event.to_string())).send());
    until("it began", async || began.exists()).await;
    sent.abort();
    assert!(sent.await.unwrap_err().is_cancelled());
    std::fs::write(&end, "").unwrap();
    until("it ended", async || ended.exists()).await;
    // In the same environment as before.
    let next = world.invoke("f", json!({ "way": "ok" })).await;
    let started = std::fs::read_to_string(&ended).unwrap();
    assert_eq!(next["started"].to_string(), started);
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_connection_does_not_keep_the_platform() {
    let world = World::start().await;
    let mut half = connect(&world);
    half.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
        .unwrap();
    world.platform.shutdown().await;
    let mut rest = Vec::new();
    let read = half.read_to_end(&mut rest);
    assert!(
        !read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock),
        "the connection is still open"
    );
}
