//! The example's stack and the host that applies it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::group;
use super::host::Found;
use crate::failure::{Exit, Failure};

/// A stack, and how the host is run in it.
#[derive(Debug)]
pub struct Stack {
    /// The host.
    pub host: Found,
    /// The stack's folder.
    pub folder: PathBuf,
    /// The host's own configuration.
    pub configuration: PathBuf,
    /// Where the host and its plugins put temporary files: they cannot remove them when killed.
    pub temporary: PathBuf,
    /// Where AWS is; empty as long as there is none.
    pub environment: BTreeMap<String, String>,
}

/// What the stack says of its setup.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Active groups, e.g. `(A,B)@128-(C)@1024`.
    pub notation: String,
    /// The decision in one sentence.
    pub decision: String,
    /// The functions' names by task.
    pub functions: BTreeMap<String, String>,
}

/// How many lines of a host's output are shown when it failed.
const LINES_SHOWN: usize = 40;

impl Stack {
    /// Gets module and provider into place.
    pub async fn init(&self) -> Result<(), Failure> {
        self.success(&["init", "-input=false", "-no-color"])
            .await
            .map(drop)
    }

    /// Applies without asking.
    pub async fn apply(&self) -> Result<(), Failure> {
        self.success(&["apply", "-auto-approve", "-input=false", "-no-color"])
            .await
            .map(drop)
    }

    /// Plans: 0 means that nothing is to be done, 2 that something is.
    pub async fn plan(&self) -> Result<i32, Failure> {
        let arguments = ["plan", "-detailed-exitcode", "-input=false", "-no-color"];
        let output = self.run(&arguments).await?;
        match output.status.code() {
            Some(code @ (0 | 2)) => Ok(code),
            _ => Err(self.failed(&arguments, &output)),
        }
    }

    /// What is deployed.
    pub async fn setup(&self) -> Result<Setup, Failure> {
        let stdout = self.success(&["output", "-json"]).await?;
        let outputs: Value = serde_json::from_slice(&stdout).unwrap_or_default();
        Setup::read(&outputs).ok_or_else(|| {
            Failure::new(Exit::Failed, "the stack's outputs cannot be read").because(outputs)
        })
    }

    async fn success(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = self.run(arguments).await?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(self.failed(arguments, &output))
        }
    }

    async fn run(&self, arguments: &[&str]) -> Result<std::process::Output, Failure> {
        let mut command = Command::new(&self.host.binary);
        command.args(arguments).current_dir(&self.folder);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_foreign) {
                command.env_remove(name);
            }
        }
        command
            .envs(&self.environment)
            .envs(quiet(&self.configuration))
            .env("TMPDIR", &self.temporary);
        group::run(&mut command).await.map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("cannot run `{}`", self.host.binary.display()),
            )
            .because(error)
        })
    }

    fn failed(&self, arguments: &[&str], output: &std::process::Output) -> Failure {
        let text = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
        let text = text.concat();
        let lines: Vec<&str> = text.lines().collect();
        let shown = lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n    ");
        let command = format!(
            "{} {}",
            self.host.host.name(),
            arguments.first().unwrap_or(&"")
        );
        Failure::new(
            Exit::Failed,
            format!("`{command}` failed ({})", output.status),
        )
        .because(format!("it said\n    {shown}"))
    }
}

/// Settings of the user's for other stacks and other accounts.
fn is_foreign(name: &str) -> bool {
    ["AWS_", "TF_", "TOFU_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// What keeps the host to itself: no questions, no news, no files of the user's.
fn quiet(configuration: &Path) -> [(&'static str, &std::ffi::OsStr); 6] {
    [
        ("AWS_CONFIG_FILE", "/dev/null".as_ref()),
        ("AWS_EC2_METADATA_DISABLED", "true".as_ref()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".as_ref()),
        ("CHECKPOINT_DISABLE", "1".as_ref()),
        ("TF_CLI_CONFIG_FILE", configuration.as_os_str()),
        ("TF_IN_AUTOMATION", "1".as_ref()),
    ]
}

impl Setup {
    fn read(outputs: &Value) -> Option<Self> {
        let value = |name: &str| outputs.get(name)?.get("value");
        let functions = value("tasks")?.as_object()?.iter().map(|(task, function)| {
            Some((
                task.clone(),
                function.get("function_name")?.as_str()?.to_owned(),
            ))
        });
        Some(Self {
            notation: value("notation")?.as_str()?.to_owned(),
            decision: value("decision")?.get("summary")?.as_str()?.to_owned(),
            functions: functions.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn outputs_of_the_stack_are_read() {
        let outputs = json!({
            "notation": { "value": "(A)@128" },
            "decision": { "value": { "summary": "Every task alone" } },
            "tasks": { "value": { "A": { "function_name": "tree-A" } } },
        });
        let setup = Setup::read(&outputs).unwrap();
        assert_eq!(
            (setup.notation.as_str(), setup.functions["A"].as_str()),
            ("(A)@128", "tree-A")
        );
        assert!(Setup::read(&json!({})).is_none());
    }
}
