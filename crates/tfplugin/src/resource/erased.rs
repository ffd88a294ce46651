//! Resources without their types, as the server keeps them.
//!
//! Owns the way from wire values to typed state and back, around every operation.

use super::{CreateRequest, PlanRequest, Resource, Stored, UpdateRequest};
use crate::context::Cx;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::dynamic::Dynamic;
use crate::operation::{self, Answer, Object};
use crate::path::AttributePath;
use crate::schema::Schema;
use crate::shape::{Absent, propose};
use crate::types::Type;
use futures::future::BoxFuture;
use serde_json::Value as Json;

/// A resource of any type; made with [`resource`].
pub trait AnyResource<C>: Erased<C> {}

impl<C, T: Erased<C>> AnyResource<C> for T {}

/// Makes a resource ready to be listed by [`Provider::resources`](crate::Provider::resources).
pub fn resource<R: Resource>(resource: R) -> Box<dyn AnyResource<R::Context>> {
    let schema = resource.schema();
    let r#type = schema.object_type();
    Box::new(Typed {
        resource,
        schema,
        r#type,
    })
}

/// What the server asks of a resource. Objects are null where there is none.
pub trait Erased<C>: Send + Sync {
    /// The full name.
    fn name(&self) -> &'static str;
    /// The schema.
    fn schema(&self) -> &Schema;
    /// The type of its objects.
    fn object_type(&self) -> &Type;
    /// Checks a configuration.
    fn validate(&self, config: Dynamic) -> BoxFuture<'_, Diagnostics>;
    /// Refreshes an object.
    fn read<'a>(&'a self, cx: Cx<'a, C>, current: Object) -> BoxFuture<'a, Answer<Object>>;
    /// Plans a change.
    fn plan<'a>(
        &'a self,
        cx: Option<Cx<'a, C>>,
        request: PlanRequest<Dynamic, Vec<u8>>,
    ) -> BoxFuture<'a, Answer<(Object, Vec<AttributePath>)>>;
    /// Creates, updates or deletes; the answer's object is what is stored, even after errors.
    fn apply<'a>(
        &'a self,
        cx: Cx<'a, C>,
        request: UpdateRequest<Dynamic, Vec<u8>>,
    ) -> BoxFuture<'a, Answer<Object>>;
    /// Takes over an object.
    fn import<'a>(&'a self, cx: Cx<'a, C>, id: String) -> BoxFuture<'a, Answer<Object>>;
    /// Upgrades the JSON of an object of an older schema version.
    fn upgrade(&self, version: i64, state: Json) -> Result<Json, Diagnostic>;
}

struct Typed<R> {
    resource: R,
    schema: Schema,
    r#type: Type,
}

/// An object's fields, typed.
type StoredOf<R> = Stored<<R as Resource>::State, <R as Resource>::Private>;

impl<R: Resource> Typed<R> {
    fn state(value: Dynamic) -> Result<R::State, Diagnostic> {
        operation::typed(value, R::NAME)
    }

    fn stored(object: Object) -> Result<StoredOf<R>, Diagnostic> {
        Ok(Stored {
            state: Self::state(object.state)?,
            private: operation::read_private(&object.private, R::NAME)?,
        })
    }

