//! The provider `fusion` for Terraform and OpenTofu.
//!
//! Owns resources, data sources and functions: what stands in HCL, in plans and in states. It
//! does not know how a better setup is found (`fusion-optimizer`), how packages are made
//! (`fusion-packaging`), how AWS is asked (`fusion-cloud`), or how hosts speak to providers
//! (`tfplugin`).
//!
//! A plan writes nothing and asks nobody: it is a function of prior state, private data and
//! configuration. What the world is like is asked in a refresh, and changed in an apply.
//!
//! Reading order: [`provider`], [`setup`], [`package`], [`function`], [`switch`].

pub mod configuration;
pub mod context;
mod deployment;
mod faults;
mod folders;
pub mod function;
pub mod notation;
pub mod package;
pub mod provider;
pub mod reading;
pub mod setup;
pub mod sources;
pub mod status;
pub mod switch;
#[cfg(test)]
mod testing;
