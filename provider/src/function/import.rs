//! Taking over a function that exists: `terraform import fusion_function.this name:alias`.

use std::collections::BTreeMap;

use fusion_cloud::Clients;
use fusion_cloud::functions::{TAG_APPLICATION, TAG_TASK, alias_arn, invoke_arn, owner, served};
use fusion_model::release::RELEASE_VARIABLE;
use tfplugin::{Diagnostic, Diagnostics, Number, Stored, Value};

use super::state::FunctionState;
use crate::faults;

/// Reads the function behind its alias. Memory and timeout stay what they are.
pub async fn import(
    clients: &Clients,
    id: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Stored<FunctionState, ()>, Diagnostic> {
    let (name, alias) = id.split_once(':').unwrap_or((id, "live"));
    if name.is_empty() || alias.is_empty() || alias.contains(':') {
        let detail = format!(
            "`{id}` is no id of a function. Write the function's name and its alias as `name:alias`."
        );
        return Err(Diagnostic::error("Invalid import id", detail));
    }
    let failed = |error| faults::error("Function not imported", &error);
    let served = served(clients, name, alias).await.map_err(failed)?;
    let owner = owner(clients, name).await.map_err(failed)?;
    if !owner.tags.contains_key(TAG_APPLICATION) {
        let detail = format!(
            "`{name}` bears no tag of Fusionize. From the next apply on it belongs to the application and task that the \
             configuration names, and its code is replaced by the task's package."
        );
        diagnostics.warning("name", "Foreign function imported", detail);
    }
    let tag = |tag: &str| Value::from(owner.tags.get(tag).cloned());
    let aliased = alias_arn(&owner.arn, alias);
    let state = FunctionState {
        application: tag(TAG_APPLICATION),
        task: tag(TAG_TASK),
        name: name.into(),
        alias: alias.into(),
        role: served.role.into(),
        runtime: served.runtime.into(),
        handler: served.handler.into(),
        memory_mb: Number::from(i64::from(served.memory_mb)).into(),
        timeout_seconds: Number::from(i64::from(served.timeout_seconds)).into(),
        release: served
            .label
            .as_ref()
            .map(|label| label.release.to_string())
            .into(),
        attempt: served
            .label
            .as_ref()
            .map(|label| Number::from(i64::from(label.attempt)))
            .into(),
        environment: environment(served.environment),
        invoke_arn: invoke_arn(&aliased).into(),
        alias_arn: aliased.into(),
        arn: owner.arn.into(),
        version: served.version.into(),
        code_sha256: served.code_sha256_base64.into(),
        ..FunctionState::default()
    };
    Ok(Stored { state, private: () })
}

/// Of variables that may hold secrets only what Fusionize itself sets comes into the state.
fn environment(variables: BTreeMap<String, String>) -> Value<BTreeMap<String, Value<String>>> {
    let ours = variables
        .into_iter()
        .filter(|(name, _)| name == RELEASE_VARIABLE);
    Value::Known(
        ours.map(|(name, value)| (name, Value::Known(value)))
            .collect(),
    )
}
