//! Data sources: what the provider looks up for the user.

mod erased;

pub use erased::{AnyDataSource, data_source};

use crate::context::Cx;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::Schema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// A data source.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::*;
///
/// struct Colour;
///
/// #[derive(Serialize, Deserialize)]
/// struct ColourState {
///     name: Value<String>,
///     hex: Value<String>,
/// }
///
/// impl DataSource for Colour {
///     type Context = ();
///     type State = ColourState;
///     const NAME: &'static str = "paint_colour";
///
///     fn schema(&self) -> Schema {
///         Schema::new("A colour.")
///             .attribute("name", Attribute::string("Its name.").required())
///             .attribute("hex", Attribute::string("Its code.").computed())
///     }
///
///     async fn read(
///         &self,
///         _cx: Option<Cx<'_, ()>>,
///         config: ColourState,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<ColourState, Diagnostic> {
///         Ok(ColourState { hex: Value::from("#ff0000"), ..config })
///     }
/// }
/// ```
pub trait DataSource: Send + Sync + 'static {
    /// The provider's context.
    type Context: Send + Sync + 'static;
    /// Configuration and result: a field for every attribute.
    type State: Serialize + DeserializeOwned + Send;
    /// The full name, with the provider's name in front.
    const NAME: &'static str;

    /// What the object looks like.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself; parts of it may be unknown.
    fn validate(
        &self,
        config: Self::State,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = ()> + Send {
        let _ = (config, diagnostics);
        async {}
    }

    /// Looks it up. The configuration is wholly known, with defaults in place; `cx` is `None`
    /// while that of the provider is not ([`Cx::known`] is for those that need it).
    fn read(
        &self,
        cx: Option<Cx<'_, Self::Context>>,
        config: Self::State,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Self::State, Diagnostic>> + Send;
}
