//! Invocations over HTTP, one after another on each of several connections.
//!
//! Owns the closed loop and what it counts. Each worker's request is made and signed once and sent
//! again and again, so that the client takes as little of the processors as it can.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::statistics::{as_number, median, quantile};

/// One kind of request, as often as it is wanted.
#[derive(Clone, Debug)]
pub struct Invocation {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// What became of a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Invocations that were answered in each whole second.
    pub by_second: Vec<f64>,
    /// Of all of them, in milliseconds.
    pub latencies_ms: Vec<f64>,
}

impl Served {
    /// Invocations a second: the median second's.
    pub fn per_second(&self) -> f64 {
        median(&self.by_second)
    }

    /// Below which 99 of 100 answers came.
    pub fn p99_ms(&self) -> f64 {
        quantile(&self.latencies_ms, 0.99)
    }
}

impl Invocation {
    /// Of a function behind Lambda's path, unsigned.
    pub fn new(endpoint: &str, function: &str, event: &str) -> Result<Self> {
        let uri = format!("{endpoint}/2015-03-31/functions/{function}/invocations");
        Ok(Self {
            uri: uri.parse()?,
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(event.as_bytes()),
        })
    }

    /// Signed for Lambda in us-east-1 by version 4. The signature holds for 15 minutes.
    pub fn signed(mut self, access_key: &str, secret_key: &str) -> Result<Self> {
        let now = OffsetDateTime::now_utc();
        let date = now.format(format_description!("[year][month][day]"))?;
        let moment = now.format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))?;
        let host = self.uri.authority().context("no host")?.to_string();
        let canonical = format!(
            "POST\n{}\n\nhost:{host}\nx-amz-date:{moment}\n\nhost;x-amz-date\n{}",
            self.uri.path(),
            hex(&Sha256::digest(&self.body))
        );
        let scope = format!("{date}/us-east-1/lambda/aws4_request");
        let text = format!(
            "AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}",
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let mut key = format!("AWS4{secret_key}").into_bytes();
        for part in scope.split('/') {
            key = keyed(&key, part)?;
        }
        let signature = hex(&keyed(&key, &text)?);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders=host;x-amz-date, \
             Signature={signature}"
        );
        self.headers
            .insert("authorization", HeaderValue::from_str(&authorization)?);
        self.headers
            .insert("x-amz-date", HeaderValue::from_str(&moment)?);
        Ok(self)
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// Sends one request after another on each of `workers` connections until `lasting` is over.
/// Every answer has to be a success.
pub async fn closed_loop(
    invocation: &Invocation,
    workers: usize,
    lasting: Duration,
) -> Result<Served> {
    let began = Instant::now();
    let running: Vec<_> = (0..workers)
        .map(|_| tokio::spawn(worker(invocation.clone(), began, lasting)))
        .collect();
    let mut answers = Vec::new();
    for worker in running {
        answers.extend(worker.await??);
    }
    Ok(counted(&answers, lasting))
}

/// Sends one request, which has to be answered with success.
pub async fn once(invocation: &Invocation) -> Result<()> {
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build_http();
    send(&client, invocation).await
}

/// Warms every environment up that a load will use.
pub async fn warm(invocation: &Invocation, workers: usize) -> Result<()> {
    closed_loop(invocation, workers, Duration::from_secs(3)).await?;
    Ok(())
}

/// When an answer came, and how long it took.
type Answer = (Duration, Duration);

async fn worker(invocation: Invocation, began: Instant, lasting: Duration) -> Result<Vec<Answer>> {
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build_http();
    let mut answers = Vec::new();
    while began.elapsed() < lasting {
        let sent = Instant::now();
        send(&client, &invocation).await?;
        answers.push((began.elapsed(), sent.elapsed()));
    }
    Ok(answers)
}

async fn send(client: &Client<HttpConnector, Body>, invocation: &Invocation) -> Result<()> {
    let answer = client.request(invocation.request()).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    ensure!(
        status.is_success(),
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(())
}

fn counted(answers: &[Answer], lasting: Duration) -> Served {
    let seconds = usize::try_from(lasting.as_secs()).unwrap_or(0).max(1);
    let mut by_second = vec![0.0; seconds];
    for (at, _) in answers {
        let second = usize::try_from(at.as_secs()).unwrap_or(usize::MAX);
        if let Some(count) = by_second.get_mut(second) {
            *count += 1.0;
        }
    }
    let latencies_ms = answers.iter().map(|(_, took)| took.as_secs_f64() * 1000.0);
    Served {
        by_second,
        latencies_ms: latencies_ms.collect(),
    }
}

/// The CPU time of one invocation, of what was consumed in all.
pub fn cpu_each_us(cpu_ms: f64, served: &Served) -> f64 {
    cpu_ms * 1000.0 / as_number(served.latencies_ms.len().max(1))
}

fn keyed(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mac = Hmac::<Sha256>::new_from_slice(key)?;
    Ok(mac
        .chain_update(text.as_bytes())
        .finalize()
        .into_bytes()
        .to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_count_in_the_second_in_which_they_came() {
        let ms = Duration::from_millis;
        let answers = [
            (ms(100), ms(1)),
            (ms(900), ms(3)),
            (ms(1500), ms(2)),
            (ms(2001), ms(9)),
        ];
        let served = counted(&answers, ms(2000));
        assert_eq!(served.by_second, [2.0, 1.0]);
        assert!((served.per_second() - 1.5).abs() < 1e-9);
        assert!((served.p99_ms() - 8.82).abs() < 1e-9);
    }
}
