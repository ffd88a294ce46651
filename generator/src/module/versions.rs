//! `versions.tf`: what the module needs.

use crate::hcl::{Body, Value};

/// The oldest host whose language the module's files are in.
pub(super) const HOST_VERSION: &str = ">= 1.5";

/// The provider's address, under both hosts' default registries.
pub(super) const PROVIDER_SOURCE: &str = "fusionize/fusion";

/// The provider's versions whose resources the module's files use.
pub(super) const PROVIDER_VERSION: &str = "~> 0.1";

pub(super) fn body() -> Body {
    let provider = Value::object([("source", PROVIDER_SOURCE), ("version", PROVIDER_VERSION)]);
    let requirements = Body::new()
        .attribute("required_version", HOST_VERSION)
        .block(
            "required_providers",
            &[],
            Body::new().attribute("fusion", provider),
        );
    Body::new().block("terraform", &[], requirements)
}
