//! What the real hosts say about generated modules, for every golden manifest and the examples.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fusion_generator::manifest::{self, EnvironmentValue};
use fusion_generator::{FileMap, Frozen, Manifest, Options, generate, generate_frozen, starter};
use support::hosts::{self, WorkingCopy};

/// A stack that uses a module beside it.
const STACK: &str = r#"terraform {
  required_providers {
    fusion = {
      source = "fusionize/fusion"
    }
  }
}

provider "fusion" {}

module "this" {
  source = "../fusionized"
}

output "everything" {
  value = module.this
}
"#;

/// Reads the manifest among `files` and adds the module of it.
fn generated(files: &mut BTreeMap<String, String>, folder: &str) -> Manifest {
    let prefix = |path: &str| {
        if folder.is_empty() {
            path.to_owned()
        } else {
            format!("{folder}/{path}")
        }
    };
    let application = files
        .iter()
        .filter_map(|(path, text)| Some((path.strip_prefix(&prefix(""))?, text.as_str())));
    let application = FileMap::new(application);
    let text = &application.0[manifest::FILE_NAME];
    let manifest =
        manifest::read(manifest::FILE_NAME, text, &application).expect("a valid manifest");
    let module = support::generate(files, &manifest).expect("a module");
    files.extend(
        module
            .into_iter()
            .map(|(path, text)| (prefix(&format!("fusionized/{path}")), text)),
    );
    manifest
}

fn golden(case: &Path) -> (WorkingCopy, Manifest) {
    let mut files = support::texts(case);
    files.retain(|path, _| !path.starts_with("expected/"));
    files.insert("stack/main.tf".to_owned(), STACK.to_owned());
    let manifest = generated(&mut files, "");
    (WorkingCopy::new(&files), manifest)
}

fn examples() -> WorkingCopy {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut files = BTreeMap::new();
    for name in ["tree", "consumer"] {
        for (path, text) in support::texts(&folder.join(name)) {
            let is_made = path
                .split('/')
                .any(|part| matches!(part, "fusionized" | ".terraform" | ".fusionize"));
            if !is_made {
                files.insert(format!("{name}/{path}"), text);
            }
        }
    }
    generated(&mut files, "tree");
    WorkingCopy::new(&files)
}

fn cases() -> Vec<(String, PathBuf)> {
    support::cases(&support::testdata())
}

#[test]
fn modules_are_formatted() {
    for host in hosts::all() {
        for (_, case) in cases() {
            golden(&case).0.run(
                &host,
                "fusionized",
                &["fmt", "-check", "-diff", "-recursive"],
            );
        }
        examples().run(&host, ".", &["fmt", "-check", "-diff", "-recursive"]);
    }
}

#[test]
fn modules_are_valid() {
    for host in hosts::all() {
        for (_, case) in cases() {
            let copy = golden(&case).0.with_provider();
            copy.run(&host, "stack", &["get"]);
            copy.run(&host, "stack", &["validate", "-no-color"]);
        }
    }
}

#[test]
fn first_setups_are_planned() {
    for host in hosts::all() {
        for (name, case) in cases() {
            let (copy, manifest) = golden(&case);
            let functions = planned_functions(&copy.with_provider(), &host, "stack");
            assert_eq!(functions.len(), manifest.tasks.len(), "{name}");
            for function in functions.values() {
                let release = function["release"].as_str().unwrap_or_default();
                assert_eq!(release.len(), 12, "{name}: {function}");
            }
        }
    }
}

#[test]
fn examples_are_valid() {
    for host in hosts::all() {
        let copy = examples().with_provider();
        for stack in [
            "tree/stack",
            "consumer/by-module",
            "consumer/by-remote-state",
        ] {
            copy.run(&host, stack, &["get"]);
            copy.run(&host, stack, &["validate", "-no-color"]);
        }
    }
}

