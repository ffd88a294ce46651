//! `fusionize generate`: from the manifest to the module on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};
use fusion_generator::module::FOLDER_NAME;
use fusion_generator::{Frozen, FrozenError, Manifest, Options, Target, generate, generate_frozen};
use serde_json::json;

use crate::application::{Application, shown};
use crate::commands::validate::check_handlers;
use crate::failure::{Exit, Failure};
use crate::notation;
use crate::output::Output;

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The application's folder, which holds `fusionize.hcl`
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The module's folder; by default `fusionized` in the application's
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// What the module is for
    #[arg(long, value_enum, default_value_t = TargetArgument::Local)]
    target: TargetArgument,
    /// A settled setup, e.g. `(A,B)@128-(C)@512`, that is written into the module; it then decides
    /// nothing, and asks for no figures
    #[arg(long, value_name = "NOTATION")]
    frozen: Option<String>,
    /// Write nothing, and fail where the module is not up to date
    #[arg(long)]
    check: bool,
}

/// Targets, as they are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TargetArgument {
    /// Functions made by the provider itself: the platform, and light use of AWS
    Local,
}

/// Writes what differs, and removes what earlier versions of the module had.
pub fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let application = Application::open(&arguments.folder)?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| arguments.folder.join(FOLDER_NAME));
    let target = match arguments.target {
        TargetArgument::Local => Target::Local,
    };
    let options = Options {
        target,
        application_path: way(&out, &arguments.folder),
    };
    let manifest = &application.manifest;
    Output::warnings(manifest);
    check_handlers(&application)?;
    let files = match &arguments.frozen {
        None => generate(manifest, &options)?,
        Some(text) => generate_frozen(manifest, &options, &frozen(manifest, text)?)?,
    };
    let changes = Changes::between(&out, &files);
    if arguments.check {
        return changes.none(&out, arguments.frozen.as_deref(), output);
    }
    changes.write(&out, &files)?;
    let text = changes.text(&out, files.len());
    let value = json!({
        "folder": out,
        "files": files.keys().collect::<Vec<_>>(),
        "written": changes.write,
        "removed": changes.remove,
        "warnings": manifest.warnings,
    });
    output.result(&value, &text);
    Ok(())
}

/// Reads a setup that has to fit the manifest.
fn frozen(manifest: &Manifest, text: &str) -> Result<Frozen, Failure> {
    Frozen::parse(manifest, text).map_err(|error| match error {
        FrozenError::Notation(error) => notation::explained(text, &error),
        FrozenError::Misfit(faults) => notation::misfit(manifest, &faults),
    })
}

/// What has to happen to a folder for the module to stand in it.
#[derive(Debug)]
struct Changes {
    write: Vec<String>,
    remove: Vec<String>,
}

/// How many files are named where many changed.
const MAX_LISTED: usize = 5;

/// What the `README.md` of every module says.
const MODULE_MARK: &str = "Written by `fusionize generate`";

/// Folders inside a module that belong to the generator wholly.
const OWN_FOLDERS: [&str; 2] = ["modules/switched-functions", "runtime"];

impl Changes {
    fn between(out: &Path, files: &BTreeMap<String, String>) -> Self {
        let differs = |(path, text): &(&String, &String)| {
            fs::read(out.join(path)).ok().as_deref() != Some(text.as_bytes())
        };
        let write = files
            .iter()
            .filter(differs)
            .map(|(path, _)| path.clone())
            .collect();
        let mut present = Vec::new();
        for folder in OWN_FOLDERS {
            collect(out, folder, &mut present);
        }
        present.retain(|path| !files.contains_key(path));
        present.sort();
        Self {
            write,
            remove: present,
        }
    }

    /// Fails where anything has to.
    fn none(&self, out: &Path, frozen: Option<&str>, output: Output) -> Result<(), Failure> {
        let differing: Vec<String> = self.write.iter().chain(&self.remove).cloned().collect();
        if differing.is_empty() {
            output.result(&json!({ "up_to_date": true }), "The module is up to date");
            return Ok(());
        }
        Err(Failure::new(
            Exit::State,
            format!("the module in `{}` is not up to date", shown(out)),
        )
        .because(format!(
            "these files are not what the manifest gives: {}",
            listed(&differing)
        ))
        .hint(match frozen {
            Some(notation) => format!("run `fusionize generate --frozen '{notation}'`"),
            None => "run `fusionize generate`".to_owned(),
        }))
    }

