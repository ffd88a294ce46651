//! Resource policies: who else may invoke a function. They are kept and shown; as only the
//! account itself can reach this endpoint, they decide nothing here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The statements of one function, version or alias.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
pub struct Policy {
    /// Statements in order of their addition.
    pub statements: Vec<Statement>,
    /// Changes with every change.
    pub revision_id: String,
}

/// One permission.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Statement {
    /// Its name in the policy.
    pub sid: String,
    /// The statement as it is shown.
    pub body: Value,
}

/// What a permission says, as `AddPermission` takes it.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub struct Grant {
    /// The statement's name.
    pub statement_id: Option<String>,
    /// For example `lambda:InvokeFunction`.
    pub action: Option<String>,
    /// A service, an account, an ARN or `*`.
    pub principal: Option<String>,
    /// Condition on the account of the source.
    pub source_account: Option<String>,
    /// Condition on the ARN of the source.
    pub source_arn: Option<String>,
    /// Condition on the organization.
    #[serde(rename = "PrincipalOrgID")]
    pub principal_org_id: Option<String>,
    /// Condition on a token.
    pub event_source_token: Option<String>,
    /// Condition on the kind of function URL.
    pub function_url_auth_type: Option<String>,
    /// The revision that the caller knows.
    pub revision_id: Option<String>,
}

impl Policy {
    /// The document as `GetPolicy` shows it.
    pub fn document(&self) -> String {
        let statements: Vec<&Value> = self.statements.iter().map(|one| &one.body).collect();
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
    }
}

/// The statement that a grant makes for a resource; none if its principal cannot be.
pub fn statement(grant: &Grant, resource: &str) -> Option<Value> {
    let mut fields = Map::new();
    fields.insert("Sid".into(), grant.statement_id.as_deref()?.into());
    fields.insert("Effect".into(), "Allow".into());
    fields.insert("Principal".into(), principal(grant.principal.as_deref()?)?);
    fields.insert("Action".into(), grant.action.as_deref()?.into());
    fields.insert("Resource".into(), resource.into());
    let equals = [
        ("AWS:SourceAccount", &grant.source_account),
        ("lambda:FunctionUrlAuthType", &grant.function_url_auth_type),
        ("aws:PrincipalOrgID", &grant.principal_org_id),
        ("lambda:EventSourceToken", &grant.event_source_token),
    ];
    let equals: Map<String, Value> = equals
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value.as_deref()?.into())))
        .collect();
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".into(), Value::Object(equals));
    }
    if let Some(arn) = &grant.source_arn {
        condition.insert("ArnLike".into(), json!({ "AWS:SourceArn": arn }));
    }
    if !condition.is_empty() {
        fields.insert("Condition".into(), Value::Object(condition));
    }
    Some(Value::Object(fields))
}

fn principal(text: &str) -> Option<Value> {
    let account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if text == "*" {
        Some("*".into())
    } else if account {
        Some(json!({ "AWS": format!("arn:aws:iam::{text}:root") }))
    } else if text.starts_with("arn:") {
        Some(json!({ "AWS": text }))
    } else if text.contains('.') && !text.contains(|c: char| c.is_whitespace() || c == ':') {
        Some(json!({ "Service": text }))
    } else {
        None
    }
}
