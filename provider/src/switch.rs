//! `fusion_switch`: moves the alias of every function, after all versions exist.
//!
//! Owns the order of moving, deleting what left, and pruning. Each single step is in
//! `fusion-cloud`.

mod moves;
mod schema;
mod state;

use tfplugin::{
    AttributePath, CreateRequest, Cx, Diagnostic, Diagnostics, PlanRequest, Planned, Resource,
    Schema, Stored, UpdateRequest,
};

pub use self::state::SwitchState;
use crate::context::Context;

/// The resource `fusion_switch`.
pub struct Switch;

impl Resource for Switch {
    type Context = Context;
    type State = SwitchState;
    type Private = ();
    const NAME: &'static str = "fusion_switch";

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: SwitchState, diagnostics: &mut Diagnostics) {
        state::read(&config, diagnostics);
    }

    async fn read(
        &self,
        cx: Cx<'_, Context>,
        current: Stored<SwitchState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Stored<SwitchState, ()>>, Diagnostic> {
        let state = moves::look(&cx.clients, current.state, diagnostics).await;
        Ok(Some(Stored { state, private: () }))
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, Context>>,
        request: PlanRequest<SwitchState, ()>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Planned<SwitchState, ()>, Diagnostic> {
        Ok(plan(request.prior.as_ref(), request.proposed))
    }

    async fn create(
        &self,
        cx: Cx<'_, Context>,
        request: CreateRequest<SwitchState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<SwitchState, ()>, Diagnostic> {
        let wanted = state::known(&request.planned, diagnostics)?;
        moves::switch(&cx.clients, None, &wanted, diagnostics).await;
        // Without a state the next apply moves all again, which does no harm.
        diagnostics.stop_on_errors()?;
        Ok(Stored {
            state: request.planned,
            private: (),
        })
    }

    async fn update(
        &self,
        cx: Cx<'_, Context>,
        request: UpdateRequest<SwitchState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Stored<SwitchState, ()>, Diagnostic> {
        let wanted = state::known(&request.planned, diagnostics)?;
        let prior = state::known(&request.prior, diagnostics)?;
        let reached = moves::switch(&cx.clients, Some(&prior), &wanted, diagnostics).await;
        if diagnostics.has_errors() {
            return Ok(Stored {
                state: request.planned.with_versions(reached),
                private: (),
            });
        }
        Ok(Stored {
            state: request.planned,
            private: (),
        })
    }

    async fn delete(
        &self,
        cx: Cx<'_, Context>,
        prior: Stored<SwitchState, ()>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        let prior = state::known(&prior.state, diagnostics)?;
        moves::remove(&cx.clients, &prior, diagnostics).await;
        diagnostics.stop_on_errors()
    }
}

/// Another application or alias is another switch.
pub fn plan(prior: Option<&SwitchState>, proposed: SwitchState) -> Planned<SwitchState, ()> {
    let mut planned = Planned::new(proposed, ());
    if let Some(prior) = prior {
        for (attribute, before, after) in [
            (
                "application",
                &prior.application,
                &planned.state.application,
            ),
            ("alias", &prior.alias, &planned.state.alias),
        ] {
            if before != after {
                planned.requires_replace.push(AttributePath::of(attribute));
            }
        }
    }
    planned
}

#[cfg(test)]
mod tests {
    use tfplugin::{Number, Value};

    use super::*;

    fn switch(application: &str, version: Value<Number>) -> SwitchState {
        SwitchState {
            application: application.into(),
            alias: Value::Null,
            versions: Value::Known([("app-A".to_owned(), version)].into()),
        }
    }

    #[test]
    fn other_application_is_another_switch() {
        let prior = switch("app", Value::Known(1.into()));
        assert!(
            plan(Some(&prior), switch("app", Value::Unknown))
                .requires_replace
                .is_empty()
        );
        let planned = plan(Some(&prior), switch("other", Value::Known(1.into())));
        assert_eq!(planned.requires_replace, [AttributePath::of("application")]);
    }

    #[test]
    fn wrong_arguments_are_told() {
        let mut diagnostics = Diagnostics::new();
        state::read(&switch("app", Value::Known(0.into())), &mut diagnostics);
        state::read(&SwitchState::default(), &mut diagnostics);
        let messages: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}
