//! Golden cases: a folder in `testdata/optimizer/` holds an application, what is
//! deployed, the figures of a window, and the decision that follows.
//!
//! `FUSIONIZE_UPDATE=1 cargo test -p fusion-optimizer --test golden` writes the
//! decisions anew; read the difference before committing it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::disallowed_methods,
    reason = "golden cases are files; only the library does no IO"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fusion_model::{Application, Figure, ReleaseId, Sampling, Setup, TaskName};
use fusion_optimizer::{
    Deployed, DeployedFunction, Evidence, HistoryEntry, Phase, Served, Settings, Window, decide,
};
use serde::Deserialize;

/// What is given beside the application and the figures.
#[derive(Deserialize)]
struct Given {
    settings: Settings,
    /// The deployed setup in notation; what it leaves out stands alone.
    deployed: String,
    window_seconds: u64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/optimizer")
}

fn check(case: &str) {
    let folder = folder().join(case);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let application: Application = serde_json::from_str(&read("application.json")).unwrap();
    application.validate().unwrap();
    let given: Given = serde_json::from_str(&read("given.json")).unwrap();
    let figures: Vec<Figure> = serde_json::from_str(&read("figures.json")).unwrap();
    let deployed = deployed(&application, &given.deployed);
    let served = served(&deployed);
    let mut evidence = Evidence::default();
    evidence.absorb(&Window {
        application: &application,
        deployed: &deployed,
        served: &served,
        figures: &figures,
        from_epoch_s: 0,
        to_epoch_s: given.window_seconds,
    });
    let decision = decide(&application, &given.settings, &deployed, &evidence);
    let text = format!("{}\n", serde_json::to_string_pretty(&decision).unwrap());
    if std::env::var_os("FUSIONIZE_UPDATE").is_some() {
        std::fs::write(folder.join("decision.json"), &text).unwrap();
    }
    assert_eq!(
        text,
        read("decision.json"),
        "{case}: see the head of this file for updating"
    );
}

fn deployed(application: &Application, notation: &str) -> Deployed {
    let parsed = fusion_model::notation::parse(notation).unwrap();
    let setup = parsed.completed(application, &Setup::separate(application));
    let functions = setup.groups.iter().map(|(root, group)| {
        let release = ReleaseId::of(application, root, group, Sampling::ALL);
        (
            root.clone(),
            DeployedFunction {
                release,
                attempt: 0,
            },
        )
    });
    Deployed {
        functions: functions.collect(),
        setup,
        generation: 1,
        phase: Phase::Initial,
        sampling: Sampling::ALL,
        history: vec![HistoryEntry {
            generation: 1,
            setup_id: fusion_model::hash::short_id(notation),
            notation: notation.to_owned(),
            phase: Phase::Initial,
            summary: "First setup".into(),
        }],
        basis_sha256: None,
    }
}

fn served(deployed: &Deployed) -> BTreeMap<TaskName, Served> {
    let served = deployed.functions.iter().map(|(root, function)| {
        let release = Some(function.release.clone());
        (
            root.clone(),
            Served {
                release,
                attempt: 0,
                version: "1".into(),
            },
        )
    });
    served.collect()
}

#[test]
fn tree_from_its_first_setup() {
    check("tree");
}

#[test]
fn a_shop_with_parallel_calls_two_entrypoints_and_a_task_apart() {
    check("shop");
}

#[test]
fn too_few_requests() {
    check("few-requests");
}

/// Three first runs of cold environments make most of the mean, of CPU time as well: a larger
/// size looks better by a quarter, and three runs are no evidence of that.
#[test]
fn a_few_first_runs_decide_nothing() {
    check("first-runs");
}
