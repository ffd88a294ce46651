//! Drives the real `tofu` and `terraform` with the provider's binary, the command
//! line and the platform, as a user would.
//!
//! Owns what the tests in `tests/` share: finding the hosts, a working copy of an
//! application with its stack, running host commands in it, sending requests. It
//! does not own any expectation: those stand in the tests. Nothing depends on it.

pub mod faults;
pub mod host;
pub mod kill;
pub mod requests;
pub mod state;
pub mod world;

pub use host::Host;
pub use state::Setup;
pub use world::{Outcome, World};

/// Makes one test of each function under each host: `tofu::name` and `terraform::name`.
#[macro_export]
macro_rules! under_both_hosts {
    ($($name:ident),+ $(,)?) => {
        mod tofu {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(fusion_acceptance::Host::Tofu).await
            })+
        }
        mod terraform {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(fusion_acceptance::Host::Terraform).await
            })+
        }
    };
}