#[test]
fn settings_out_of_range_are_named() {
    let wrong = [
        ("objective", "latency_weight = 2", "weight of latency"),
        (
            "objective",
            "max_cost_per_million_usd = 0",
            "`max_cost_per_million_usd`",
        ),
        (
            "objective",
            "max_latency_p95_ms = -1",
            "`max_latency_p95_ms`",
        ),
        ("observation", "confidence = 1", "`confidence`"),
        ("observation", "min_improvement = 2", "`min_improvement`"),
        ("observation", "min_requests = 1.5", "`min_requests`"),
        ("observation", "settle_seconds = -1", "`settle_seconds`"),
        ("observation", "window_hours = 0", "`window_hours`"),
    ];
    let module = |(index, (variable, setting, _)): (usize, &(&str, &str, &str))| {
        format!(
            "module \"wrong_{index}\" {{\n  source = \"../fusionized\"\n  {variable} = {{ {setting} }}\n}}\n"
        )
    };
    let modules: String = wrong.iter().enumerate().map(module).collect();
    for host in hosts::all() {
        let copy = golden(&support::testdata().join("smallest"))
            .0
            .with_provider();
        copy.write("stack/wrong.tf", &modules);
        copy.run(&host, "stack", &["get"]);
        let said = copy.fails(&host, "stack", &["plan", "-input=false", "-no-color"]);
        for (_, _, named) in wrong {
            assert!(
                said.contains(&format!("{named} has to be")),
                "{named}: {said}"
            );
        }
    }
}

#[test]
fn hosts_read_the_values_that_the_manifest_has() {
    for host in hosts::all() {
        for (name, case) in cases() {
            let (copy, manifest) = golden(&case);
            let tasks =
                std::fs::read_to_string(copy.path("fusionized/tasks.tf")).expect("tasks.tf");
            let values = values(&copy, &host, &tasks);
            check_values(&name, &manifest, &values);
        }
    }
}

#[test]
fn the_starter_is_formatted_and_valid() {
    let mut files = starter::files("hello", &FileMap::default()).expect("nothing to overwrite");
    let manifest = generated(&mut files, "");
    let setup = Frozen::parse(&manifest, "(greet,shout)@128").expect("a setup that fits");
    let frozen = generate_frozen(&manifest, &Options::default(), &setup).expect("a module");
    for host in hosts::all() {
        let copy = WorkingCopy::new(&files).with_provider();
        copy.run(&host, ".", &["fmt", "-check", "-diff", "-recursive"]);
        copy.run(&host, "stack", &["get"]);
        copy.run(&host, "stack", &["validate", "-no-color"]);
        // The stack serves a frozen module too, which has no decision.
        for (path, text) in &frozen {
            copy.write(&format!("fusionized/{path}"), text);
        }
        let outputs = planned(&copy, &host, "stack");
        assert_eq!(
            outputs["planned_values"]["outputs"]["notation"]["value"],
            "(greet,shout)@128"
        );
    }
}

/// A stack's first plan.
fn planned(copy: &WorkingCopy, host: &Path, stack: &str) -> serde_json::Value {
    copy.run(host, stack, &["get"]);
    copy.run(host, stack, &["plan", "-input=false", "-out=plan"]);
    let plan = copy.run(host, stack, &["show", "-json", "plan"]);
    serde_json::from_str(&plan).expect("JSON")
}

/// The functions that a stack's first apply would make, as far as the plan knows them.
fn planned_functions(
    copy: &WorkingCopy,
    host: &Path,
    stack: &str,
) -> BTreeMap<String, serde_json::Value> {
    let plan = planned(copy, host, stack);
    let changes = plan["resource_changes"].as_array().expect("changes");
    let functions = changes
        .iter()
        .filter(|change| change["type"] == "fusion_function");
    functions
        .map(|change| {
            (
                change["index"].to_string(),
                change["change"]["after"].clone(),
            )
        })
        .collect()
}

