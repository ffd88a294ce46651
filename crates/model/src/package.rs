//! `fusion.json`, which tells a function what it carries, and the identity of a
//! package, both known without reading a file.
//!
//! The zip itself is made in `fusion-packaging`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::hash::sha256_hex;
use crate::task::TaskName;

/// The version of `fusion.json` that this runtime contract describes.
pub const FORMAT: u32 = 1;
/// Path of the file in a package.
pub const FUSION_JSON_PATH: &str = "fusion.json";
/// Folder of the fusion runtime's files in a package.
pub const RUNTIME_FOLDER: &str = "fusion";
/// The handler of every fused function.
pub const FUNCTION_HANDLER: &str = "fusion/entry.handler";

/// What `fusion.json` says. Fields stand in the order of their names, maps are
/// sorted: equal content has equal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FusionJson {
    /// The alias by which other functions are called.
    pub alias: String,
    /// The application's name.
    pub application: String,
    /// [`FORMAT`].
    pub format: u32,
    /// Function names that differ from `<application>-<task>`, of the tasks
    /// that the group may call.
    pub function_names: BTreeMap<TaskName, String>,
    /// Whether asynchronous calls to members run inside.
    pub inline_async: bool,
    /// The task whose function this is.
    pub root: TaskName,
    /// The members, the root among them.
    pub tasks: BTreeMap<TaskName, PackagedTask>,
}

/// One member in `fusion.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagedTask {
    /// The task's variable name to the function's variable name.
    pub environment: BTreeMap<String, String>,
    /// `<file without extension, relative to source>.<export>`.
    pub handler: String,
    /// The task's folder in the package.
    pub source: String,
    /// The task's own timeout in seconds.
    pub timeout_seconds: u32,
}

/// A text that is no `fusion.json`.
#[derive(Debug, thiserror::Error)]
pub enum FusionJsonError {
    /// Not the JSON of the contract.
    #[error("`fusion.json` does not follow the contract: {0}; deploy the function anew")]
    Json(#[from] serde_json::Error),
    /// Written by another version of Fusionize.
    #[error(
        "`fusion.json` has format {0}, and this version reads {FORMAT}; \
         use the version of Fusionize that deployed it"
    )]
    Format(u32),
    /// The root is no member.
    #[error("`fusion.json` names the root `{0}`, which is no member; deploy the function anew")]
    WithoutRoot(TaskName),
}

impl FusionJson {
    /// The file's content: compact JSON, keys sorted, a newline at the end.
    pub fn to_text(&self) -> String {
        // Strings, numbers and maps with text keys always serialize.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads the file's content.
    pub fn from_text(text: &str) -> Result<Self, FusionJsonError> {
        let read: Self = serde_json::from_str(text)?;
        if read.format != FORMAT {
            return Err(FusionJsonError::Format(read.format));
        }
        if !read.tasks.contains_key(&read.root) {
            return Err(FusionJsonError::WithoutRoot(read.root));
        }
        Ok(read)
    }
}

/// The identity of a package, 64 hexadecimal digits: a hash over the content of
/// `fusion.json`, the members' source hashes and the fusion runtime's hash.
/// Equal identities mean equal bytes.
pub fn package_sha256(
    fusion_json: &FusionJson,
    source_sha256: &BTreeMap<TaskName, String>,
    fusion_runtime_sha256: &str,
) -> String {
    let mut text = fusion_json.to_text();
    for task in fusion_json.tasks.keys() {
        let hash = source_sha256.get(task).map_or("", String::as_str);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "source {task} {hash}");
    }
    let _ = writeln!(text, "runtime {fusion_runtime_sha256}");
    sha256_hex(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../testdata/contract/fusion-json/group.json");

    #[test]
    fn the_contract_reads_and_writes_the_same_bytes() {
        assert_eq!(FusionJson::from_text(EXAMPLE).unwrap().to_text(), EXAMPLE);
    }

    #[test]
    fn other_formats_and_shapes_are_refused() {
        let other = EXAMPLE.replace("\"format\":1", "\"format\":2");
        assert!(
            FusionJson::from_text(&other)
                .unwrap_err()
                .to_string()
                .contains("format 2")
        );
        let rootless = EXAMPLE.replace("\"root\":\"A\"", "\"root\":\"Z\"");
        assert!(
            FusionJson::from_text(&rootless)
                .unwrap_err()
                .to_string()
                .contains("no member")
        );
        assert!(FusionJson::from_text("{}").is_err());
    }

    #[test]
    fn the_identity_follows_every_argument() {
        let json = FusionJson::from_text(EXAMPLE).unwrap();
        let a = TaskName::new("A").unwrap();
        let sources = BTreeMap::from([(a, "1".to_owned())]);
        let base = package_sha256(&json, &sources, "r");
        assert_ne!(base, package_sha256(&json, &BTreeMap::new(), "r"));
        assert_ne!(base, package_sha256(&json, &sources, "s"));
        let other = FusionJson {
            inline_async: !json.inline_async,
            ..json
        };
        assert_ne!(base, package_sha256(&other, &sources, "r"));
    }
}
