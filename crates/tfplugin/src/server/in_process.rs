//! The services without process and transport.

use super::lifetime::Lifetime;
use super::service;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::provider::Provider;
use std::sync::Arc;
use tonic::service::Routes;

/// A client whose other end is in the same process.
pub type InProcess = ProviderClient<Routes>;

/// Makes a client of the provider, within a Tokio runtime: every rpc goes through the messages'
/// wire form and the same code as in a process of its own.
///
/// Logs and the places of panics are the process's business and stay where they are.
///
/// ```
/// # use tfplugin::*;
/// # struct Paint;
/// # impl Provider for Paint {
/// #     type Config = std::collections::BTreeMap<String, Dynamic>;
/// #     type Context = ();
/// #     fn schema(&self) -> Schema { Schema::new("") }
/// #     async fn configure(
/// #         &self, _: Self::Config, _: Host, _: &mut Diagnostics,
/// #     ) -> Result<Option<()>, Diagnostic> { Ok(Some(())) }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use tfplugin::proto::tfplugin6::get_metadata;
///
/// let mut client = tfplugin::testing::in_process(Paint);
/// let metadata = client.get_metadata(get_metadata::Request {}).await.expect("answered");
/// assert!(metadata.into_inner().resources.is_empty());
/// # }
/// ```
pub fn in_process<P: Provider>(provider: P) -> InProcess {
    let lifetime = Arc::new(Lifetime::default());
    ProviderClient::new(service::routes(provider, &lifetime))
        .max_decoding_message_size(service::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(service::MAX_MESSAGE_BYTES)
}
