//! What each rpc does, over values without their types.
//!
//! Owns the provider with all that it offers. Concurrency, panics and the transport are the
//! service's business.

mod data_source;
mod function;
mod provider;
mod resource;

pub(super) use resource::fallback;

use crate::context::{Cx, not_known};
use crate::data_source::AnyDataSource;
use crate::diagnostics::Diagnostic;
use crate::function::AnyFunction;
use crate::operation::out_of_order;
use crate::provider::Provider;
use crate::resource::AnyResource;
use crate::schema::Schema;
use crate::types::Type;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;

/// The provider and all that it offers, by name.
pub(super) struct Rpc<P: Provider> {
    provider: P,
    schema: Schema,
    config_type: Type,
    resources: BTreeMap<&'static str, Box<dyn AnyResource<P::Context>>>,
    data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource<P::Context>>>,
    functions: BTreeMap<&'static str, Box<dyn AnyFunction>>,
    configured: RwLock<Configured<P::Context>>,
}

/// How far the configuration of the provider has come.
enum Configured<C> {
    NotYet,
    /// Asked for, but not known well enough.
    Unknown,
    Known(Arc<C>),
}

impl<P: Provider> Rpc<P> {
    pub(super) fn new(provider: P) -> Self {
        let schema = provider.schema();
        Self {
            config_type: schema.object_type(),
            schema,
            resources: provider
                .resources()
                .into_iter()
                .map(|r| (r.name(), r))
                .collect(),
            data_sources: provider
                .data_sources()
                .into_iter()
                .map(|d| (d.name(), d))
                .collect(),
            functions: provider
                .functions()
                .into_iter()
                .map(|f| (f.name(), f))
                .collect(),
            configured: RwLock::new(Configured::NotYet),
            provider,
        }
    }

    fn set_configured(&self, configured: Configured<P::Context>) {
        *self
            .configured
            .write()
            .unwrap_or_else(PoisonError::into_inner) = configured;
    }

    /// The context; `None` while the configuration is not known.
    fn context(&self, subject: &str) -> Result<Option<Arc<P::Context>>, Diagnostic> {
        match &*self
            .configured
            .read()
            .unwrap_or_else(PoisonError::into_inner)
        {
            Configured::Known(context) => Ok(Some(context.clone())),
            Configured::Unknown => Ok(None),
            Configured::NotYet => Err(out_of_order(
                subject,
                "The provider was not configured before, or its configuration failed.",
            )),
        }
    }

    /// The context, where nothing can be done without.
    fn known_context(&self, subject: &str) -> Result<Arc<P::Context>, Diagnostic> {
        let context = self.context(subject)?;
        context.ok_or_else(|| not_known(subject))
    }

    fn resource(&self, name: &str) -> Result<&dyn AnyResource<P::Context>, Diagnostic> {
        let found = self.resources.get(name).map(|resource| &**resource);
        found.ok_or_else(|| no_such("resource", name))
    }

    fn data_source(&self, name: &str) -> Result<&dyn AnyDataSource<P::Context>, Diagnostic> {
        let found = self.data_sources.get(name).map(|source| &**source);
        found.ok_or_else(|| no_such("data source", name))
    }
}

fn no_such(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("No such {what}"),
        format!(
            "This version of the provider has no {what} `{name}`. Use a version that has it, or \
             remove it from the configuration and the state."
        ),
    )
}

fn cx<'a, C>(provider: &'a C, stopping: &'a CancellationToken) -> Cx<'a, C> {
    Cx { provider, stopping }
}
