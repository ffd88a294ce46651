//! Where functions are invoked: AWS, or a platform in its place.

use clap::Args;
use fusion_cloud::{Clients, CloudConfig, Endpoints, connect};

use crate::failure::{Exit, Failure};

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

/// Variables that name Lambda's endpoint, the first of them first.
const VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"];

fn is_url(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.starts_with("http://") || text.starts_with("https://")
}

impl EndpointArgs {
    /// Where requests to Lambda go, for messages.
    pub fn shown(&self, clients: &Clients) -> String {
        self.given()
            .map_or_else(|| format!("Lambda in {}", clients.region), |(_, url)| url)
    }

    /// The URL that takes the place of AWS's, and what says so.
    fn given(&self) -> Option<(&'static str, String)> {
        let own = self.endpoint.clone().map(|url| ("--endpoint", url));
        own.or_else(|| {
            VARIABLES.iter().find_map(|name| {
                let url = std::env::var(name).ok()?;
                (!url.is_empty()).then_some((*name, url))
            })
        })
    }

    /// Connects. Fails for an endpoint that is no URL, which AWS's own clients would call a broken
    /// connection.
    pub async fn connect(&self) -> Result<Clients, Failure> {
        if let Some((from, url)) = self.given().filter(|(_, url)| !is_url(url)) {
            let host = url.rsplit("://").next().unwrap_or_default();
            return Err(Failure::new(Exit::Input, format!("`{from}` is no URL"))
                .because(format!(
                    "`{url}` does not begin with `http://` or `https://`"
                ))
                .hint(format!("write `http://{host}`")));
        }
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
