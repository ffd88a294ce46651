//! Which functions there are.

use fusion_model::release::VersionLabel;

use crate::connect::Clients;
use crate::error::Error;
use crate::patience::{Patience, patiently};

/// The names of the account's functions in this region whose description is a release, of
/// whatever application. Whose they are is said by their tags, which lists do not have.
pub async fn labelled(clients: &Clients) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let page = patiently(Patience::LOOKING, || async {
            let call = clients.lambda.list_functions();
            let answer = call.set_marker(marker.clone()).send().await;
            answer.map_err(|error| Error::sdk("ListFunctions", "", &error))
        })
        .await?;
        let ours = page.functions().iter().filter(|function| {
            function
                .description()
                .is_some_and(|description| description.parse::<VersionLabel>().is_ok())
        });
        names.extend(ours.filter_map(|function| function.function_name().map(str::to_owned)));
        marker = page.next_marker;
        if marker.as_deref().is_none_or(str::is_empty) {
            return Ok(names);
        }
    }
}
