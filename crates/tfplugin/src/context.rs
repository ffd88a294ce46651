//! What an operation gets besides its objects: the provider's context and the wish to stop.

use std::ops::Deref;
use tokio_util::sync::CancellationToken;

/// The provider's context, as an operation of a resource or data source sees it.
///
/// It stands for what [`Provider::configure`](crate::Provider::configure) returned: `cx.client()`
/// calls the provider's own method.
#[derive(Debug)]
pub struct Cx<'a, C> {
    /// What `configure` returned.
    pub provider: &'a C,
    /// Cancelled when the user wants the run to stop (Ctrl-C). An operation that takes long
    /// should then come to a safe end soon; what it returns still counts.
    pub stopping: &'a CancellationToken,
}

impl<C> Clone for Cx<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Cx<'_, C> {}

impl<C> Deref for Cx<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.provider
    }
}
