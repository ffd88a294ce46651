//! The life of a function on the embedded platform: what is published, adopted, moved, pruned.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::io::Write;

use aws_sdk_lambda::types::AliasRoutingConfiguration;
use fusion_cloud::functions::{
    Code, FunctionSpec, TAG_APPLICATION, alias_version, create, delete, download_package,
    find_published, invoke, latest, move_alias, owner, prune, served, update_and_publish,
};
use fusion_cloud::{Clients, CloudConfig, Endpoints, Kind, StaticCredentials, connect};
use fusion_model::TaskName;
use fusion_platform::{Platform, PlatformConfig};
use zip::write::SimpleFileOptions;

struct World {
    platform: Platform,
    clients: Clients,
}

impl World {
    async fn start() -> Self {
        let platform = Platform::start(PlatformConfig::default()).await.unwrap();
        let endpoint = Some(platform.endpoint());
        let config = CloudConfig {
            region: Some(platform.region().to_owned()),
            credentials: Some(StaticCredentials {
                access_key: platform.access_key().to_owned(),
                secret_key: platform.secret_key().to_owned(),
                token: None,
            }),
            endpoints: Endpoints {
                lambda: endpoint.clone(),
                cloudwatch: endpoint.clone(),
                sts: endpoint,
            },
            allowed_account_ids: vec![platform.account().to_owned()],
            default_tags: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
            ..CloudConfig::default()
        };
        let clients = connect(&config).await.unwrap();
        Self { platform, clients }
    }
}

/// A release of `shop-A`, with a package that answers its text.
fn release(label: &str, text: &str) -> (FunctionSpec, Code) {
    let spec = FunctionSpec {
        application: "shop".to_owned(),
        task: TaskName::new("A").unwrap(),
        name: "shop-A".to_owned(),
        alias: "live".to_owned(),
        role: "arn:aws:iam::000000000000:role/fusionize".to_owned(),
        runtime: "nodejs22.x".to_owned(),
        handler: "index.handler".to_owned(),
        memory_mb: 256,
        timeout_seconds: 5,
        label: format!("fusion {label}").parse().unwrap(),
        environment: BTreeMap::from([("TEXT".to_owned(), text.to_owned())]),
        tags: BTreeMap::new(),
    };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("index.js", SimpleFileOptions::default())
        .unwrap();
    write!(
        zip,
        "exports.handler = async () => '{text} ' + process.env.TEXT;"
    )
    .unwrap();
    (spec, Code::new(zip.finish().unwrap().into_inner()))
}

async fn answer(clients: &Clients) -> String {
    let answer = invoke(clients, "shop-A", Some("live"), b"{}".to_vec())
        .await
        .unwrap();
    assert_eq!(answer.error, None);
    String::from_utf8(answer.payload).unwrap()
}

