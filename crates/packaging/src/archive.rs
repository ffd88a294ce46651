//! The zip itself: same entries, same bytes.

use std::io::{self, Cursor, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) content: Vec<u8>,
}

/// Packs files in the order of their paths, whatever order they come in.
pub(crate) fn pack(mut files: Vec<File>) -> io::Result<Vec<u8>> {
    files.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut zip, &files)?;
    Ok(zip.finish().map_err(io::Error::from)?.into_inner())
}

fn add(zip: &mut ZipWriter<Cursor<Vec<u8>>>, files: &[File]) -> ZipResult<()> {
    let common = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for file in files {
        let mode = if file.executable { 0o755 } else { 0o644 };
        zip.start_file(file.path.as_str(), common.unix_permissions(mode))?;
        zip.write_all(&file.content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;
    use zip::ZipArchive;

    use super::*;

    fn files() -> impl Strategy<Value = Vec<File>> {
        let file = (
            any::<bool>(),
            proptest::collection::vec(any::<u8>(), 0..200),
        );
        proptest::collection::btree_map("[a-z]{1,8}(/[a-z]{1,8}){0,2}", file, 0..12).prop_map(
            |map| {
                map.into_iter()
                    .map(|(path, (executable, content))| File {
                        path,
                        executable,
                        content,
                    })
                    .collect()
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_of_the_input_does_not_matter(files in files()) {
            let mut reversed = files.clone();
            reversed.reverse();
            prop_assert_eq!(pack(files).unwrap(), pack(reversed).unwrap());
        }

        #[test]
        fn what_goes_in_comes_out(files in files()) {
            let bytes = pack(files.clone()).unwrap();
            let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
            prop_assert_eq!(zip.len(), files.len());
            for file in &files {
                let mut entry = zip.by_name(&file.path).unwrap();
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                prop_assert_eq!(&content, &file.content);
                let mode = entry.unix_mode().unwrap() & 0o777;
                prop_assert_eq!(mode, if file.executable { 0o755 } else { 0o644 });
            }
        }
    }

    #[test]
    fn no_entry_bears_a_time_of_this_machine() {
        let file = File {
            path: "a".into(),
            executable: false,
            content: vec![],
        };
        let bytes = pack(vec![file]).unwrap();
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let entry = zip.by_index(0).unwrap();
        assert_eq!(entry.last_modified().unwrap().year(), 1980);
    }
}