    /// The object as the wire has it, completed from the one it came from.
    fn object(
        &self,
        state: &R::State,
        private: &R::Private,
        reference: &Dynamic,
    ) -> Result<Object, Diagnostic> {
        Ok(Object {
            state: operation::untyped(state, reference, &self.schema, &self.r#type, R::NAME)?,
            private: operation::write_private(private, R::NAME)?,
        })
    }

    fn known_object(
        &self,
        stored: &StoredOf<R>,
        reference: &Dynamic,
        diagnostics: &mut Diagnostics,
    ) -> Result<Object, Diagnostic> {
        let mut object = self.object(&stored.state, &stored.private, reference)?;
        operation::want_known(&mut object.state, R::NAME, diagnostics);
        Ok(object)
    }

    async fn read_typed(
        &self,
        cx: Cx<'_, R::Context>,
        current: Object,
        diagnostics: &mut Diagnostics,
    ) -> Result<Object, Diagnostic> {
        operation::known(&current.state, R::NAME)?;
        let reference = current.state.clone();
        let stored = Self::stored(current)?;
        match self.resource.read(cx, stored, diagnostics).await? {
            Some(stored) => self.known_object(&stored, &reference, diagnostics),
            None => Ok(Object::default()),
        }
    }

    async fn plan_typed(
        &self,
        cx: Option<Cx<'_, R::Context>>,
        request: PlanRequest<Dynamic, Vec<u8>>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(Object, Vec<AttributePath>), Diagnostic> {
        let PlanRequest {
            prior,
            proposed,
            config,
            private,
        } = request;
        let attributes = &self.schema.attributes;
        let proposed = propose(
            attributes,
            &config,
            proposed,
            prior.as_ref(),
            Absent::Unknown,
        );
        let creates = prior.is_none();
        let typed = PlanRequest {
            prior: prior.map(|prior| Self::state(prior)).transpose()?,
            proposed: Self::state(proposed.clone())?,
            config: Self::state(config)?,
            private: operation::read_private(&private, R::NAME)?,
        };
        let planned = self.resource.plan(cx, typed, diagnostics).await?;
        let object = self.object(&planned.state, &planned.private, &proposed)?;
        let replace = if creates {
            Vec::new()
        } else {
            planned.requires_replace
        };
        Ok((object, replace))
    }

    async fn create_typed(
        &self,
        cx: Cx<'_, R::Context>,
        request: UpdateRequest<Dynamic, Vec<u8>>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Object, Diagnostic> {
        operation::known(&request.config, R::NAME)?;
        let reference = request.planned.clone();
        let request = CreateRequest {
            planned: Self::state(request.planned)?,
            config: Self::state(request.config)?,
            private: operation::read_private(&request.private, R::NAME)?,
        };
        let stored = self.resource.create(cx, request, diagnostics).await?;
        self.known_object(&stored, &reference, diagnostics)
    }

    async fn update_typed(
        &self,
        cx: Cx<'_, R::Context>,
        request: UpdateRequest<Dynamic, Vec<u8>>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Object, Diagnostic> {
        operation::known(&request.prior, R::NAME)?;
        operation::known(&request.config, R::NAME)?;
        let reference = request.planned.clone();
        let request = UpdateRequest {
            prior: Self::state(request.prior)?,
            planned: Self::state(request.planned)?,
            config: Self::state(request.config)?,
            private: operation::read_private(&request.private, R::NAME)?,
        };
        let stored = self.resource.update(cx, request, diagnostics).await?;
        self.known_object(&stored, &reference, diagnostics)
    }

    async fn delete_typed(
        &self,
        cx: Cx<'_, R::Context>,
        prior: Object,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        operation::known(&prior.state, R::NAME)?;
        let stored = Self::stored(prior)?;
        self.resource.delete(cx, stored, diagnostics).await?;
        diagnostics.stop_on_errors()
    }

    async fn import_typed(
        &self,
        cx: Cx<'_, R::Context>,
        id: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Object, Diagnostic> {
        let stored = self.resource.import(cx, id, diagnostics).await?;
        self.known_object(&stored, &Dynamic::Null, diagnostics)
    }
}

impl<R: Resource> Erased<R::Context> for Typed<R> {
    fn name(&self) -> &'static str {
        R::NAME
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
            match Self::state(config) {
                Ok(config) => self.resource.validate(config, &mut diagnostics).await,
                Err(error) => diagnostics.push(error),
            }
            diagnostics
        })
    }

    fn read<'a>(
        &'a self,
        cx: Cx<'a, R::Context>,
        current: Object,
    ) -> BoxFuture<'a, Answer<Object>> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let unchanged = current.clone();
            let read = self.read_typed(cx, current, &mut diagnostics).await;
            Answer::new(read, unchanged, diagnostics)
        })
    }

    fn plan<'a>(
        &'a self,
        cx: Option<Cx<'a, R::Context>>,
        request: PlanRequest<Dynamic, Vec<u8>>,
    ) -> BoxFuture<'a, Answer<(Object, Vec<AttributePath>)>> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let planned = if request.proposed.is_null() {
                // A deletion. The apply gets the private data of the object to delete.
                let object = Object {
                    state: Dynamic::Null,
                    private: request.private,
                };
                Ok((object, Vec::new()))
            } else {
                self.plan_typed(cx, request, &mut diagnostics).await
            };
            Answer::new(planned, (Object::default(), Vec::new()), diagnostics)
        })
    }

    fn apply<'a>(
        &'a self,
        cx: Cx<'a, R::Context>,
        request: UpdateRequest<Dynamic, Vec<u8>>,
    ) -> BoxFuture<'a, Answer<Object>> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let prior = Object {
                state: request.prior.clone(),
                private: request.private.clone(),
            };
            let (applied, fallback) = match (request.prior.is_null(), request.planned.is_null()) {
                (true, true) => {
                    let detail = "Nothing was to be changed to nothing.";
                    let error = operation::out_of_order(R::NAME, detail);
                    (Err(error), prior)
                }
                (true, false) => {
                    let created = self.create_typed(cx, request, &mut diagnostics).await;
                    // A state returned with an error would be stored as tainted.
                    let created =
                        created.and_then(|object| diagnostics.stop_on_errors().map(|()| object));
                    (created, Object::default())
                }
                (false, true) => {
                    let deleted = self.delete_typed(cx, prior.clone(), &mut diagnostics).await;
                    (deleted.map(|()| Object::default()), prior)
                }
                (false, false) => {
                    let updated = self.update_typed(cx, request, &mut diagnostics).await;
                    (updated, prior)
                }
            };
            Answer::new(applied, fallback, diagnostics)
        })
    }

    fn import<'a>(&'a self, cx: Cx<'a, R::Context>, id: String) -> BoxFuture<'a, Answer<Object>> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let imported = self.import_typed(cx, &id, &mut diagnostics).await;
            Answer::new(imported, Object::default(), diagnostics)
        })
    }

    fn upgrade(&self, version: i64, state: Json) -> Result<Json, Diagnostic> {
        self.resource.upgrade(version, state)
    }
}
