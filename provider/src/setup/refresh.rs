//! The refresh of `fusion_setup`: what CloudWatch measured, and what every alias serves.
//!
//! Owns what is asked, and that nothing visible changes by it. Whatever cannot be learnt is a
//! warning: the evidence of earlier refreshes stays.

use std::collections::BTreeMap;
use std::time::Duration;

use fusion_cloud::functions::{self, Configuration};
use fusion_cloud::metrics::{self, Window as Span};
use fusion_cloud::{Clients, Error};
use fusion_model::{Application, Metric, ReleaseId, TaskName};
use fusion_optimizer::{Deployed, Queries, Served, Window, queries};
use futures::{StreamExt, stream};
use tfplugin::Diagnostics;

use super::policy::{self, Lookback};
use super::private::Private;
use super::state::SetupState;
use super::{arguments, deployed, problems};
use crate::reading::{Read, Reader};

/// Functions that are looked at a time.
const AT_A_TIME: usize = 10;
/// In which CloudWatch counts.
const MINUTE_S: u64 = 60;
/// How long after the last version was published its alias has moved, and calls to the version
/// before have come in. Where it takes longer, the tolerance of completeness covers it.
const ALIASES_MOVE_S: u64 = 2;
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
    let found = match found(clients, &application).await {
        Ok(found) => found,
        Err(error) => {
            let what = "What the functions serve could not be learnt from Lambda.";
            diagnostics.push(problems::unobserved(what, &error));
            return private;
        }
    };
    let served: BTreeMap<TaskName, Served> = found
        .iter()
        .map(|(root, found)| (root.clone(), as_served(found)))
        .collect();
    let private = Private {
        astray: astray(&deployed, &served),
        ..private
    };
    let seen = Seen {
        application: &application,
        deployed: &deployed,
        served: &served,
    };
    let Some(window) = window(&lookback, since_epoch_s(&private, &found), now_epoch_s)
        .filter(|_| private.astray.is_empty())
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
async fn found(
    clients: &Clients,
    application: &Application,
) -> Result<BTreeMap<TaskName, Configuration>, Error> {
    let names = application.tasks.values().map(|task| &task.function_name);
    let asked: Vec<_> = names
        .map(|name| functions::served(clients, name, &application.alias))
        .collect();
    let answers: Vec<Result<Configuration, Error>> =
        stream::iter(asked).buffered(AT_A_TIME).collect().await;
    let mut all = BTreeMap::new();
    for (root, answer) in application.tasks.keys().zip(answers) {
        match answer {
            Ok(found) => {
                all.insert(root.clone(), found);
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
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

/// Since when figures are about the present setup alone.
///
/// CloudWatch counts by whole minutes. A function that kept its release through the last apply
/// was called by functions of the setup before in that minute too, so figures count from the
/// next one on; where every release is new, from the apply.
fn since_epoch_s(private: &Private, found: &BTreeMap<TaskName, Configuration>) -> u64 {
    let applied = private.applied_epoch_s;
    let published: Vec<u64> = found
        .values()
        .filter_map(|one| one.modified_epoch_s)
        .collect();
    if published.iter().all(|one| *one >= applied) {
        return applied;
    }
    let last = published.into_iter().max().unwrap_or(0).max(applied);
    last.saturating_add(ALIASES_MOVE_S)
        .next_multiple_of(MINUTE_S)
}

/// The time to look at: not before the present setup was applied, not what is still settling.
fn window(lookback: &Lookback, since_epoch_s: u64, now_epoch_s: u64) -> Option<Span> {
    let to = now_epoch_s.saturating_sub(lookback.settle_seconds);
    let from = now_epoch_s
        .saturating_sub(lookback.window_seconds)
        .max(since_epoch_s);
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
    let listed = metrics::list(clients, &seen.application.name, &releases(&queries)).await?;
    for metric in &listed {
        queries
            .metrics
            .extend(Queries::of_listed(seen.application, metric));
    }
    let wanted: Vec<Metric> = queries.metrics.into_iter().collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let reading = metrics::read(clients, &wanted, window, DEADLINE).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A function that serves a version of this time.
    fn of(modified_epoch_s: u64) -> Configuration {
        Configuration {
            arn: String::new(),
            version: Some(1),
            label: None,
            memory_mb: 128,
            timeout_seconds: 30,
            runtime: String::new(),
            handler: String::new(),
            role: String::new(),
            environment: BTreeMap::new(),
            code_sha256_base64: String::new(),
            modified_epoch_s: Some(modified_epoch_s),
        }
    }

    fn since(applied_epoch_s: u64, modified: [u64; 2]) -> u64 {
        let private = Private {
            applied_epoch_s,
            ..Private::default()
        };
        let names = ["a", "b"].map(|name| TaskName::new(name).expect("a name"));
        let found = names.into_iter().zip(modified.map(of)).collect();
        since_epoch_s(&private, &found)
    }

    #[test]
    fn new_releases_count_from_the_apply() {
        assert_eq!(since(610, [612, 615]), 610);
    }

    #[test]
    fn a_kept_release_counts_from_the_first_minute_of_the_setup_alone() {
        assert_eq!(since(610, [100, 615]), 660);
        // The aliases move after the last version is there, here in the next minute.
        assert_eq!(since(610, [100, 659]), 720);
    }
}
