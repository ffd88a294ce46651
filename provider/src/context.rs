//! What resources and data sources work with once the provider is configured.
//!
//! Owns nothing but the clients; each resource says what it asks them.

use fusion_cloud::Clients;

/// The configured provider.
#[derive(Clone, Debug)]
pub struct Context {
    /// Clients of Lambda and CloudWatch.
    pub clients: Clients,
}