    fn write(&self, out: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
        foreign(out, files)?;
        for path in &self.write {
            fusion_packaging::write(&out.join(path), files[path].as_bytes())?;
        }
        for path in &self.remove {
            let path = out.join(path);
            fs::remove_file(&path).map_err(|error| {
                Failure::new(Exit::Failed, format!("cannot remove `{}`", path.display()))
                    .because(error)
            })?;
        }
        Ok(())
    }

    fn text(&self, out: &Path, count: usize) -> String {
        let out = shown(out);
        let removed = match self.remove.as_slice() {
            [] => String::new(),
            removed => format!("; removed {}", listed(removed)),
        };
        match self.write.len() {
            0 if self.remove.is_empty() => format!("`{out}` is up to date ({count} files)"),
            all if all == count => format!("Wrote all {count} files of `{out}`{removed}"),
            0 => format!("None of the {count} files of `{out}` changed{removed}"),
            some => {
                let changed = listed(&self.write);
                format!("{some} of {count} files of `{out}` changed: {changed}{removed}")
            }
        }
    }
}

/// The first few of some paths.
fn listed(paths: &[String]) -> String {
    let (shown, more) = paths.split_at(paths.len().min(MAX_LISTED));
    let shown: Vec<String> = shown.iter().map(|path| format!("`{path}`")).collect();
    match more.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a module that `fusionize generate` wrote stands in the folder.
fn is_generated(out: &Path) -> bool {
    fs::read_to_string(out.join("README.md")).is_ok_and(|readme| readme.contains(MODULE_MARK))
}

/// Refuses to overwrite or to remove what somebody else wrote.
fn foreign(out: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    let mut places = files.keys().map(String::as_str).chain(OWN_FOLDERS);
    let taken = places.find(|path| out.join(path).exists());
    let Some(taken) = taken.filter(|_| !is_generated(out)) else {
        return Ok(());
    };
    let what = format!("`{}` holds files of somebody else", shown(out));
    Err(Failure::new(Exit::State, what)
        .because(format!(
            "`{taken}` is there, and no `README.md` that says \"{MODULE_MARK}\""
        ))
        .hint("choose another folder with `--out`, or remove this one"))
}

fn collect(out: &Path, folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(out.join(folder)) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(out, &path, found),
            _ => found.push(path),
        }
    }
}

/// The way from one folder to another, with `/` between the parts. Both need not exist yet.
fn way(from: &Path, to: &Path) -> String {
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| "..".to_owned());
    let way: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    if way.is_empty() {
        ".".to_owned()
    } else {
        way.join("/")
    }
}

/// The absolute path's parts, without `.` and `..`.
fn parts(path: &Path) -> Vec<String> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut parts = Vec::new();
    for component in absolute.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_to_the_application_is_found() {
        for (out, application, expected) in [
            ("app/fusionized", "app", ".."),
            ("./fusionized", ".", ".."),
            ("stack/modules/x", "app", "../../../app"),
            ("/a/b", "/a/c/d", "../c/d"),
            ("app", "app", "."),
        ] {
            assert_eq!(
                way(Path::new(out), Path::new(application)),
                expected,
                "{out}"
            );
        }
    }

    fn module(files: &[&str]) -> BTreeMap<String, String> {
        let text = |path: &&str| ((*path).to_owned(), MODULE_MARK.to_owned());
        files.iter().map(text).collect()
    }

    #[test]
    fn what_the_module_no_longer_has_is_removed_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let before = module(&["README.md", "runtime/nodejs/old.mjs"]);
        let now = module(&["README.md", "setup.tf"]);
        fusion_packaging::write(&folder.path().join("mine.tf"), b"").unwrap();
        for files in [&before, &now] {
            let changes = Changes::between(folder.path(), files);
            changes.write(folder.path(), files).unwrap();
        }
        assert!(!folder.path().join("runtime/nodejs/old.mjs").exists());
        assert!(folder.path().join("mine.tf").exists());
        assert!(Changes::between(folder.path(), &now).write.is_empty());
    }

    #[test]
    fn files_of_others_are_neither_overwritten_nor_removed() {
        let files = module(&["README.md", "versions.tf"]);
        for own in ["versions.tf", "runtime/of-mine.js"] {
            let folder = tempfile::tempdir().unwrap();
            let own = folder.path().join(own);
            fusion_packaging::write(&own, b"# fusionize/fusion").unwrap();
            let changes = Changes::between(folder.path(), &files);
            let refused = changes.write(folder.path(), &files).unwrap_err();
            assert_eq!(refused.exit, Exit::State);
            assert_eq!(fs::read(&own).unwrap(), b"# fusionize/fusion");
        }
    }
}
