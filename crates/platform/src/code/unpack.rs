//! Unpacks a zip within limits. An archive whose entries would leave the folder, or that says of
//! itself that it is too large, is refused before anything is written; one that lies about it, as
//! soon as what comes out is too much.

use std::fs;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::CodeError;

/// The start of an entry in the central directory of an archive.
const ENTRY_SIGNATURE: &[u8] = b"PK\x01\x02";
/// The shortest such entry.
const MIN_ENTRY_BYTES: usize = 46;

/// What an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest sum of all files, in bytes.
    pub unzipped_bytes: u64,
    /// The most entries. AWS has no such limit; it bounds what an archive can cost here.
    pub entries: usize,
}

/// Unpacks a zip into an empty folder.
pub fn unpack(zip: &[u8], folder: &Path, limits: Limits) -> Result<(), CodeError> {
    // The list of entries is read as a whole, and a short archive can list very many.
    if lists_more_than(zip, limits.entries) {
        return Err(CodeError::UnzippedTooLarge);
    }
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| CodeError::NotAZip)?;
    let declared = archive.decompressed_size();
    if archive.len() > limits.entries
        || declared.is_some_and(|bytes| bytes > u128::from(limits.unzipped_bytes))
    {
        return Err(CodeError::UnzippedTooLarge);
    }
    let mut left = limits.unzipped_bytes;
    for index in 0..archive.len() {
        left -= unpack_entry(&mut archive, index, folder, left)?;
    }
    Ok(())
}

/// Unpacks one entry and returns how many bytes it has.
fn unpack_entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    folder: &Path,
    left: u64,
) -> Result<u64, CodeError> {
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
        return Ok(0);
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
    set_mode(&file, mode)?;
    Ok(written)
}

/// Whether more of an archive looks like the start of an entry than it may have entries.
fn lists_more_than(zip: &[u8], entries: usize) -> bool {
    let starts = |window: &&[u8]| *window == ENTRY_SIGNATURE;
    zip.len() / MIN_ENTRY_BYTES > entries
        && zip.windows(ENTRY_SIGNATURE.len()).filter(starts).count() > entries
}

/// A path that collides with another entry of the archive is the archive's fault.
fn unusable_path(error: io::Error) -> CodeError {
    if is_full(&error) || error.kind() == io::ErrorKind::PermissionDenied {
        CodeError::Io(error)
    } else {
        CodeError::NotAZip
    }
}

/// Whether the host has no room, or gives this process none.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    [FileTooLarge, QuotaExceeded, StorageFull].contains(&error.kind())
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
    use super::super::tests::{lying, zip_of};
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const LIMITS: Limits = Limits {
        unzipped_bytes: 1000,
        entries: 3,
    };

    fn unpacked(zip: &[u8]) -> (Result<(), CodeError>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let result = unpack(zip, &inside, LIMITS);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        (result, fs::read_dir(inside).unwrap().count())
    }

    #[test]
    fn just_what_is_allowed_is_unpacked() {
        let zip = zip_of(&[("a", &[b'x'; 999]), ("b/c", b"y"), ("d", b"")]);
        let (result, files) = unpacked(&zip);
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(files, 3);
    }

    #[test]
    fn what_says_that_it_is_too_large_is_refused_before_anything_is_written() {
        let (result, files) = unpacked(&zip_of(&[("a", &[b'x'; 600]), ("b", &[b'x'; 401])]));
        assert!(matches!(result, Err(CodeError::UnzippedTooLarge)));
        assert_eq!(files, 0);
    }

    #[test]
    fn what_says_that_it_is_small_does_not_get_beyond_the_limit() {
        let bomb = lying(zip_of(&[("a", &vec![b'x'; 1 << 20])]), 1 << 20, 10);
        let (result, _) = unpacked(&bomb);
        assert!(
            matches!(
                result,
                Err(CodeError::UnzippedTooLarge | CodeError::NotAZip)
            ),
            "{result:?}"
        );
    }

    #[test]
    fn too_many_entries_are_refused_before_they_are_listed() {
        let zip = zip_of(&[("a", b""), ("b", b""), ("c", b""), ("d", b"")]);
        assert!(lists_more_than(&zip, 3) && !lists_more_than(&zip, 4));
        let (result, files) = unpacked(&zip);
        assert!(matches!(result, Err(CodeError::UnzippedTooLarge)));
        assert_eq!(files, 0);
    }

    #[test]
    fn links_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer.add_symlink("etc", "/etc", options).unwrap();
        let zip = writer.finish().unwrap().into_inner();
        let (result, files) = unpacked(&zip);
        assert!(matches!(result, Err(CodeError::NotAZip)), "{result:?}");
        assert_eq!(files, 0);
    }

    #[test]
    fn entries_that_get_in_each_others_way_are_refused() {
        let (result, _) = unpacked(&zip_of(&[("a", b"file"), ("a/b", b"in it")]));
        assert!(matches!(result, Err(CodeError::NotAZip)), "{result:?}");
    }
}
