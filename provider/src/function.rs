//! `fusion_function`: the Lambda function of one task.
//!
//! Owns when a version is published, and what counts as drift. What Lambda is asked is in
//! `fusion-cloud`; moving the alias of a function that exists is the switch's.

mod code;
mod import;
mod schema;
mod state;

use fusion_cloud::functions::{
    self, TAG_APPLICATION, TAG_TASK, alias_arn, alias_version, create, find_published, invoke_arn,
    owner, set_tags, update_and_publish,
};
use fusion_cloud::{Clients, Error, Kind};
use tfplugin::{
    AttributePath, CreateRequest, Cx, Diagnostic, Diagnostics, PlanRequest, Planned, Resource,
    Schema, Stored, UpdateRequest, Value,
};

pub use self::state::{FunctionState, Wanted};
use crate::context::Context;
use crate::faults;
use crate::reading::Read;

/// The resource `fusion_function`.
pub struct FusedFunction;

impl Resource for FusedFunction {
    type Context = Context;
    type State = FunctionState;
    type Private = ();
    const NAME: &'static str = "fusion_function";

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: FunctionState, diagnostics: &mut Diagnostics) {
        state::read(&config, diagnostics);
    }

    async fn read(
        &self,
        cx: Cx<'_, Context>,
        current: Stored<FunctionState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Stored<FunctionState, ()>>, Diagnostic> {
        let Some(wanted) = stored(&current.state) else {
            return Ok(Some(current));
        };
        let code_sha256 = current.state.code_sha256.as_str();
        match find_published(&cx.clients, &wanted.spec, code_sha256).await {
            Ok(found) => {
                let version = found.into();
                Ok(Some(Stored {
                    state: FunctionState {
                        version,
                        ..current.state
                    },
                    private: (),
                }))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => {
                let detail = format!(
                    "What is known of the function stays as it is. {}",
                    faults::told(&error)
                );
                diagnostics.warning(AttributePath::root(), "Function not looked at", detail);
                Ok(Some(current))
            }
        }
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, Context>>,
        request: PlanRequest<FunctionState, ()>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Planned<FunctionState, ()>, Diagnostic> {
        Ok(plan(request.prior.as_ref(), request.proposed))
    }

    async fn create(
        &self,
        cx: Cx<'_, Context>,
        request: CreateRequest<FunctionState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<FunctionState, ()>, Diagnostic> {
        let wanted = known(&request.planned, diagnostics)?;
        let code = code::load(&cx.clients, &wanted, None).await?;
        let created = create(&cx.clients, &wanted.spec, &code)
            .await
            .map_err(|error| refused(&error))?;
        if created.adopted {
            let detail = format!(
                "`{}` existed already and bears the tags of this application and task, so it was taken over as it was \
                 and brought up to date. This is what happens after an apply that was interrupted, or where a state \
                 was lost.",
                wanted.spec.name
            );
            diagnostics.warning("name", "Function adopted", detail);
        }
        let state = FunctionState {
            version: Value::Known(created.version),
            code_sha256: code.sha256_base64().into(),
            ..addressed(request.planned, &created.arn, &wanted.spec.alias)
        };
        Ok(Stored { state, private: () })
    }

    async fn update(
        &self,
        cx: Cx<'_, Context>,
        request: UpdateRequest<FunctionState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<FunctionState, ()>, Diagnostic> {
        let wanted = known(&request.planned, diagnostics)?;
        let state = update(&cx.clients, &request.prior, request.planned, &wanted).await?;
        Ok(Stored { state, private: () })
    }

    async fn delete(
        &self,
        cx: Cx<'_, Context>,
        prior: Stored<FunctionState, ()>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        let alias = prior.state.alias.as_str().unwrap_or("live");
        let Some(name) = prior.state.name.as_str() else {
            return Ok(());
        };
        match alias_version(&cx.clients, name, alias).await {
            // It still serves: the switch deletes it after every alias has moved.
            Ok(_) => return Ok(()),
            Err(error) if error.kind == Kind::Conflict => return Ok(()),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(faults::error("Function not deleted", &error)),
        }
        let deleted = functions::delete(&cx.clients, name).await;
        deleted
            .map(drop)
            .map_err(|error| faults::error("Function not deleted", &error))
    }

    async fn import(
        &self,
        cx: Cx<'_, Context>,
        id: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<FunctionState, ()>, Diagnostic> {
        import::import(&cx.clients, id, diagnostics).await
    }
}

/// Plans a function: `version` is known exactly where no input changes or is unknown.
pub fn plan(prior: Option<&FunctionState>, proposed: FunctionState) -> Planned<FunctionState, ()> {
    let Some(prior) = prior else {
        let state = FunctionState {
            arn: Value::Unknown,
            alias_arn: Value::Unknown,
            invoke_arn: Value::Unknown,
            version: Value::Unknown,
            code_sha256: Value::Unknown,
            ..proposed
        };
        return Planned::new(state, ());
    };
    if prior.arguments() == proposed.arguments() && prior.version.is_known() {
        return Planned::new(prior.clone(), ());
    }
    let (same_alias, same_package) = (
        prior.alias == proposed.alias,
        prior.package_sha256 == proposed.package_sha256,
    );
    let kept =
        |same: bool, value: &Value<String>| if same { value.clone() } else { Value::Unknown };
    let state = FunctionState {
        arn: prior.arn.clone(),
        alias_arn: kept(same_alias, &prior.alias_arn),
        invoke_arn: kept(same_alias, &prior.invoke_arn),
        version: Value::Unknown,
        code_sha256: kept(
            same_package && prior.code_sha256.is_known(),
            &prior.code_sha256,
        ),
        ..proposed
    };
    let mut planned = Planned::new(state, ());
    if prior.name != planned.state.name {
        planned.requires_replace.push(AttributePath::of("name"));
    }
    planned
}

/// Publishes what changed; where nothing did, no call is made.
async fn update(
    clients: &Clients,
    prior: &FunctionState,
    planned: FunctionState,
    wanted: &Wanted,
) -> Result<FunctionState, Diagnostic> {
    let before = stored(prior);
    let failed = |error: Error| faults::error("Function not updated", &error);
    let arn = prior.arn.as_str().unwrap_or_default();
    retag(clients, arn, before.as_ref(), wanted)
        .await
        .map_err(failed)?;
    let state = addressed(planned, arn, &wanted.spec.alias);
    if let (Some(before), Some(version), Some(code)) =
        (&before, prior.version.known(), prior.code_sha256.known())
        && is_published_as(before, wanted)
    {
        return Ok(FunctionState {
            version: Value::Known(*version),
            code_sha256: code.clone().into(),
            ..state
        });
    }
    let code = code::load(clients, wanted, Some(prior)).await?;
    let version = update_and_publish(clients, &wanted.spec, &code)
        .await
        .map_err(failed)?;
    if prior.alias != state.alias {
        first_alias(clients, wanted, version)
            .await
            .map_err(failed)?;
    }
    let (version, code_sha256) = (Value::Known(version), code.sha256_base64().into());
    Ok(FunctionState {
        version,
        code_sha256,
        ..state
    })
}

/// An alias of a new name has to be there before anybody calls it; one that stands is the switch's.
async fn first_alias(clients: &Clients, wanted: &Wanted, version: u64) -> Result<(), Error> {
    match alias_version(clients, &wanted.spec.name, &wanted.spec.alias).await {
        Err(error) if error.is_not_found() => {
            functions::move_alias(clients, &wanted.spec.name, &wanted.spec.alias, version).await
        }
        Err(error) if error.kind == Kind::Conflict => Ok(()),
        other => other.map(drop),
    }
}

/// Whether a version of `before` also is what is wanted now; tags are no part of a version.
fn is_published_as(before: &Wanted, wanted: &Wanted) -> bool {
    let mut spec = before.spec.clone();
    spec.tags.clone_from(&wanted.spec.tags);
    spec == wanted.spec && before.package_sha256 == wanted.package_sha256
}

async fn retag(
    clients: &Clients,
    arn: &str,
    before: Option<&Wanted>,
    wanted: &Wanted,
) -> Result<(), Error> {
    let after = wanted.spec.all_tags(clients);
    let before = match before {
        Some(before) => before.spec.all_tags(clients),
        None => owner(clients, &wanted.spec.name).await?.tags,
    };
    if before == after {
        return Ok(());
    }
    set_tags(clients, arn, &before, &after).await
}

/// What the state says that the function is; `None` where it does not say enough.
fn stored(state: &FunctionState) -> Option<Wanted> {
    match state::read(state, &mut Diagnostics::new()) {
        Read::Known(wanted) => Some(wanted),
        Read::Unknown(_) | Read::Wrong => None,
    }
}

fn known(planned: &FunctionState, diagnostics: &mut Diagnostics) -> Result<Wanted, Diagnostic> {
    match state::read(planned, diagnostics) {
        Read::Known(wanted) => Ok(wanted),
        Read::Wrong => Err(Diagnostic::error(
            "Function not understood",
            "Its arguments are wrong, as said above.",
        )),
        Read::Unknown(path) => {
            let detail = format!(
                "`{path}` is not known in the apply either. Please report this bug in the provider."
            );
            Err(Diagnostic::error("Function not known yet", detail).at(path))
        }
    }
}

fn addressed(state: FunctionState, arn: &str, alias: &str) -> FunctionState {
    let aliased = alias_arn(arn, alias);
    let invoke_arn = invoke_arn(&aliased).into();
    FunctionState {
        arn: arn.into(),
        alias_arn: aliased.into(),
        invoke_arn,
        ..state
    }
}

fn refused(error: &Error) -> Diagnostic {
    if error.kind != Kind::Conflict {
        return faults::error("Function not created", error);
    }
    let detail = format!(
        "{} Only functions with the tags `{TAG_APPLICATION}` and `{TAG_TASK}` of this application and task are taken \
         over by themselves. Choose another `name`, delete the function, or import it with the id `name:alias`.",
        faults::told(error)
    );
    Diagnostic::error("Function in the way", detail).at("name")
}

#[cfg(test)]
mod tests;
