//! What hosts expect beside the provider: the end, and two streams that carry nothing.

use super::lifetime::Lifetime;
use crate::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::proto::plugin::grpc_controller_server::GrpcController;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};
use futures::stream;
use std::sync::Arc;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

/// Ends the process when the host asks for it.
pub(super) struct Controller(pub(super) Arc<Lifetime>);

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.shut_down();
        Ok(Response::new(Empty {}))
    }
}

/// A stream that stays open and silent: output goes to standard error, which the host reads.
pub(super) struct Stdio;

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(Box::pin(stream::pending())))
    }
}

/// A stream that stays open and silent: there is only one connection.
pub(super) struct Broker;

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        Ok(Response::new(Box::pin(stream::pending())))
    }
}
