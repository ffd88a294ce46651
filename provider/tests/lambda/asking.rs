//! A plan asks nobody: invariant 4 of `ARCHITECTURE.md`.

use fusion_provider::provider::Fusion;
use fusion_provider::setup::state::SetupState;
use fusion_provider::switch::SwitchState;
use tfplugin::{
    AnyResource, Cx, Diagnostics, Dynamic, Host, PlanRequest, Provider, Value, from_dynamic,
    to_dynamic,
};
use tokio_util::sync::CancellationToken;

use crate::double::Double;
use crate::refresh::config as setup_config;
use crate::world::{APPLICATION, World, function_config};

/// The configuration of a provider whose services are all there.
pub fn provider_config(url: &str) -> Dynamic {
    let endpoints = ["lambda", "cloudwatch", "sts"].map(|service| (service, Dynamic::from(url)));
    let given = [
        ("region", Dynamic::from("us-east-1")),
        ("access_key", Dynamic::from("AKIATEST")),
        ("secret_key", Dynamic::from("secret")),
        ("endpoints", Dynamic::mapping(endpoints)),
        ("max_retries", Dynamic::from(0)),
    ];
    let absent = Fusion.schema().attributes.into_keys();
    let absent = absent.map(|name| (name, Dynamic::Null));
    let given = given.map(|(name, value)| (name.to_owned(), value));
    Dynamic::mapping(absent.chain(given))
}

/// Arguments of a resource. One that is new here needs some too.
pub fn arguments(world: &World, resource: &str) -> Dynamic {
    let package = world.package_config();
    let known = |text: &str| Value::from(text);
    let arguments = match resource {
        "fusion_function" => to_dynamic(&fusion_provider::function::FunctionState {
            package_path: known("packages/app-A-0123456789abcdef.zip"),
            package_sha256: known("0123456789abcdef"),
            ..function_config(&package, "0123456789ab")
        }),
        "fusion_package" => to_dynamic(&package),
        "fusion_setup" => to_dynamic::<SetupState>(&setup_config()),
        "fusion_switch" => to_dynamic(&SwitchState {
            application: known(APPLICATION),
            alias: Value::Null,
            versions: Value::Known([("app-A".to_owned(), Value::Known(1.into()))].into()),
        }),
        other => panic!("`{other}` has no arguments here"),
    };
    arguments.expect("a value")
}

/// What an apply makes of a planned object, as far as a plan cares.
pub fn applied(planned: Dynamic) -> Dynamic {
    match planned {
        Dynamic::Unknown(_) => Dynamic::Null,
        Dynamic::Mapping(entries) => Dynamic::mapping(
            entries
                .into_iter()
                .map(|(name, value)| (name, applied(value))),
        ),
        known => known,
    }
}

#[tokio::test]
async fn trap_13_a_plan_asks_nobody() {
    let mut world = World::start().await;
    let double = Double::counting().await;
    let host = Host {
        version: "1.11.6".to_owned(),
        stopping: CancellationToken::new(),
    };
    let stopping = host.stopping.clone();
    let config = from_dynamic(provider_config(double.url())).expect("a configuration");
    let configured = Fusion
        .configure(config, host, &mut Diagnostics::new())
        .await;
    let context = configured.expect("configured").expect("known");
    let cx = Cx {
        provider: &context,
        stopping: &stopping,
    };
    let resources = Fusion.resources();
    for resource in &resources {
        let config = arguments(&world, resource.name());
        let request = |prior, private| PlanRequest {
            prior,
            proposed: config.clone(),
            config: config.clone(),
            private,
        };
        let created = resource.plan(Some(cx), request(None, Vec::new())).await;
        assert!(created.diagnostics.is_empty(), "{:?}", created.diagnostics);
        let (object, _) = created.value;
        let prior = Some(applied(object.state));
        let changed = resource
            .plan(Some(cx), request(prior, object.private))
            .await;
        assert!(changed.diagnostics.is_empty(), "{:?}", changed.diagnostics);
        assert_eq!(double.connections(), 0, "{}", resource.name());
    }
    asked_in_a_refresh(&world, &*resources[0], cx, &double).await;
    world.end().await;
}

/// Somebody who asks is counted.
async fn asked_in_a_refresh(
    world: &World,
    resource: &dyn AnyResource<fusion_provider::context::Context>,
    cx: Cx<'_, fusion_provider::context::Context>,
    double: &Double,
) {
    let config = arguments(world, resource.name());
    let request = PlanRequest {
        prior: None,
        proposed: config.clone(),
        config,
        private: Vec::new(),
    };
    let (object, _) = resource.plan(Some(cx), request).await.value;
    resource.read(cx, object).await;
    assert_ne!(double.connections(), 0);
}
