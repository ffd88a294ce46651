//! Packages, from sources on a disk to what a function would find.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use fusion_model::TaskName;
use fusion_model::package::{FORMAT, FusionJson, PackagedTask};
use fusion_packaging::{
    Error, Member, PackageRequest, TaskSource, build, hash_runtime, hash_sources, read_manifest,
};
use proptest::prelude::*;
use tempfile::TempDir;
use zip::ZipArchive;

/// An application with the tasks A, B and C, a shared folder and a fusion runtime.
struct Application(TempDir);

impl Application {
    fn new() -> Self {
        let application = Self(TempDir::new().unwrap());
        for (path, content) in [
            ("tasks/A/handler.js", "a"),
            ("tasks/B/handler.js", "b"),
            ("tasks/B/data/x.json", "{}"),
            ("tasks/C/handler.js", "c"),
            ("lib/common.js", "common"),
            ("fusionized/runtime/nodejs/entry.mjs", "entry"),
        ] {
            application.write(path, content);
        }
        application
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A request for a group with the hashes of this moment.
    fn planned(&self, group: &[&str]) -> PackageRequest {
        let shared = vec!["lib".to_owned()];
        let tasks: BTreeMap<TaskName, TaskSource> = ["A", "B", "C"]
            .iter()
            .map(|task| (name(task), source(task)))
            .collect();
        let sources = hash_sources(self.path(), &shared, &tasks).unwrap();
        let runtime_folder = self.path().join("fusionized/runtime/nodejs");
        let member = |task: &&str| {
            let task = name(task);
            let sha256 = sources[&task].sha256.clone();
            (
                task.clone(),
                Member {
                    source: tasks[&task].clone(),
                    sha256,
                },
            )
        };
        PackageRequest {
            root: self.path().to_owned(),
            shared,
            fusion_runtime_sha256: hash_runtime(&runtime_folder).unwrap(),
            runtime_folder,
            fusion_json: fusion_json(group),
            members: group.iter().map(member).collect(),
        }
    }
}

fn names(zip: &ZipArchive<Cursor<&Vec<u8>>>) -> Vec<String> {
    zip.file_names()
        .map(|name| name.unwrap().into_owned())
        .collect()
}

fn name(task: &str) -> TaskName {
    TaskName::new(task).unwrap()
}

fn source(task: &str) -> TaskSource {
    TaskSource {
        source: format!("tasks/{task}"),
        handler: "handler.handler".to_owned(),
        runtime: "nodejs22.x".to_owned(),
    }
}

fn fusion_json(group: &[&str]) -> FusionJson {
    let task = |task: &&str| {
        let TaskSource {
            source, handler, ..
        } = source(task);
        let packaged = PackagedTask {
            environment: BTreeMap::new(),
            handler,
            source,
            timeout_seconds: 30,
        };
        (name(task), packaged)
    };
    FusionJson {
        alias: "live".to_owned(),
        application: "tree".to_owned(),
        format: FORMAT,
        function_names: BTreeMap::new(),
        inline_async: false,
        root: name(group[0]),
        tasks: group.iter().map(task).collect(),
    }
}

#[test]
fn a_package_holds_the_runtime_the_members_and_what_is_shared() {
    let application = Application::new();
    let built = build(&application.planned(&["A", "B"])).unwrap();
    let mut zip = ZipArchive::new(Cursor::new(&built.zip)).unwrap();
    let names = names(&zip);
    assert_eq!(
        names,
        [
            "fusion.json",
            "fusion/entry.mjs",
            "lib/common.js",
            "tasks/A/handler.js",
            "tasks/B/data/x.json",
            "tasks/B/handler.js",
        ]
    );
    let mut text = String::new();
    zip.by_name("tasks/B/handler.js")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "b");
    assert_eq!(read_manifest(&built.zip).unwrap(), fusion_json(&["A", "B"]));
}

