//! What an operation gets besides its objects: the provider's context and the wish to stop.

use crate::diagnostics::Diagnostic;
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

impl<C> Cx<'_, C> {
    /// The context, where nothing can be done without one.
    ///
    /// # Errors
    ///
    /// `cx` is `None`: the provider's configuration depends on values that are not known yet.
    /// The error names `subject`, the resource or data source, and says what to do.
    pub fn known(cx: Option<Self>, subject: &str) -> Result<Self, Diagnostic> {
        cx.ok_or_else(|| not_known(subject))
    }
}

/// What is said of something that needs the provider's configuration before it is known.
pub(crate) fn not_known(subject: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration is not known",
        format!(
            "`{subject}` cannot be worked on while the configuration of its provider depends on \
             values that are known only after an apply. Apply what it depends on first, with \
             `-target`, or give the provider known values."
        ),
    )
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
