//! Managed resources: what the user declares and the provider makes so.
//!
//! Owns the trait [`Resource`] and the objects its operations take. How typed state becomes wire
//! values, and the checks that are the same for every resource, are in `erased`.

mod erased;

pub use erased::{AnyResource, resource};

use crate::context::Cx;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::path::AttributePath;
use crate::schema::Schema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::future::Future;

/// An object as it is stored: its state, and the provider's private data beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored<S, P> {
    /// What the user sees.
    pub state: S,
    /// What only the provider sees; no change of it is ever shown.
    pub private: P,
}

/// What a refresh found: the object as it is now, or that it is gone.
pub type Found<S, P> = Option<Stored<S, P>>;

/// What a plan is made from.
#[derive(Clone, Debug)]
pub struct PlanRequest<S, P> {
    /// The object as it is now; `None` when it is to be created.
    pub prior: Option<S>,
    /// The configuration, completed: an attribute that the configuration leaves to the provider
    /// has its default, else its prior value, else (on create) is unknown.
    pub proposed: S,
    /// The configuration alone; null where the user wrote nothing.
    pub config: S,
    /// The private data of the prior object; the default on create.
    pub private: P,
}

/// What a plan comes to.
#[derive(Clone, Debug)]
pub struct Planned<S, P> {
    /// The object as it will be; unknown where only the apply can tell.
    pub state: S,
    /// The private data that the apply gets.
    pub private: P,
    /// The attributes whose change replaces the object by a new one.
    pub requires_replace: Vec<AttributePath>,
}

impl<S, P> Planned<S, P> {
    /// A plan without replacement.
    pub fn new(state: S, private: P) -> Self {
        Self {
            state,
            private,
            requires_replace: Vec::new(),
        }
    }
}

/// What an object is created from.
#[derive(Clone, Debug)]
pub struct CreateRequest<S, P> {
    /// What was planned. What is known in it must come back unchanged.
    pub planned: S,
    /// The configuration alone.
    pub config: S,
    /// The private data that the plan returned.
    pub private: P,
}

/// What an object is updated from.
#[derive(Clone, Debug)]
pub struct UpdateRequest<S, P> {
    /// The object as it is now.
    pub prior: S,
    /// What was planned. What is known in it must come back unchanged.
    pub planned: S,
    /// The configuration alone.
    pub config: S,
    /// The private data that the plan returned.
    pub private: P,
}

