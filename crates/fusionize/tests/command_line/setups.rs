//! What is said of setups in notation, and of the modules and packages that are made of them.

use serde_json::Value;

use crate::support::{MANIFEST, check, shop};

#[test]
fn notations_that_do_not_parse() {
    let folder = shop(MANIFEST);
    check("notation-open", &folder, &["package", "(buy,pay"]);
    check("notation-empty-member", &folder, &["package", "(buy,)"]);
    check("notation-memory", &folder, &["package", "(buy)@12"]);
    check("notation-unknown-task", &folder, &["package", "(buy,pays)"]);
}

#[test]
fn a_settled_setup_is_written_into_the_module() {
    let folder = shop(MANIFEST);
    let frozen = ["generate", "--frozen", "(buy,pay)@256"];
    assert_eq!(folder.run(&frozen).code, 0);
    let functions = folder.read("fusionized/functions.tf");
    assert!(functions.contains("256"), "{functions}");
    assert!(
        !folder
            .read("fusionized/setup.tf")
            .contains("\"fusion_setup\"")
    );
    assert_eq!(folder.run(&[&frozen[..], &["--check"]].concat()).code, 0);
    check("frozen-not-written", &folder, &["generate", "--check"]);
    assert_eq!(folder.run(&["generate"]).code, 0);
    check(
        "frozen-out-of-date",
        &folder,
        &[&frozen[..], &["--check"]].concat(),
    );
}

#[test]
fn a_settled_setup_that_leaves_groups_out() {
    let folder = shop(&MANIFEST.replace(
        "entrypoints = [\"buy\"]",
        "entrypoints = [\"buy\", \"pay\"]",
    ));
    assert_eq!(
        folder.run(&["generate", "--frozen", " ( buy ) @ 256"]).code,
        0
    );
    let outputs = folder.read("fusionized/outputs.tf");
    assert!(outputs.contains("\"(buy)@256-(pay)@128\""), "{outputs}");
}

#[test]
fn settled_setups_that_do_not_fit() {
    let folder = shop(MANIFEST);
    for (name, notation) in [
        ("frozen-open", "(buy,pay"),
        ("frozen-unknown-task", "(buy,pays)@128"),
        ("frozen-unknown-root", "(buys)@128"),
    ] {
        check(name, &folder, &["generate", "--frozen", notation]);
    }
    assert!(!folder.path().join("fusionized").exists());
}

/// A manifest whose tasks may do different things and so never share a function.
fn parted() -> String {
    let permission = |action: &str| {
        format!("permission {{\n      actions = [\"{action}\"]\n      resources = [\"*\"]\n    }}")
    };
    let pay = format!(
        "task \"pay\" {{\n    {}\n  }}",
        permission("sqs:SendMessage")
    );
    MANIFEST
        .replace("calls = [\"pay\"]", &permission("s3:GetObject"))
        .replace("task \"pay\" {}", &pay)
        .replace("runtime ", "share_permissions = \"same\"\n  runtime ")
}

#[test]
fn setups_of_tasks_that_never_share() {
    let folder = shop(&parted());
    check(
        "frozen-permissions",
        &folder,
        &["generate", "--frozen", "(buy,pay)@128"],
    );
    assert!(!folder.path().join("fusionized").exists());
    check("package-permissions", &folder, &["package", "(buy,pay)"]);
    assert!(!folder.path().join(".fusionize").exists());
    let alone = "(buy)@128-(pay)@128";
    assert_eq!(folder.run(&["generate", "--frozen", alone]).code, 0);
    assert_eq!(folder.run(&["package", alone]).code, 0);
    let isolated = MANIFEST.replace(
        "task \"pay\" {}",
        "task \"pay\" {\n    isolation = \"own\"\n  }",
    );
    check(
        "package-isolation",
        &shop(&isolated),
        &["package", "(buy,pay)"],
    );
}

#[test]
fn packages_of_groups_with_too_little_memory() {
    let needy = MANIFEST.replace(
        "task \"pay\" {}",
        "task \"pay\" {\n    min_memory_mb = 512\n  }",
    );
    let folder = shop(&needy);
    check("package-memory", &folder, &["package", "(buy,pay)@256"]);
    assert_eq!(folder.run(&["package", "(buy,pay)"]).code, 0);
}

/// A manifest whose tasks give the variable `TABLE` different values.
fn disputed() -> String {
    let variable = |value: &str| format!("environment = {{ TABLE = \"{value}\" }}");
    let pay = format!("task \"pay\" {{\n    {}\n  }}", variable("payments"));
    MANIFEST
        .replace("calls = [\"pay\"]", &variable("orders"))
        .replace("task \"pay\" {}", &pay)
}

#[test]
fn a_package_knows_the_names_under_which_the_module_carries_variables() {
    let folder = shop(&disputed());
    let made = folder.run(&["package", "(buy,pay)", "--json"]);
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let path = made["packages"][0]["path"].as_str().unwrap();
    let zip = std::fs::read(folder.path().join(path)).unwrap();
    let described = fusion_packaging::read_manifest(&zip).unwrap();
    assert_eq!(folder.run(&["generate"]).code, 0);
    let module = folder.read("fusionized/tasks.tf");
    for (task, value) in [("buy", "orders"), ("pay", "payments")] {
        let packaged = &described.tasks[&task.parse().unwrap()];
        let carried = &packaged.environment["TABLE"];
        assert_eq!(*carried, format!("{task}__TABLE"));
        let written = format!("TABLE = {{ name = \"{carried}\", value = \"{value}\" }}");
        assert!(module.contains(&written), "{module}");
    }
}

#[test]
fn packages_take_the_runtime_of_the_module_that_is_there() {
    let folder = shop(MANIFEST);
    let sha256 = || {
        let made = folder.run(&["package", "(buy)", "--json"]);
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        made["packages"][0]["sha256"].as_str().unwrap().to_owned()
    };
    let before = sha256();
    assert_eq!(folder.run(&["generate"]).code, 0);
    assert_eq!(sha256(), before);
    folder.write("fusionized/runtime/nodejs/of-another-version.mjs", "");
    assert_ne!(sha256(), before);
}
