//! The provider's configuration: how AWS, or an endpoint that speaks its protocols, is reached.
//!
//! Owns schema and checks; connecting is in `fusion-cloud`.

use std::collections::BTreeMap;

use fusion_cloud::{AssumeRole, CloudConfig, Endpoints, StaticCredentials};
use serde::Deserialize;
use tfplugin::{Attribute, AttributePath, Diagnostics, Nesting, Number, Schema, Type, Value};

use crate::reading::{Read, Reader};

/// The configuration as the hosts give it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Configuration {
    region: Value<String>,
    profile: Value<String>,
    access_key: Value<String>,
    secret_key: Value<String>,
    token: Value<String>,
    endpoints: Value<EndpointsValue>,
    assume_role: Value<AssumeRoleValue>,
    allowed_account_ids: Value<Vec<Value<String>>>,
    max_retries: Value<Number>,
    default_tags: Value<BTreeMap<String, Value<String>>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct EndpointsValue {
    lambda: Value<String>,
    cloudwatch: Value<String>,
    sts: Value<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct AssumeRoleValue {
    role_arn: Value<String>,
    session_name: Value<String>,
    external_id: Value<String>,
}

/// The schema of the configuration.
pub fn schema() -> Schema {
    Schema::new(
        "Fusionize: tasks in, the best set of AWS Lambda functions out.\n\n\
         Without arguments the provider connects as every AWS tool does: environment variables, profiles, \
         container and instance roles; `AWS_ENDPOINT_URL` and its kin name endpoints of one's own, such as \
         `fusionize local`.",
    )
    .attribute("region", Attribute::string("The AWS region. Default: the usual AWS chain."))
    .attribute("profile", Attribute::string("The profile of the shared AWS configuration files."))
    .attribute(
        "access_key",
        Attribute::string("The id of a static access key, for endpoints of one's own. Needs `secret_key`."),
    )
    .attribute("secret_key", Attribute::string("The access key's secret.").sensitive())
    .attribute("token", Attribute::string("The session token of temporary credentials.").sensitive())
    .attribute(
        "endpoints",
        Attribute::nested(Nesting::Single, "URLs of services other than AWS's own.", [
            ("lambda", Attribute::string("Lambda.")),
            ("cloudwatch", Attribute::string("CloudWatch.")),
            ("sts", Attribute::string("The security token service.")),
        ]),
    )
    .attribute(
        "assume_role",
        Attribute::nested(Nesting::Single, "A role to assume.", [
            ("role_arn", Attribute::string("The role's ARN.").required()),
            ("session_name", Attribute::string("The session's name. Default: `fusionize`.")),
            ("external_id", Attribute::string("What the role's owner demands of third parties.")),
        ]),
    )
    .attribute(
        "allowed_account_ids",
        Attribute::new(
            Type::list(Type::String),
            "The only accounts that may be touched. Anything else is an error before anything is asked.",
        ),
    )
    .attribute(
        "max_retries",
        Attribute::number("How often a request is repeated that failed for a reason that may pass. Default: 3."),
    )
    .attribute(
        "default_tags",
        Attribute::new(Type::map(Type::String), "Tags that every function gets, unless it has another value for them."),
    )
}

/// Reads the configuration.
pub fn read(configuration: &Configuration, diagnostics: &mut Diagnostics) -> Read<CloudConfig> {
    let mut reader = Reader::new(diagnostics);
    let config = CloudConfig {
        region: text(&mut reader, "region", &configuration.region),
        profile: text(&mut reader, "profile", &configuration.profile),
        credentials: credentials(&mut reader, configuration),
        endpoints: endpoints(&mut reader, configuration),
        assume_role: assume_role(&mut reader, configuration),
        allowed_account_ids: accounts(&mut reader, configuration),
        max_retries: reader
            .whole(
                &"max_retries".into(),
                &configuration.max_retries,
                &(0..=50),
                "retries",
            )
            .and_then(|retries| u32::try_from(retries).ok()),
        default_tags: tags(
            &mut reader,
            &"default_tags".into(),
            &configuration.default_tags,
        ),
    };
    reader.finish(Some(config))
}

/// Reads tags; the names that Fusionize itself uses are refused.
pub fn tags(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    tags: &Value<BTreeMap<String, Value<String>>>,
) -> BTreeMap<String, String> {
    let mut read = BTreeMap::new();
    for (key, value) in reader.optional(path, tags).into_iter().flatten() {
        let path = path.clone().key(key);
        if key.starts_with("fusion:") || key.starts_with("aws:") {
            let detail = format!(
                "The tag `{key}` belongs to Fusionize or AWS: what functions an application has is known by it. \
                 Choose a name that begins with neither `fusion:` nor `aws:`."
            );
            reader.wrong(path.clone(), "Reserved tag", detail);
        }
        if let Some(value) = reader.required(&path, value) {
            read.insert(key.clone(), value.clone());
        }
    }
    read
}

/// An empty text counts as none, as with other providers: variables are often empty.
fn text(reader: &mut Reader<'_>, attribute: &str, value: &Value<String>) -> Option<String> {
    reader
        .optional(&attribute.into(), value)
        .filter(|text| !text.is_empty())
        .cloned()
}

fn credentials(
    reader: &mut Reader<'_>,
    configuration: &Configuration,
) -> Option<StaticCredentials> {
    let access_key = text(reader, "access_key", &configuration.access_key);
    let secret_key = text(reader, "secret_key", &configuration.secret_key);
    let token = text(reader, "token", &configuration.token);
    let alone = "An access key has an id and a secret, and only one of them is given. Give `access_key` and \
                 `secret_key`, or neither.";
    match (access_key, secret_key) {
        (Some(access_key), Some(secret_key)) => Some(StaticCredentials {
            access_key,
            secret_key,
            token,
        }),
        (None, None) => None,
        (Some(_), None) if configuration.secret_key.is_unknown() => None,
        (None, Some(_)) if configuration.access_key.is_unknown() => None,
        (Some(_), None) => {
            reader.wrong("secret_key".into(), "Incomplete access key", alone);
            None
        }
        (None, Some(_)) => {
            reader.wrong("access_key".into(), "Incomplete access key", alone);
            None
        }
    }
}

fn endpoints(reader: &mut Reader<'_>, configuration: &Configuration) -> Endpoints {
    let path = AttributePath::of("endpoints");
    let Some(endpoints) = reader.optional(&path, &configuration.endpoints) else {
        return Endpoints::default();
    };
    let mut url = |attribute: &str, value: &Value<String>| {
        let path = path.clone().attribute(attribute);
        let url = reader
            .optional(&path, value)
            .filter(|url| !url.is_empty())?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let detail =
                format!("`{url}` is no URL. Write one that begins with `http://` or `https://`.");
            reader.wrong(path, "Invalid endpoint", detail);
        }
        Some(url.clone())
    };
    Endpoints {
        lambda: url("lambda", &endpoints.lambda),
        cloudwatch: url("cloudwatch", &endpoints.cloudwatch),
        sts: url("sts", &endpoints.sts),
    }
}

