//! Data sources without their types, as the server keeps them.

use super::DataSource;
use crate::context::Cx;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::dynamic::Dynamic;
use crate::operation::{self, Answer};
use crate::schema::Schema;
use crate::shape::{Absent, propose};
use crate::types::Type;
use futures::future::BoxFuture;

/// A data source of any type; made with [`data_source`].
pub trait AnyDataSource<C>: Erased<C> {}

impl<C, T: Erased<C>> AnyDataSource<C> for T {}

/// Makes a data source ready to be listed by
/// [`Provider::data_sources`](crate::Provider::data_sources).
pub fn data_source<D: DataSource>(source: D) -> Box<dyn AnyDataSource<D::Context>> {
    let schema = source.schema();
    let r#type = schema.object_type();
    Box::new(Typed {
        source,
        schema,
        r#type,
    })
}

/// What the server asks of a data source.
pub trait Erased<C>: Send + Sync {
    /// The full name.
    fn name(&self) -> &'static str;
    /// The schema.
    fn schema(&self) -> &Schema;
    /// The type of its objects.
    fn object_type(&self) -> &Type;
    /// Checks a configuration.
    fn validate(&self, config: Dynamic) -> BoxFuture<'_, Diagnostics>;
    /// Looks it up.
    fn read<'a>(&'a self, cx: Option<Cx<'a, C>>, config: Dynamic)
    -> BoxFuture<'a, Answer<Dynamic>>;
}

struct Typed<D> {
    source: D,
    schema: Schema,
    r#type: Type,
}

impl<D: DataSource> Typed<D> {
    async fn read_typed(
        &self,
        cx: Option<Cx<'_, D::Context>>,
        config: Dynamic,
        diagnostics: &mut Diagnostics,
    ) -> Result<Dynamic, Diagnostic> {
        operation::known(&config, D::NAME)?;
        let attributes = &self.schema.attributes;
        let config = propose(attributes, &config.clone(), config, None, Absent::Null);
        let typed = operation::typed(config.clone(), D::NAME)?;
        let found = self.source.read(cx, typed, diagnostics).await?;
        let mut found = operation::untyped(&found, &config, &self.schema, &self.r#type, D::NAME)?;
        operation::want_known(&mut found, D::NAME, diagnostics);
        Ok(found)
    }
}

impl<D: DataSource> Erased<D::Context> for Typed<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn object_type(&self) -> &Type {
        &self.r#type
    }

    fn validate(&self, config: Dynamic) -> BoxFuture<'_, Diagnostics> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            match operation::typed(config, D::NAME) {
                Ok(config) => self.source.validate(config, &mut diagnostics).await,
                Err(error) => diagnostics.push(error),
            }
            diagnostics
        })
    }

    fn read<'a>(
        &'a self,
        cx: Option<Cx<'a, D::Context>>,
        config: Dynamic,
    ) -> BoxFuture<'a, Answer<Dynamic>> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let found = self.read_typed(cx, config, &mut diagnostics).await;
            Answer::new(found, Dynamic::Null, diagnostics)
        })
    }
}
