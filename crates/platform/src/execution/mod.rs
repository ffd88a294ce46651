//! Environments: processes that run one version of a function, one request at a time.
//!
//! In reading order: [`invocation`] is what goes in and comes out, [`host`] what all environments
//! share, [`process`] one operating system process with its [`runtime_api`] and its [`capture`]d
//! output, [`environment`] the life of a process through INIT and invocations, [`fleet`] which
//! environments wait for work. [`monitor`] watches memory and CPU, [`keeper`] ends everything if
//! the platform itself is killed.

pub mod bootstrap;
pub mod capture;
pub mod environment;
pub mod failure;
pub mod fleet;
pub mod host;
pub mod invocation;
pub mod keeper;
pub mod log;
pub mod monitor;
pub mod process;
pub mod procfs;
pub mod runtime_api;
mod trace;
pub mod variables;
