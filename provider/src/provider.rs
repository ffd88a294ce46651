//! The provider `fusion`: what it offers, and how it is configured.

use tfplugin::{
    AnyDataSource, AnyFunction, AnyResource, Diagnostic, Diagnostics, Host, Provider, Schema,
    data_source, function, resource,
};

use crate::configuration::{self, Configuration};
use crate::context::Context;
use crate::faults;
use crate::function::FusedFunction;
use crate::notation::{Notation, ParseNotation};
use crate::package::Package;
use crate::reading::Read;
use crate::setup::FusionSetup;
use crate::sources::Sources;
use crate::status::Status;
use crate::switch::Switch;

/// The provider.
pub struct Fusion;

impl Provider for Fusion {
    type Config = Configuration;
    type Context = Context;

    fn schema(&self) -> Schema {
        configuration::schema()
    }

    async fn validate(&self, config: Configuration, diagnostics: &mut Diagnostics) {
        configuration::read(&config, diagnostics);
    }

    async fn configure(
        &self,
        config: Configuration,
        _host: Host,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Context>, Diagnostic> {
        let Read::Known(config) = configuration::read(&config, diagnostics) else {
            return Ok(None);
        };
        let clients = fusion_cloud::connect(&config).await;
        let clients = clients.map_err(|error| faults::error("Provider cannot connect", &error))?;
        Ok(Some(Context { clients }))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Context>>> {
        vec![
            resource(FusionSetup),
            resource(Package),
            resource(FusedFunction),
            resource(Switch),
        ]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Context>>> {
        vec![data_source(Sources), data_source(Status)]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![function(Notation), function(ParseNotation)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tfplugin::{Attribute, AttributeKind};

    use super::*;

    fn check(object: &str, attributes: &BTreeMap<String, Attribute>) {
        for (name, attribute) in attributes {
            assert!(!attribute.sensitive, "{object}.{name}");
            if let AttributeKind::Nested(nested) = &attribute.kind {
                check(&format!("{object}.{name}"), &nested.attributes);
            }
        }
    }

    #[test]
    fn trap_13_nothing_of_a_resource_is_sensitive() {
        for resource in Fusion.resources() {
            check(resource.name(), &resource.schema().attributes);
        }
        for source in Fusion.data_sources() {
            check(source.name(), &source.schema().attributes);
        }
    }
}
