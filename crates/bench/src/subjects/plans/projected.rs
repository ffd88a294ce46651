//! Stacks of single resources, made out of the state of a deployment.
//!
//! Owns writing them as JSON, with literal arguments and no expression, so that what is measured
//! is a provider and not how a host evaluates a module.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use fusion_acceptance::World;
use serde_json::{Map, Value, json};

/// A resource's instance: its arguments, and what the state holds of it.
#[derive(Clone, Debug)]
pub struct Instance {
    /// A name that is unique among those of its type.
    pub name: String,
    /// What stands in the configuration.
    pub arguments: Value,
    /// The instance in the state.
    pub stored: Value,
}

/// What a deployment's state holds of the types that are measured.
pub struct Deployed {
    state: Value,
}

impl Deployed {
    /// Reads the state in the world's present stack.
    pub fn read(world: &World) -> Result<Self> {
        let text = fs::read_to_string(world.path("stack/terraform.tfstate"))?;
        Ok(Self {
            state: serde_json::from_str(&text)?,
        })
    }

    /// Every instance of a type, with these of its attributes as arguments.
    pub fn instances(&self, kind: &str, arguments: &[&str]) -> Result<Vec<Instance>> {
        let resources = self.state["resources"].as_array();
        let mut found = resources.into_iter().flatten();
        let resource = found.find(|one| one["type"] == kind);
        let resource = resource.with_context(|| format!("the state has no {kind}"))?;
        let instances = resource["instances"].as_array().into_iter().flatten();
        Ok(instances
            .map(|one| Instance {
                name: one["index_key"].as_str().unwrap_or("this").to_owned(),
                arguments: of(&one["attributes"], arguments),
                stored: json!({
                    "schema_version": one["schema_version"],
                    "attributes": one["attributes"],
                    "sensitive_attributes": [],
                    "private": one["private"],
                }),
            })
            .collect())
    }

    /// A state that holds these instances of one type and nothing else.
    fn state_of(&self, kind: &str, instances: &[Instance]) -> Value {
        let resources = self.state["resources"].as_array().into_iter().flatten();
        let mut of_kind = resources.filter(|one| one["type"] == kind);
        let provider = of_kind.next().map(|one| one["provider"].clone());
        let resource = |one: &Instance| {
            json!({
                "mode": "managed",
                "type": kind,
                "name": one.name,
                "provider": provider,
                "instances": [one.stored],
            })
        };
        json!({
            "version": 4,
            "terraform_version": self.state["terraform_version"],
            "serial": 1,
            "lineage": "00000000-0000-0000-0000-000000000001",
            "outputs": {},
            "resources": instances.iter().map(resource).collect::<Vec<Value>>(),
            "check_results": null,
        })
    }

    /// Writes a stack of instances that are deployed already.
    pub fn write(&self, world: &World, stack: &str, kind: &str, all: &[Instance]) -> Result<()> {
        let named = all.iter();
        let named = named.map(|one| (one.name.clone(), one.arguments.clone()));
        write(world, stack, kind, &named.collect())?;
        let state = self.state_of(kind, all).to_string();
        Ok(fs::write(
            world.path(stack).join("terraform.tfstate"),
            state,
        )?)
    }
}

/// Writes a stack of resources of one type by name.
pub fn write(
    world: &World,
    stack: &str,
    kind: &str,
    resources: &BTreeMap<String, Value>,
) -> Result<()> {
    let provider = kind.split('_').next().unwrap_or_default();
    let mut text = Map::new();
    let source = match provider {
        "fusion" => Some("fusionize/fusion"),
        "random" => Some("hashicorp/random"),
        _ => None,
    };
    if let Some(source) = source {
        let required = json!({ "required_providers": { provider: { "source": source } } });
        text.insert("terraform".to_owned(), required);
    }
    let resources = json!({ kind: resources });
    text.insert("resource".to_owned(), resources);
    fs::create_dir_all(world.path(stack))?;
    let file = world.path(stack).join("main.tf.json");
    Ok(fs::write(file, Value::from(text).to_string())?)
}

/// These of the attributes, as far as they have a value.
fn of(attributes: &Value, arguments: &[&str]) -> Value {
    let set = arguments.iter().filter_map(|name| {
        let value = attributes.get(*name)?;
        (!value.is_null()).then(|| ((*name).to_owned(), value.clone()))
    });
    Value::from(set.collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_keep_what_is_set_of_their_arguments() -> Result<()> {
        let attributes = json!({ "name": "a", "alias": null, "arn": "x" });
        let instance = json!({ "index_key": "t1", "schema_version": 0, "attributes": attributes });
        let resource =
            json!({ "type": "fusion_function", "provider": "p", "instances": [instance] });
        let deployed = Deployed {
            state: json!({ "resources": [resource] }),
        };
        let found = deployed.instances("fusion_function", &["name", "alias"])?;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "t1");
        assert_eq!(found[0].arguments, json!({ "name": "a" }));
        let state = deployed.state_of("fusion_function", &found);
        assert_eq!(
            state["resources"][0]["instances"][0]["attributes"],
            attributes
        );
        assert!(deployed.instances("fusion_setup", &[]).is_err());
        Ok(())
    }
}
