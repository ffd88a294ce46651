//! Data sources.

use super::{Rpc, cx};
use crate::diagnostics::Diagnostic;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::server::convert;
use tokio_util::sync::CancellationToken;

impl<P: Provider> Rpc<P> {
    pub(in crate::server) async fn validate_data_resource_config(
        &self,
        request: wire::validate_data_resource_config::Request,
    ) -> Result<wire::validate_data_resource_config::Response, Diagnostic> {
        let source = self.data_source(&request.type_name)?;
        let r#type = source.object_type();
        let config = convert::read(request.config.as_ref(), r#type, source.name())?;
        Ok(wire::validate_data_resource_config::Response {
            diagnostics: convert::diagnostics(source.validate(config).await),
        })
    }

    pub(in crate::server) async fn read_data_source(
        &self,
        request: wire::read_data_source::Request,
        stopping: CancellationToken,
    ) -> Result<wire::read_data_source::Response, Diagnostic> {
        let source = self.data_source(&request.type_name)?;
        let (name, r#type) = (source.name(), source.object_type());
        let context = self.context(name)?;
        let config = convert::read(request.config.as_ref(), r#type, name)?;
        let cx = context.as_deref().map(|context| cx(context, &stopping));
        let answer = source.read(cx, config).await;
        Ok(wire::read_data_source::Response {
            state: convert::written(&answer.value, r#type, name)?,
            diagnostics: convert::diagnostics(answer.diagnostics),
            ..Default::default()
        })
    }
}
