//! Packages: kept while a version has them or an environment runs them, and refused where they are not
//! what they should be.

use std::path::Path;

use aws_sdk_lambda::primitives::Blob;
use fusion_platform::{Platform, PlatformConfig};
use serde_json::json;

use crate::support::{World, function, package, quick, refusal, until, zip};

async fn world_in(folder: &Path) -> World {
    let config = PlatformConfig {
        data: Some(folder.to_owned()),
        ..quick()
    };
    World::with(config).await
}

/// How many packages are kept; each is a zip and a folder.
fn packages(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("code")).unwrap().count() / 2
}

#[tokio::test]
async fn a_package_is_freed_with_the_last_version_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = world_in(folder.path()).await;
    world.create(&function("f", "echo.js")).await;
    world.create(&function("g", "echo.js")).await;
    world.publish("f").await;
    world.replace_code("f", package("faults.js")).await;
    assert_eq!(packages(folder.path()), 2);
    let delete = |name: &str| world.lambda.delete_function().function_name(name).send();
    delete("g").await.unwrap();
    world.replace_code("f", package("module.mjs")).await;
    until("what was replaced is freed", async || {
        packages(folder.path()) == 2
    })
    .await;
    // Its first version still has the first package.
    world.invoke("f:1", json!({})).await;
    delete("f").await.unwrap();
    until("all is freed", async || packages(folder.path()) == 0).await;
    world.create(&function("f", "echo.js")).await;
    world.invoke("f", json!({})).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn what_runs_keeps_its_package_until_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let world = world_in(&folder.path().join("data")).await;
    let files: [(&str, &[u8]); 2] = [
        (
            "late.js",
            b"const fs = require('node:fs');
              exports.handler = async ({ began, end }) => {
                fs.writeFileSync(began, '');
                while (!fs.existsSync(end)) await new Promise((resolve) => setTimeout(resolve, 10));
                return require('./rest.js');
              };",
        ),
        ("rest.js", b"module.exports = 'all here';"),
    ];
    world.create(&function("f", "echo.js")).await;
    world.replace_code("f", zip(&files)).await;
    let update = world.lambda.update_function_configuration();
    let update = update.function_name("f").handler("late.handler");
    update.send().await.unwrap();
    world.until_ready("f").await;
    let (began, end) = (folder.path().join("began"), folder.path().join("end"));
    let event = json!({ "began": began, "end": end }).to_string();
    let invoke = world.lambda.invoke().function_name("f");
    let answer = tokio::spawn(invoke.payload(Blob::new(event)).send());
    until("it runs", async || began.exists()).await;
    let delete = world.lambda.delete_function().function_name("f");
    delete.send().await.unwrap();
    let code = folder.path().join("data");
    until("only what runs is left", async || packages(&code) == 1).await;
    std::fs::write(&end, "").unwrap();
    let answer = answer.await.unwrap().unwrap();
    assert_eq!(crate::support::payload(&answer), "all here");
    until("all is freed", async || packages(&code) == 0).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn archives_that_climb_out_or_lead_out_are_refused_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = world_in(&data).await;
    world.create(&function("f", "echo.js")).await;
    for entry in ["../../../out", "/out", "a/../../../out", "\\out"] {
        let update = world.lambda.update_function_code().function_name("f");
        let zip = zip(&[("echo.js", b"1"), (entry, b"out")]);
        let refused = refusal(update.zip_file(Blob::new(zip)).send().await);
        assert_eq!(
            (refused.0, refused.1.as_str()),
            (400, "InvalidParameterValueException")
        );
        assert!(
            refused.2.starts_with("Could not unzip uploaded file."),
            "{refused:?}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    world.invoke("f", json!({})).await;
    world.platform.shutdown().await;
    assert_eq!(packages(&data), 1);
}

#[tokio::test]
async fn code_that_leads_out_of_the_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = world_in(&data).await;
    world.create(&function("f", "echo.js")).await;
    world.platform.shutdown().await;
    // What would be taken for a package, were it not elsewhere.
    std::fs::create_dir(folder.path().join("other")).unwrap();
    std::fs::write(folder.path().join("other.zip"), "").unwrap();
    let file = data.join("functions/f.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    kept["latest"]["code"]["sha256_hex"] = "../../other".into();
    std::fs::write(&file, kept.to_string()).unwrap();
    let config = PlatformConfig {
        data: Some(data),
        ..quick()
    };
    let refused = Platform::start(config).await.unwrap_err().to_string();
    assert!(refused.contains("its code is `../../other`"), "{refused}");
}

#[tokio::test]
async fn names_that_climb_out_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = world_in(&data).await;
    for name in [
        "../f",
        "..",
        "a/../../f",
        "/etc/passwd",
        "f\0",
        "%2e%2e%2ff",
    ] {
        let create = world.lambda.create_function().function_name(name);
        let create = create.role("arn:aws:iam::000000000000:role/any");
        let code = aws_sdk_lambda::types::FunctionCode::builder()
            .zip_file(Blob::new(package("echo.js")))
            .build();
        let created = create
            .code(code)
            .handler("a.b")
            .runtime("nodejs22.x".into());
        let refused = refusal(created.send().await);
        assert_eq!(
            (refused.0, refused.1.as_str()),
            (400, "ValidationException"),
            "{name}"
        );
        let get = world.lambda.get_function().function_name(name);
        let refused = refusal(get.send().await);
        // A path of dots is another path to who signed it, so that the signature is wrong.
        assert!([400, 403, 404].contains(&refused.0), "{name}: {refused:?}");
    }
    assert_eq!(
        std::fs::read_dir(data.join("functions")).unwrap().count(),
        0
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    world.platform.shutdown().await;
}