fn assume_role(reader: &mut Reader<'_>, configuration: &Configuration) -> Option<AssumeRole> {
    let path = AttributePath::of("assume_role");
    let role = reader.optional(&path, &configuration.assume_role)?;
    let role_arn = reader
        .required(&path.clone().attribute("role_arn"), &role.role_arn)
        .cloned();
    let session_name = reader
        .optional(&path.clone().attribute("session_name"), &role.session_name)
        .cloned();
    let external_id = reader
        .optional(&path.attribute("external_id"), &role.external_id)
        .cloned();
    Some(AssumeRole {
        role_arn: role_arn?,
        session_name,
        external_id,
    })
}

fn accounts(reader: &mut Reader<'_>, configuration: &Configuration) -> Vec<String> {
    let path = AttributePath::of("allowed_account_ids");
    let accounts = reader.texts(&path, &configuration.allowed_account_ids);
    for (index, account) in accounts.iter().enumerate() {
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            let detail = format!(
                "`{account}` is no account. An AWS account id has 12 digits: write it as a text."
            );
            reader.wrong(path.clone().index(index), "Invalid account id", detail);
        }
    }
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(configuration: &Configuration) -> String {
        let mut diagnostics = Diagnostics::new();
        read(configuration, &mut diagnostics);
        crate::testing::told(&diagnostics)
    }

    #[test]
    fn nothing_is_needed() {
        let mut diagnostics = Diagnostics::new();
        let read = read(&Configuration::default(), &mut diagnostics);
        assert_eq!(read, Read::Known(CloudConfig::default()));
    }

    #[test]
    fn unknown_configuration_is_no_error() {
        let configuration = Configuration {
            region: Value::Unknown,
            secret_key: Value::Unknown,
            ..Configuration::default()
        };
        let mut diagnostics = Diagnostics::new();
        assert_eq!(
            read(&configuration, &mut diagnostics),
            Read::Unknown("region".into())
        );
        let keys = Configuration {
            access_key: "AKIA".into(),
            secret_key: Value::Unknown,
            ..Configuration::default()
        };
        assert_eq!(messages(&keys), "");
    }

    #[test]
    fn wrong_configuration_is_told() {
        let endpoints = EndpointsValue {
            lambda: "localhost:4566".into(),
            ..EndpointsValue::default()
        };
        let tags = [("fusion:application".to_owned(), Value::from("x"))];
        let configuration = Configuration {
            access_key: "AKIA".into(),
            endpoints: Value::Known(endpoints),
            allowed_account_ids: Value::Known(vec!["12345".into()]),
            max_retries: Value::Known((-1).into()),
            default_tags: Value::Known(tags.into()),
            ..Configuration::default()
        };
        insta::assert_snapshot!(messages(&configuration));
    }
}
