//! Applications of any size, written into a folder.
//!
//! Owns their form: a binary tree of tasks that wait for one another, so that as many calls are
//! declared as there are tasks. Pure but for the writing.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// A handler that does nothing.
pub const EMPTY_HANDLER: &str = "exports.handler = async () => null;\n";

/// The stack of a generated module next to it, and nothing else.
pub const STACK: &str = r#"terraform {
  required_providers {
    fusion = {
      source = "fusionize/fusion"
    }
  }
}

provider "fusion" {}

module "application" {
  source = "../app/fusionized"
}
"#;

/// Writes manifest and sources of an application of `tasks` tasks. What an earlier, smaller one
/// has in the same folder stays as it was.
pub fn write(folder: &Path, tasks: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("fusionize.hcl"), manifest(tasks))?;
    for index in 0..tasks {
        let task = folder.join("tasks").join(name(index));
        fs::create_dir_all(&task)?;
        fs::write(task.join("handler.js"), EMPTY_HANDLER)?;
    }
    Ok(())
}

/// The name of the task at a place of the tree.
pub fn name(index: usize) -> String {
    format!("t{index}")
}

fn manifest(tasks: usize) -> String {
    let mut text = String::from(
        "application \"bench\" {\n  runtime     = \"nodejs22.x\"\n  entrypoints = [\"t0\"]\n",
    );
    for index in 0..tasks {
        let below = [2 * index + 1, 2 * index + 2].into_iter();
        let calls: Vec<String> = below
            .filter(|child| *child < tasks)
            .map(|child| format!("{:?}", name(child)))
            .collect();
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "\n  task {:?} {{\n    calls = [{}]\n  }}\n",
            name(index),
            calls.join(", ")
        );
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_but_the_first_is_called_once() {
        let text = manifest(6);
        let calls: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("calls = "))
            .collect();
        let expected = [
            r#"["t1", "t2"]"#,
            r#"["t3", "t4"]"#,
            r#"["t5"]"#,
            "[]",
            "[]",
            "[]",
        ];
        assert_eq!(calls, expected);
    }
}
