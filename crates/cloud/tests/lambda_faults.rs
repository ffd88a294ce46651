//! What is told when Lambda cannot be asked, or does not do as it is asked.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::future::ready;

use axum::response::{IntoResponse, Response};
use fusion_cloud::functions::{delete, invoke, move_alias, served};
use fusion_cloud::{CloudConfig, Kind, connect};
use support::{Server, config};

const LIVE: &str = r#"{"FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:f:live",
    "Version":"7","Description":"fusion 0123456789ab 1","MemorySize":512,"Timeout":30,
    "Runtime":"nodejs22.x","Handler":"fusion/entry.handler","CodeSha256":"abc="}"#;

#[tokio::test]
async fn an_endpoint_that_nobody_serves_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let clients = connect(&config(&url)).await.unwrap();
    let error = served(&clients, "f", "live").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable, "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(error.hint().contains("fusionize local"));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    let clients = connect(&config("http://nowhere.invalid")).await.unwrap();
    let error = served(&clients, "f", "live").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable, "{error}");
}

#[tokio::test]
async fn a_storm_of_throttling_passes() {
    let server = Server::start(|index, _| {
        ready(if index < 4 {
            error(429, "TooManyRequestsException", "Rate exceeded")
        } else {
            json(200, LIVE)
        })
    })
    .await;
    let found = served(&server.clients().await, "f", "live").await.unwrap();
    assert_eq!((found.version, found.memory_mb), (Some(7), 512));
    assert_eq!(found.label.unwrap().to_string(), "fusion 0123456789ab 1");
    assert_eq!(server.seen().len(), 5);
    assert_eq!(
        server.seen()[0].line,
        "GET /2015-03-31/functions/f/configuration?Qualifier=live"
    );
}

#[tokio::test]
async fn an_update_under_way_is_waited_for() {
    let server = Server::start(|index, _| {
        ready(if index < 3 {
            let text = "The operation cannot be performed at this time. An update is in progress for resource: f";
            error(409, "ResourceConflictException", text)
        } else {
            json(200, "{}")
        })
    })
    .await;
    move_alias(&server.clients().await, "f", "live", 2)
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn an_alias_that_is_missing_is_created() {
    let server = Server::start(|_, seen| {
        ready(if seen.line.starts_with("PUT") {
            error(404, "ResourceNotFoundException", "Alias not found: f:live")
        } else {
            json(201, "{}")
        })
    })
    .await;
    move_alias(&server.clients().await, "f", "live", 2)
        .await
        .unwrap();
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "PUT /2015-03-31/functions/f/aliases/live",
            "POST /2015-03-31/functions/f/aliases"
        ]
    );
    let moved = String::from_utf8(server.seen()[0].body.to_vec()).unwrap();
    assert!(moved.contains("\"AdditionalVersionWeights\":{}"), "{moved}");
}

#[tokio::test]
async fn only_not_found_means_that_something_is_gone() {
    for (status, code, expected) in [
        (404, "ResourceNotFoundException", Kind::NotFound),
        (403, "AccessDeniedException", Kind::Denied),
        (400, "UnrecognizedClientException", Kind::Denied),
        (500, "ServiceException", Kind::Other),
        (502, "", Kind::Other),
    ] {
        let server = Server::start(move |_, _| ready(error(status, code, "because"))).await;
        let clients = server.clients().await;
        let failed = served(&clients, "f", "live").await.unwrap_err();
        assert_eq!(failed.kind, expected, "{failed}");
        let deleted = delete(&clients, "f").await;
        assert_eq!(deleted.is_ok(), expected == Kind::NotFound, "{deleted:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_lambdas_is_no_absence() {
    let server = Server::start(|_, _| ready(json(200, "<html>proxy</html>"))).await;
    let failed = served(&server.clients().await, "f", "live")
        .await
        .unwrap_err();
    assert_eq!(failed.kind, Kind::Other, "{failed}");
    let server = Server::start(|_, _| ready(json(200, "{}"))).await;
    let failed = served(&server.clients().await, "f", "live")
        .await
        .unwrap_err();
    assert_eq!(failed.kind, Kind::Other, "{failed}");
}

#[tokio::test]
async fn an_invocation_is_sent_once_whatever_happens() {
    let server = Server::start(|_, _| ready(error(500, "ServiceException", "sorry"))).await;
    let config = CloudConfig {
        max_retries: Some(5),
        ..config(&server.url)
    };
    let clients = connect(&config).await.unwrap();
    let failed = invoke(&clients, "f", Some("live"), b"{}".to_vec())
        .await
        .unwrap_err();
    assert_eq!(failed.kind, Kind::Other);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_error_of_the_function_is_no_error_of_the_service() {
    let server = Server::start(|_, _| {
        let mut answer = json(
            200,
            r#"{"errorType":"TypeError","errorMessage":"x is null"}"#,
        );
        answer
            .headers_mut()
            .insert("x-amz-function-error", "Unhandled".parse().unwrap());
        ready(answer)
    })
    .await;
    let answer = invoke(&server.clients().await, "f", None, b"{}".to_vec())
        .await
        .unwrap();
    let error = answer.error.unwrap();
    assert_eq!(
        (error.kind.as_str(), error.message.as_str()),
        ("TypeError", "x is null")
    );
}

#[tokio::test]
async fn accounts_that_are_not_allowed_are_refused() {
    let identity = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult>\
        </GetCallerIdentityResponse>";
    let server = Server::start(move |_, _| ready(json(200, identity))).await;
    let allowed = |account: &str| CloudConfig {
        allowed_account_ids: vec![account.to_owned()],
        ..config(&server.url)
    };
    assert!(connect(&allowed("111111111111")).await.is_ok());
    let refused = connect(&allowed("222222222222")).await.unwrap_err();
    assert_eq!(refused.kind, Kind::OtherAccount);
    for account in ["111111111111", "222222222222"] {
        assert!(refused.reason.contains(account), "{refused}");
    }
    assert!(refused.hint().starts_with("change `allowed_account_ids`"));
}

/// An answer of Lambda's.
fn json(status: u16, body: &str) -> Response {
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    (
        status,
        [("content-type", "application/json")],
        body.to_owned(),
    )
        .into_response()
}

/// An error of Lambda's.
fn error(status: u16, code: &str, message: &str) -> Response {
    let body = format!("{{\"Type\":\"User\",\"message\":{message:?}}}");
    let mut answer = json(status, &body);
    answer
        .headers_mut()
        .insert("x-amzn-errortype", code.parse().unwrap());
    answer
}
