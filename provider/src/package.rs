//! `fusion_package`: the zip of one function.
//!
//! Owns when a package is made and when it counts as missing. The identity is in `arguments`,
//! making the zip in `fusion-packaging`.

mod arguments;
mod schema;
mod state;

use std::fs;
use std::path::{Path, PathBuf};

use fusion_cloud::functions::{Code, served};
use fusion_packaging::{build, write};
use tfplugin::{
    AttributePath, CreateRequest, Cx, Diagnostic, Diagnostics, PlanRequest, Planned, Resource,
    Schema, Stored, UpdateRequest, Value,
};

pub use self::arguments::{Arguments, bears_identity};
pub use self::state::PackageState;
use crate::context::Context;
use crate::faults;
use crate::folders;
use crate::reading::Read;

/// The resource `fusion_package`.
pub struct Package;

impl Resource for Package {
    type Context = Context;
    type State = PackageState;
    type Private = ();
    const NAME: &'static str = "fusion_package";

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: PackageState, diagnostics: &mut Diagnostics) {
        arguments::read(&config, diagnostics);
    }

    async fn read(
        &self,
        cx: Cx<'_, Context>,
        current: Stored<PackageState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Stored<PackageState, ()>>, Diagnostic> {
        let there = current
            .state
            .path
            .as_str()
            .is_some_and(|path| Path::new(path).is_file());
        if there || is_deployed(cx.provider, &current.state, diagnostics).await {
            return Ok(Some(current));
        }
        Ok(None)
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, Context>>,
        request: PlanRequest<PackageState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Planned<PackageState, ()>, Diagnostic> {
        Ok(Planned::new(
            plan(request.prior.as_ref(), request.proposed, diagnostics),
            (),
        ))
    }

    async fn create(
        &self,
        _cx: Cx<'_, Context>,
        request: CreateRequest<PackageState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<PackageState, ()>, Diagnostic> {
        make(request.planned, diagnostics).await
    }

    async fn update(
        &self,
        _cx: Cx<'_, Context>,
        request: UpdateRequest<PackageState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<PackageState, ()>, Diagnostic> {
        let made = make(request.planned, diagnostics).await?;
        if let Some(old) = request
            .prior
            .path
            .as_str()
            .filter(|old| made.state.path.as_str() != Some(old))
        {
            remove(Path::new(old), diagnostics);
        }
        Ok(made)
    }

    async fn delete(
        &self,
        _cx: Cx<'_, Context>,
        prior: Stored<PackageState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        if let Some(path) = prior.state.path.as_str() {
            remove(Path::new(path), diagnostics);
        }
        Ok(())
    }
}

/// Plans the identity and the file, from the arguments alone.
pub fn plan(
    prior: Option<&PackageState>,
    proposed: PackageState,
    diagnostics: &mut Diagnostics,
) -> PackageState {
    let Read::Known(arguments) = arguments::read(&proposed, diagnostics) else {
        let (sha256, path, code_sha256) = (Value::Unknown, Value::Unknown, Value::Unknown);
        return PackageState {
            sha256,
            path,
            code_sha256,
            ..proposed
        };
    };
    let (sha256, path) = (
        Value::Known(arguments.sha256()),
        Value::Known(arguments.path()),
    );
    let same = prior.filter(|prior| prior.sha256 == sha256);
    let code_sha256 = same.map_or(Value::Unknown, |prior| prior.code_sha256.clone());
    PackageState {
        sha256,
        path,
        code_sha256,
        ..proposed
    }
}

/// Makes the file that was planned; sources that are not what they were then are an error.
async fn make(
    planned: PackageState,
    diagnostics: &mut Diagnostics,
) -> Result<Stored<PackageState, ()>, Diagnostic> {
    let Read::Known(arguments) = arguments::read(&planned, diagnostics) else {
        diagnostics.stop_on_errors()?;
        return Err(Diagnostic::error(
            "Package not known yet",
            "An argument of this package is not known in the apply either. This is a bug in the host or the provider. \
             Please report it.",
        ));
    };
    let (sha256, path) = (arguments.sha256(), arguments.path());
    let file = PathBuf::from(&path);
    let code_sha256 = folders::blocking(move || {
        let built = build(&arguments.request).map_err(|error| folders::problem(&error))?;
        write(&file, &built.zip).map_err(|error| folders::problem(&error).at("directory"))?;
        Ok::<_, Diagnostic>(Code::new(built.zip).sha256_base64().to_owned())
    })
    .await??;
    let state = PackageState {
        sha256: Value::Known(sha256),
        path: Value::Known(path),
        code_sha256: Value::Known(code_sha256),
        ..planned
    };
    Ok(Stored { state, private: () })
}

/// Whether the function serves this package, so that its file is needed no more.
///
/// What cannot be learnt counts as yes: a plan must not change because AWS cannot be reached.
async fn is_deployed(
    context: &Context,
    state: &PackageState,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Read::Known(arguments) = arguments::read(state, &mut Diagnostics::new()) else {
        return false;
    };
    let (name, alias) = (
        arguments.function_name(),
        &arguments.request.fusion_json.alias,
    );
    match served(&context.clients, &name, alias).await {
        Ok(served) => state
            .code_sha256
            .as_str()
            .is_none_or(|code| code == served.code_sha256_base64),
        Err(error) if error.is_not_found() => false,
        Err(error) => {
            let detail = format!(
                "The package's file is missing, and whether the function still needs it could not be learnt, so \
                 that nothing is changed. {}",
                faults::told(&error)
            );
            diagnostics.warning(AttributePath::root(), "Function not looked at", detail);
            true
        }
    }
}

/// Removes a file that is not needed any more. One that is gone is fine, and one that stays does
/// no harm.
fn remove(path: &Path, diagnostics: &mut Diagnostics) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let detail = format!(
                "`{}` is not needed any more, but cannot be removed: {error}. Remove it by hand; it does no harm.",
                path.display()
            );
            diagnostics.warning("path", "Old package not removed", detail);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
