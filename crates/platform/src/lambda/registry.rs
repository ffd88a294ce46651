//! All functions of the account, and their files under `--data`. One lock; every operation on it
//! is short and does no more IO than writing one small file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::ApiError;
use super::model::Function;
use super::names;
use crate::clock::now_ms;

/// How the names begin of files that are not whole yet.
const UNFINISHED: &str = ".new-";

/// The functions by name.
#[derive(Debug)]
pub struct Registry {
    functions: Mutex<BTreeMap<String, Function>>,
    folder: Option<PathBuf>,
}

impl Registry {
    /// Opens the registry with what its folder holds; without a folder nothing is kept.
    pub fn open(folder: Option<PathBuf>) -> io::Result<Self> {
        let mut functions = BTreeMap::new();
        if let Some(folder) = &folder {
            fs::create_dir_all(folder)?;
            for entry in fs::read_dir(folder)?.flatten() {
                let path = entry.path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "json")
                {
                    let function = read(&path)?;
                    functions.insert(function.name.clone(), function);
                } else if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                    // Of a run that was killed, or had no room.
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(Self {
            functions: Mutex::new(functions),
            folder,
        })
    }

    /// Adds a function; refuses if there is one of that name.
    pub fn add(&self, function: Function) -> Result<(), ApiError> {
        let mut functions = self.lock();
        if functions.contains_key(&function.name) {
            return Err(ApiError::conflict(format!(
                "Function already exist: {}",
                function.name
            )));
        }
        self.write(&function)?;
        functions.insert(function.name.clone(), function);
        Ok(())
    }

    /// Looks at one function as it is now.
    pub fn get<T>(&self, name: &str, look: impl FnOnce(&Function) -> T) -> Option<T> {
        let mut functions = self.lock();
        let function = functions.get_mut(name)?;
        self.settle(function);
        Some(look(function))
    }

    /// Changes one function: what `change` did is kept if it succeeds, and only then.
    pub fn change<T>(
        &self,
        name: &str,
        missing: impl FnOnce() -> ApiError,
        change: impl FnOnce(&mut Function) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut functions = self.lock();
        let function = functions.get_mut(name).ok_or_else(missing)?;
        self.settle(function);
        let mut changed = function.clone();
        let answer = change(&mut changed)?;
        self.write(&changed)?;
        *function = changed;
        Ok(answer)
    }

    /// Removes a function with all that belongs to it.
    pub fn remove(&self, name: &str) -> Result<(), ApiError> {
        let mut functions = self.lock();
        if !functions.contains_key(name) {
            return Err(not_found(&names::arn(name)));
        }
        if let Some(path) = self.path(name) {
            match fs::remove_file(&path) {
                // Somebody else's doing, and just what was asked for.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|error| disk(&path, &error))?,
            }
        }
        functions.remove(name);
        Ok(())
    }

    /// Looks at all functions, in the order of their names.
    pub fn all<T>(&self, look: impl FnOnce(&BTreeMap<String, Function>) -> T) -> T {
        let mut functions = self.lock();
        for function in functions.values_mut() {
            self.settle(function);
        }
        look(&functions)
    }

    /// Looks at the packages that any version of any function has, while none can change.
    pub fn code_in_use<T>(&self, look: impl FnOnce(&BTreeSet<String>) -> T) -> T {
        let functions = self.lock();
        let code_of = |function: &Function| {
            let mut digests: Vec<String> = function
                .versions
                .values()
                .map(|one| one.code.sha256_hex.clone())
                .collect();
            digests.push(function.latest.code.sha256_hex.clone());
            digests
        };
        look(&functions.values().flat_map(code_of).collect())
    }

    /// The sum of all reserved concurrency, one function left out.
    pub fn reserved_without(&self, name: &str) -> u32 {
        let functions = self.lock();
        let others = functions.values().filter(|function| function.name != name);
        others
            .filter_map(|function| function.reserved_concurrency)
            .sum()
    }

    fn settle(&self, function: &mut Function) {
        if function.settle(now_ms())
            && let Err(error) = self.write(function)
        {
            // The step is taken again after a restart.
            tracing::warn!(function = function.name, %error, "a state was not written");
        }
    }

    fn write(&self, function: &Function) -> Result<(), ApiError> {
        let (Some(folder), Some(path)) = (&self.folder, self.path(&function.name)) else {
            return Ok(());
        };
        let replace = || -> io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(UNFINISHED)
                .tempfile_in(folder)?;
            serde_json::to_writer(&mut file, function)?;
            file.flush()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        replace().map_err(|error| disk(&path, &error))
    }

    /// Names are checked on their way in: they hold no separator and no dot.
    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{name}.json")))
    }

    // A change is made on a copy and put in place whole, so a panic leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Function>> {
        self.functions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refusal of most operations for what does not exist.
pub fn not_found(arn: &str) -> ApiError {
    ApiError::not_found(format!("Function not found: {arn}"))
}

fn disk(path: &Path, error: &io::Error) -> ApiError {
    ApiError::failure(format!(
        "The platform cannot write `{}`: {error}",
        path.display()
    ))
}

fn read(path: &Path) -> io::Result<Function> {
    let invalid = |reason: String| {
        let text = format!(
            "`{}` is not a function of this platform: {reason}",
            path.display()
        );
        io::Error::new(io::ErrorKind::InvalidData, text)
    };
    let function: Function =
        serde_json::from_slice(&fs::read(path)?).map_err(|error| invalid(error.to_string()))?;
    // What a name leads to must stay below the folder, also after someone edited a file.
    if !names::is_bare_name(&function.name) {
        return Err(invalid(format!("it bears the name `{}`", function.name)));
    }
    let versions = function.versions.values().chain([&function.latest]);
    for version in versions {
        let digest = &version.code.sha256_hex;
        if !is_sha256_hex(digest) {
            return Err(invalid(format!("its code is `{digest}`")));
        }
    }
    Ok(function)
}

fn is_sha256_hex(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(is_digit)
}
