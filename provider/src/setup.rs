//! `fusion_setup`: which tasks run inside which function.
//!
//! Owns how a setup lives in plans and states. How a better one is found is the optimizer's.
//!
//! A refresh asks CloudWatch and Lambda and stores evidence in private data (`refresh`); a plan
//! decides from it without asking anybody ([`plan`]); an apply only checks that the sources are
//! still what was planned (`check`), and takes note that the setup was applied.

pub mod arguments;
mod check;
pub mod deployed;
mod import;
pub mod plan;
pub mod policy;
pub mod private;
mod problems;
mod refresh;
mod schema;
pub mod state;

use std::time::{SystemTime, UNIX_EPOCH};

use fusion_cloud::Clients;
use fusion_cloud::functions::{TAG_APPLICATION, owner};
use fusion_model::Application;
use fusion_optimizer::Decision;
use tfplugin::{
    CreateRequest, Cx, Diagnostic, Diagnostics, PlanRequest, Planned, Resource, Schema, Stored,
    UpdateRequest,
};

use self::private::Private;
use self::state::SetupState;
use crate::context::Context;
use crate::reading::{Read, Reader};

/// The resource `fusion_setup`.
pub struct FusionSetup;

impl Resource for FusionSetup {
    type Context = Context;
    type State = SetupState;
    type Private = Private;
    const NAME: &'static str = "fusion_setup";

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: SetupState, diagnostics: &mut Diagnostics) {
        plan::read(&config, diagnostics);
    }

    async fn read(
        &self,
        cx: Cx<'_, Context>,
        current: Stored<SetupState, Private>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Stored<SetupState, Private>>, Diagnostic> {
        let Stored { state, private } = current;
        let private =
            refresh::refresh(&cx.clients, &state, private, now_epoch_s(), diagnostics).await;
        Ok(Some(Stored { state, private }))
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, Context>>,
        request: PlanRequest<SetupState, Private>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Planned<SetupState, Private>, Diagnostic> {
        plan::plan(request, diagnostics)
    }

    async fn create(
        &self,
        cx: Cx<'_, Context>,
        request: CreateRequest<SetupState, Private>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<SetupState, Private>, Diagnostic> {
        let application = checked(&request.planned, diagnostics).await?;
        warn_of_deployed(cx.provider, &application, diagnostics).await;
        Ok(applied(request.planned, request.private, true))
    }

    async fn update(
        &self,
        _cx: Cx<'_, Context>,
        request: UpdateRequest<SetupState, Private>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<SetupState, Private>, Diagnostic> {
        checked(&request.planned, diagnostics).await?;
        let changed = request.prior.groups != request.planned.groups;
        Ok(applied(request.planned, request.private, changed))
    }

    async fn delete(
        &self,
        _cx: Cx<'_, Context>,
        _prior: Stored<SetupState, Private>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        // A setup is a decision: there is nothing to delete. The functions have their own resources.
        Ok(())
    }

    async fn import(
        &self,
        cx: Cx<'_, Context>,
        id: &str,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Stored<SetupState, Private>, Diagnostic> {
        import::import(&cx.clients, id).await
    }
}

/// What would be decided at this moment, from the present window alone; `None` where the object
/// does not say what is deployed. What could not be learnt is among the diagnostics.
pub async fn decide_now(
    clients: &Clients,
    state: &SetupState,
    now_epoch_s: u64,
    diagnostics: &mut Diagnostics,
) -> Option<Decision> {
    let private =
        refresh::refresh(clients, state, Private::default(), now_epoch_s, diagnostics).await;
    plan::weigh(state, &private)
}

/// The application, whose sources are what was planned.
async fn checked(
    planned: &SetupState,
    diagnostics: &mut Diagnostics,
) -> Result<Application, Diagnostic> {
    let mut reader = Reader::new(diagnostics);
    let sources = arguments::sources(&mut reader, planned);
    let application = arguments::application(&mut reader, planned);
    match reader.finish(application) {
        Read::Known(application) => {
            if let Some(sources) = sources {
                check::unchanged(&application, sources).await?;
            }
            Ok(application)
        }
        Read::Wrong => Err(Diagnostic::error(
            "Setup not understood",
            "Its arguments are wrong, as said above.",
        )),
        Read::Unknown(path) => {
            let detail = format!(
                "`{path}` is not known in the apply either. Please report this bug in the provider."
            );
            Err(Diagnostic::error("Setup not known yet", detail).at(path))
        }
    }
}

fn applied(
    planned: SetupState,
    private: Private,
    releases_changed: bool,
) -> Stored<SetupState, Private> {
    let setup_id = planned.setup_id.as_str().unwrap_or_default().to_owned();
    let private = private.applied(&setup_id, releases_changed, now_epoch_s());
    Stored {
        state: planned,
        private,
    }
}

/// Says so where a setup begins anew although the application is deployed. What cannot be learnt
/// is left unsaid: each function's own creation will meet it.
async fn warn_of_deployed(
    context: &Context,
    application: &Application,
    diagnostics: &mut Diagnostics,
) {
    let entrypoint = application
        .entrypoints()
        .next()
        .and_then(|name| application.tasks.get(name));
    let Some(task) = entrypoint else { return };
    let found = owner(&context.clients, &task.function_name).await;
    if found.is_ok_and(|owner| owner.tags.get(TAG_APPLICATION) == Some(&application.name)) {
        diagnostics.push(problems::starts_over(application, &task.function_name));
    }
}

fn now_epoch_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
