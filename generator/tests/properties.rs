//! What holds for every text: reading never panics, and generated HCL means what was given.

use std::collections::BTreeMap;

use fusion_generator::manifest::{self, EnvironmentValue, TaskName};
use fusion_generator::{FileMap, Manifest, Options, generate};
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use miette::{GraphicalReportHandler, GraphicalTheme};
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

/// Reads a text, and looks at what is shown of its problems.
fn read_and_show(text: &str) {
    let Err(problems) = manifest::read("fusionize.hcl", text, &files()) else {
        return;
    };
    assert!(!problems.problems.is_empty());
    for problem in &problems.problems {
        let place = &problem.place;
        let end = place.offset_bytes + place.length_bytes;
        assert!(text.get(place.offset_bytes..end).is_some(), "{problem:?}");
        assert!(place.line >= 1 && place.column >= 1);
    }
    let mut shown = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .render_report(&mut shown, &problems)
        .expect("rendering into a text");
}

/// What HCL and manifests are made of, good and bad.
fn pieces() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "application",
        "task",
        "\"one\"",
        "entrypoints",
        "environment",
        "calls",
        "permission",
        "objective",
        "for",
        "in",
        "if",
        "else",
        "null",
        "true",
        "1",
        "-1e999",
        "0x1",
        "99999999999999999999",
        "=",
        "=>",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\\",
        "\\u",
        "${",
        "%{",
        "%{if a}",
        "%{endif}",
        "~}",
        "<<E\n",
        "<<-E\n",
        "\nE\n",
        "#",
        "//",
        "/*",
        "*/",
        ",",
        ".",
        "...",
        "*",
        "?",
        ":",
        "!",
        "-",
        "&&",
        "\n",
        "\r\n",
        "\t",
        " ",
        "\u{feff}",
        "\0",
        "“",
        "ü",
        "😀",
        "\u{2028}",
    ];
    let words = prop::sample::select(WORDS).prop_map(str::to_owned);
    prop_oneof![4 => words, 1 => any::<char>().prop_map(String::from)]
}

/// Beginnings that are repeated where parsers recurse, backtrack, or look back.
const HARD: &[&str] = &[
    "[",
    "(",
    "{",
    "{a=",
    "\"${",
    "!",
    "-",
    "a?",
    "a ? b : ",
    "a.",
    "a[",
    "f(",
    "1+",
    "[for a in ",
    "%{if a}",
    "\"%{if a}",
    "\"%{for a in b}",
    "<<A\n",
    "a {\n",
    "a {\nb = ",
    "\"\\",
    "/*",
    "#",
    "\"",
    "a=1\n",
    "a,",
    "[a,",
    "{a=1,",
    "\n",
    "“",
    "\u{0}",
];

#[test]
fn what_is_hard_to_read_has_an_end() {
    for hard in HARD {
        for before in ["", "application \"app\" {\n  entrypoints = "] {
            read_and_show(&format!("{before}{}", hard.repeat(20_000 / hard.len())));
        }
    }
    let most = "a".repeat(manifest::MAX_BYTES + 1);
    read_and_show(&most);
}

/// Comparing every pair of so many tasks would take minutes.
#[test]
fn a_set_of_ten_thousand_tasks_is_checked() {
    let tasks: Vec<String> = (0..10_000)
        .map(|number| format!("  task \"t{number}\" {{ source = \"one\" }}\n"))
        .collect();
    let names: Vec<String> = (0..10_000).map(|number| format!("\"t{number}\"")).collect();
    let text = format!(
        "application \"app\" {{\n  entrypoints = [\"t0\"]\n  together = [[{}]]\n{}}}\n",
        names.join(","),
        tasks.concat()
    );
    let files = FileMap::new([("one/handler.js", "exports.handler = 1")]);
    let manifest = manifest::read("fusionize.hcl", &text, &files).expect("a valid manifest");
    assert_eq!(manifest.together[0].len(), 10_000);
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read_and_show(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_order_of_words_makes_it_panic(
        inside in any::<bool>(),
        pieces in prop::collection::vec(pieces(), 0..60),
    ) {
        let text = pieces.concat();
        let before = if inside { "application \"app\" {\n" } else { "" };
        read_and_show(&format!("{before}{text}"));
    }

    #[test]
    fn damaged_manifests_are_read_or_refused_at_a_place(
        at in 0..TEXT.len(),
        length in 0_usize..12,
        instead in "[ -~\n]{0,6}|[a-z]{1,3}|[{}\\[\\]\"=,]",
    ) {
        let mut text = TEXT.to_owned();
        text.replace_range(at..(at + length).min(TEXT.len()), &instead);
        read_and_show(&text);
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
