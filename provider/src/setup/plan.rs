//! The plan of `fusion_setup`: a function of prior object, private data and configuration.
//!
//! Owns when computed attributes change: only in a plan that changes what a function carries.
//! Nothing here asks anybody or reads a clock.

use fusion_model::{Application, CallGraph, ReleaseId, SetupError, TaskName, notation};
use fusion_optimizer::{Decision, Deployed, Settings, decide, initial};
use tfplugin::{AttributePath, Diagnostic, Diagnostics, PlanRequest, Planned};

use super::private::Private;
use super::state::{DecisionState, SetupState};
use super::{arguments, deployed, policy, problems};
use crate::reading::{Read, Reader};

/// What decides about a setup.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The application.
    pub application: Application,
    /// What is wanted of the optimizer.
    pub settings: Settings,
}

/// Reads what decides; checks are reported.
pub fn read(state: &SetupState, diagnostics: &mut Diagnostics) -> Read<Arguments> {
    let mut reader = Reader::new(diagnostics);
    let settings = policy::settings(&mut reader, state);
    policy::lookback(&mut reader, state);
    arguments::sources(&mut reader, state);
    let application = arguments::application(&mut reader, state);
    let arguments = application.map(|application| Arguments {
        application,
        settings,
    });
    reader.finish(arguments)
}

/// Plans the setup.
pub fn plan(
    request: PlanRequest<SetupState, Private>,
    diagnostics: &mut Diagnostics,
) -> Result<Planned<SetupState, Private>, Diagnostic> {
    let PlanRequest {
        prior,
        proposed,
        private,
        ..
    } = request;
    let mut planned = match read(&proposed, diagnostics) {
        Read::Wrong => {
            diagnostics.stop_on_errors()?;
            Planned::new(proposed, private)
        }
        Read::Unknown(path) => {
            if proposed.mode.as_str() != Some("hold") || prior.is_none() {
                diagnostics.push(problems::undecided(&path));
            }
            Planned::new(deployed::undecided(proposed), private)
        }
        Read::Known(arguments) => {
            check_pinned(&arguments, prior.as_ref(), &private, diagnostics);
            diagnostics.stop_on_errors()?;
            decided(prior.as_ref(), proposed, private, &arguments)
        }
    };
    if let Some(prior) = prior
        && prior.application.is_known()
        && prior.application != planned.state.application
    {
        planned
            .requires_replace
            .push(AttributePath::of("application"));
    }
    Ok(planned)
}

fn decided(
    prior: Option<&SetupState>,
    proposed: SetupState,
    private: Private,
    arguments: &Arguments,
) -> Planned<SetupState, Private> {
    let before = prior.and_then(|prior| deployed::read(prior, private.basis_sha256.clone()));
    match (prior, before) {
        (Some(prior), Some(before)) => next(prior, &before, proposed, private, arguments),
        _ => first(proposed, private, arguments),
    }
}

/// What the evidence says about a setup that is deployed; `None` where the object does not say
/// enough.
pub fn weigh(state: &SetupState, private: &Private) -> Option<Decision> {
    let Read::Known(Arguments {
        application,
        settings,
    }) = read(state, &mut Diagnostics::new())
    else {
        return None;
    };
    let before = deployed::read(state, private.basis_sha256.clone())?;
    Some(decide(&application, &settings, &before, &private.evidence))
}

fn first(
    proposed: SetupState,
    private: Private,
    arguments: &Arguments,
) -> Planned<SetupState, Private> {
    let Arguments {
        application,
        settings,
    } = arguments;
    let decision = initial(application, settings);
    let groups = deployed::groups(application, &decision, |_, _| 0);
    let state = deployed::described(
        SetupState {
            groups: groups.into(),
            ..proposed
        },
        &decision,
    );
    let planned_basis_sha256 = Some(decision.basis_sha256);
    Planned::new(
        state,
        Private {
            planned_basis_sha256,
            ..private
        },
    )
}

fn next(
    prior: &SetupState,
    before: &Deployed,
    proposed: SetupState,
    private: Private,
    arguments: &Arguments,
) -> Planned<SetupState, Private> {
    let Arguments {
        application,
        settings,
    } = arguments;
    let settings = Settings {
        hold: settings.hold || !private.astray.is_empty(),
        ..settings.clone()
    };
    let decision = decide(application, &settings, before, &private.evidence);
    let attempt = |root: &TaskName, release: &ReleaseId| attempt(before, &private, root, release);
    let groups = deployed::groups(application, &decision, attempt);
    if is_same(prior, &groups) {
        return Planned::new(deployed::unchanged(proposed, prior), private);
    }
    let mut state = if decision.changed {
        deployed::described(proposed, &decision)
    } else {
        // Sources or settings changed, and the setup did not: what was said of it stays true.
        deployed::unchanged(proposed, prior)
    };
    if !private.astray.is_empty() {
        let (summary, because) = problems::astray(&private.astray);
        state.decision = DecisionState {
            summary,
            because,
            ..DecisionState::default()
        }
        .into();
    }
    state.groups = groups.into();
    let planned_basis_sha256 = Some(decision.basis_sha256);
    Planned::new(
        state,
        Private {
            planned_basis_sha256,
            ..private
        },
    )
}

/// Whether every function carries what it carried. Who is active may be known better by now,
/// which is no reason to change anything.
fn is_same(
    prior: &SetupState,
    groups: &std::collections::BTreeMap<String, super::state::GroupState>,
) -> bool {
    prior.groups.known().is_some_and(|before| {
        before.len() == groups.len()
            && groups.iter().all(|(root, group)| {
                before.get(root).is_some_and(|old| {
                    let active = old.active;
                    *old == super::state::GroupState {
                        active,
                        ..group.clone()
                    }
                })
            })
    })
}

/// A release that the alias does not serve is published again under the next number.
fn attempt(before: &Deployed, private: &Private, root: &TaskName, release: &ReleaseId) -> u32 {
    match before.functions.get(root) {
        Some(function) if function.release == *release => function
            .attempt
            .saturating_add(u32::from(private.astray.contains_key(root))),
        _ => 0,
    }
}

/// A pinned setup has to fit; the optimizer leaves one out that does not.
fn check_pinned(
    arguments: &Arguments,
    prior: Option<&SetupState>,
    private: &Private,
    diagnostics: &mut Diagnostics,
) {
    let Arguments {
        application,
        settings,
    } = arguments;
    let Some(Ok(pinned)) = settings.pinned_setup.as_deref().map(notation::parse) else {
        return;
    };
    let mut graph = CallGraph::declared(application);
    graph.extend(&private.evidence.observed_calls());
    let before = prior
        .and_then(|prior| deployed::read(prior, None))
        .map(|before| before.setup)
        .unwrap_or_default();
    let mut faults = pinned.check(application, &graph).err().unwrap_or_default();
    // Groups that the notation leaves out are those that are deployed.
    faults.retain(|fault| !matches!(fault, SetupError::MissingGroup(_)));
    if faults.is_empty() {
        faults = pinned
            .completed(application, &before)
            .check(application, &graph)
            .err()
            .unwrap_or_default();
    }
    for fault in faults {
        let problem = problems::misfit(&fault);
        diagnostics.error(problem.path, problem.summary, problem.detail);
    }
}
