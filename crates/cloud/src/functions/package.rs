//! The package that a function runs, downloaded.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::{AggregatedBytes, ByteStream};

use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

const OPERATION: &str = "GetFunction";

/// Downloads the zip of a function, behind an alias or of a version.
pub async fn download_package(
    clients: &Clients,
    name: &str,
    qualifier: &str,
) -> Result<Vec<u8>, Error> {
    let subject = format!("{name}:{qualifier}");
    let answer = patiently(Patience::LOOKING, || async {
        let call = clients
            .lambda
            .get_function()
            .function_name(name)
            .qualifier(qualifier);
        call.send()
            .await
            .map_err(|error| Error::sdk(OPERATION, &subject, &error))
    })
    .await?;
    let location = answer
        .code()
        .and_then(|code| code.location())
        .ok_or_else(|| {
            let reason = "the answer says nowhere where its package is".to_owned();
            Error::new(Kind::Other, OPERATION, &subject, reason)
        })?;
    fetch(location).await.map_err(|(kind, reason)| {
        Error::new(
            kind,
            OPERATION,
            &subject,
            format!("its package cannot be downloaded: {reason}"),
        )
    })
}

/// Gets a presigned address. Its query is a credential: no message repeats it.
async fn fetch(location: &str) -> Result<Vec<u8>, (Kind, String)> {
    let mut request = HttpRequest::new(SdkBody::empty());
    request
        .set_uri(location)
        .map_err(|_| (Kind::Other, "its address is none".to_owned()))?;
    let connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build();
    let answer = connector.call(request).await;
    let answer = answer.map_err(|error| (Kind::Unreachable, error.to_string()))?;
    let status = answer.status();
    if !status.is_success() {
        let kind = if status.as_u16() == 403 {
            Kind::Denied
        } else {
            Kind::Other
        };
        return Err((kind, format!("HTTP status {}", status.as_u16())));
    }
    let body = ByteStream::new(answer.into_body()).collect().await;
    body.map(AggregatedBytes::to_vec)
        .map_err(|error| (Kind::Unreachable, error.to_string()))
}
