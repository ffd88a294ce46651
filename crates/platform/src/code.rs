//! The code store: uploaded zips, kept and unpacked once by their content, so that a hundred
//! functions of one package cost one unpacking. Refuses what AWS Lambda refuses, and archives
//! whose entries would leave the folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

/// The largest zip that may be uploaded.
pub const MAX_ZIPPED_BYTES: u64 = 52_428_800;
/// The largest sum of all files of a package.
pub const MAX_UNZIPPED_BYTES: u64 = 262_144_000;
/// The most files of a package. AWS has no such limit; it bounds what an archive can cost here.
const MAX_ENTRIES: usize = 100_000;

/// Why a zip was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The zip is above its limit.
    #[error("Zipped size must be smaller than {MAX_ZIPPED_BYTES} bytes")]
    ZippedTooLarge,
    /// Its content is above its limit.
    #[error("Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes")]
    UnzippedTooLarge,
    /// It is no zip, or one with an entry that cannot be.
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again.")]
    NotAZip,
    /// The disk refused.
    #[error("the package could not be stored: {0}")]
    Io(#[from] io::Error),
}

/// Zips and their unpacked content below one folder.
#[derive(Debug)]
pub struct CodeStore {
    root: PathBuf,
}

impl CodeStore {
    /// Opens the store in a folder, making it where missing.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        // Half an unpacking of a run that was killed.
        for entry in fs::read_dir(&root)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(".new-") {
                remove(&entry.path());
            }
        }
        Ok(Self { root })
    }

    /// Checks, keeps and unpacks a zip; returns the SHA-256 of its bytes in hexadecimal digits.
    pub fn put(&self, zip: &[u8]) -> Result<String, CodeError> {
        if zip.len() as u64 > MAX_ZIPPED_BYTES {
            return Err(CodeError::ZippedTooLarge);
        }
        let digest = sha256_hex(zip);
        if !self.folder(&digest).is_dir() {
            let unpacked = tempfile::Builder::new()
                .prefix(".new-")
                .tempdir_in(&self.root)?;
            unpack(zip, unpacked.path())?;
            match fs::rename(unpacked.path(), self.folder(&digest)) {
                Ok(()) => drop(unpacked.keep()),
                // Whoever comes second finds the same content in place, which is as good.
                Err(_) if self.folder(&digest).is_dir() => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !self.archive(&digest).is_file() {
            let mut file = tempfile::Builder::new()
                .prefix(".new-")
                .tempfile_in(&self.root)?;
            file.write_all(zip)?;
            file.persist(self.archive(&digest))
                .map_err(|error| error.error)?;
        }
        Ok(digest)
    }

    /// Where a package lies unpacked: `LAMBDA_TASK_ROOT`.
    pub fn folder(&self, sha256_hex: &str) -> PathBuf {
        self.root.join(sha256_hex)
    }

    /// The zip as it was uploaded.
    pub fn archive(&self, sha256_hex: &str) -> PathBuf {
        self.root.join(format!("{sha256_hex}.zip"))
    }

    /// Whether a package is here whole, as it must be for every function that a restart finds.
    pub fn has(&self, sha256_hex: &str) -> bool {
        self.folder(sha256_hex).is_dir() && self.archive(sha256_hex).is_file()
    }

    /// Removes every package that is not among those in use.
    pub fn retain(&self, in_use: &BTreeSet<String>) {
        let Ok(entries) = fs::read_dir(&self.root) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let digest = name.strip_suffix(".zip").unwrap_or(&name);
            if !name.starts_with('.') && !in_use.contains(digest) {
                remove(&entry.path());
            }
        }
    }
}

/// SHA-256 in hexadecimal digits.
pub fn sha256_hex(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn remove(path: &Path) {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    if let Err(error) = removed {
        tracing::warn!(path = %path.display(), %error, "an unused package stays on the disk");
    }
}

fn unpack(zip: &[u8], folder: &Path) -> Result<(), CodeError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| CodeError::NotAZip)?;
    if archive.len() > MAX_ENTRIES {
        return Err(CodeError::UnzippedTooLarge);
    }
    let mut left = MAX_UNZIPPED_BYTES;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|_| CodeError::NotAZip)?;
        let name = entry.name().map_err(|_| CodeError::NotAZip)?;
        if name.starts_with(['/', '\\']) {
            return Err(CodeError::NotAZip);
        }
        // None for a path that climbs out.
        let path = entry.enclosed_name().ok_or(CodeError::NotAZip)?;
        let target = folder.join(path);
        // A link could lead a later entry, or the function's own reading, out of the folder.
        if entry.is_symlink() {
            return Err(CodeError::NotAZip);
        }
        if entry.is_dir() {
            fs::create_dir_all(&target).map_err(unusable_path)?;
            continue;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(unusable_path)?;
        }
        let mode = entry.unix_mode();
        let mut file = fs::File::create(&target).map_err(unusable_path)?;
        // The sizes an archive declares may lie: what counts is what comes out.
        let written = io::copy(&mut entry.by_ref().take(left + 1), &mut file).map_err(|error| {
            if is_full(&error) {
                error.into()
            } else {
                CodeError::NotAZip
            }
        })?;
        if written > left {
            return Err(CodeError::UnzippedTooLarge);
        }
        left -= written;
        set_mode(&file, mode)?;
    }
    Ok(())
}

/// A path that collides with another entry of the archive is the archive's fault.
fn unusable_path(error: io::Error) -> CodeError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::PermissionDenied => CodeError::Io(error),
        _ => CodeError::NotAZip,
    }
}

fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::StorageFull
}

/// Keeps what may be executed; everything is readable, and written by the owner alone.
fn set_mode(file: &fs::File, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = mode.is_some_and(|mode| mode & 0o111 != 0);
    file.set_permissions(fs::Permissions::from_mode(if executable {
        0o755
    } else {
        0o644
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn store() -> (tempfile::TempDir, CodeStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = CodeStore::open(folder.path().join("code")).unwrap();
        (folder, store)
    }

    #[test]
    fn the_same_zip_is_kept_once_and_unpacked() {
        let (_folder, store) = store();
        let zip = zip_of(&[("a/b.js", b"1"), ("c.js", b"2")]);
        let digest = store.put(&zip).unwrap();
        assert_eq!(store.put(&zip).unwrap(), digest);
        assert_eq!(
            fs::read(store.folder(&digest).join("a/b.js")).unwrap(),
            b"1"
        );
        assert_eq!(fs::read(store.archive(&digest)).unwrap(), zip);
        assert!(store.has(&digest));
        store.retain(&BTreeSet::new());
        assert!(!store.has(&digest));
    }

    #[test]
    fn entries_that_climb_out_are_refused_and_leave_nothing() {
        let (folder, store) = store();
        for name in ["../out.js", "a/../../out.js", "/out.js"] {
            let refused = store.put(&zip_of(&[("in.js", b"1"), (name, b"2")]));
            assert!(matches!(refused, Err(CodeError::NotAZip)), "{name}");
        }
        assert!(!folder.path().join("out.js").exists());
        assert_eq!(fs::read_dir(folder.path().join("code")).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        let (_folder, store) = store();
        assert!(matches!(store.put(b"hello"), Err(CodeError::NotAZip)));
    }

    #[test]
    fn a_bomb_is_stopped_while_it_unpacks() {
        let (_folder, store) = store();
        let zeros = vec![0; 64 << 20];
        let names = ["a", "b", "c", "d"].map(|name| (name, zeros.as_slice()));
        assert!(matches!(
            store.put(&zip_of(&names)),
            Err(CodeError::UnzippedTooLarge)
        ));
    }
}
