//! The contract as data, and reading back what is written.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::application::CallMode;
use crate::release::ReleaseId;
use crate::task::TaskName;

const CONTRACT: &str = include_str!("../../../../testdata/contract/telemetry.json");

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn name(text: &str) -> TaskName {
    TaskName::new(text).unwrap()
}

fn function() -> FunctionRelease {
    FunctionRelease {
        application: "tree".into(),
        release: ReleaseId::new("0123456789ab").unwrap(),
        function: name("A"),
    }
}

fn call(mode: CallMode, path: CallPath) -> CallKey {
    CallKey {
        caller: name("A"),
        callee: name("B"),
        mode,
        path,
    }
}

fn measures() -> Vec<Measure> {
    let task = name("B");
    vec![
        Measure::RequestLatency {
            entrypoint: name("A"),
        },
        Measure::TaskSelfTime { task: task.clone() },
        Measure::TaskWaitTime { task: task.clone() },
        Measure::TaskCpuTime { task: task.clone() },
        Measure::TaskParallelism { task: task.clone() },
        Measure::TaskErrors { task },
        Measure::CallWait {
            call: call(CallMode::Sync, CallPath::Inline),
        },
        Measure::CallLatency {
            call: call(CallMode::Async, CallPath::Remote),
        },
        Measure::InitDuration,
        Measure::MemoryUsed,
    ]
}

#[test]
fn code_and_contract_say_the_same() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    assert_eq!(contract["namespace"], NAMESPACE);
    let common: Vec<&str> = function()
        .dimensions()
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(texts(&contract["dimensions"]), common);
    let metrics = contract["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), measures().len());
    for (metric, measure) in metrics.iter().zip(measures()) {
        assert_eq!(metric["name"], measure.name());
        assert_eq!(metric["unit"], measure.unit(), "{}", measure.name());
        let names: Vec<&str> = measure.dimensions().iter().map(|(name, _)| *name).collect();
        assert_eq!(texts(&metric["dimensions"]), names, "{}", measure.name());
    }
    assert_eq!(
        texts(&contract["modes"]),
        [CallMode::Sync, CallMode::Async].map(CallMode::as_str)
    );
    assert_eq!(
        texts(&contract["paths"]),
        [CallPath::Inline, CallPath::Remote].map(CallPath::as_str)
    );
}

fn read_back(metric: &Metric) -> Result<Metric, MetricError> {
    let dimensions = metric.dimensions();
    let reversed = dimensions
        .iter()
        .rev()
        .map(|(name, value)| (*name, value.as_str()));
    Metric::parse(metric.namespace(), metric.name(), reversed)
}

#[test]
fn every_metric_reads_back() {
    for measure in measures() {
        let metric = Metric::Fusion {
            function: function(),
            measure,
        };
        assert_eq!(read_back(&metric), Ok(metric.clone()));
        let figure = Figure {
            metric,
            sum: 3.5,
            samples: 2.0,
            p50: Some(1.0),
            p95: None,
        };
        let text = serde_json::to_string(&figure).unwrap();
        assert_eq!(serde_json::from_str::<Figure>(&text).unwrap(), figure);
    }
    for metric in LambdaMetric::ALL {
        for version in [None, Some("7".to_owned())] {
            let (function_name, alias) = ("orders-a".to_owned(), "live".to_owned());
            let metric = Metric::Lambda {
                metric,
                function_name,
                alias,
                version,
            };
            assert_eq!(read_back(&metric), Ok(metric));
        }
    }
}

#[test]
fn what_is_no_metric_of_the_contract_says_why() {
    let common = [
        ("Application", "x"),
        ("Release", "0123456789ab"),
        ("Function", "A"),
    ];
    let problem = |namespace: &str, name: &str, more: &[(&'static str, &'static str)]| {
        let dimensions = common.iter().chain(more).copied();
        Metric::parse(namespace, name, dimensions)
            .unwrap_err()
            .problem
    };
    assert!(problem("Other", "InitDuration", &[]).contains("namespace"));
    assert!(problem(NAMESPACE, "Else", &[]).contains("unknown"));
    assert!(problem(NAMESPACE, "TaskSelfTime", &[]).contains("`Task` is missing"));
    assert!(problem(NAMESPACE, "InitDuration", &[("Task", "A")]).contains("4 dimensions"));
    assert!(problem(NAMESPACE, "InitDuration", &[("Release", "x")]).contains("no release"));
    let call = [
        ("Caller", "A"),
        ("Callee", "B"),
        ("Mode", "later"),
        ("Path", "inline"),
    ];
    assert!(problem(NAMESPACE, "CallWait", &call).contains("`Mode` is `later`"));
    assert!(problem(LAMBDA_NAMESPACE, "Duration", &[]).contains("`FunctionName` is missing"));
}

#[test]
fn a_mean_needs_values() {
    let metric = Metric::Fusion {
        function: function(),
        measure: Measure::InitDuration,
    };
    let figure = |sum, samples| Figure {
        metric: metric.clone(),
        sum,
        samples,
        p50: None,
        p95: None,
    };
    assert_eq!(figure(6.0, 3.0).mean(), Some(2.0));
    assert_eq!(figure(6.0, 0.0).mean(), None);
    assert_eq!(figure(f64::NAN, 1.0).mean(), None);
}

proptest! {
    #[test]
    fn no_dimensions_make_the_reader_panic(
        name in "TaskSelfTime|CallWait|Duration|\\PC{0,8}",
        dimensions in prop::collection::vec(("Task|Function|Release|Mode|\\PC{0,4}", "\\PC{0,6}"), 0..8),
    ) {
        for namespace in [NAMESPACE, LAMBDA_NAMESPACE] {
            let given = dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let _ = Metric::parse(namespace, &name, given);
        }
    }
}
