//! Looking into a package that comes from elsewhere, e.g. from a deployed function.

use std::io::{Cursor, Read};

use fusion_model::package::{FUSION_JSON_PATH, FusionJson};
use zip::ZipArchive;

use crate::error::Error;

/// The most that a `fusion.json` is read of, in bytes; what is larger is not ours.
const MAX_MANIFEST_BYTES: u64 = 4 << 20;

/// Reads `fusion.json` out of a zip. Nothing else of the zip is unpacked.
pub fn read_manifest(zip: &[u8]) -> Result<FusionJson, Error> {
    let refuse = |why: String| Error::NotAPackage { why };
    let mut archive = ZipArchive::new(Cursor::new(zip))
        .map_err(|error| refuse(format!("it is no zip file ({error})")))?;
    let entry = archive
        .by_name(FUSION_JSON_PATH)
        .map_err(|error| refuse(format!("`{FUSION_JSON_PATH}` cannot be read ({error})")))?;
    let mut text = String::new();
    entry
        .take(MAX_MANIFEST_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| refuse(format!("`{FUSION_JSON_PATH}` cannot be read ({error})")))?;
    FusionJson::from_text(&text).map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::archive::{File, pack};

    fn zip(path: &str, content: &str) -> Vec<u8> {
        let content = content.as_bytes().to_vec();
        pack(vec![File {
            path: path.to_owned(),
            executable: false,
            content,
        }])
        .unwrap()
    }

    #[test]
    fn what_is_no_package_is_told_why() {
        for (bytes, part) in [
            (b"not a zip".to_vec(), "no zip file"),
            (zip("index.js", ""), "`fusion.json` cannot be read"),
            (zip("fusion.json", "{"), "contract"),
        ] {
            let error = read_manifest(&bytes).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(read_manifest(&bytes).is_err());
        }
    }
}
