//! `data.fusion_status`: figures of the moment.
//!
//! Owns what is shown of a running application. Nothing that is generated depends on it: whatever
//! changes here by itself must change no plan.

mod figures;
mod schema;
mod state;

use std::time::{SystemTime, UNIX_EPOCH};

use fusion_model::notation;
use tfplugin::{Cx, DataSource, Diagnostic, Diagnostics, Schema};

pub use self::state::StatusState;
use crate::context::Context;
use crate::deployment;
use crate::reading::{Read, Reader};
use crate::setup::{self, deployed};

/// The data source `fusion_status`.
pub struct Status;

impl DataSource for Status {
    type Context = Context;
    type State = StatusState;
    const NAME: &'static str = "fusion_status";

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: StatusState, diagnostics: &mut Diagnostics) {
        let mut reader = Reader::new(diagnostics);
        state::arguments(&mut reader, &config);
    }

    async fn read(
        &self,
        cx: Option<Cx<'_, Context>>,
        config: StatusState,
        diagnostics: &mut Diagnostics,
    ) -> Result<StatusState, Diagnostic> {
        let cx = Cx::known(cx, Self::NAME)?;
        let mut reader = Reader::new(diagnostics);
        let arguments = state::arguments(&mut reader, &config);
        let Read::Known(arguments) = reader.finish(arguments) else {
            diagnostics.stop_on_errors()?;
            return Ok(config);
        };
        let found = deployment::find(&cx.clients, &arguments.application, &arguments.alias).await?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let window = figures::window(arguments.window_seconds, now);
        let functions = figures::functions(&cx.clients, &arguments, &found, window).await?;
        let mut status = StatusState {
            notation: notation::format(&deployment::setup(&found)).into(),
            functions: functions.into(),
            ..config
        };
        if let Some(setup) = &arguments.setup
            && let Some(decision) = setup::decide_now(&cx.clients, setup, now, diagnostics).await
        {
            // Only complete evidence leads to a forecast.
            let converged = !decision.changed && decision.forecast.expected.is_some();
            status.converged = converged.into();
            status.decision = deployed::decision(&decision).into();
        }
        Ok(status)
    }
}
