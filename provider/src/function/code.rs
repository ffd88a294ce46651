//! The package that a function gets: from its file, or from the function itself.
//!
//! Owns the checks that what is uploaded is what was planned. A package file is no more than a
//! cache: in a fresh working copy it is missing, and a function that carries the package already
//! can give it back.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fusion_cloud::Clients;
use fusion_cloud::functions::{Code, download_package};
use fusion_packaging::read_manifest;
use tfplugin::Diagnostic;

use super::state::{FunctionState, Wanted};
use crate::faults;
use crate::folders;
use crate::package::bears_identity;

/// Loads the package of what is wanted. `prior` is the function as it is, if it exists.
pub async fn load(
    clients: &Clients,
    wanted: &Wanted,
    prior: Option<&FunctionState>,
) -> Result<Code, Diagnostic> {
    let path = PathBuf::from(&wanted.package_path);
    let read = folders::blocking(move || fs::read(path)).await?;
    match read {
        Ok(zip) => {
            check(wanted, &zip)?;
            Ok(Code::new(zip))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            match carried(clients, wanted, prior).await? {
                Some(code) => Ok(code),
                None => Err(missing(wanted)),
            }
        }
        Err(error) => {
            let detail = format!(
                "The package `{}` cannot be read: {error}. Look what stands there, and who may read it.",
                wanted.package_path
            );
            Err(Diagnostic::error("Package not readable", detail).at("package_path"))
        }
    }
}

/// A file under a name that is not its own, or of another function, is never uploaded.
fn check(wanted: &Wanted, zip: &[u8]) -> Result<(), Diagnostic> {
    let manifest =
        read_manifest(zip).map_err(|error| folders::problem(&error).at("package_path"))?;
    let ours = manifest.application == wanted.spec.application && manifest.root == wanted.spec.task;
    if ours && bears_identity(Path::new(&wanted.package_path), &wanted.package_sha256) {
        return Ok(());
    }
    let detail = format!(
        "`{}` is the package of task `{}` of application `{}`, or does not bear the planned identity in its name. Take \
         `package_path` and `package_sha256` from the same `fusion_package`.",
        wanted.package_path, manifest.root, manifest.application
    );
    Err(Diagnostic::error("Package of another function", detail).at("package_path"))
}

/// The package out of the function's own version, if that is the one that is wanted.
async fn carried(
    clients: &Clients,
    wanted: &Wanted,
    prior: Option<&FunctionState>,
) -> Result<Option<Code>, Diagnostic> {
    let Some(prior) =
        prior.filter(|prior| prior.package_sha256.as_str() == Some(&wanted.package_sha256))
    else {
        return Ok(None);
    };
    let qualifier = prior
        .version
        .known()
        .map_or_else(|| wanted.spec.alias.clone(), ToString::to_string);
    let zip = match download_package(clients, &wanted.spec.name, &qualifier).await {
        Ok(zip) => zip,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => {
            return Err(faults::error("Package not downloaded", &error).at("package_path"));
        }
    };
    let code = Code::new(zip);
    Ok(prior
        .code_sha256
        .as_str()
        .is_some_and(|known| known == code.sha256_base64())
        .then_some(code))
}

fn missing(wanted: &Wanted) -> Diagnostic {
    let detail = format!(
        "`{}` does not exist, and the function does not carry this package already. The file is made by `fusion_package` \
         and was removed since. Make it again by applying with `-replace` of the `fusion_package` of task `{}`.",
        wanted.package_path, wanted.spec.task
    );
    Diagnostic::error("Package not found", detail).at("package_path")
}
