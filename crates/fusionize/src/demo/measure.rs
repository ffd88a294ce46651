//! What the functions did in a round, from the platform's CloudWatch.
//!
//! CloudWatch counts by minutes and rounds do not begin with them, so a round is the difference
//! of two totals since the demo's beginning. Sums and counts subtract exactly.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fusion_cloud::Clients;
use fusion_cloud::functions::served;
use fusion_cloud::metrics::{self, Window};
use fusion_model::TaskName;
use fusion_model::release::ReleaseId;
use fusion_model::telemetry::{FunctionRelease, LambdaMetric, Measure, Metric};
use tokio::time::sleep;

use crate::failure::{Exit, Failure};

/// The application of the demo.
pub const APPLICATION: &str = "tree";
/// The alias that callers use.
pub const ALIAS: &str = "live";

/// How long CloudWatch may take to answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// Telemetry is written within a second after an invocation, and asynchronous work goes on after
/// the last answer: asked again until nothing changes, this often at most.
const SETTLING_TRIES: u32 = 20;

/// One function as it serves.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its release.
    pub of: FunctionRelease,
    /// Its name.
    pub name: String,
    /// The version behind the alias.
    pub version: Option<String>,
    /// Its memory.
    pub memory_mb: u32,
}

/// What one function did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Invocations.
    pub invocations: f64,
    /// Invocations that ended with an error.
    pub errors: f64,
    /// Handler time of all invocations.
    pub duration_ms: f64,
    /// Cold starts.
    pub cold_starts: f64,
    /// INIT time of all cold starts.
    pub init_ms: f64,
}

/// What the functions did, by task.
pub type Activity = BTreeMap<TaskName, Totals>;

/// The functions behind their aliases.
pub async fn functions(
    clients: &Clients,
    names: &BTreeMap<String, String>,
) -> Result<Vec<Function>, Failure> {
    let mut functions = Vec::new();
    for (task, name) in names {
        let found = served(clients, name, ALIAS).await?;
        let unlabelled = || {
            Failure::new(
                Exit::Failed,
                format!("`{name}` serves a version that is not Fusionize's"),
            )
        };
        let release: ReleaseId = found.label.ok_or_else(unlabelled)?.release;
        let function = TaskName::new(task.as_str()).map_err(|_| unlabelled())?;
        functions.push(Function {
            of: FunctionRelease {
                application: APPLICATION.to_owned(),
                release,
                function,
            },
            name: name.clone(),
            version: found.version.map(|version| version.to_string()),
            memory_mb: found.memory_mb,
        });
    }
    Ok(functions)
}

/// Everything the functions did since `since`, in their present versions.
pub async fn totals(
    clients: &Clients,
    functions: &[Function],
    since: SystemTime,
) -> Result<Activity, Failure> {
    let asked: Vec<Metric> = functions.iter().flat_map(Function::metrics).collect();
    let window = Window::covering(epoch_s(since), epoch_s(SystemTime::now()));
    let reading = metrics::read(clients, &asked, window, DEADLINE).await?;
    if let Some(missing) = reading.missing.into_iter().next() {
        return Err(missing.why.into());
    }
    let mut activity: Activity = functions
        .iter()
        .map(|function| (function.of.function.clone(), Totals::default()))
        .collect();
    for figure in reading.figures {
        let task = functions
            .iter()
            .find(|function| function.has(&figure.metric));
        let totals = task.and_then(|function| activity.get_mut(&function.of.function));
        if let Some(totals) = totals {
            totals.take(&figure.metric, figure.sum, figure.samples);
        }
    }
    Ok(activity)
}

/// Waits until the functions have done what they still had to do, and gives the totals.
pub async fn settled(
    clients: &Clients,
    functions: &[Function],
    since: SystemTime,
) -> Result<Activity, Failure> {
    let mut before = totals(clients, functions, since).await?;
    for _ in 0..SETTLING_TRIES {
        sleep(Duration::from_millis(1500)).await;
        let now = totals(clients, functions, since).await?;
        if now == before {
            break;
        }
        before = now;
    }
    Ok(before)
}

/// How many custom metrics a round fed: those of the functions that worked in it.
pub async fn custom_metrics(
    clients: &Clients,
    functions: &[Function],
    round: &Activity,
) -> Result<usize, Failure> {
    let worked = |function: &&Function| {
        round
            .get(&function.of.function)
            .is_some_and(|totals| totals.invocations > 0.0)
    };
    let working: Vec<&Function> = functions.iter().filter(worked).collect();
    let releases: Vec<ReleaseId> = working
        .iter()
        .map(|function| function.of.release.clone())
        .collect();
    let listed = metrics::list(clients, APPLICATION, &releases).await?;
    let fed = |metric: &&Metric| match metric {
        Metric::Fusion { function, .. } => working.iter().any(|working| working.of == *function),
        Metric::Lambda { .. } => false,
    };
    Ok(listed.iter().filter(fed).count())
}

/// What was done between two totals.
pub fn between(before: &Activity, after: &Activity) -> Activity {
    let nothing = Totals::default();
    let each = after.iter();
    each.map(|(task, now)| {
        (
            task.clone(),
            now.minus(before.get(task).unwrap_or(&nothing)),
        )
    })
    .collect()
}

impl Function {
    fn metrics(&self) -> Vec<Metric> {
        let counted = [
            LambdaMetric::Invocations,
            LambdaMetric::Errors,
            LambdaMetric::Duration,
        ];
        let mut metrics: Vec<Metric> = counted
            .into_iter()
            .map(|metric| Metric::Lambda {
                metric,
                function_name: self.name.clone(),
                alias: ALIAS.to_owned(),
                version: self.version.clone(),
            })
            .collect();
        metrics.push(Metric::Fusion {
            function: self.of.clone(),
            measure: Measure::InitDuration,
        });
        metrics
    }

    fn has(&self, metric: &Metric) -> bool {
        match metric {
            Metric::Fusion { function, .. } => *function == self.of,
            Metric::Lambda { function_name, .. } => *function_name == self.name,
        }
    }
}

impl Totals {
    fn take(&mut self, metric: &Metric, sum: f64, samples: f64) {
        match metric {
            Metric::Fusion {
                measure: Measure::InitDuration,
                ..
            } => {
                self.cold_starts += samples;
                self.init_ms += sum;
            }
            Metric::Lambda {
                metric: LambdaMetric::Invocations,
                ..
            } => self.invocations += sum,
            Metric::Lambda {
                metric: LambdaMetric::Errors,
                ..
            } => self.errors += sum,
            Metric::Lambda {
                metric: LambdaMetric::Duration,
                ..
            } => self.duration_ms += sum,
            _ => {}
        }
    }

    fn minus(&self, earlier: &Self) -> Self {
        Self {
            invocations: self.invocations - earlier.invocations,
            errors: self.errors - earlier.errors,
            duration_ms: self.duration_ms - earlier.duration_ms,
            cold_starts: self.cold_starts - earlier.cold_starts,
            init_ms: self.init_ms - earlier.init_ms,
        }
    }
}

fn epoch_s(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
