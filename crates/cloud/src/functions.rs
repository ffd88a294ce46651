//! Functions of an application: what is deployed, and how it is changed.
//!
//! Code and configuration of a function are published as one version, and become visible by its
//! alias alone: whatever happens in between, callers meet whole versions.

mod alias;
mod code;
mod configuration;
mod create;
mod delete;
mod invoke;
mod list;
mod package;
mod prune;
mod publish;
mod spec;
mod tags;
mod wait;

pub use alias::{alias_version, delete_alias, move_alias};
pub use code::Code;
pub use configuration::{Configuration, latest, served};
pub use create::{Created, create};
pub use delete::delete;
pub use invoke::{FunctionError, Invocation, invoke, invoke_async};
pub use list::labelled;
pub use package::download_package;
pub use prune::prune;
pub use publish::{find_published, update_and_publish};
pub use spec::{FunctionSpec, TAG_APPLICATION, TAG_TASK, alias_arn, invoke_arn};
pub use tags::{owner, set_tags};
