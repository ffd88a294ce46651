//! Whose credentials sign: a role that is assumed.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use axum::response::{IntoResponse, Response};
use fusion_cloud::{AssumeRole, CloudConfig, connect};
use support::{Seen, Server, config};

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

const ASSUMED: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleResult>
    <Credentials>
      <AccessKeyId>ASIAOFTHEROLE</AccessKeyId>
      <SecretAccessKey>secret-of-the-role</SecretAccessKey>
      <SessionToken>token-of-the-role</SessionToken>
      <Expiration>2999-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
</AssumeRoleResponse>";

const IDENTITY: &str =
    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetCallerIdentityResult>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>";

/// STS, as far as it is asked here.
async fn sts() -> Server {
    Server::start(|_, seen: Seen| {
        let is_assuming = body(&seen).contains("Action=AssumeRole");
        std::future::ready(xml(if is_assuming { ASSUMED } else { IDENTITY }))
    })
    .await
}

fn xml(text: &'static str) -> Response {
    ([("content-type", "text/xml")], text).into_response()
}

fn body(seen: &Seen) -> &str {
    std::str::from_utf8(&seen.body).unwrap()
}

fn header<'a>(seen: &'a Seen, name: &str) -> Option<&'a str> {
    seen.headers.get(name).map(|value| value.to_str().unwrap())
}

fn assuming(url: &str, session_name: Option<&str>) -> CloudConfig {
    CloudConfig {
        assume_role: Some(AssumeRole {
            role_arn: ROLE.to_owned(),
            session_name: session_name.map(str::to_owned),
            external_id: Some("partner-7".to_owned()),
        }),
        ..config(url)
    }
}

#[tokio::test]
async fn an_assumed_role_signs_what_comes_after() {
    let server = sts().await;
    let clients = connect(&assuming(&server.url, Some("by-hand")))
        .await
        .unwrap();
    assert_eq!(clients.account_id().await.unwrap(), "123456789012");

    let [assumed, asked] = server.seen().try_into().unwrap();
    for part in [
        "Action=AssumeRole",
        "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy",
        "RoleSessionName=by-hand",
        "ExternalId=partner-7",
    ] {
        let body = body(&assumed);
        assert!(body.split('&').any(|found| found == part), "{part}: {body}");
    }
    let signed_by = |seen: &Seen| {
        let signature = header(seen, "authorization").unwrap();
        let key = signature.split("Credential=").nth(1).unwrap();
        key.split('/').next().unwrap().to_owned()
    };
    assert_eq!(signed_by(&assumed), "AKIATEST");
    assert_eq!(signed_by(&asked), "ASIAOFTHEROLE");
    assert_eq!(
        header(&asked, "x-amz-security-token"),
        Some("token-of-the-role")
    );
}

#[tokio::test]
async fn a_session_has_a_name_also_where_none_is_given() {
    let server = sts().await;
    let clients = connect(&assuming(&server.url, None)).await.unwrap();
    clients.account_id().await.unwrap();
    let seen = server.seen();
    assert!(body(&seen[0]).contains("RoleSessionName=fusionize"));
}