/// A managed resource.
///
/// `State` is one type for configuration, plan and stored object: a struct with a field for every
/// attribute of the schema. A field that may be unknown in a plan is a [`Value`](crate::Value);
/// one that may only be null is an `Option`. A field left out of the struct keeps what the plan
/// proposes or what is stored.
///
/// Every operation reports warnings through `diagnostics` and fails by `Err`, or by an error
/// among its diagnostics. A panic becomes an error that calls itself a bug of the provider.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::*;
///
/// struct Bucket;
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct BucketState {
///     name: Value<String>,
///     id: Value<String>,
/// }
///
/// impl Resource for Bucket {
///     type Context = ();
///     type State = BucketState;
///     type Private = ();
///     const NAME: &'static str = "paint_bucket";
///
///     fn schema(&self) -> Schema {
///         Schema::new("A bucket.")
///             .attribute("name", Attribute::string("Its name.").required())
///             .attribute("id", Attribute::string("Its id.").computed())
///     }
///
///     async fn read(
///         &self,
///         _cx: Cx<'_, ()>,
///         current: Stored<BucketState, ()>,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<Option<Stored<BucketState, ()>>, Diagnostic> {
///         Ok(Some(current))
///     }
///
///     async fn create(
///         &self,
///         _cx: Cx<'_, ()>,
///         request: CreateRequest<BucketState, ()>,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<Stored<BucketState, ()>, Diagnostic> {
///         let id = request.planned.name.clone().map(|name| format!("bucket-{name}"));
///         let state = BucketState { id, ..request.planned };
///         Ok(Stored { state, private: () })
///     }
///
///     async fn update(
///         &self,
///         _cx: Cx<'_, ()>,
///         request: UpdateRequest<BucketState, ()>,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<Stored<BucketState, ()>, Diagnostic> {
///         Ok(Stored { state: request.planned, private: () })
///     }
///
///     async fn delete(
///         &self,
///         _cx: Cx<'_, ()>,
///         _prior: Stored<BucketState, ()>,
///         _diagnostics: &mut Diagnostics,
///     ) -> Result<(), Diagnostic> {
///         Ok(())
///     }
/// }
/// ```
pub trait Resource: Send + Sync + 'static {
    /// The provider's context.
    type Context: Send + Sync + 'static;
    /// The object: a field for every attribute.
    type State: Serialize + DeserializeOwned + Send + Sync;
    /// The private data, stored as JSON; `()` for none. Data that cannot be read is an error.
    type Private: Serialize + DeserializeOwned + Default + Send + Sync;

    /// The full name, with the provider's name in front: `paint_bucket`.
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

    /// Looks at the object as it is now; `None` where it is gone.
    ///
    /// Return the stored object unchanged unless something changed that the user should see.
    fn read(
        &self,
        cx: Cx<'_, Self::Context>,
        current: Stored<Self::State, Self::Private>,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Found<Self::State, Self::Private>, Diagnostic>> + Send;

    /// Says what an apply would come to. It is asked again in the apply, in another process, and
    /// must then give the same: a pure function of the request.
    ///
    /// `cx` is `None` while the provider's configuration is not known. Not asked when the object
    /// is to be deleted. The default plans what is proposed.
    fn plan(
        &self,
        cx: Option<Cx<'_, Self::Context>>,
        request: PlanRequest<Self::State, Self::Private>,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Planned<Self::State, Self::Private>, Diagnostic>> + Send {
        let _ = (cx, diagnostics);
        async { Ok(Planned::new(request.proposed, request.private)) }
    }

    /// Makes the object. After an error nothing is stored: undo, or find it again next time.
    fn create(
        &self,
        cx: Cx<'_, Self::Context>,
        request: CreateRequest<Self::State, Self::Private>,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Stored<Self::State, Self::Private>, Diagnostic>> + Send;

    /// Changes the object.
    ///
    /// After `Err` the prior object stays stored, with the planned private data. An object
    /// returned together with an error among the diagnostics is stored: what was reached.
    fn update(
        &self,
        cx: Cx<'_, Self::Context>,
        request: UpdateRequest<Self::State, Self::Private>,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Stored<Self::State, Self::Private>, Diagnostic>> + Send;

    /// Deletes the object; one that is gone already is a success. After an error it stays stored.
    fn delete(
        &self,
        cx: Cx<'_, Self::Context>,
        prior: Stored<Self::State, Self::Private>,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<(), Diagnostic>> + Send;

    /// Takes over an object that exists. The hosts call [`read`](Self::read) next.
    fn import(
        &self,
        cx: Cx<'_, Self::Context>,
        id: &str,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Result<Stored<Self::State, Self::Private>, Diagnostic>> + Send {
        let _ = (cx, id, diagnostics);
        async {
            Err(Diagnostic::error(
                "Resource cannot be imported",
                format!("`{}` does not support import.", Self::NAME),
            ))
        }
    }

    /// Brings the JSON of an object stored under an older schema version to the present one.
    ///
    /// Asked only for versions below the schema's. Missing attributes become null, unknown ones
    /// are dropped.
    fn upgrade(&self, version: i64, state: Json) -> Result<Json, Diagnostic> {
        let _ = state;
        Err(Diagnostic::error(
            "Stored object is too old",
            format!(
                "An object of `{}` was stored under schema version {version}, which this version \
                 of the provider cannot upgrade. Apply once with an older version of the provider.",
                Self::NAME
            ),
        ))
    }
}
