//! Where functions are invoked: AWS, or a platform in its place.

use clap::Args;
use fusion_cloud::{Clients, CloudConfig, Endpoints, connect};

use crate::failure::Failure;

/// Where to connect. What is not given comes from the environment, as for every AWS tool.
#[derive(Debug, Clone, Default, Args)]
pub struct EndpointArgs {
    /// URL of a platform in place of AWS, e.g. what `fusionize local` prints
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// The region
    #[arg(long)]
    pub region: Option<String>,
    /// The profile of the shared configuration files
    #[arg(long)]
    pub profile: Option<String>,
}

impl EndpointArgs {
    /// Where requests to Lambda go, for messages.
    pub fn shown(&self, clients: &Clients) -> String {
        let variable = |name| {
            std::env::var(name)
                .ok()
                .filter(|value: &String| !value.is_empty())
        };
        let own = self.endpoint.clone();
        own.or_else(|| variable("AWS_ENDPOINT_URL_LAMBDA"))
            .or_else(|| variable("AWS_ENDPOINT_URL"))
            .unwrap_or_else(|| format!("Lambda in {}", clients.region))
    }

    /// Connects.
    pub async fn connect(&self) -> Result<Clients, Failure> {
        let endpoint = self.endpoint.clone();
        let config = CloudConfig {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoints: Endpoints {
                lambda: endpoint.clone(),
                cloudwatch: endpoint.clone(),
                sts: endpoint,
            },
            ..CloudConfig::default()
        };
        Ok(connect(&config).await?)
    }
}
