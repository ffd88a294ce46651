#![doc = include_str!("../README.md")]
//!
//! # Inside
//!
//! Four layers, each of which knows only those before it:
//!
//! 1. values (`number`, `types`, `dynamic`, `value`, `path`), schemas (`schema`), diagnostics;
//! 2. forms: `wire` (`MessagePack` and JSON), `typed` (serde), `shape` (what follows from a schema);
//! 3. the traits (`provider`, `resource`, `data_source`, `function`) and, around them, `operation`;
//! 4. `server`: process, transport, rpcs. Only it knows gRPC.
//!
//! Invariants: no input panics; nothing outside `server` reads the environment, the clock or a
//! file; the same value has the same bytes.

mod context;
mod data_source;
mod diagnostics;
mod dynamic;
mod function;
mod number;
mod operation;
mod path;
pub mod proto;
mod provider;
mod resource;
mod schema;
mod server;
mod shape;
pub mod testing;
mod typed;
mod types;
mod value;
mod wire;

pub use context::Cx;
pub use data_source::{AnyDataSource, DataSource, data_source};
pub use diagnostics::{Diagnostic, Diagnostics, Severity};
pub use dynamic::{Dynamic, Refinement};
pub use function::{AnyFunction, Function, FunctionError, Parameter, Signature, function};
pub use number::{Number, NumberError};
pub use path::{AttributePath, Step};
pub use provider::{Host, Provider};
pub use resource::{
    AnyResource, CreateRequest, Found, PlanRequest, Planned, Resource, Stored, UpdateRequest,
    resource,
};
pub use schema::{Attribute, AttributeKind, Block, BlockNesting, Nested, Nesting, Schema};
pub use server::{ServeError, serve, serve_reattachable};
pub use typed::{TypedError, from_dynamic, to_dynamic};
pub use types::{Type, TypeError};
pub use value::Value;
