//! What is told of sources, and of arguments that are wrong.

use std::path::Path;

use super::*;

fn task(source: &str) -> Value<TaskState> {
    Value::Known(TaskState {
        source: source.into(),
        handler: "handler.handler".into(),
        runtime: "nodejs22.x".into(),
    })
}

fn config(root: &Path) -> SourcesState {
    SourcesState {
        root: root.display().to_string().into(),
        tasks: Value::Known([("A".to_owned(), task("tasks/A"))].into()),
        ..SourcesState::default()
    }
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn hashes(config: &SourcesState) -> Result<Hashes, Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    let mut reader = Reader::new(&mut diagnostics);
    let read = arguments(&mut reader, config);
    let Read::Known(arguments) = reader.finish(read) else {
        panic!("{diagnostics:?}")
    };
    hash(&arguments)
}

#[test]
fn sources_have_a_hash_and_a_size_and_the_runtime_only_where_it_is_named() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "tasks/A/handler.js", "exports.handler = 1;\n");
    let config = config(root.path());
    let (before, runtime) = hashes(&config).unwrap();
    assert_eq!((before["A"].bytes, runtime), (21, None));

    write(root.path(), "lib/shared.js", "1;\n");
    write(root.path(), "runtime/entry.mjs", "1;\n");
    let whole = SourcesState {
        shared: Value::Known(vec!["lib".into()]),
        runtime_path: root.path().join("runtime").display().to_string().into(),
        ..config
    };
    let (after, runtime) = hashes(&whole).unwrap();
    assert_ne!(after["A"].sha256, before["A"].sha256);
    assert_eq!(runtime.map(|sha256| sha256.len()), Some(64));
}

#[test]
fn wrong_arguments_are_told() {
    let root = Path::new("app");
    let tasks = |name: &str, task| Value::Known([(name.to_owned(), task)].into());
    let cases = [
        SourcesState::default(),
        SourcesState {
            tasks: tasks("1st", task("tasks/1st")),
            ..config(root)
        },
        SourcesState {
            tasks: tasks("A", Value::Known(TaskState::default())),
            ..config(root)
        },
    ];
    let messages = cases.map(|config| {
        let mut diagnostics = Diagnostics::new();
        arguments(&mut Reader::new(&mut diagnostics), &config);
        crate::testing::told(&diagnostics)
    });
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn missing_folders_and_ways_out_are_told() {
    let root = tempfile::tempdir().unwrap();
    let elsewhere = SourcesState {
        tasks: Value::Known([("A".to_owned(), task("../elsewhere"))].into()),
        ..config(root.path())
    };
    let missing = hashes(&config(root.path())).unwrap_err();
    write(root.path(), "tasks/A/handler.js", "1;\n");
    let runtime = SourcesState {
        runtime_path: root.path().join("runtime").display().to_string().into(),
        ..config(root.path())
    };
    let messages = [
        missing,
        hashes(&elsewhere).unwrap_err(),
        hashes(&runtime).unwrap_err(),
    ];
    let messages = messages.map(|error| error.to_string()).join("\n");
    insta::assert_snapshot!(messages.replace(&root.path().display().to_string(), "FOLDER"));
}
