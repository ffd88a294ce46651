//! A thousand functions: made, listed in pages, invoked, deleted. Fewer unless `FUSIONIZE_SOAK` asks
//! for the full size.

use std::collections::BTreeSet;

use aws_sdk_lambda::operation::list_functions::ListFunctionsOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use crate::support::{World, is_soak, package, resident_mib};

/// How many requests are on their way at a time.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn many_functions_are_made_listed_invoked_and_deleted() {
    let count: usize = if is_soak() { 1000 } else { 120 };
    let world = World::start().await;
    let before = resident_mib();
    let names: Vec<String> = (0..count).map(|number| format!("f-{number:04}")).collect();
    let create = |name: &String| {
        let code = FunctionCode::builder().zip_file(Blob::new(package("echo.js")));
        let create = world.lambda.create_function().function_name(name);
        create
            .runtime(Runtime::Nodejs22x)
            .role("arn:aws:iam::000000000000:role/any")
            .handler("echo.handler")
            .timeout(20)
            .code(code.build())
            .send()
    };
    let all = stream::iter(&names).map(create).buffer_unordered(AT_ONCE);
    all.try_collect::<Vec<_>>().await.unwrap();
    let after = resident_mib();
    println!("{count} functions at rest: {before} MiB became {after} MiB");

    let pages = world.lambda.list_functions().into_paginator().send();
    let pages = pages.try_collect().await.unwrap();
    assert_eq!(pages.len(), count.div_ceil(50));
    let listed: Vec<String> = pages
        .iter()
        .flat_map(ListFunctionsOutput::functions)
        .map(|function| function.function_name().unwrap().to_owned())
        .collect();
    assert_eq!(listed, names);

    world.until_ready(&names[count - 1]).await;
    let mut pids = BTreeSet::new();
    for name in names.iter().step_by(count / 10) {
        let answer = world.invoke(name, json!({ "name": name })).await;
        assert_eq!(answer["event"]["name"], name.as_str());
        pids.insert(answer["pid"].as_u64());
    }
    assert_eq!(pids.len(), 10);

    let delete = |name| world.lambda.delete_function().function_name(name).send();
    let all = stream::iter(&names).map(delete).buffer_unordered(AT_ONCE);
    all.try_collect::<Vec<_>>().await.unwrap();
    let left = world.lambda.list_functions().send().await.unwrap();
    assert_eq!(left.functions(), []);
    world.platform.shutdown().await;
}
