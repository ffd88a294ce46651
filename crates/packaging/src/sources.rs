//! What a task's sources are, as one hash.
//!
//! A task's hash covers the sorted paths, modes and contents of its own folder and of the shared
//! folders, its handler and its language runtime: everything of the task that decides how it
//! behaves inside a package, and nothing else. The fusion runtime has a hash of its own.

use std::collections::BTreeMap;
use std::path::Path;

use fusion_model::task::TaskName;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::folder::{Entry, Fingerprint, Folder};
use crate::path::packable;

/// Where a task's code is and how it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSource {
    /// The task's folder, relative to the application's.
    pub source: String,
    /// `<file without extension, relative to source>.<export>`.
    pub handler: String,
    /// The language runtime, e.g. `nodejs22.x`.
    pub runtime: String,
}

/// What a task's sources are at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The content hash, 64 hex digits.
    pub sha256: String,
    /// The size of the task's folder and of the shared folders, in bytes.
    pub bytes: u64,
}

/// Hashes the sources of all tasks in the application's folder `root`.
///
/// `shared` are folders that every package gets. The order of `shared` has no meaning.
pub fn hash_sources(
    root: &Path,
    shared: &[String],
    tasks: &BTreeMap<TaskName, TaskSource>,
) -> Result<BTreeMap<TaskName, Source>, Error> {
    let folder = Folder::open(root)?;
    let mut common = Files::default();
    for path in shared {
        common.add(fingerprints(&folder, &packable(path)?)?);
    }
    let mut sources = BTreeMap::new();
    for (name, task) in tasks {
        let mut files = common.clone();
        files.add(fingerprints(&folder, &packable(&task.source)?)?);
        sources.insert(name.clone(), files.source(task)?);
    }
    Ok(sources)
}

/// Whether the folder `path` in the application's folder `root` can be packed, as far as the names
/// and kinds of its files tell: contents are not read.
pub fn check_folder(root: &Path, path: &str) -> Result<(), Error> {
    Folder::open(root)?.files(&packable(path)?).map(drop)
}

/// Hashes the fusion runtime in `folder`: 64 hex digits.
pub fn hash_runtime(folder: &Path) -> Result<String, Error> {
    let mut files = Files::default();
    files.add(fingerprints(&Folder::open(folder)?, "")?);
    Ok(files.runtime_sha256())
}

/// Files by path; a file that two folders share counts once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files(BTreeMap<String, Fingerprint>);

impl Files {
    pub(crate) fn add(&mut self, files: impl IntoIterator<Item = Fingerprint>) {
        self.0
            .extend(files.into_iter().map(|file| (file.path.clone(), file)));
    }

    /// The task's source, if these are the files of its folder and of the shared ones.
    pub(crate) fn source(&self, task: &TaskSource) -> Result<Source, Error> {
        let mut hash = Sha256::new_with_prefix("fusion source 1\n");
        let source = packable(&task.source)?;
        for text in [&source, &task.handler, &task.runtime] {
            hash.update(quoted(text));
        }
        self.write(&mut hash);
        let bytes = self.0.values().map(|file| file.bytes).sum();
        Ok(Source {
            sha256: format!("{:x}", hash.finalize()),
            bytes,
        })
    }

    /// The hash of a fusion runtime that consists of these files.
    pub(crate) fn runtime_sha256(&self) -> String {
        let mut hash = Sha256::new_with_prefix("fusion runtime 1\n");
        self.write(&mut hash);
        format!("{:x}", hash.finalize())
    }

    /// One line a file. Names are quoted, so that no name can look like two lines.
    fn write(&self, hash: &mut Sha256) {
        for file in self.0.values() {
            let mode = if file.executable { "755" } else { "644" };
            hash.update(format!("{mode} {} {}", file.sha256, quoted(&file.path)));
        }
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}\n")
}

fn fingerprints(folder: &Folder, path: &str) -> Result<Vec<Fingerprint>, Error> {
    folder.files(path)?.iter().map(Entry::fingerprint).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct App(tempfile::TempDir);

    impl App {
        fn new(files: &[(&str, &str)]) -> Self {
            let app = Self(tempfile::tempdir().unwrap());
            for (path, content) in files {
                app.write(path, content);
            }
            app
        }

        fn write(&self, path: &str, content: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }

        fn hash(&self, shared: &[&str], task: &TaskSource) -> Source {
            let name: TaskName = "A".parse().unwrap();
            let shared: Vec<String> = shared.iter().map(|path| (*path).to_owned()).collect();
            let tasks = BTreeMap::from([(name.clone(), task.clone())]);
            hash_sources(self.0.path(), &shared, &tasks)
                .unwrap()
                .remove(&name)
                .unwrap()
        }
    }

    fn task() -> TaskSource {
        TaskSource {
            source: "tasks/A".into(),
            handler: "handler.handler".into(),
            runtime: "nodejs22.x".into(),
        }
    }

    const FILES: [(&str, &str); 4] = [
        ("tasks/A/handler.js", "a"),
        ("tasks/B/handler.js", "b"),
        ("lib/x.js", "x"),
        ("other/y.js", "y"),
    ];

    #[test]
    fn what_belongs_to_the_task_changes_its_hash() {
        let before = App::new(&FILES).hash(&["lib"], &task());
        let changed = |path: &str, content: &str| {
            let app = App::new(&FILES);
            app.write(path, content);
            app.hash(&["lib"], &task())
        };
        assert_ne!(changed("tasks/A/handler.js", "b"), before);
        assert_ne!(changed("tasks/A/more.js", ""), before);
        assert_ne!(changed("lib/x.js", "z"), before);
        let handler = TaskSource {
            handler: "handler.other".into(),
            ..task()
        };
        assert_ne!(App::new(&FILES).hash(&["lib"], &handler), before);
        let runtime = TaskSource {
            runtime: "nodejs24.x".into(),
            ..task()
        };
        assert_ne!(App::new(&FILES).hash(&["lib"], &runtime), before);
        assert_eq!(before.bytes, 2);
    }

    #[test]
    fn what_belongs_to_others_does_not() {
        let before = App::new(&FILES).hash(&["lib"], &task());
        let app = App::new(&FILES);
        app.write("tasks/B/handler.js", "changed");
        app.write("other/y.js", "changed");
        assert_eq!(app.hash(&["lib"], &task()), before);
    }

    #[test]
    fn forms_of_a_path_and_the_order_of_shared_folders_do_not_matter() {
        let app = App::new(&FILES);
        let other = TaskSource {
            source: "./tasks//A/".into(),
            ..task()
        };
        assert_eq!(
            app.hash(&["lib", "other"], &task()),
            app.hash(&["other/", "lib"], &other)
        );
    }

    #[cfg(unix)]
    #[test]
    fn being_executable_is_content() {
        use std::os::unix::fs::PermissionsExt;
        let app = App::new(&FILES);
        let before = app.hash(&[], &task());
        let file = app.0.path().join("tasks/A/handler.js");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(app.hash(&[], &task()), before);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        assert_ne!(app.hash(&[], &task()), before);
    }
}
