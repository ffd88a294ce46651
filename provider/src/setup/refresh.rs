//! The refresh of `fusion_setup`: what CloudWatch measured, and what every alias serves.
//!
//! Owns what is asked, and that nothing visible changes by it. Whatever cannot be learnt is a
//! warning: the evidence of earlier refreshes stays.

use std::collections::BTreeMap;
use std::time::Duration;

use fusion_cloud::functions::{self, Configuration};
use fusion_cloud::metrics::Window as Span;
use fusion_cloud::{Clients, Error};
use fusion_model::{Application, Metric, ReleaseId, TaskName};
use fusion_optimizer::{Deployed, Queries, Served, Window, queries};
use futures::{StreamExt, stream};
use tfplugin::Diagnostics;

use super::policy::{self, Lookback};
use super::private::Private;
use super::state::SetupState;
use super::{arguments, deployed, problems};
use crate::metrics;
use crate::reading::{Read, Reader};

/// Functions that are looked at a time.
const AT_A_TIME: usize = 10;
/// How long CloudWatch may take in all.
const DEADLINE: Duration = Duration::from_secs(60);

/// Refreshes the private data; what is not materially new leaves it as it is.
pub async fn refresh(
    clients: &Clients,
    state: &SetupState,
    private: Private,
    now_epoch_s: u64,
    diagnostics: &mut Diagnostics,
) -> Private {
    let Some((application, lookback)) = stored(state) else {
        return private;
    };
    let Some(deployed) = deployed::read(state, private.basis_sha256.clone()) else {
        return private;
    };
    let served = match served(clients, &application).await {
        Ok(served) => served,
        Err(error) => {
            let what = "What the functions serve could not be learnt from Lambda.";
            diagnostics.push(problems::unobserved(what, &error));
            return private;
        }
    };
    let private = Private {
        astray: astray(&deployed, &served),
        ..private
    };
    let seen = Seen {
        application: &application,
        deployed: &deployed,
        served: &served,
    };
    let Some(window) =
        window(&lookback, &private, now_epoch_s).filter(|_| private.astray.is_empty())
    else {
        return private;
    };
    match observe(clients, &seen, &private, window).await {
        Ok(figures) => absorbed(&seen, private, state, window, &figures),
        Err(error) => {
            let what = "What was measured could not be read from CloudWatch.";
            diagnostics.push(problems::unobserved(what, &error));
            private
        }
    }
}

/// What a refresh looks at.
struct Seen<'a> {
    application: &'a Application,
    deployed: &'a Deployed,
    served: &'a BTreeMap<TaskName, Served>,
}

/// The application as the stored object describes it; `None` after an import, before an apply.
fn stored(state: &SetupState) -> Option<(Application, Lookback)> {
    let mut silent = Diagnostics::new();
    let mut reader = Reader::new(&mut silent);
    let lookback = policy::lookback(&mut reader, state);
    let application = arguments::application(&mut reader, state);
    match reader.finish(application.map(|application| (application, lookback))) {
        Read::Known(known) => Some(known),
        Read::Unknown(_) | Read::Wrong => None,
    }
}

/// What every alias serves; a function or alias that does not exist is left out.
async fn served(
    clients: &Clients,
    application: &Application,
) -> Result<BTreeMap<TaskName, Served>, Error> {
    let names = application.tasks.values().map(|task| &task.function_name);
    let asked: Vec<_> = names
        .map(|name| functions::served(clients, name, &application.alias))
        .collect();
    let answers: Vec<Result<Configuration, Error>> =
        stream::iter(asked).buffered(AT_A_TIME).collect().await;
    let mut served = BTreeMap::new();
    for (root, answer) in application.tasks.keys().zip(answers) {
        match answer {
            Ok(found) => {
                served.insert(root.clone(), as_served(&found));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(served)
}

fn as_served(found: &Configuration) -> Served {
    Served {
        release: found.label.as_ref().map(|label| label.release.clone()),
        attempt: found.label.as_ref().map_or(0, |label| label.attempt),
        version: found
            .version
            .map_or_else(|| "$LATEST".to_owned(), |version| version.to_string()),
    }
}

/// Functions that serve something else than was applied. A missing one is made again by its own
/// resource.
fn astray(deployed: &Deployed, served: &BTreeMap<TaskName, Served>) -> BTreeMap<TaskName, String> {
    let differing = served.iter().filter_map(|(root, served)| {
        let planned = deployed.functions.get(root)?;
        if served.release.as_ref() == Some(&planned.release) && served.attempt == planned.attempt {
            return None;
        }
        let found = match &served.release {
            Some(release) if *release == planned.release => {
                format!(
                    "an earlier publication of its release (version {})",
                    served.version
                )
            }
            Some(release) => format!("release {release} (version {})", served.version),
            None => format!("version {}, which is none of Fusionize's", served.version),
        };
        Some((root.clone(), found))
    });
    differing.collect()
}

/// The time to look at: not before the present setup was applied, not what is still settling.
fn window(lookback: &Lookback, private: &Private, now_epoch_s: u64) -> Option<Span> {
    let to = now_epoch_s.saturating_sub(lookback.settle_seconds);
    let from = now_epoch_s
        .saturating_sub(lookback.window_seconds)
        .max(private.applied_epoch_s);
    if from >= to {
        return None;
    }
    let (from, to) = (i64::try_from(from).ok()?, i64::try_from(to).ok()?);
    Some(Span::covering(from, to))
}

/// Reads every metric that is known, and those of calls that CloudWatch lists beside.
async fn observe(
    clients: &Clients,
    seen: &Seen<'_>,
    private: &Private,
    window: Span,
) -> Result<Vec<fusion_model::Figure>, Error> {
    let mut queries = queries(
        seen.application,
        seen.deployed,
        &private.evidence,
        seen.served,
    );
    let listed = metrics::list(clients, &seen.application.name, releases(&queries)).await?;
    for metric in &listed {
        queries
            .metrics
            .extend(Queries::of_listed(seen.application, metric));
    }
    let wanted: Vec<Metric> = queries.metrics.into_iter().collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let reading = metrics::read(clients, wanted, window, DEADLINE).await?;
    match reading.missing.into_iter().next() {
        // Half of the figures would look like a change of the workload.
        Some(missing) => Err(missing.why),
        None => Ok(reading.figures),
    }
}

fn releases(queries: &Queries) -> Vec<ReleaseId> {
    let named = queries
        .discoveries
        .iter()
        .flat_map(|discovery| &discovery.dimensions);
    let mut releases: Vec<ReleaseId> = named
        .filter(|(name, _)| *name == "Release")
        .filter_map(|(_, release)| ReleaseId::new(release).ok())
        .collect();
    releases.sort();
    releases.dedup();
    releases
}

fn absorbed(
    seen: &Seen<'_>,
    private: Private,
    state: &SetupState,
    window: Span,
    figures: &[fusion_model::Figure],
) -> Private {
    let mut evidence = private.evidence.clone();
    evidence.absorb(&Window {
        application: seen.application,
        deployed: seen.deployed,
        served: seen.served,
        figures,
        from_epoch_s: u64::try_from(window.from_epoch_s()).unwrap_or(0),
        to_epoch_s: u64::try_from(window.to_epoch_s()).unwrap_or(0),
    });
    if !private.evidence.differs_materially(&evidence) {
        return private;
    }
    let setup_id = state.setup_id.as_str().unwrap_or_default().to_owned();
    Private {
        setup_id,
        evidence,
        ..private
    }
}
