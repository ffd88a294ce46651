//! `GetCallerIdentity` of the Security Token Service, by which clients find out their account.

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use super::refusal::plain;
use crate::platform::ACCOUNT;

/// Answers the question who one is; none if the request asks something else.
pub fn answer(request: &Parts, body: &Bytes) -> Option<Response<Bytes>> {
    let is_form = request
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let asks = is_form
        && form_urlencoded::parse(body)
            .any(|(name, value)| name == "Action" && value == "GetCallerIdentity");
    asks.then(|| {
        let text = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/fusionize</Arn>\
             <UserId>AIDA00000000000000000</UserId><Account>{ACCOUNT}</Account>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{}</RequestId>\
             </ResponseMetadata></GetCallerIdentityResponse>",
            uuid::Uuid::new_v4()
        );
        plain(StatusCode::OK, Bytes::from(text), "text/xml")
    })
}
