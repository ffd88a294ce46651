//! The declared calls of an application as a picture: Mermaid for Markdown, DOT for Graphviz.
//!
//! Calls that are left to observation are not in a manifest and so not in the picture.

use std::fmt::Write as _;

use crate::manifest::{CallMode, Manifest};

/// The call graph as a Mermaid flowchart. Entrypoints are rounded, asynchronous calls dotted.
pub fn mermaid(manifest: &Manifest) -> String {
    let mut text = String::from("flowchart LR\n");
    for (number, (name, task)) in manifest.tasks.iter().enumerate() {
        let (open, close) = if task.entrypoint {
            ("([", "])")
        } else {
            ("[", "]")
        };
        // Names may be words of Mermaid's own (`end`), so nodes have numbers.
        let _ = writeln!(text, "  t{number}{open}\"{name}\"{close}");
    }
    for (caller, callee, mode) in edges(manifest) {
        let arrow = match mode {
            CallMode::Sync => "-->|sync|",
            CallMode::Async => "-.->|async|",
        };
        let _ = writeln!(text, "  t{caller} {arrow} t{callee}");
    }
    text
}

/// The call graph in Graphviz' language. Entrypoints have a double border, asynchronous calls
/// are dashed.
pub fn dot(manifest: &Manifest) -> String {
    let mut text = format!(
        "digraph \"{}\" {{\n  rankdir = LR\n  node [shape = box]\n",
        manifest.application
    );
    for (number, (name, task)) in manifest.tasks.iter().enumerate() {
        let border = if task.entrypoint {
            ", peripheries = 2"
        } else {
            ""
        };
        let _ = writeln!(text, "  t{number} [label = \"{name}\"{border}]");
    }
    for (caller, callee, mode) in edges(manifest) {
        let style = match mode {
            CallMode::Sync => "solid",
            CallMode::Async => "dashed",
        };
        let _ = writeln!(
            text,
            "  t{caller} -> t{callee} [label = \"{}\", style = {style}]",
            mode.as_str()
        );
    }
    text.push_str("}\n");
    text
}

/// The declared calls, with tasks as their places in the order of names.
fn edges(manifest: &Manifest) -> Vec<(usize, usize, CallMode)> {
    let mut edges = Vec::new();
    for (caller, task) in manifest.tasks.values().enumerate() {
        for call in task.calls.iter().flatten() {
            let callee = manifest.tasks.keys().position(|name| *name == call.task);
            edges.extend(callee.map(|callee| (caller, callee, call.mode)));
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileMap;
    use crate::manifest;

    fn application() -> Manifest {
        let text = r#"application "app" {
          entrypoints = ["a"]
          task "a" { calls = ["end", { task = "b", mode = "async" }] }
          task "b" {}
          task "end" { calls = [] }
        }"#;
        let files = ["a", "b", "end"].map(|task| {
            (
                format!("tasks/{task}/handler.js"),
                "exports.handler = 1".to_owned(),
            )
        });
        manifest::read("f", text, &FileMap::new(files)).unwrap()
    }

    #[test]
    fn mermaid_shows_modes_and_entrypoints() {
        let expected = "flowchart LR
  t0([\"a\"])
  t1[\"b\"]
  t2[\"end\"]
  t0 -.->|async| t1
  t0 -->|sync| t2
";
        assert_eq!(mermaid(&application()), expected);
    }

    #[test]
    fn dot_shows_modes_and_entrypoints() {
        let expected = "digraph \"app\" {
  rankdir = LR
  node [shape = box]
  t0 [label = \"a\", peripheries = 2]
  t1 [label = \"b\"]
  t2 [label = \"end\"]
  t0 -> t1 [label = \"async\", style = dashed]
  t0 -> t2 [label = \"sync\", style = solid]
}
";
        assert_eq!(dot(&application()), expected);
    }
}