#[tokio::test]
async fn code_and_configuration_become_visible_together_by_the_alias() {
    let world = World::start().await;
    let clients = &world.clients;
    assert_eq!(
        served(clients, "shop-A", "live").await.unwrap_err().kind,
        Kind::NotFound
    );

    let (first, code) = release("000000000001 0", "one");
    let created = create(clients, &first, &code).await.unwrap();
    assert_eq!((created.version, created.adopted), (1, false));
    assert_eq!(answer(clients).await, "\"one one\"");
    let now = served(clients, "shop-A", "live").await.unwrap();
    assert!(now.is_configured_as(&first), "{now:?}");
    assert_eq!(now.code_sha256_base64, code.sha256_base64());

    let (second, code) = release("000000000002 0", "two");
    let published = update_and_publish(clients, &second, &code).await.unwrap();
    assert_eq!(published, 2);
    assert_eq!(
        answer(clients).await,
        "\"one one\"",
        "nothing is visible before the alias moves"
    );
    move_alias(clients, "shop-A", "live", 2).await.unwrap();
    assert_eq!(answer(clients).await, "\"two two\"");
    assert_eq!(alias_version(clients, "shop-A", "live").await.unwrap(), 2);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn an_alias_that_shares_its_requests_serves_no_version_alone() {
    let world = World::start().await;
    let clients = &world.clients;
    let (first, code) = release("000000000001 0", "one");
    create(clients, &first, &code).await.unwrap();
    let (second, code) = release("000000000002 0", "two");
    update_and_publish(clients, &second, &code).await.unwrap();
    let shared = AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some([("2".to_owned(), 0.1)].into()))
        .build();
    let call = clients.lambda.update_alias().function_name("shop-A");
    let call = call.name("live").routing_config(shared).send().await;
    call.unwrap();
    let error = alias_version(clients, "shop-A", "live").await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.reason.contains("shares its requests"), "{error}");
    move_alias(clients, "shop-A", "live", 1).await.unwrap();
    assert_eq!(alias_version(clients, "shop-A", "live").await.unwrap(), 1);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn what_is_there_already_is_adopted() {
    let world = World::start().await;
    let clients = &world.clients;
    let (first, code) = release("000000000001 0", "one");
    let arn = create(clients, &first, &code).await.unwrap().arn;

    let again = update_and_publish(clients, &first, &code).await.unwrap();
    assert_eq!(again, 1);
    assert!(
        find_published(clients, &first, None)
            .await
            .unwrap()
            .is_some()
    );
    let (_, other) = release("000000000001 0", "other");
    assert_eq!(
        find_published(clients, &first, Some(other.sha256_base64()))
            .await
            .unwrap(),
        None
    );

    // An apply that lost its state creates again.
    let created = create(clients, &first, &code).await.unwrap();
    assert_eq!(
        (created.version, created.adopted, &created.arn),
        (1, true, &arn)
    );

    let (healed, code) = release("000000000001 1", "one");
    let published = update_and_publish(clients, &healed, &code).await.unwrap();
    assert_eq!(published, 2, "an attempt is a version");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn functions_of_others_are_left_alone() {
    let world = World::start().await;
    let clients = &world.clients;
    let (ours, code) = release("000000000001 0", "one");
    let theirs = FunctionSpec {
        application: "billing".to_owned(),
        ..ours.clone()
    };
    create(clients, &theirs, &code).await.unwrap();
    let refused = create(clients, &ours, &code).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(refused.reason.contains("`billing`"), "{refused}");
    let tags = owner(clients, "shop-A").await.unwrap().tags;
    assert_eq!(
        (tags[TAG_APPLICATION].as_str(), tags["team"].as_str()),
        ("billing", "orders")
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn old_versions_go_and_served_ones_stay() {
    let world = World::start().await;
    let clients = &world.clients;
    let (first, code) = release("000000000001 0", "1");
    create(clients, &first, &code).await.unwrap();
    for number in 2..=6 {
        let (spec, code) = release(&format!("00000000000{number} 0"), &number.to_string());
        update_and_publish(clients, &spec, &code).await.unwrap();
    }
    move_alias(clients, "shop-A", "live", 2).await.unwrap();
    assert_eq!(prune(clients, "shop-A", 2).await.unwrap(), [1, 3, 4]);
    assert_eq!(
        prune(clients, "shop-A", 2).await.unwrap(),
        Vec::<u64>::new()
    );
    assert_eq!(answer(clients).await, "\"2 2\"");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn packages_come_back_and_functions_end() {
    let world = World::start().await;
    let clients = &world.clients;
    let (spec, code) = release("000000000001 0", "one");
    create(clients, &spec, &code).await.unwrap();
    let package = download_package(clients, "shop-A", "live").await.unwrap();
    assert_eq!(Code::new(package), code);
    assert!(delete(clients, "shop-A").await.unwrap());
    assert!(!delete(clients, "shop-A").await.unwrap());
    assert_eq!(
        latest(clients, "shop-A").await.unwrap_err().kind,
        Kind::NotFound
    );
    world.platform.shutdown().await;
}
