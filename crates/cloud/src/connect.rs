//! From a configuration to clients.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::{AssumeRole, CloudConfig};
use crate::error::{Error, Kind};

/// Repetitions of a request where the configuration names none.
const DEFAULT_MAX_RETRIES: u32 = 3;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Clients of everything that Fusionize asks AWS for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// The region all of them talk to.
    pub region: String,
    /// Tags that every function gets, unless it has another value for them.
    pub default_tags: BTreeMap<String, String>,
    sts: aws_sdk_sts::Client,
}

impl Clients {
    /// The account whose credentials are used.
    pub async fn account_id(&self) -> Result<String, Error> {
        let answer = self.sts.get_caller_identity().send().await;
        let answer = answer.map_err(|error| Error::sdk("GetCallerIdentity", "", &error))?;
        answer.account.ok_or_else(|| {
            let reason = "the answer names no account".to_owned();
            Error::new(Kind::Other, "GetCallerIdentity", "", reason)
        })
    }
}

/// Connects as the configuration says, and refuses accounts that it does not allow.
///
/// Asks AWS only where a role is to be assumed or accounts are restricted.
pub async fn connect(config: &CloudConfig) -> Result<Clients, Error> {
    let shared = loader(config, http_client()).load().await;
    let region = shared
        .region()
        .map(ToString::to_string)
        .ok_or_else(no_region)?;
    let shared = match &config.assume_role {
        Some(role) => assume(shared, role, config).await,
        None => shared,
    };
    let clients = clients(config, &shared, region);
    check_account(&clients, &config.allowed_account_ids).await?;
    Ok(clients)
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build_https()
}

fn attempts(config: &CloudConfig) -> u32 {
    config
        .max_retries
        .unwrap_or(DEFAULT_MAX_RETRIES)
        .saturating_add(1)
}

fn loader(config: &CloudConfig, http: SharedHttpClient) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(attempts(config)))
        .timeout_config(timeouts);
    if let Ok(name) = AppName::new("fusionize") {
        loader = loader.app_name(name);
    }
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &config.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(key) = &config.credentials {
        let (id, secret, token) = (&key.access_key, &key.secret_key, key.token.clone());
        loader =
            loader.credentials_provider(Credentials::new(id, secret, token, None, "fusionize"));
    }
    loader
}

async fn assume(shared: SdkConfig, role: &AssumeRole, config: &CloudConfig) -> SdkConfig {
    let mut sts = shared.to_builder();
    if let Some(url) = &config.endpoints.sts {
        sts = sts.endpoint_url(url);
    }
    let mut builder = AssumeRoleProvider::builder(&role.role_arn)
        .session_name(role.session_name.as_deref().unwrap_or("fusionize"))
        .configure(&sts.build());
    if let Some(id) = &role.external_id {
        builder = builder.external_id(id);
    }
    let provider = match shared.credentials_provider() {
        Some(base) => builder.build_from_provider(base).await,
        None => builder.build().await,
    };
    shared
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

fn clients(config: &CloudConfig, shared: &SdkConfig, region: String) -> Clients {
    let mut lambda = aws_sdk_lambda::config::Builder::from(shared);
    // Adaptive retries slow down all calls of a client: right for many alike ones that nobody
    // waits for, wrong for invocations and for moving aliases.
    let adaptive = RetryConfig::adaptive().with_max_attempts(attempts(config));
    let mut cloudwatch = aws_sdk_cloudwatch::config::Builder::from(shared).retry_config(adaptive);
    let mut sts = aws_sdk_sts::config::Builder::from(shared);
    if let Some(url) = &config.endpoints.lambda {
        lambda = lambda.endpoint_url(url);
    }
    if let Some(url) = &config.endpoints.cloudwatch {
        cloudwatch = cloudwatch.endpoint_url(url);
    }
    if let Some(url) = &config.endpoints.sts {
        sts = sts.endpoint_url(url);
    }
    Clients {
        lambda: aws_sdk_lambda::Client::from_conf(lambda.build()),
        cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch.build()),
        sts: aws_sdk_sts::Client::from_conf(sts.build()),
        region,
        default_tags: config.default_tags.clone(),
    }
}

async fn check_account(clients: &Clients, allowed: &[String]) -> Result<(), Error> {
    if allowed.is_empty() {
        return Ok(());
    }
    let account = clients.account_id().await?;
    if allowed.contains(&account) {
        return Ok(());
    }
    let reason = format!(
        "these credentials belong to account {account}, and `allowed_account_ids` allows only {}",
        allowed.join(", ")
    );
    Err(Error::new(Kind::OtherAccount, "connecting", "", reason))
}

fn no_region() -> Error {
    let reason = "no region is configured".to_owned();
    Error::new(Kind::Configuration, "connecting", "", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::StaticCredentials;

    #[test]
    fn secrets_are_not_shown() {
        let key = StaticCredentials {
            access_key: "AKIA".into(),
            secret_key: "hidden-1".into(),
            token: Some("hidden-2".into()),
        };
        let config = CloudConfig {
            credentials: Some(key),
            ..CloudConfig::default()
        };
        let text = format!("{config:?}");
        assert!(text.contains("AKIA") && !text.contains("hidden"), "{text}");
    }
}
