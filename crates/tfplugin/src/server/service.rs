//! The gRPC service: each rpc as a task of its own, with its panics caught.
//!
//! What is not implemented here is answered `UNIMPLEMENTED` by the generated code.

use super::convert;
use super::guard;
use super::lifetime::Lifetime;
use super::rpc::{Rpc, fallback};
use super::side_services::{Broker, Controller, Stdio};
use crate::diagnostics::Diagnostic;
use crate::function::FunctionError;
use crate::operation::bug;
use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::tfplugin6 as wire;
use crate::proto::tfplugin6::provider_server::ProviderServer;
use crate::provider::Provider;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tracing::Instrument;

/// The largest message in either direction, in bytes. gRPC's own default of 4 MiB is less than
/// a large state takes.
pub(super) const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// Everything that the process answers.
pub(super) fn routes<P: Provider>(provider: P, lifetime: &Arc<Lifetime>) -> Routes {
    let service = Service {
        rpc: Arc::new(Rpc::new(provider)),
        lifetime: lifetime.clone(),
    };
    let provider = ProviderServer::new(service)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    Routes::new(provider)
        .add_service(GrpcControllerServer::new(Controller(lifetime.clone())))
        .add_service(GrpcStdioServer::new(Stdio))
        .add_service(GrpcBrokerServer::new(Broker))
        .prepare()
}

struct Service<P: Provider> {
    rpc: Arc<Rpc<P>>,
    lifetime: Arc<Lifetime>,
}

/// A response that can carry an error.
trait Fallible {
    fn add(&mut self, error: Diagnostic);
}

macro_rules! fallible {
    ($($rpc:ident),*) => {$(
        impl Fallible for wire::$rpc::Response {
            fn add(&mut self, error: Diagnostic) {
                self.diagnostics.push(convert::diagnostic(error));
            }
        }
    )*};
}

fallible!(
    validate_provider_config,
    configure_provider,
    validate_resource_config,
    upgrade_resource_state,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    validate_data_resource_config,
    read_data_source
);

impl Fallible for wire::call_function::Response {
    fn add(&mut self, error: Diagnostic) {
        *self = convert::failed_call(FunctionError::new(error.detail));
    }
}

type Answer<T> = Result<Response<T>, Status>;

impl<P: Provider> Service<P> {
    /// Runs an operation to its end, even if the host is gone meanwhile. A failure before or
    /// beside the provider's own code, and a panic in it, is added to the fallback.
    async fn run<R, F>(
        &self,
        rpc: &'static str,
        subject: &str,
        mut fallback: R,
        operation: impl FnOnce(Arc<Rpc<P>>, CancellationToken) -> F,
    ) -> Answer<R>
    where
        R: Fallible + Send + 'static,
        F: Future<Output = Result<R, Diagnostic>> + Send + 'static,
    {
        let span = tracing::error_span!("rpc", tf_rpc = rpc, tf_subject = subject);
        let operation = operation(self.rpc.clone(), self.lifetime.stopping());
        let guarded = guard::catch(operation).instrument(span);
        let outcome = match self.lifetime.work.spawn(guarded).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(bug(subject, &panic)),
            Err(error) => Err(bug(subject, &format!("Its operation was lost: {error}."))),
        };
        Ok(Response::new(outcome.unwrap_or_else(|error| {
            fallback.add(error);
            fallback
        })))
    }
}

#[tonic::async_trait]
impl<P: Provider> wire::provider_server::Provider for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Answer<wire::get_metadata::Response> {
        Ok(Response::new(self.rpc.get_metadata()))
    }

    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Answer<wire::get_provider_schema::Response> {
        Ok(Response::new(self.rpc.get_provider_schema()))
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire::validate_provider_config::Request>,
    ) -> Answer<wire::validate_provider_config::Response> {
        let request = request.into_inner();
        self.run(
            "ValidateProviderConfig",
            "provider",
            wire::validate_provider_config::Response::default(),
            |rpc, _| async move { rpc.validate_provider_config(request).await },
        )
        .await
    }

    async fn configure_provider(
        &self,
        request: Request<wire::configure_provider::Request>,
    ) -> Answer<wire::configure_provider::Response> {
        let request = request.into_inner();
        self.run(
            "ConfigureProvider",
            "provider",
            wire::configure_provider::Response::default(),
            |rpc, stopping| async move { rpc.configure_provider(request, stopping).await },
        )
        .await
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Answer<wire::validate_resource_config::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "ValidateResourceConfig",
            &subject,
            wire::validate_resource_config::Response::default(),
            |rpc, _| async move { rpc.validate_resource_config(request).await },
        )
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Answer<wire::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "UpgradeResourceState",
            &subject,
            wire::upgrade_resource_state::Response::default(),
            |rpc, _| async move { rpc.upgrade_resource_state(request) },
        )
        .await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Answer<wire::read_resource::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "ReadResource",
            &subject,
            fallback::read(&request),
            |rpc, stopping| async move { rpc.read_resource(request, stopping).await },
        )
        .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Answer<wire::plan_resource_change::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "PlanResourceChange",
            &subject,
            wire::plan_resource_change::Response::default(),
            |rpc, stopping| async move { rpc.plan_resource_change(request, stopping).await },
        )
        .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Answer<wire::apply_resource_change::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        let kept = fallback::apply(&request);
        self.run(
            "ApplyResourceChange",
            &subject,
            kept,
            |rpc, stopping| async move { rpc.apply_resource_change(request, stopping).await },
        )
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Answer<wire::import_resource_state::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "ImportResourceState",
            &subject,
            wire::import_resource_state::Response::default(),
            |rpc, stopping| async move { rpc.import_resource_state(request, stopping).await },
        )
        .await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<wire::validate_data_resource_config::Request>,
    ) -> Answer<wire::validate_data_resource_config::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "ValidateDataResourceConfig",
            &subject,
            wire::validate_data_resource_config::Response::default(),
            |rpc, _| async move { rpc.validate_data_resource_config(request).await },
        )
        .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Answer<wire::read_data_source::Response> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.run(
            "ReadDataSource",
            &subject,
            wire::read_data_source::Response::default(),
            |rpc, stopping| async move { rpc.read_data_source(request, stopping).await },
        )
        .await
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Answer<wire::get_functions::Response> {
        Ok(Response::new(self.rpc.get_functions()))
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Answer<wire::call_function::Response> {
        let request = request.into_inner();
        let subject = request.name.clone();
        self.run(
            "CallFunction",
            &subject,
            wire::call_function::Response::default(),
            |rpc, _| async move {
                let answer = rpc.call_function(&request);
                Ok(answer.unwrap_or_else(convert::failed_call))
            },
        )
        .await
    }

    /// What is in flight is asked to come to an end; the process goes on serving.
    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Answer<wire::stop_provider::Response> {
        self.lifetime.stop_in_flight();
        Ok(Response::new(wire::stop_provider::Response::default()))
    }
}
