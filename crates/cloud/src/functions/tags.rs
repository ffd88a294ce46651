//! Tags: whose function it is, and what its owner wants to find it by.

use std::collections::BTreeMap;

use crate::connect::Clients;
use crate::error::Error;
use crate::patience::{Patience, patiently};

/// A function's ARN and tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The ARN, without a qualifier.
    pub arn: String,
    /// All tags.
    pub tags: BTreeMap<String, String>,
}

/// Whose function `name` is. One call.
pub async fn owner(clients: &Clients, name: &str) -> Result<Owner, Error> {
    let answer = patiently(Patience::LOOKING, || async {
        let answer = clients
            .lambda
            .get_function()
            .function_name(name)
            .send()
            .await;
        answer.map_err(|error| Error::sdk("GetFunction", name, &error))
    })
    .await?;
    let arn = answer
        .configuration()
        .and_then(|found| found.function_arn())
        .unwrap_or_default();
    Ok(Owner {
        arn: arn.to_owned(),
        tags: answer.tags.unwrap_or_default().into_iter().collect(),
    })
}

/// Brings the tags that are ours from `before` to `after`; tags in neither are left alone.
pub async fn set_tags(
    clients: &Clients,
    arn: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let gone: Vec<String> = before
        .keys()
        .filter(|tag| !after.contains_key(*tag))
        .cloned()
        .collect();
    let differs = |(tag, value): &(&String, &String)| before.get(*tag) != Some(*value);
    let new: BTreeMap<&String, &String> = after.iter().filter(differs).collect();
    if !new.is_empty() {
        patiently(Patience::CHANGING, || async {
            let pairs = new
                .iter()
                .map(|(tag, value)| ((*tag).clone(), (*value).clone()));
            let call = clients.lambda.tag_resource().resource(arn);
            let answer = call.set_tags(Some(pairs.collect())).send().await;
            answer.map_err(|error| Error::sdk("TagResource", arn, &error))
        })
        .await?;
    }
    if !gone.is_empty() {
        patiently(Patience::CHANGING, || async {
            let call = clients.lambda.untag_resource().resource(arn);
            let answer = call.set_tag_keys(Some(gone.clone())).send().await;
            answer.map_err(|error| Error::sdk("UntagResource", arn, &error))
        })
        .await?;
    }
    Ok(())
}
