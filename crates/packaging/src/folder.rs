//! Reading a folder: which files there are, and that none of them lies outside.
//!
//! Links are followed where they stay inside the folder, and refused where they leave it, so
//! that a package holds nothing that the application's folder does not. The order is that of
//! the paths' bytes; times and owners are no content.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::ignore::ignored;

/// The most files that one folder may hold, all levels together.
const MAX_FILES: usize = 50_000;

/// The most levels of folders.
const MAX_DEPTH: usize = 64;

/// A folder from which nothing outside is read.
#[derive(Debug)]
pub(crate) struct Folder {
    shown: PathBuf,
    real: PathBuf,
}

/// A file below a [`Folder`].
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its path, relative to the folder, with `/` between the parts.
    pub(crate) path: String,
    /// Where it is on the disk, links resolved.
    pub(crate) disk: PathBuf,
    /// Whether its owner may execute it.
    pub(crate) executable: bool,
    /// Its size.
    pub(crate) bytes: u64,
    /// When it was last modified, where that is known.
    pub(crate) modified: Option<SystemTime>,
}

/// What a file is, as far as a hash cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Folder {
    /// Opens a folder, which must exist.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let real = fs::canonicalize(path).map_err(Error::io("open the folder", path))?;
        if !real.is_dir() {
            return Err(Error::NotAFolder {
                path: path.display().to_string(),
            });
        }
        Ok(Self {
            shown: path.to_owned(),
            real,
        })
    }

    /// All files below `path`, a checked relative path, sorted. The empty path is all of it.
    pub(crate) fn files(&self, path: &str) -> Result<Vec<Entry>, Error> {
        let disk = self.inside(path, &self.real.join(path))?;
        if !disk.is_dir() {
            return Err(Error::NotAFolder {
                path: path.to_owned(),
            });
        }
        let mut walk = Walk {
            folder: self,
            top: path,
            trail: Vec::new(),
            found: Vec::new(),
        };
        walk.descend(path, &disk)?;
        let mut found = walk.found;
        found.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
        Ok(found)
    }

    /// Resolves links, and refuses what leads outside.
    fn inside(&self, path: &str, disk: &Path) -> Result<PathBuf, Error> {
        let real = fs::canonicalize(disk).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing {
                path: path.to_owned(),
                folder: self.shown.clone(),
            },
            _ => Error::Io {
                action: "read",
                path: disk.to_owned(),
                source: error,
            },
        })?;
        if real.starts_with(&self.real) {
            Ok(real)
        } else {
            Err(Error::Leaves {
                path: path.to_owned(),
                target: real,
            })
        }
    }
}

struct Walk<'f> {
    folder: &'f Folder,
    top: &'f str,
    /// The real folders from the top to here: meeting one again means a loop of links.
    trail: Vec<PathBuf>,
    found: Vec<Entry>,
}

impl Walk<'_> {
    fn descend(&mut self, path: &str, disk: &Path) -> Result<(), Error> {
        if self.trail.iter().any(|above| above == disk) {
            return Err(Error::Loop {
                path: path.to_owned(),
            });
        }
        if self.trail.len() >= MAX_DEPTH {
            return Err(Error::TooDeep {
                path: path.to_owned(),
                limit: MAX_DEPTH,
            });
        }
        self.trail.push(disk.to_owned());
        for item in fs::read_dir(disk).map_err(Error::io("list", disk))? {
            let name = item.map_err(Error::io("list", disk))?.file_name();
            let shown = join(path, &name.to_string_lossy());
            let name = name
                .to_str()
                .filter(|name| !name.chars().any(char::is_control));
            let Some(name) = name else {
                return Err(Error::Name { path: shown });
            };
            if !ignored(name) {
                self.visit(&shown, &disk.join(name))?;
            }
        }
        self.trail.pop();
        Ok(())
    }

    fn visit(&mut self, path: &str, disk: &Path) -> Result<(), Error> {
        let real = self.folder.inside(path, disk)?;
        let metadata = fs::metadata(&real).map_err(Error::io("read", &real))?;
        if metadata.is_dir() {
            return self.descend(path, &real);
        }
        if !metadata.is_file() {
            return Err(Error::Special {
                path: path.to_owned(),
            });
        }
        if self.found.len() >= MAX_FILES {
            return Err(Error::TooManyFiles {
                folder: self.top.to_owned(),
                limit: MAX_FILES,
            });
        }
        self.found.push(Entry {
            path: path.to_owned(),
            executable: executable(&metadata),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            disk: real,
        });
        Ok(())
    }
}

