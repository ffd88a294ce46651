//! The provider: what there is, and its configuration.

use super::{Configured, Rpc};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::operation;
use crate::proto::tfplugin6 as wire;
use crate::provider::{Host, Provider};
use crate::server::convert;
use crate::shape::{Absent, propose};
use tokio_util::sync::CancellationToken;

/// How messages call the provider itself.
const SUBJECT: &str = "provider";

/// What this crate supports beyond the baseline. Plans of deletions would tell a resource nothing
/// new, and cost a call each.
fn capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        get_provider_schema_optional: true,
        ..Default::default()
    }
}

impl<P: Provider> Rpc<P> {
    pub(in crate::server) fn get_metadata(&self) -> wire::get_metadata::Response {
        use wire::get_metadata::{
            DataSourceMetadata, FunctionMetadata, ResourceMetadata, Response,
        };
        let name = |name: &&str| (*name).to_owned();
        Response {
            server_capabilities: Some(capabilities()),
            resources: self
                .resources
                .keys()
                .map(|n| ResourceMetadata { type_name: name(n) })
                .collect(),
            data_sources: self
                .data_sources
                .keys()
                .map(|n| DataSourceMetadata { type_name: name(n) })
                .collect(),
            functions: self
                .functions
                .keys()
                .map(|n| FunctionMetadata { name: name(n) })
                .collect(),
            ..Default::default()
        }
    }

    pub(in crate::server) fn get_provider_schema(&self) -> wire::get_provider_schema::Response {
        wire::get_provider_schema::Response {
            provider: Some(convert::provider_schema(&self.schema)),
            resource_schemas: self
                .resources
                .iter()
                .map(|(name, resource)| ((*name).to_owned(), convert::schema(resource.schema())))
                .collect(),
            data_source_schemas: self
                .data_sources
                .iter()
                .map(|(name, source)| ((*name).to_owned(), convert::schema(source.schema())))
                .collect(),
            functions: self.get_functions().functions,
            server_capabilities: Some(capabilities()),
            ..Default::default()
        }
    }

    /// The configuration with defaults in place.
    fn config(&self, value: Option<&wire::DynamicValue>) -> Result<P::Config, Diagnostic> {
        let config = convert::read(value, &self.config_type, SUBJECT)?;
        let attributes = &self.schema.attributes;
        let config = propose(attributes, &config.clone(), config, None, Absent::Null);
        operation::typed(config, SUBJECT)
    }

    pub(in crate::server) async fn validate_provider_config(
        &self,
        request: wire::validate_provider_config::Request,
    ) -> Result<wire::validate_provider_config::Response, Diagnostic> {
        let config = self.config(request.config.as_ref())?;
        let mut diagnostics = Diagnostics::new();
        self.provider.validate(config, &mut diagnostics).await;
        Ok(wire::validate_provider_config::Response {
            diagnostics: convert::diagnostics(diagnostics),
        })
    }

    pub(in crate::server) async fn configure_provider(
        &self,
        request: wire::configure_provider::Request,
        stopping: CancellationToken,
    ) -> Result<wire::configure_provider::Response, Diagnostic> {
        // What a configuration before this one left must not outlive it where it fails.
        self.set_configured(Configured::NotYet);
        let config = self.config(request.config.as_ref())?;
        let host = Host {
            version: request.terraform_version,
            stopping,
        };
        let mut diagnostics = Diagnostics::new();
        let context = self
            .provider
            .configure(config, host, &mut diagnostics)
            .await?;
        if !diagnostics.has_errors() {
            self.set_configured(match context {
                Some(context) => Configured::Known(context.into()),
                None => Configured::Unknown,
            });
        }
        Ok(wire::configure_provider::Response {
            diagnostics: convert::diagnostics(diagnostics),
        })
    }
}
