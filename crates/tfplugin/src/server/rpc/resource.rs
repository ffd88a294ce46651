//! Managed resources.

use super::{Rpc, cx};
use crate::diagnostics::Diagnostic;
use crate::dynamic::Dynamic;
use crate::operation::Object;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::resource::{PlanRequest, UpdateRequest};
use crate::server::convert::{self, written};
use crate::shape::fill_blocks;
use crate::wire::json;
use tokio_util::sync::CancellationToken;

impl<P: Provider> Rpc<P> {
    pub(in crate::server) async fn validate_resource_config(
        &self,
        request: wire::validate_resource_config::Request,
    ) -> Result<wire::validate_resource_config::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let r#type = resource.object_type();
        let config = convert::read(request.config.as_ref(), r#type, resource.name())?;
        Ok(wire::validate_resource_config::Response {
            diagnostics: convert::diagnostics(resource.validate(config).await),
        })
    }

    /// Hosts ask this for every stored object in every run, whatever its version.
    pub(in crate::server) fn upgrade_resource_state(
        &self,
        request: wire::upgrade_resource_state::Request,
    ) -> Result<wire::upgrade_resource_state::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let (name, schema, r#type) = (resource.name(), resource.schema(), resource.object_type());
        let raw = request.raw_state.unwrap_or_default();
        if raw.json.is_empty() && !raw.flatmap.is_empty() {
            return Err(Diagnostic::error(
                "Stored object is too old",
                format!(
                    "An object of `{name}` is stored in a form that hosts gave up with version \
                     0.12. Apply once with a host and a provider of that time."
                ),
            ));
        }
        let unreadable = |error| convert::unreadable(&error, name);
        let mut stored = match raw.json.as_slice() {
            [] => serde_json::Value::Null,
            text => json::parse(text).map_err(unreadable)?,
        };
        if request.version > schema.version {
            return Err(Diagnostic::error(
                "Stored object is too new",
                format!(
                    "An object of `{name}` was stored under schema version {}, and this version \
                     of the provider knows {} at most. Use the newer version of the provider.",
                    request.version, schema.version
                ),
            ));
        }
        if request.version < schema.version {
            stored = resource.upgrade(request.version, stored)?;
        }
        let state = json::decode(&stored, r#type).map_err(unreadable)?;
        Ok(wire::upgrade_resource_state::Response {
            upgraded_state: written(&fill_blocks(state, schema), r#type, name)?,
            diagnostics: Vec::new(),
        })
    }

    pub(in crate::server) async fn read_resource(
        &self,
        request: wire::read_resource::Request,
        stopping: CancellationToken,
    ) -> Result<wire::read_resource::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let (name, r#type) = (resource.name(), resource.object_type());
        let Some(context) = self.context(name)? else {
            let warning = Diagnostic::warning(
                "Resource was not refreshed",
                format!(
                    "The configuration of the provider is known only after an apply, so `{name}` \
                     is taken to be as it was stored."
                ),
            );
            return Ok(wire::read_resource::Response {
                new_state: request.current_state,
                private: request.private,
                diagnostics: vec![convert::diagnostic(warning)],
                ..Default::default()
            });
        };
        let current = Object {
            state: convert::read(request.current_state.as_ref(), r#type, name)?,
            private: request.private,
        };
        let answer = resource.read(cx(&*context, &stopping), current).await;
        Ok(wire::read_resource::Response {
            new_state: written(&answer.value.state, r#type, name)?,
            private: answer.value.private,
            diagnostics: convert::diagnostics(answer.diagnostics),
            ..Default::default()
        })
    }

    pub(in crate::server) async fn plan_resource_change(
        &self,
        request: wire::plan_resource_change::Request,
        stopping: CancellationToken,
    ) -> Result<wire::plan_resource_change::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let (name, r#type) = (resource.name(), resource.object_type());
        let value = |value: &Option<_>| convert::read(value.as_ref(), r#type, name);
        let planned = PlanRequest {
            prior: Some(value(&request.prior_state)?).filter(|prior| !prior.is_null()),
            proposed: value(&request.proposed_new_state)?,
            config: value(&request.config)?,
            private: request.prior_private,
        };
        let context = self.context(name)?;
        let context = context.as_deref().map(|context| cx(context, &stopping));
        let answer = resource.plan(context, planned).await;
        let (object, requires_replace) = answer.value;
        Ok(wire::plan_resource_change::Response {
            planned_state: written(&object.state, r#type, name)?,
            requires_replace: requires_replace.iter().map(convert::path).collect(),
            planned_private: object.private,
            diagnostics: convert::diagnostics(answer.diagnostics),
            ..Default::default()
        })
    }

    pub(in crate::server) async fn apply_resource_change(
        &self,
        request: wire::apply_resource_change::Request,
        stopping: CancellationToken,
    ) -> Result<wire::apply_resource_change::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let (name, r#type) = (resource.name(), resource.object_type());
        let value = |value: &Option<_>| convert::read(value.as_ref(), r#type, name);
        let change = UpdateRequest {
            prior: value(&request.prior_state)?,
            planned: value(&request.planned_state)?,
            config: value(&request.config)?,
            private: request.planned_private,
        };
        let context = self.known_context(name)?;
        let answer = resource.apply(cx(&*context, &stopping), change).await;
        Ok(wire::apply_resource_change::Response {
            new_state: written(&answer.value.state, r#type, name)?,
            private: answer.value.private,
            diagnostics: convert::diagnostics(answer.diagnostics),
            ..Default::default()
        })
    }

    pub(in crate::server) async fn import_resource_state(
        &self,
        request: wire::import_resource_state::Request,
        stopping: CancellationToken,
    ) -> Result<wire::import_resource_state::Response, Diagnostic> {
        let resource = self.resource(&request.type_name)?;
        let (name, r#type) = (resource.name(), resource.object_type());
        let context = self.known_context(name)?;
        let answer = resource.import(cx(&*context, &stopping), request.id).await;
        let Object { state, private } = answer.value;
        let imported_resources = match state {
            Dynamic::Null => Vec::new(),
            state => vec![wire::import_resource_state::ImportedResource {
                type_name: name.to_owned(),
                state: written(&state, r#type, name)?,
                private,
                identity: None,
            }],
        };
        Ok(wire::import_resource_state::Response {
            imported_resources,
            diagnostics: convert::diagnostics(answer.diagnostics),
            ..Default::default()
        })
    }
}

/// What the host shall keep after a panic, or after a request that could not even be read.
pub(in crate::server) mod fallback {
    use super::wire;

    /// A refresh that failed keeps what is stored.
    pub(in crate::server) fn read(
        request: &wire::read_resource::Request,
    ) -> wire::read_resource::Response {
        wire::read_resource::Response {
            new_state: request.current_state.clone(),
            private: request.private.clone(),
            ..Default::default()
        }
    }

    /// An apply that failed keeps what was there: nothing, where it was to be created.
    pub(in crate::server) fn apply(
        request: &wire::apply_resource_change::Request,
    ) -> wire::apply_resource_change::Response {
        wire::apply_resource_change::Response {
            new_state: request.prior_state.clone(),
            private: request.planned_private.clone(),
            ..Default::default()
        }
    }
}
