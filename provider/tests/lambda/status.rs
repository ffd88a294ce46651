//! `data.fusion_status`: what it tells of what is deployed, and of what is not.

use axum::response::{IntoResponse, Response};
use fusion_provider::status::{Status, StatusState};
use tfplugin::{DataSource, Diagnostics, Value};

use crate::double::{Double, gone, refused};
use crate::refresh;
use crate::world::{APPLICATION, World};

async fn look(world: &World, config: StatusState) -> StatusState {
    let mut diagnostics = Diagnostics::new();
    let status = Status
        .read(Some(world.cx()), config, &mut diagnostics)
        .await;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    status.unwrap()
}

fn config() -> StatusState {
    StatusState {
        application: APPLICATION.into(),
        ..StatusState::default()
    }
}

#[tokio::test]
async fn application_that_was_never_deployed_has_an_empty_status() {
    let mut world = World::start().await;
    let wanted = StatusState {
        notation: "".into(),
        functions: Value::Known([].into()),
        ..config()
    };
    assert_eq!(look(&world, config()).await, wanted);

    // A setup that was just created says what it waits for.
    let (setup, _) = refresh::applied(&world).await;
    let setup = serde_json::to_string(&setup.state).unwrap();
    let waiting = StatusState {
        setup: setup.into(),
        ..config()
    };
    let status = look(&world, waiting).await;
    assert_eq!(status.functions, wanted.functions);
    assert_eq!(status.converged, Value::Known(false));
    assert!(status.decision.is_known());
    world.end().await;
}

#[tokio::test]
async fn function_without_its_alias_serves_nothing_and_is_left_out() {
    let mut world = World::start().await;
    world.deployed().await;
    let status = look(&world, config()).await;
    assert_eq!(status.notation.as_str(), Some("(A)@128"));
    let function = &status.functions.known().unwrap()["A"];
    assert_eq!(
        (
            function.function_name.as_str(),
            function.version,
            function.invocations
        ),
        ("app-A", Some(1), None)
    );
    let removed = fusion_cloud::functions::delete_alias(world.clients(), "app-A", "live").await;
    removed.unwrap();
    assert_eq!(look(&world, config()).await.notation.as_str(), Some(""));
    world.end().await;
}

/// Whether functions are to be listed.
fn lists(line: &str) -> bool {
    line.trim_end_matches('/').ends_with("/functions")
}

fn listed() -> Response {
    r#"{"Functions":[{"FunctionName":"app-A","Description":"fusion 0123456789ab 0"}]}"#
        .into_response()
}

#[tokio::test]
async fn function_that_went_after_it_was_listed_is_left_out() {
    let mut world = World::start().await;
    let answer = |line: &str| if lists(line) { listed() } else { gone() };
    let double = Double::start(answer).await;
    world.context = double.context().await;
    assert_eq!(look(&world, config()).await.notation.as_str(), Some(""));
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_learnt_is_told() {
    let mut world = World::start().await;
    world.deployed().await;
    let answer = |line: &str| if lists(line) { listed() } else { refused() };
    let (refusing, listing) = (Double::refusing().await, Double::start(answer).await);
    let mut without_figures = world.context.clone();
    without_figures.clients.cloudwatch = refusing.context().await.clients.cloudwatch;
    let mut messages = Vec::new();
    for context in [
        refusing.context().await,
        listing.context().await,
        without_figures,
    ] {
        world.context = context;
        let mut diagnostics = Diagnostics::new();
        let status = Status
            .read(Some(world.cx()), config(), &mut diagnostics)
            .await;
        messages.push(status.unwrap_err().to_string());
    }
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}
