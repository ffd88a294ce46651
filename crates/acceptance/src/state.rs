//! What a state or a plan says of `fusion_setup`.
//!
//! Owns reading the hosts' JSON (`show -json`); compares nothing.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

/// The computed attributes of `fusion_setup` that tests look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Active groups, such as `(A,B)@128-(C)@128`.
    pub notation: String,
    /// Counts setups.
    pub generation: u64,
    /// How the setup came about.
    pub phase: String,
    /// By task: the members of its function.
    pub groups: BTreeMap<String, Vec<String>>,
    /// The whole resource.
    pub all: Value,
}

impl Setup {
    /// Reads the resource's values.
    pub fn read(values: &Value) -> Result<Self> {
        let groups = values["groups"]
            .as_object()
            .context("the setup has no groups")?;
        let text = |key: &str| values[key].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            notation: text("notation"),
            generation: number(&values["generation"])?,
            phase: text("phase"),
            groups: groups
                .iter()
                .map(|(task, group)| (task.clone(), strings(&group["tasks"])))
                .collect(),
            all: values.clone(),
        })
    }
}

/// The planned change of the only resource of a type in the JSON of a plan.
pub fn planned<'a>(plan: &'a Value, kind: &str) -> Result<&'a Value> {
    let mut changes = plan["resource_changes"].as_array().into_iter().flatten();
    let found = changes.find(|one| one["type"] == kind);
    Ok(&found.with_context(|| format!("the plan has no {kind}"))?["change"])
}

/// Every resource in the `values` of a `show -json`, child modules included.
pub fn resources(values: &Value) -> Vec<&Value> {
    let module = values.get("root_module").unwrap_or(values);
    let own = module["resources"].as_array().into_iter().flatten();
    let children = module["child_modules"].as_array().into_iter().flatten();
    own.chain(children.flat_map(|child| resources(child)))
        .collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn number(value: &Value) -> Result<u64> {
    value
        .as_u64()
        .with_context(|| format!("{value} is no whole number"))
}