#[test]
fn a_frozen_setup_gives_the_functions_of_the_decided_one() {
    let case = support::testdata().join("frozen");
    let setup = std::fs::read_to_string(case.join("frozen.txt")).expect("a setup");
    for host in hosts::all() {
        let (copy, manifest) = golden(&case);
        let copy = copy.with_provider();
        for (path, text) in generate(&manifest, &Options::default()).expect("a module") {
            copy.write(&format!("decided/{path}"), &text);
        }
        let source = "source = \"../fusionized\"";
        let pinned = format!(
            "source = \"../decided\"\n  pinned_setup = \"{}\"",
            setup.trim()
        );
        copy.write("decided-stack/main.tf", &STACK.replace(source, &pinned));
        let frozen = planned_functions(&copy, &host, "stack");
        let decided = planned_functions(&copy, &host, "decided-stack");
        assert_eq!(frozen.len(), manifest.tasks.len());
        assert_eq!(frozen, decided);
    }
}

/// Texts out of all pieces that mean something to HCL, every pair of them side by side.
fn odd_texts() -> Vec<String> {
    let pieces = [
        "$", "$$", "${", "%", "%{", "%%{", "{", "}", "~", "\"", "\\", "\n", "\r", "\t", "\u{1}",
        "\u{7f}", "\u{a0}", "\u{feff}", "\u{202e}", "é", "世", "😀", "a", " ", "#", "<<EOT",
        "u0024",
    ];
    let pairs = pieces
        .iter()
        .flat_map(|one| pieces.iter().map(move |other| format!("{one}{other}")));
    pairs
        .chain(
            pieces
                .iter()
                .map(|piece| format!("{piece}{{{piece}{piece}{{")),
        )
        .collect()
}

#[test]
fn hosts_read_odd_texts_as_they_are() {
    let texts = odd_texts();
    let (_, case) = cases()
        .into_iter()
        .find(|(name, _)| name == "smallest")
        .expect("the smallest case");
    let (_, mut manifest) = golden(&case);
    let task = manifest.tasks.values_mut().next().expect("a task");
    task.environment = (0..)
        .zip(&texts)
        .map(|(number, text)| {
            (
                format!("TEXT_{number}"),
                EnvironmentValue::Literal(text.clone()),
            )
        })
        .collect();
    let module = generate(&manifest, &Options::default()).expect("a module");
    for host in hosts::all() {
        let copy = WorkingCopy::new([]);
        check_values(
            "odd texts",
            &manifest,
            &values(&copy, &host, &module["tasks.tf"]),
        );
    }
}

/// The tasks as a host reads them.
fn values(copy: &WorkingCopy, host: &Path, tasks: &str) -> serde_json::Value {
    copy.write("values/tasks.tf", tasks);
    copy.write(
        "values/outputs.tf",
        "output \"tasks\" {\n  value = local.tasks\n}\n",
    );
    copy.run(host, "values", &["init", "-input=false"]);
    copy.run(host, "values", &["apply", "-auto-approve", "-input=false"]);
    let values = copy.run(host, "values", &["output", "-json", "tasks"]);
    serde_json::from_str(&values).expect("JSON")
}

fn check_values(case: &str, manifest: &Manifest, values: &serde_json::Value) {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    for (name, task) in &manifest.tasks {
        let value = &values[name.as_str()];
        assert_eq!(
            text(&value["function_name"]),
            Some(task.function_name.clone()),
            "{case}: {name}"
        );
        assert_eq!(
            text(&value["source"]),
            Some(task.source.clone()),
            "{case}: {name}"
        );
        let given: BTreeMap<String, Option<String>> = task
            .environment
            .iter()
            .map(|(variable, value)| match value {
                EnvironmentValue::Literal(text) => (variable.clone(), Some(text.clone())),
                EnvironmentValue::Expression { text, .. } => panic!("{text} is an expression"),
            })
            .collect();
        let read: BTreeMap<String, Option<String>> = value["environment"]
            .as_object()
            .expect("an object")
            .iter()
            .map(|(variable, value)| (variable.clone(), text(&value["value"])))
            .collect();
        assert_eq!(read, given, "{case}: {name}");
    }
}
