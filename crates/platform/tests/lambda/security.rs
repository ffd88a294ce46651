//! Who is answered, and who is not.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use serde_json::json;

use crate::support::{World, client, function};

/// Sends a request as it stands and returns status line and body.
fn raw(endpoint: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_keys_and_wrong_secrets_are_refused() {
    let world = World::start().await;
    let endpoint = world.platform.endpoint();
    let key = world.platform.access_key();
    let cases = [
        (
            client(&endpoint, "AKIAIOSFODNN7EXAMPLE", "any"),
            "UnrecognizedClientException",
        ),
        (
            client(&endpoint, key, "another secret"),
            "InvalidSignatureException",
        ),
    ];
    for (client, code) in cases {
        let error = client.list_functions().send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
        assert_eq!(error.code(), Some(code));
    }
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_signature_or_for_another_host_is_refused() {
    let world = World::start().await;
    let endpoint = world.platform.endpoint();
    let get = |host: &str| {
        raw(
            &endpoint,
            &format!(
                "GET /2015-03-31/functions HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            ),
        )
    };
    let unsigned = get("127.0.0.1");
    assert!(unsigned.starts_with("HTTP/1.1 403"), "{unsigned}");
    assert!(
        unsigned.contains("Missing Authentication Token"),
        "{unsigned}"
    );
    let foreign = get("example.com");
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    assert!(
        foreign.contains("127.0.0.1 and localhost only"),
        "{foreign}"
    );
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_covers_what_is_sent() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    world.create(&function("g", "echo.js")).await;
    let as_it_is = relayed(&world, |request| request).await;
    assert!(as_it_is.starts_with("HTTP/1.1 200"), "{as_it_is}");
    let edits: [fn(String) -> String; 3] = [
        |request| request.replace("{\"n\":1}", "{\"n\":2}"),
        |request| request.replace("/functions/f/", "/functions/g/"),
        |request| request.replace("x-amz-log-type: Tail", "x-amz-log-type: None"),
    ];
    for edit in edits {
        let refused = relayed(&world, edit).await;
        assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
        assert!(refused.contains("InvalidSignatureException"), "{refused}");
    }
    world.platform.shutdown().await;
}

/// A client's request, changed on its way; returns the platform's answer to it.
async fn relayed(world: &World, edit: impl FnOnce(String) -> String) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let platform = &world.platform;
    let other = client(
        &format!("http://{address}"),
        platform.access_key(),
        platform.secret_key(),
    );
    let invoke = other
        .invoke()
        .function_name("f")
        .log_type(aws_sdk_lambda::types::LogType::Tail);
    let payload = aws_sdk_lambda::primitives::Blob::new("{\"n\":1}");
    let sent = tokio::spawn(invoke.payload(payload).send());
    let caught = tokio::task::spawn_blocking(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"{\"n\":1}") {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..length]);
        }
        String::from_utf8(request).unwrap()
    });
    let caught = caught.await.unwrap();
    let _ = sent.await;
    let request = edit(caught.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    raw(&platform.endpoint(), &request)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_has_credentials_of_its_own() {
    let world = World::start().await;
    let file = crate::support::Function {
        environment: vec![("GREETING", "hello")],
        ..function("f", "module.mjs")
    };
    world.create(&file).await;
    let answer = world.invoke("f", json!({})).await;
    assert_eq!(answer["env"], "hello");
    let names = answer["names"].to_string();
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL",
        "LAMBDA_TASK_ROOT",
    ] {
        assert!(names.contains(&format!("\"{name}\"")), "{name} in {names}");
    }
    world.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_is_fetched_by_its_address_alone() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let found = world
        .lambda
        .get_function()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let location = found.code().unwrap().location().unwrap().to_owned();
    let endpoint = world.platform.endpoint();
    let fetch = |path: &str| {
        let mut stream = TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    };
    let path = location.strip_prefix(&endpoint).unwrap();
    let zip = crate::support::package("echo.js");
    assert!(fetch(path).ends_with(&zip));
    let other = path.replace("token=", "token=0");
    assert!(fetch(&other).starts_with(b"HTTP/1.1 403"));
    assert!(fetch("/_fusionize/code/../../etc/passwd?token=").starts_with(b"HTTP/1.1 403"));
    world.platform.shutdown().await;
}