#[test]
fn the_same_sources_give_the_same_bytes_elsewhere_and_later() {
    let (here, there) = (Application::new(), Application::new());
    let first = build(&here.planned(&["A", "B"])).unwrap();
    let second = build(&there.planned(&["A", "B"])).unwrap();
    assert_eq!(first, second);
    assert_ne!(first.sha256, build(&here.planned(&["A"])).unwrap().sha256);
}

#[test]
fn a_source_that_changed_after_the_plan_is_named() {
    let application = Application::new();
    let planned = application.planned(&["A", "B"]);
    application.write("tasks/B/data/x.json", "[]");
    let error = build(&planned).unwrap_err();
    let Error::SourceChanged { task, newest, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (task.as_str(), newest.as_deref()),
        ("B", Some("tasks/B/data/x.json"))
    );
}

#[test]
fn a_source_that_came_or_went_after_the_plan_is_noticed() {
    let application = Application::new();
    let planned = application.planned(&["A", "B"]);
    application.write("tasks/A/more.js", "");
    assert!(matches!(build(&planned), Err(Error::SourceChanged { task, .. }) if task == "A"));
    fs::remove_file(application.path().join("tasks/A/more.js")).unwrap();
    assert!(build(&planned).is_ok());
    fs::remove_dir_all(application.path().join("tasks/B")).unwrap();
    assert!(matches!(build(&planned), Err(Error::Missing { path, .. }) if path == "tasks/B"));
}

#[test]
fn a_change_of_another_task_does_not_matter() {
    let application = Application::new();
    let planned = application.planned(&["A", "B"]);
    application.write("tasks/C/handler.js", "changed");
    assert!(build(&planned).is_ok());
    application.write("lib/common.js", "changed");
    assert!(matches!(build(&planned), Err(Error::SourceChanged { task, .. }) if task == "A"));
}

#[test]
fn a_runtime_that_changed_after_the_plan_is_noticed() {
    let application = Application::new();
    let planned = application.planned(&["A"]);
    application.write("fusionized/runtime/nodejs/entry.mjs", "changed");
    assert!(matches!(build(&planned), Err(Error::RuntimeChanged { .. })));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let application = Application::new();
    let mut planned = application.planned(&["A", "B"]);
    planned.members.remove(&name("B"));
    assert!(matches!(build(&planned), Err(Error::Request { .. })));
}

#[test]
fn nested_task_folders_are_packed_once() {
    let application = Application::new();
    let mut planned = application.planned(&["A", "B"]);
    let all = TaskSource {
        source: "tasks".to_owned(),
        ..source("A")
    };
    let sources = hash_sources(
        application.path(),
        &planned.shared,
        &BTreeMap::from([(name("A"), all.clone())]),
    );
    let sha256 = sources.unwrap()[&name("A")].sha256.clone();
    planned.members.insert(
        name("A"),
        Member {
            source: all,
            sha256,
        },
    );
    planned
        .fusion_json
        .tasks
        .get_mut(&name("A"))
        .unwrap()
        .source = "tasks".to_owned();
    let built = build(&planned).unwrap();
    let zip = ZipArchive::new(Cursor::new(&built.zip)).unwrap();
    let twice = names(&zip)
        .into_iter()
        .filter(|name| name == "tasks/B/handler.js");
    assert_eq!(twice.count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the files are: hashing and building agree, and any single change is noticed.
    #[test]
    fn every_change_of_content_changes_the_hash(
        files in proptest::collection::btree_map("[a-z]{1,6}(/[a-z]{1,6})?\\.js", "[a-z]{0,9}", 1..6),
        changed in any::<prop::sample::Index>(),
    ) {
        let application = Application::new();
        for (path, content) in &files {
            application.write(&format!("tasks/A/x/{path}"), content);
        }
        let planned = application.planned(&["A"]);
        prop_assert!(build(&planned).is_ok());
        let (path, content) = files.iter().nth(changed.index(files.len())).unwrap();
        application.write(&format!("tasks/A/x/{path}"), &format!("{content}!"));
        let changed = matches!(build(&planned), Err(Error::SourceChanged { .. }));
        prop_assert!(changed);
    }
}
