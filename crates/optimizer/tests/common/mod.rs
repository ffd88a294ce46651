//! An application in a loop of deployments and requests.
#![allow(dead_code, reason = "every test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Application, CallMode, ReleaseId, Setup, Task, TaskName};
use fusion_optimizer::simulator::{Load, SimulatedCall, SimulatedTask, World};
use fusion_optimizer::{
    Decision, Deployed, DeployedFunction, Evidence, Served, Settings, Window, decide, initial,
};

/// A task's name.
pub fn name(text: &str) -> TaskName {
    TaskName::new(text).unwrap()
}

/// An application of these tasks; the first is the entrypoint.
pub fn application(names: &[&str]) -> Application {
    let tasks = names.iter().enumerate().map(|(index, text)| {
        let task = Task {
            function_name: format!("app-{text}"),
            entrypoint: index == 0,
            source_sha256: fusion_model::hash::sha256_hex(text),
            source_bytes: 1_000,
            runtime: "nodejs22.x".into(),
            min_memory_mb: 128,
            timeout_seconds: 30,
            isolation: "default".into(),
            permissions: BTreeSet::new(),
            alone: false,
            calls: None,
        };
        (name(text), task)
    });
    Application {
        name: "app".into(),
        alias: "live".into(),
        tasks: tasks.collect(),
        inline_async: false,
        together: vec![],
        apart: vec![],
        memory_sizes_mb: vec![128, 256, 512, 1024, 1769, 3008],
        fusion_runtime_sha256: "0".repeat(64),
    }
}

/// A simulated task with calls as (callee, mode, per run).
pub fn task(
    io_ms: f64,
    cpu_ms: f64,
    parallelism: f64,
    calls: &[(&str, CallMode, f64)],
) -> SimulatedTask {
    let calls = calls.iter().map(|(callee, mode, per_run)| SimulatedCall {
        callee: name(callee),
        mode: *mode,
        per_run: *per_run,
    });
    SimulatedTask {
        io_ms,
        cpu_ms,
        parallelism,
        calls: calls.collect(),
        calls_at_once: false,
    }
}

/// TREE, as the demo runs it: B, D, E wait 100 ms each; C, F, G need 40 ms of CPU
/// on two threads.
pub fn tree(seed: u64) -> (Application, World) {
    use CallMode::{Async, Sync};
    let tasks = BTreeMap::from([
        (
            name("A"),
            task(0.5, 3.0, 1.0, &[("C", Async, 1.0), ("B", Sync, 1.0)]),
        ),
        (name("B"), task(100.0, 1.5, 1.0, &[("D", Sync, 1.0)])),
        (
            name("C"),
            task(0.5, 42.0, 1.9, &[("F", Async, 1.0), ("G", Async, 1.0)]),
        ),
        (name("D"), task(100.0, 1.5, 1.0, &[("E", Sync, 1.0)])),
        (name("E"), task(100.0, 1.0, 1.0, &[])),
        (name("F"), task(0.5, 40.0, 1.9, &[])),
        (name("G"), task(0.5, 40.0, 1.9, &[])),
    ]);
    let world = World {
        tasks,
        overhead_ms: 20.0,
        init_ms: 150.0,
        first_run_factor: 1.0,
        deviation: 0.08,
        drift: 1.0,
        seed,
    };
    (application(&["A", "B", "C", "D", "E", "F", "G"]), world)
}

/// An application that is deployed, requested and decided on, round after round.
pub struct Loop {
    pub application: Application,
    pub settings: Settings,
    pub deployed: Deployed,
    pub evidence: Evidence,
    now_s: u64,
}

impl Loop {
    /// Deploys the first setup.
    pub fn new(application: Application, settings: Settings) -> Self {
        let first = initial(&application, &settings);
        let deployed = deployed(&application, &first, None);
        Self {
            application,
            settings,
            deployed,
            evidence: Evidence::default(),
            now_s: 1_700_000_000,
        }
    }

    /// Requests, a refresh, a plan and its apply.
    pub fn round(&mut self, world: &World, requests: u32, per_second: f64) -> Decision {
        self.observe(world, requests, per_second);
        self.apply()
    }

    /// Requests and a refresh.
    pub fn observe(&mut self, world: &World, requests: u32, per_second: f64) {
        let load = Load {
            requests,
            per_second,
        };
        let figures = world.figures(&self.application, &self.deployed.setup, load);
        let served = served(&self.deployed);
        let from_epoch_s = self.now_s;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "seconds of a test"
        )]
        let seconds = (f64::from(requests) / per_second).ceil() as u64;
        self.now_s += seconds;
        self.evidence.absorb(&Window {
            application: &self.application,
            deployed: &self.deployed,
            served: &served,
            figures: &figures,
            from_epoch_s,
            to_epoch_s: self.now_s,
        });
    }

    /// A plan and its apply.
    pub fn apply(&mut self) -> Decision {
        let decision = decide(
            &self.application,
            &self.settings,
            &self.deployed,
            &self.evidence,
        );
        let again = decide(
            &self.application,
            &self.settings,
            &self.deployed,
            &self.evidence,
        );
        assert_eq!(decision, again, "a decision is a function of its arguments");
        let basis = if decision.changed {
            Some(decision.basis_sha256.clone())
        } else {
            self.deployed.basis_sha256.clone()
        };
        self.deployed = deployed(&self.application, &decision, basis);
        let after = decide(
            &self.application,
            &self.settings,
            &self.deployed,
            &self.evidence,
        );
        assert!(
            !after.changed,
            "the plan after an apply is empty: {}",
            after.summary
        );
        decision
    }
}

fn served(deployed: &Deployed) -> BTreeMap<TaskName, Served> {
    let served = deployed.functions.iter().map(|(root, function)| {
        let served = Served {
            release: Some(function.release.clone()),
            attempt: function.attempt,
            version: "1".into(),
        };
        (root.clone(), served)
    });
    served.collect()
}

fn deployed(
    application: &Application,
    decision: &Decision,
    basis_sha256: Option<String>,
) -> Deployed {
    Deployed {
        functions: functions(application, &decision.setup, decision),
        setup: decision.setup.clone(),
        generation: decision.generation,
        phase: decision.phase,
        sampling: decision.sampling,
        history: decision.history.clone(),
        basis_sha256,
    }
}

fn functions(
    application: &Application,
    setup: &Setup,
    decision: &Decision,
) -> BTreeMap<TaskName, DeployedFunction> {
    let functions = setup.groups.iter().map(|(root, group)| {
        let release = ReleaseId::of(application, root, group, decision.sampling);
        (
            root.clone(),
            DeployedFunction {
                release,
                attempt: 0,
            },
        )
    });
    functions.collect()
}
