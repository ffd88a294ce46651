//! Waiting for the states that a function goes through after a change.

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State};

use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently, until};

const OPERATION: &str = "GetFunctionConfiguration";

/// Waits until a function is active and its last update has succeeded.
pub(crate) async fn settled(clients: &Clients, name: &str) -> Result<(), Error> {
    until(Patience::SETTLING, OPERATION, name, || async {
        let asked = patiently(Patience::LOOKING, || async {
            let answer = clients
                .lambda
                .get_function_configuration()
                .function_name(name)
                .send();
            answer
                .await
                .map_err(|error| Error::sdk(OPERATION, name, &error))
        });
        judge(name, &asked.await?)
    })
    .await
}

/// `Some` when settled, `None` while it is under way.
fn judge(name: &str, answer: &GetFunctionConfigurationOutput) -> Result<Option<()>, Error> {
    let failed = |reason: Option<&str>, otherwise: &str| {
        let reason = reason.unwrap_or(otherwise).to_owned();
        Err(Error::new(Kind::Invalid, OPERATION, name, reason))
    };
    match (answer.state(), answer.last_update_status()) {
        (Some(State::Failed), _) => failed(
            answer.state_reason(),
            "Lambda could not make the function ready",
        ),
        (_, Some(LastUpdateStatus::Failed)) => failed(
            answer.last_update_status_reason(),
            "Lambda could not apply the update",
        ),
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Ok(None),
        // Old functions have no state, and an inactive one wakes up with its next invocation.
        _ => Ok(Some(())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(
        state: Option<State>,
        update: Option<LastUpdateStatus>,
    ) -> GetFunctionConfigurationOutput {
        GetFunctionConfigurationOutput::builder()
            .set_state(state)
            .set_last_update_status(update)
            .state_reason("no such image")
            .build()
    }

    #[test]
    fn only_active_and_successful_is_settled() {
        use LastUpdateStatus::{InProgress, Successful};
        let settled = |state, update| judge("f", &answer(state, update)).unwrap().is_some();
        assert!(settled(Some(State::Active), Some(Successful)));
        assert!(settled(Some(State::Inactive), None));
        assert!(!settled(Some(State::Active), Some(InProgress)));
        assert!(!settled(Some(State::Pending), None));
    }

    #[test]
    fn failures_say_lambdas_reason() {
        let error = judge("f", &answer(Some(State::Failed), None)).unwrap_err();
        assert_eq!(error.reason, "no such image");
    }
}
