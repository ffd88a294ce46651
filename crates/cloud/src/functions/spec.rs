//! What a function is to be.

use std::collections::BTreeMap;

use fusion_model::package::FUNCTION_HANDLER;
use fusion_model::release::VersionLabel;
use fusion_model::task::TaskName;

use crate::connect::Clients;

/// The tag that says which application a function belongs to.
pub const TAG_APPLICATION: &str = "fusion:application";
/// The tag that says which task a function is of.
pub const TAG_TASK: &str = "fusion:task";

/// One function of an application in one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSpec {
    /// The application's name.
    pub application: String,
    /// The task whose function it is.
    pub task: TaskName,
    /// The function's name.
    pub name: String,
    /// The alias that callers use.
    pub alias: String,
    /// ARN of the role that it runs under.
    pub role: String,
    /// The language runtime, e.g. `nodejs22.x`.
    pub runtime: String,
    /// The handler; [`FunctionSpec::DEFAULT_HANDLER`] for every fused function.
    pub handler: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// How long one invocation may take.
    pub timeout_seconds: u32,
    /// Which release it is, written as the version's description.
    pub label: VersionLabel,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Tags beside those of the client's configuration and Fusionize's own.
    pub tags: BTreeMap<String, String>,
}

impl FunctionSpec {
    /// The handler of every fused function.
    pub const DEFAULT_HANDLER: &'static str = FUNCTION_HANDLER;

    /// Every tag that the function gets; Fusionize's own win over its user's.
    pub fn all_tags(&self, clients: &Clients) -> BTreeMap<String, String> {
        let mut tags = clients.default_tags.clone();
        tags.extend(self.tags.clone());
        tags.insert(TAG_APPLICATION.to_owned(), self.application.clone());
        tags.insert(TAG_TASK.to_owned(), self.task.to_string());
        tags
    }
}

/// The ARN of a function's alias, from the function's own.
pub fn alias_arn(function_arn: &str, alias: &str) -> String {
    format!("{function_arn}:{alias}")
}

/// The ARN by which API Gateway invokes what `arn`, a function's or an alias's, names.
pub fn invoke_arn(arn: &str) -> String {
    let mut parts = arn.split(':').skip(1);
    let partition = parts.next().unwrap_or("aws");
    let region = parts.nth(1).unwrap_or_default();
    format!(
        "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_gateway_gets_partition_and_region_of_the_function() {
        let arn = alias_arn(
            "arn:aws-cn:lambda:cn-north-1:123456789012:function:tree-A",
            "live",
        );
        assert_eq!(
            invoke_arn(&arn),
            "arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/\
             arn:aws-cn:lambda:cn-north-1:123456789012:function:tree-A:live/invocations"
        );
    }
}
