//! The provider itself: its configuration and what it offers.

use crate::data_source::AnyDataSource;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::function::AnyFunction;
use crate::resource::AnyResource;
use crate::schema::Schema;
use serde::de::DeserializeOwned;
use std::future::Future;
use tokio_util::sync::CancellationToken;

/// What the host says about itself when it configures the provider.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its version, e.g. `1.11.6`. Terraform and OpenTofu count apart.
    pub version: String,
    /// Cancelled when the user wants the run to stop.
    pub stopping: CancellationToken,
}

/// A provider.
///
/// ```
/// use tfplugin::{Attribute, Diagnostic, Diagnostics, Host, Provider, Schema, Value};
///
/// struct Paint;
///
/// #[derive(serde::Deserialize)]
/// struct PaintConfig {
///     endpoint: Value<String>,
/// }
///
/// struct Client {
///     endpoint: String,
/// }
///
/// impl Provider for Paint {
///     type Config = PaintConfig;
///     type Context = Client;
///
///     fn schema(&self) -> Schema {
///         Schema::new("Colours.").attribute("endpoint", Attribute::string("Where to ask.").required())
///     }
///
///     async fn configure(
///         &self,
///         config: PaintConfig,
///         _host: Host,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<Option<Client>, Diagnostic> {
///         Ok(config.endpoint.into_known().map(|endpoint| Client { endpoint }))
///     }
/// }
/// ```
pub trait Provider: Send + Sync + 'static {
    /// The configuration. Its attributes may be unknown during a plan: use [`Value`](crate::Value).
    type Config: DeserializeOwned + Send;
    /// What resources and data sources work with: clients, settings.
    type Context: Send + Sync + 'static;

    /// The schema of the configuration.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself, without asking any service.
    fn validate(
        &self,
        config: Self::Config,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = ()> + Send {
        let _ = (config, diagnostics);
        async {}
    }

    /// Makes the context from the configuration.
    ///
    /// Returns `None` where the configuration is not known well enough yet. Plans then run
    /// without a context, refreshes keep what is stored, and everything else is an error.
    fn configure(
        &self,
        config: Self::Config,
        host: Host,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Option<Self::Context>, Diagnostic>> + Send;

    /// The resources, each made with [`resource`](crate::resource).
    fn resources(&self) -> Vec<Box<dyn AnyResource<Self::Context>>> {
        Vec::new()
    }

    /// The data sources, each made with [`data_source`](crate::data_source).
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Self::Context>>> {
        Vec::new()
    }

    /// The functions, each made with [`function`](crate::function).
    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        Vec::new()
    }
}
