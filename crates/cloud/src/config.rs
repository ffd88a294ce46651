//! How to reach AWS, or an endpoint that speaks its protocols.

use std::collections::BTreeMap;
use std::fmt;

/// Where to connect, and as whom. What is not given comes from the usual AWS chain: environment
/// variables, profiles, instance and container roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloudConfig {
    /// The region, e.g. `eu-central-1`.
    pub region: Option<String>,
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// Credentials that never expire, for endpoints of one's own.
    pub credentials: Option<StaticCredentials>,
    /// Endpoints other than AWS's.
    pub endpoints: Endpoints,
    /// A role to assume with the credentials.
    pub assume_role: Option<AssumeRole>,
    /// The only accounts that may be touched; empty allows all.
    pub allowed_account_ids: Vec<String>,
    /// How often a request is repeated that failed for a reason that may pass; 3 if not given.
    pub max_retries: Option<u32>,
    /// Tags that every function gets, unless it has another value for them.
    pub default_tags: BTreeMap<String, String>,
}

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// The access key's id.
    pub access_key: String,
    /// Its secret; never shown.
    pub secret_key: String,
    /// The session token of temporary credentials.
    pub token: Option<String>,
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticCredentials")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

/// URLs by service; one that is not given is AWS's, or what `AWS_ENDPOINT_URL` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Lambda.
    pub lambda: Option<String>,
    /// CloudWatch.
    pub cloudwatch: Option<String>,
    /// The security token service, for roles and account numbers.
    pub sts: Option<String>,
}

/// A role to assume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name; `fusionize` if not given.
    pub session_name: Option<String>,
    /// What the role's owner demands of third parties.
    pub external_id: Option<String>,
}
