//! What holds for every text: reading never panics, and generated HCL means what was given.

use std::collections::BTreeMap;

use fusion_generator::manifest::{self, EnvironmentValue, TaskName};
use fusion_generator::{FileMap, Manifest, Options, generate};
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use proptest::prelude::*;

const TEXT: &str = r#"application "app" {
  entrypoints = ["one"]
  shared      = ["lib"]

  task "one" {
    calls = ["two", { task = "two", mode = "async" }]
    environment = { KEY = "value ${path.module}" }
  }

  task "two" {
    timeout_seconds = 12
  }

  objective {
    minimize = "cost"
  }
}
"#;

fn files() -> FileMap {
    let handler = "exports.handler = 1";
    FileMap::new([
        ("tasks/one/handler.js", handler),
        ("tasks/two/handler.js", handler),
        ("lib/x", ""),
    ])
}

fn manifest_with(values: &[BTreeMap<String, String>]) -> Manifest {
    let mut manifest = manifest::read("fusionize.hcl", TEXT, &files()).expect("a valid manifest");
    for (task, values) in manifest.tasks.values_mut().zip(values) {
        task.environment = values
            .iter()
            .map(|(name, value)| (name.clone(), EnvironmentValue::Literal(value.clone())))
            .collect();
    }
    manifest
}

fn parsed(text: &str) -> Body {
    hcl_edit::parser::parse_body(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The element of an object, by its key.
fn element<'e>(object: &'e Expression, name: &str) -> &'e Expression {
    let object = object.as_object().expect("an object");
    let is_named = |key: &hcl_edit::expr::ObjectKey| match key {
        hcl_edit::expr::ObjectKey::Ident(key) => key.as_str() == name,
        hcl_edit::expr::ObjectKey::Expression(key) => {
            key.as_str() == Some(name) || key.as_variable().is_some_and(|key| key.as_str() == name)
        }
    };
    let found = object.iter().find(|(key, _)| is_named(key));
    found.map_or_else(|| panic!("no `{name}`"), |(_, value)| value.expr())
}

fn environment() -> impl Strategy<Value = BTreeMap<String, String>> {
    let names = prop_oneof!["[A-Z][A-Z0-9_]{1,5}", "KEY|NAME|one__KEY|one__NAME"];
    let pieces = prop_oneof![
        Just("$".to_owned()),
        Just("${".to_owned()),
        Just("%{".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        any::<String>(),
    ];
    let values = prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat());
    prop::collection::btree_map(names, values, 0..5)
}

proptest! {
    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = manifest::read("fusionize.hcl", &text, &files());
    }

    #[test]
    fn damaged_manifests_are_read_or_refused_at_a_place(
        at in 0..TEXT.len(),
        length in 0_usize..12,
        instead in "[ -~\n]{0,6}|[a-z]{1,3}|[{}\\[\\]\"=,]",
    ) {
        let mut text = TEXT.to_owned();
        text.replace_range(at..(at + length).min(TEXT.len()), &instead);
        if let Err(problems) = manifest::read("fusionize.hcl", &text, &files()) {
            prop_assert!(!problems.problems.is_empty());
            for problem in &problems.problems {
                prop_assert!(problem.place.offset_bytes + problem.place.length_bytes <= text.len());
                prop_assert!(problem.place.line >= 1 && problem.place.column >= 1);
            }
        }
    }

    #[test]
    fn values_survive(one in environment(), two in environment()) {
        let manifest = manifest_with(&[one, two]);
        let module = generate(&manifest, &Options::default()).expect("a module");
        let body = parsed(&module["tasks.tf"]);
        let locals = body.get_blocks("locals").next().expect("locals");
        let tasks = &locals.body.get_attribute("tasks").expect("tasks").value;
        for (name, task) in &manifest.tasks {
            let written = element(element(tasks, name.as_str()), "environment");
            prop_assert_eq!(written.as_object().map(hcl_edit::expr::Object::len), Some(task.environment.len()));
            for (name, value) in &task.environment {
                let written = element(element(written, name), "value").as_str().map(str::to_owned);
                prop_assert_eq!(Some(value.clone()), written.map(EnvironmentValue::Literal));
            }
        }
    }

    #[test]
    fn functions_carry_every_variable_once(one in environment(), two in environment()) {
        let manifest = manifest_with(&[one, two]);
        let module = generate(&manifest, &Options::default()).expect("a module");
        let body = parsed(&module["tasks.tf"]);
        let locals = body.get_blocks("locals").next().expect("locals");
        let tasks = &locals.body.get_attribute("tasks").expect("tasks").value;
        // The name that functions have for a variable stands for one text.
        let mut texts: BTreeMap<String, &EnvironmentValue> = BTreeMap::new();
        for (task, own, value) in variables(&manifest) {
            let written = element(element(element(tasks, task.as_str()), "environment"), own);
            let named = written.as_object().expect("an object").len() == 2;
            let name = if named { element(written, "name").as_str().expect("a string") } else { own };
            if let Some(other) = texts.insert(name.to_owned(), value) {
                prop_assert_eq!(other, value, "{}", name);
            }
        }
    }

    #[test]
    fn output_depends_on_input_alone(one in environment()) {
        let manifest = manifest_with(&[one]);
        let once = generate(&manifest, &Options::default()).expect("a module");
        let again = generate(&manifest.clone(), &Options::default()).expect("a module");
        prop_assert_eq!(once, again);
    }
}

fn variables(manifest: &Manifest) -> impl Iterator<Item = (&TaskName, &String, &EnvironmentValue)> {
    manifest.tasks.iter().flat_map(|(name, task)| {
        task.environment
            .iter()
            .map(move |(own, value)| (name, own, value))
    })
}
