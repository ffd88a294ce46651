//! Which operation a method and a path mean.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use super::Lambda;
use super::error::ApiError;
use super::names::{Purpose, Reference};
use super::operations::event_invoke::{self, Extent};
use super::operations::{
    aliases, concurrency, functions, invoke, permissions, tags, updates, versions,
};
use super::registry::not_found;
use super::request::{Answer, Call, json as answer};

/// The API's date and the decoded parts of the path behind it; none for a path without a date.
pub fn split(path: &str) -> Option<(String, Vec<String>)> {
    let mut parts = path.trim_start_matches('/').split('/');
    let date = parts.next()?;
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    is_date.then(|| {
        (
            date.to_owned(),
            parts.filter(|part| !part.is_empty()).map(decode).collect(),
        )
    })
}

fn decode(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

/// Answers a request.
pub async fn route(lambda: &Arc<Lambda>, api: &str, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (api, call.method.as_str(), path.as_slice()) {
        ("2015-03-31", "POST", ["functions"]) => functions::create(lambda, call).await,
        ("2015-03-31", "GET", ["functions"]) => functions::list(lambda, call),
        ("2015-03-31", _, ["functions", name, rest @ ..]) => {
            function(lambda, call, name, rest).await
        }
        ("2017-03-31", method, ["tags", parts @ ..]) => {
            // An ARN may come with its separators undecoded.
            let arn = parts.join("/");
            match method {
                "POST" => tags::tag(lambda, call, &arn),
                "GET" => tags::list(lambda, &arn),
                "DELETE" => tags::untag(lambda, call, &arn),
                _ => unknown(call),
            }
        }
        ("2017-10-31" | "2019-09-30", method, ["functions", name, "concurrency"]) => match method {
            "PUT" => concurrency::put(lambda, call, name),
            "GET" => concurrency::get(lambda, name),
            "DELETE" => concurrency::delete(lambda, name),
            _ => unknown(call),
        },
        ("2019-09-25", method, ["functions", name, "event-invoke-config", rest @ ..]) => {
            match (method, rest) {
                ("PUT", []) => event_invoke::set(lambda, call, name, Extent::Replace),
                ("POST", []) => event_invoke::set(lambda, call, name, Extent::Merge),
                ("GET", []) => event_invoke::get(lambda, call, name),
                ("GET", ["list"]) => event_invoke::list(lambda, call, name),
                ("DELETE", []) => event_invoke::delete(lambda, call, name),
                _ => unknown(call),
            }
        }
        ("2020-06-30", "GET", ["functions", name, "code-signing-config"]) => {
            code_signing(lambda, name)
        }
        _ => unknown(call),
    }
}

async fn function(lambda: &Arc<Lambda>, call: &Call, name: &str, rest: &[&str]) -> Answer {
    match (call.method.as_str(), rest) {
        ("GET", []) => functions::get(lambda, call, name),
        ("DELETE", []) => functions::delete(lambda, call, name),
        ("GET", ["configuration"]) => functions::configuration(lambda, call, name),
        ("PUT", ["configuration"]) => updates::configuration(lambda, call, name),
        ("PUT", ["code"]) => updates::code(lambda, call, name).await,
        ("POST", ["versions"]) => versions::publish(lambda, call, name),
        ("GET", ["versions"]) => versions::list(lambda, call, name),
        ("POST", ["aliases"]) => aliases::create(lambda, call, name),
        ("GET", ["aliases"]) => aliases::list(lambda, call, name),
        ("GET", ["aliases", alias]) => aliases::get(lambda, name, alias),
        ("PUT", ["aliases", alias]) => aliases::update(lambda, call, name, alias),
        ("DELETE", ["aliases", alias]) => aliases::delete(lambda, name, alias),
        ("POST", ["policy"]) => permissions::add(lambda, call, name),
        ("GET", ["policy"]) => permissions::get(lambda, call, name),
        ("DELETE", ["policy", sid]) => permissions::remove(lambda, call, name, sid),
        ("POST", ["invocations"]) => invoke::invoke(lambda, call, name).await,
        _ => unknown(call),
    }
}

/// Nobody signs code here.
fn code_signing(lambda: &Lambda, name: &str) -> Answer {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let found = lambda.registry.get(&reference.name, |_| ());
    found.ok_or_else(|| not_found(&reference.arn()))?;
    answer(StatusCode::OK, &json!({}))
}

fn unknown(call: &Call) -> Answer {
    Err(ApiError::unknown_operation(&format!(
        "{} {}",
        call.method,
        call.path.join("/")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_in_paths_are_decoded() {
        let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/code";
        let (date, parts) = split(path).unwrap();
        assert_eq!(date, "2015-03-31");
        assert_eq!(
            parts,
            [
                "functions",
                "arn:aws:lambda:us-east-1:000000000000:function:f",
                "code"
            ]
        );
        assert_eq!(
            split("/2015-03-31/functions/a+b").unwrap().1,
            ["functions", "a+b"]
        );
        assert_eq!(split("/"), None);
    }
}
