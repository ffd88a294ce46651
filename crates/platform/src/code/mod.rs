//! The code store: uploaded zips, kept and unpacked once by their content, so that a hundred
//! functions of one package cost one unpacking. Refuses what AWS Lambda refuses, and archives
//! whose entries would leave the folder ([`unpack`]).
//!
//! A package stays while a version has it, which the store is told, or while somebody holds it
//! ([`Held`]): an upload on its way to its function, an environment that runs it.

mod held;
mod unpack;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use held::Held;
use held::Holders;
use unpack::Limits;

/// The largest zip that may be uploaded.
pub const MAX_ZIPPED_BYTES: u64 = 52_428_800;
/// The largest sum of all files of a package.
pub const MAX_UNZIPPED_BYTES: u64 = 262_144_000;
/// The most files of a package.
const MAX_ENTRIES: usize = 100_000;
/// How names begin of what is not whole yet, and of what is on its way out.
const UNFINISHED: &str = ".new-";
const REMOVED: &str = ".old-";

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
    holders: Arc<Holders>,
}

impl CodeStore {
    /// Opens the store in a folder, making it where missing.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        // Half an unpacking, or half a removal, of a run that was killed.
        for entry in fs::read_dir(&root)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(UNFINISHED) || name.starts_with(REMOVED) {
                remove(&entry.path());
            }
        }
        let holders = Arc::default();
        Ok(Self { root, holders })
    }

    /// Checks, keeps and unpacks a zip.
    pub fn put(&self, zip: &[u8]) -> Result<Held, CodeError> {
        if zip.len() as u64 > MAX_ZIPPED_BYTES {
            return Err(CodeError::ZippedTooLarge);
        }
        let digest = sha256_hex(zip);
        // Before the look whether it is here, so that it is not freed in between.
        let held = self.holders.hold(&digest, self.folder(&digest), true);
        if !self.folder(&digest).is_dir() {
            let unpacked = tempfile::Builder::new()
                .prefix(UNFINISHED)
                .tempdir_in(&self.root)?;
            let limits = Limits {
                unzipped_bytes: MAX_UNZIPPED_BYTES,
                entries: MAX_ENTRIES,
            };
            unpack::unpack(zip, unpacked.path(), limits)?;
            match fs::rename(unpacked.path(), self.folder(&digest)) {
                Ok(()) => drop(unpacked.keep()),
                // Whoever comes second finds the same content in place, which is as good.
                Err(_) if self.folder(&digest).is_dir() => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !self.archive(&digest).is_file() {
            let mut file = tempfile::Builder::new()
                .prefix(UNFINISHED)
                .tempfile_in(&self.root)?;
            file.write_all(zip)?;
            file.persist(self.archive(&digest))
                .map_err(|error| error.error)?;
        }
        Ok(held)
    }

    /// Keeps a package from being freed.
    pub fn hold(&self, sha256_hex: &str) -> Held {
        self.holders
            .hold(sha256_hex, self.folder(sha256_hex), false)
    }

    /// Where a package lies unpacked.
    fn folder(&self, sha256_hex: &str) -> PathBuf {
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

    /// Versions may have gone.
    pub fn note_change(&self) {
        self.holders.note_change();
    }

    /// Waits until packages may have become free.
    pub async fn changed(&self) {
        self.holders.changed().await;
    }

    /// Takes every package out of its place that no version has and nobody holds. Call it while no
    /// function can get another version; what it returns can be removed afterwards.
    pub fn set_aside(&self, in_use: &BTreeSet<String>) -> Vec<PathBuf> {
        let mut aside = Vec::new();
        self.holders.free(|is_free| {
            for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let digest = name.strip_suffix(".zip").unwrap_or(&name);
                if name.starts_with('.') || in_use.contains(digest) || !is_free(digest) {
                    continue;
                }
                let path = self.root.join(format!("{REMOVED}{}", uuid::Uuid::new_v4()));
                match fs::rename(entry.path(), &path) {
                    Ok(()) => aside.push(path),
                    Err(error) => stays(&entry.path(), &error),
                }
            }
        });
        aside
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

/// Removes a file or a folder; what cannot be removed is said.
pub fn remove(path: &Path) {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    if let Err(error) = removed {
        stays(path, &error);
    }
}

fn stays(path: &Path, error: &io::Error) {
    tracing::warn!(path = %path.display(), %error, "an unused package stays on the disk");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// An archive of files.
    pub fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// The archive with every mention of a size in bytes replaced by another.
    pub fn lying(mut zip: Vec<u8>, size: u32, claimed: u32) -> Vec<u8> {
        let (size, claimed) = (size.to_le_bytes(), claimed.to_le_bytes());
        for at in 0..zip.len() - size.len() {
            if zip[at..].starts_with(&size) {
                zip[at..at + claimed.len()].copy_from_slice(&claimed);
            }
        }
        zip
    }

    fn store() -> (tempfile::TempDir, CodeStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = CodeStore::open(folder.path().join("code")).unwrap();
        (folder, store)
    }

    fn free(store: &CodeStore, in_use: &[&str]) {
        let in_use = in_use.iter().map(|one| (*one).to_owned()).collect();
        for path in store.set_aside(&in_use) {
            remove(&path);
        }
    }

    fn count(store: &CodeStore) -> usize {
        fs::read_dir(&store.root).unwrap().count()
    }

    #[test]
    fn the_same_zip_is_kept_once_and_unpacked() {
        let (_folder, store) = store();
        let zip = zip_of(&[("a/b.js", b"1"), ("c.js", b"2")]);
        let held = store.put(&zip).unwrap();
        let digest = held.sha256_hex().to_owned();
        assert_eq!(store.put(&zip).unwrap().sha256_hex(), digest);
        assert_eq!(fs::read(held.folder().join("a/b.js")).unwrap(), b"1");
        assert_eq!(fs::read(store.archive(&digest)).unwrap(), zip);
        assert!(store.has(&digest));
    }

    #[tokio::test]
    async fn what_nobody_uses_and_nobody_holds_is_freed() {
        let (_folder, store) = store();
        let upload = store.put(&zip_of(&[("a.js", b"1")])).unwrap();
        let digest = upload.sha256_hex().to_owned();
        let running = store.hold(&digest);
        drop(upload);
        // An upload that ended.
        store.changed().await;
        free(&store, &[&digest]);
        assert!(store.has(&digest));
        free(&store, &[]);
        assert!(store.has(&digest), "somebody runs it");
        drop(running);
        store.changed().await;
        free(&store, &[]);
        assert_eq!(count(&store), 0);
    }

    #[test]
    fn what_was_left_half_done_goes_at_the_next_start() {
        let (folder, store) = store();
        let upload = store.put(&zip_of(&[("a.js", b"1")])).unwrap();
        let digest = upload.sha256_hex().to_owned();
        drop(upload);
        assert_eq!(store.set_aside(&BTreeSet::new()).len(), 2);
        fs::create_dir(store.root.join(".new-x")).unwrap();
        assert!(!store.has(&digest));
        let again = CodeStore::open(folder.path().join("code")).unwrap();
        assert_eq!(count(&again), 0);
    }

    #[test]
    fn entries_that_climb_out_are_refused_and_leave_nothing() {
        let (folder, store) = store();
        for name in ["../out.js", "a/../../out.js", "/out.js"] {
            let refused = store.put(&zip_of(&[("in.js", b"1"), (name, b"2")]));
            assert!(matches!(refused, Err(CodeError::NotAZip)), "{name}");
        }
        assert!(!folder.path().join("out.js").exists());
        assert_eq!(count(&store), 0);
    }

    #[test]
    fn what_is_no_zip_or_too_large_a_zip_is_refused() {
        let (_folder, store) = store();
        assert!(matches!(store.put(b"hello"), Err(CodeError::NotAZip)));
        let large = vec![0; 52_428_801];
        assert!(matches!(store.put(&large), Err(CodeError::ZippedTooLarge)));
    }

    #[test]
    fn what_says_that_it_has_more_than_a_package_may_is_refused() {
        let (_folder, store) = store();
        let zip = lying(zip_of(&[("a", &[b'x'; 12_345])]), 12_345, 262_144_001);
        assert!(matches!(store.put(&zip), Err(CodeError::UnzippedTooLarge)));
        assert_eq!(count(&store), 0);
    }
}
