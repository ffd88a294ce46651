//! The invariants of ARCHITECTURE.md that the dependency tree can show.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What each crate of the workspace may depend on inside of it, tests left out.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("fusion-model", &[]),
    ("fusion-optimizer", &["fusion-model"]),
    ("tfplugin", &[]),
    ("fusion-packaging", &["fusion-model"]),
    ("fusion-cloud", &["fusion-model"]),
    ("fusion-generator", &["fusion-model"]),
    ("fusion-platform", &[]),
    (
        "terraform-provider-fusion",
        &[
            "fusion-cloud",
            "fusion-model",
            "fusion-optimizer",
            "fusion-packaging",
            "tfplugin",
        ],
    ),
    (
        "fusionize",
        &[
            "fusion-cloud",
            "fusion-generator",
            "fusion-model",
            "fusion-optimizer",
            "fusion-packaging",
            "fusion-platform",
        ],
    ),
    ("fusion-acceptance", &["fusion-platform"]),
    ("fusion-bench", &["fusion-acceptance"]),
];

/// Crates that only `tfplugin` may know.
const GRPC: [&str; 3] = ["tonic", "prost", "tonic-prost"];

/// What the pure crates may use: formats and errors, nothing that reaches the world.
const PURE: [&str; 5] = ["serde", "serde_json", "sha2", "thiserror", "petgraph"];

#[test]
fn dependencies_point_one_way() -> Result<()> {
    let tree = dependencies()?;
    let members: BTreeSet<&str> = tree.keys().map(String::as_str).collect();
    let allowed = BTreeMap::from(ALLOWED);
    ensure!(
        members == allowed.keys().copied().collect(),
        "the workspace has other members: {members:?}"
    );
    for (name, uses) in &tree {
        let inside: Vec<&String> = uses
            .iter()
            .filter(|one| members.contains(one.as_str()))
            .collect();
        for one in inside {
            assert!(
                allowed[name.as_str()].contains(&one.as_str()),
                "{name} must not depend on {one}"
            );
        }
    }
    Ok(())
}

#[test]
fn only_tfplugin_knows_grpc() -> Result<()> {
    for (name, uses) in dependencies()? {
        let knows = GRPC.iter().any(|one| uses.contains(*one));
        assert_eq!(knows, name == "tfplugin", "{name}");
    }
    Ok(())
}

#[test]
fn model_and_optimizer_use_nothing_that_reaches_the_world() -> Result<()> {
    let tree = dependencies()?;
    for name in ["fusion-model", "fusion-optimizer"] {
        for one in &tree[name] {
            let pure = PURE.contains(&one.as_str()) || one == "fusion-model";
            assert!(pure, "{name} depends on {one}");
        }
    }
    Ok(())
}

/// By member of the workspace: the names of what it depends on, tests left out.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo named no packages")?;
    Ok(packages
        .iter()
        .map(|package| (text(&package["name"]), uses(package)))
        .collect())
}

fn uses(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().into_iter().flatten();
    all.filter(|one| one["kind"] != "dev")
        .map(|one| text(&one["name"]))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
