//! One function's package, made from sources that are what the plan saw.
//!
//! Every file is read once: what is checked against the planned hashes is what is packed, so a
//! source cannot change in between.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use fusion_model::package::{FUSION_JSON_PATH, FusionJson, RUNTIME_FOLDER, package_sha256};
use fusion_model::task::TaskName;

use crate::MAX_UNZIPPED_BYTES;
use crate::archive::{File, pack};
use crate::error::Error;
use crate::folder::{Entry, Fingerprint, Folder};
use crate::path::packable;
use crate::sources::{Files, TaskSource};

/// What a package is made from.
#[derive(Debug, Clone)]
pub struct PackageRequest {
    /// The application's folder.
    pub root: PathBuf,
    /// Folders of the application that every package gets.
    pub shared: Vec<String>,
    /// The folder that holds the fusion runtime's files.
    pub runtime_folder: PathBuf,
    /// The fusion runtime's planned hash.
    pub fusion_runtime_sha256: String,
    /// What stands in `fusion.json`.
    pub fusion_json: FusionJson,
    /// The members that `fusion_json` names.
    pub members: BTreeMap<TaskName, Member>,
}

/// One member as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where its code is and how it is run.
    pub source: TaskSource,
    /// The planned content hash.
    pub sha256: String,
}

/// A package that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The package's identity ([`package_sha256`]).
    pub sha256: String,
    /// The zip.
    pub zip: Vec<u8>,
    /// The size of all its files, in bytes.
    pub unzipped_bytes: u64,
}

/// Makes a package, or says why the sources do not give the one that was planned.
pub fn build(request: &PackageRequest) -> Result<Built, Error> {
    check_members(request)?;
    let folder = Folder::open(&request.root)?;
    let runtime = Folder::open(&request.runtime_folder)?;
    let entries = Entries::list(request, &folder, &runtime)?;
    entries.check_size(request)?;
    let mut loaded = BTreeMap::new();
    for entry in entries.application.values() {
        loaded.insert(entry.path.clone(), entry.load()?);
    }
    check_sources(request, &entries, &loaded)?;
    let mut files = runtime_files(request, &entries.runtime)?;
    files.extend(
        loaded
            .into_values()
            .map(|(print, content)| file(&print.path, &print, content)),
    );
    files.push(File {
        path: FUSION_JSON_PATH.to_owned(),
        executable: false,
        content: request.fusion_json.to_text().into_bytes(),
    });
    let unzipped_bytes = files.iter().map(|file| file.content.len() as u64).sum();
    let zip = pack(files).map_err(Error::io("pack", FUSION_JSON_PATH))?;
    let hashes = request
        .members
        .iter()
        .map(|(task, member)| (task.clone(), member.sha256.clone()));
    let sha256 = package_sha256(
        &request.fusion_json,
        &hashes.collect(),
        &request.fusion_runtime_sha256,
    );
    Ok(Built {
        sha256,
        zip,
        unzipped_bytes,
    })
}

/// Files that go into a package; of the application by path, so that nested folders count once.
struct Entries {
    application: BTreeMap<String, Entry>,
    runtime: Vec<Entry>,
}

impl Entries {
    fn list(request: &PackageRequest, folder: &Folder, runtime: &Folder) -> Result<Self, Error> {
        let own = request.members.values().map(|member| &member.source.source);
        let mut application = BTreeMap::new();
        for path in request.shared.iter().chain(own) {
            let files = folder.files(&packable(path)?)?;
            application.extend(files.into_iter().map(|entry| (entry.path.clone(), entry)));
        }
        Ok(Self {
            application,
            runtime: runtime.files("")?,
        })
    }

    /// Refuses what Lambda would refuse, before it is read into memory.
    fn check_size(&self, request: &PackageRequest) -> Result<(), Error> {
        let all = || self.application.values().chain(&self.runtime);
        let bytes = all().map(|entry| entry.bytes).sum();
        if bytes <= MAX_UNZIPPED_BYTES {
            return Ok(());
        }
        let largest = all()
            .max_by_key(|entry| entry.bytes)
            .map(|entry| entry.path.clone());
        Err(Error::TooLarge {
            root: request.fusion_json.root.to_string(),
            bytes,
            limit: MAX_UNZIPPED_BYTES,
            largest: largest.unwrap_or_default(),
        })
    }
}

fn check_members(request: &PackageRequest) -> Result<(), Error> {
    let refuse = |why: String| {
        Err(Error::Request {
            root: request.fusion_json.root.to_string(),
            why,
        })
    };
    let named: Vec<_> = request.fusion_json.tasks.keys().collect();
    let given: Vec<_> = request.members.keys().collect();
    if named != given {
        return refuse(format!(
            "`fusion.json` names {named:?}, and sources are given of {given:?}"
        ));
    }
    for (task, packaged) in &request.fusion_json.tasks {
        let source = &request.members[task].source;
        if packable(&source.source)? != packaged.source || source.handler != packaged.handler {
            return refuse(format!("`fusion.json` and sources differ about `{task}`"));
        }
    }
    Ok(())
}

type Loaded = BTreeMap<String, (Fingerprint, Vec<u8>)>;

fn check_sources(
    request: &PackageRequest,
    entries: &Entries,
    loaded: &Loaded,
) -> Result<(), Error> {
    for (task, member) in &request.members {
        let mut folders = vec![packable(&member.source.source)?];
        for path in &request.shared {
            folders.push(packable(path)?);
        }
        let paths: Vec<&String> = loaded
            .keys()
            .filter(|path| folders.iter().any(|folder| below(path, folder)))
            .collect();
        let mut files = Files::default();
        files.add(paths.iter().map(|path| loaded[*path].0.clone()));
        let found = files.source(&member.source)?.sha256;
        if found != member.sha256 {
            return Err(Error::SourceChanged {
                task: task.to_string(),
                planned: member.sha256.clone(),
                found,
                newest: newest(paths.iter().map(|path| &entries.application[*path])),
            });
        }
    }
    Ok(())
}

fn below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// The plan kept one hash a task: which file changed can only be guessed from the times.
fn newest<'e>(entries: impl Iterator<Item = &'e Entry>) -> Option<String> {
    let known = entries.filter_map(|entry| Some((entry.modified?, &entry.path)));
    known
        .max_by_key(|(modified, _): &(SystemTime, _)| *modified)
        .map(|(_, path)| path.clone())
}

fn runtime_files(request: &PackageRequest, entries: &[Entry]) -> Result<Vec<File>, Error> {
    let loaded = entries
        .iter()
        .map(Entry::load)
        .collect::<Result<Vec<_>, _>>()?;
    let mut prints = Files::default();
    prints.add(loaded.iter().map(|(print, _)| print.clone()));
    let found = prints.runtime_sha256();
    if found != request.fusion_runtime_sha256 {
        return Err(Error::RuntimeChanged {
            folder: request.runtime_folder.clone(),
            planned: request.fusion_runtime_sha256.clone(),
            found,
        });
    }
    let place = |print: &Fingerprint| format!("{RUNTIME_FOLDER}/{}", print.path);
    Ok(loaded
        .into_iter()
        .map(|(print, content)| file(&place(&print), &print, content))
        .collect())
}

fn file(path: &str, print: &Fingerprint, content: Vec<u8>) -> File {
    File {
        path: path.to_owned(),
        executable: print.executable,
        content,
    }
}
