//! Putting a file in place whole, or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::Builder;

use crate::error::Error;

/// Writes `content` to `path`, creating the folder where it is missing.
///
/// Another process sees the old file, or the whole new one, also when this one is killed.
pub fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io("create the folder", folder))?;
    let mut file = Builder::new()
        .prefix(".fusionize-")
        .tempfile_in(folder)
        .map_err(Error::io("write into", folder))?;
    readable(file.as_file()).map_err(Error::io("write", path))?;
    file.write_all(content).map_err(Error::io("write", path))?;
    file.as_file()
        .sync_all()
        .map_err(Error::io("write", path))?;
    file.persist(path)
        .map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

/// Temporary files are private to their owner; what is put in place is readable to all.
#[cfg(unix)]
fn readable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/x.zip");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_a_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        let error = write(&folder.path().join("x/y.zip"), b"").unwrap_err();
        assert!(error.to_string().contains("create the folder"), "{error}");
    }
}
