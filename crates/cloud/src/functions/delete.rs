//! The end of a function.

use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// Deletes a function with all its versions and aliases; `false` if it did not exist.
pub async fn delete(clients: &Clients, name: &str) -> Result<bool, Error> {
    let deleted = patiently(Patience::CHANGING, || async {
        let answer = clients
            .lambda
            .delete_function()
            .function_name(name)
            .send()
            .await;
        answer.map_err(|error| Error::sdk("DeleteFunction", name, &error))
    });
    match deleted.await {
        Ok(_) => Ok(true),
        Err(error) if error.kind == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