impl Entry {
    /// Reads the file through a hash, without keeping it.
    pub(crate) fn fingerprint(&self) -> Result<Fingerprint, Error> {
        let mut file = fs::File::open(&self.disk).map_err(Error::io("read", &self.disk))?;
        let mut hash = Sha256::new();
        let bytes = io::copy(&mut file, &mut hash).map_err(Error::io("read", &self.disk))?;
        Ok(self.described(bytes, hash))
    }

    /// Reads the file, keeping it: what is hashed is what will be packed.
    pub(crate) fn load(&self) -> Result<(Fingerprint, Vec<u8>), Error> {
        let content = fs::read(&self.disk).map_err(Error::io("read", &self.disk))?;
        let hash = Sha256::new_with_prefix(&content);
        Ok((self.described(content.len() as u64, hash), content))
    }

    fn described(&self, bytes: u64, hash: Sha256) -> Fingerprint {
        let sha256 = format!("{:x}", hash.finalize());
        Fingerprint {
            path: self.path.clone(),
            executable: self.executable,
            bytes,
            sha256,
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}

#[cfg(unix)]
fn executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn paths(folder: &Path, path: &str) -> Result<Vec<String>, Error> {
        let files = Folder::open(folder)?.files(path)?;
        Ok(files.into_iter().map(|file| file.path).collect())
    }

    #[test]
    fn links_inside_are_followed_and_links_outside_refused() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "s").unwrap();
        let app = tempfile::tempdir().unwrap();
        fs::create_dir_all(app.path().join("tasks/A")).unwrap();
        fs::create_dir_all(app.path().join("lib")).unwrap();
        fs::write(app.path().join("lib/x.js"), "x").unwrap();
        symlink("../../lib", app.path().join("tasks/A/lib")).unwrap();
        assert_eq!(paths(app.path(), "tasks/A").unwrap(), ["tasks/A/lib/x.js"]);

        symlink(
            outside.path().join("secret"),
            app.path().join("tasks/A/stolen"),
        )
        .unwrap();
        assert!(matches!(
            paths(app.path(), "tasks/A"),
            Err(Error::Leaves { path, .. }) if path == "tasks/A/stolen"
        ));
        symlink(outside.path(), app.path().join("tasks/B")).unwrap();
        assert!(matches!(
            paths(app.path(), "tasks/B"),
            Err(Error::Leaves { .. })
        ));
    }

    #[test]
    fn a_loop_of_links_ends() {
        let app = tempfile::tempdir().unwrap();
        fs::create_dir(app.path().join("a")).unwrap();
        symlink("../a", app.path().join("a/again")).unwrap();
        assert!(matches!(
            paths(app.path(), "a"),
            Err(Error::Loop { path }) if path == "a/again"
        ));
    }

    #[test]
    fn folders_are_not_read_without_end() {
        let app = tempfile::tempdir().unwrap();
        fs::create_dir_all(app.path().join("a/".repeat(MAX_DEPTH))).unwrap();
        assert_eq!(paths(app.path(), "a").unwrap(), Vec::<String>::new());
        fs::create_dir_all(app.path().join("a/".repeat(MAX_DEPTH + 1))).unwrap();
        assert!(matches!(paths(app.path(), "a"), Err(Error::TooDeep { .. })));
    }

    #[test]
    fn a_socket_is_no_content() {
        let app = tempfile::tempdir().unwrap();
        fs::create_dir(app.path().join("a")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(app.path().join("a/s")).unwrap();
        assert!(matches!(paths(app.path(), "a"), Err(Error::Special { .. })));
    }

    #[test]
    fn what_tools_leave_behind_is_no_content() {
        let app = tempfile::tempdir().unwrap();
        fs::create_dir_all(app.path().join("a/.git")).unwrap();
        fs::write(app.path().join("a/.git/HEAD"), "x").unwrap();
        fs::write(app.path().join("a/.DS_Store"), "x").unwrap();
        fs::write(app.path().join("a/handler.js"), "x").unwrap();
        assert_eq!(paths(app.path(), "a").unwrap(), ["a/handler.js"]);
    }

    #[test]
    fn missing_folders_are_named() {
        let app = tempfile::tempdir().unwrap();
        assert!(matches!(
            paths(app.path(), "tasks/A"),
            Err(Error::Missing { path, .. }) if path == "tasks/A"
        ));
    }
}
