//! Choosing from complete evidence: fit, search, leave out what is not worth it,
//! and change only beyond the threshold.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use fusion_model::{Setup, TaskName};

use super::compare::{Difference, difference};
use super::normal::quantile;
use super::{Decision, Question, Story, percentile, present, revert, sampling, text};
use crate::deployed::Phase;
use crate::forecast::{Alternative, Evaluation, Forecast, Plan, Terms, evaluate, outlook};
use crate::search::{Found, Objective, Problem};
use crate::workload::{Workload, fit};

/// Each setup that was decided for the same sources, load and configuration raises what
/// the next must gain by this factor: what is left after it is within the model's error.
const PATIENCE: f64 = 2.0;
/// Setups of the front that a forecast shows at most.
const MAX_PARETO: usize = 5;

/// Chooses between the present setup and the best one.
pub fn choose(question: &Question<'_>, present: &Setup) -> Decision {
    let (present, idle) = without_idle(question, present);
    let workload = fit(question.application, question.deployed, question.evidence);
    let mut problem = problem(question, &present, &workload);
    let deviations = quantile(question.settings.confidence);
    let least = question.settings.min_improvement;
    let (found, plan) = percentile::search_within(&mut problem, least, deviations);
    let change = difference(&problem, &problem.deployed, &plan);
    let verdict = verdict(question, &problem, &plan, &change, deviations);
    match verdict {
        Verdict::Change => {
            let setup = deployable(question, &problem, &plan, &present);
            let story = change_story(question, &problem, &plan, &change, &found);
            question.answer(setup, Phase::Optimized, story)
        }
        Verdict::Keep(why) if idle.is_empty() => {
            let mut story = change_story(
                question,
                &problem,
                &problem.deployed,
                &Difference::default(),
                &found,
            );
            story.summary = format!("Keep the setup: {why}");
            question.keep(present, story)
        }
        Verdict::Keep(_) => {
            let mut story = change_story(
                question,
                &problem,
                &problem.deployed,
                &Difference::default(),
                &found,
            );
            story.summary = format!(
                "Take out what is no longer called inside: {}",
                idle.join(", ")
            );
            question.answer(present, Phase::Optimized, story)
        }
    }
}

enum Verdict {
    Change,
    Keep(String),
}

fn verdict(
    question: &Question<'_>,
    problem: &Problem<'_>,
    plan: &Plan,
    change: &Difference,
    deviations: f64,
) -> Verdict {
    if *plan == problem.deployed {
        return Verdict::Keep("no other is worth the change under the model".to_owned());
    }
    // A rule that the deployed setup breaks, such as a new set of `together`, is not
    // weighed against a gain.
    if !problem.is_allowed(&problem.deployed) && problem.is_allowed(plan) {
        return Verdict::Change;
    }
    let now = revert::Now::of(
        question.application,
        question.settings,
        question.deployed,
        question.evidence,
    );
    let barred = now.barred();
    let notation = plan.notation(problem.workload);
    if barred.contains(&notation) {
        return Verdict::Keep(format!("{notation} was tried and was worse"));
    }
    let excess = |plan: &Plan| percentile::rank(problem, plan).excess;
    match crate::compare(excess(plan), excess(&problem.deployed)) {
        Ordering::Less => return Verdict::Change,
        Ordering::Equal => {}
        Ordering::Greater => {
            let lines = percentile::lines(problem, plan).join("; ");
            return Verdict::Keep(format!(
                "{notation} is not sure enough of the bounds: {lines}"
            ));
        }
    }
    let steps = now.steps_taken();
    let needed = question.settings.min_improvement * PATIENCE.powf(f64::from(steps));
    let gain = -change.score.value;
    let sure = gain - deviations * change.score.error;
    if gain < needed || sure <= 0.0 {
        return Verdict::Keep(format!(
            "{notation} would gain {} % (at least {} %), and a change needs {} % and more than nothing for sure{}",
            text::tenths(gain),
            text::tenths(sure),
            text::tenths(needed),
            raised(steps, question.settings.min_improvement),
        ));
    }
    Verdict::Change
}

/// Why a change needs more than the operator's least improvement, where it does.
fn raised(steps: u32, min_improvement: f64) -> String {
    let setups = match steps {
        0 => return String::new(),
        1 => "1 setup that was".to_owned(),
        _ => format!("{steps} setups that were"),
    };
    format!(
        " (min_improvement is {} %, doubled for each of {setups} already decided for these sources, this \
         load and this configuration)",
        text::tenths(min_improvement)
    )
}

/// The present setup without members that no call reaches, and who went out of
/// which active group.
fn without_idle(question: &Question<'_>, present: &Setup) -> (Setup, Vec<String>) {
    let active: BTreeSet<TaskName> = present.active(question.application, question.graph);
    let mut idle = Vec::new();
    let groups = present.groups.iter().map(|(root, group)| {
        if !active.contains(root) {
            return (root.clone(), group.clone());
        }
        let (smaller, out) =
            present::without_idle(question.application, question.evidence, root, group);
        idle.extend(out.iter().map(|task| format!("{task} out of {root}")));
        (root.clone(), smaller)
    });
    let setup = Setup {
        groups: groups.collect(),
    };
    (setup, idle)
}

fn problem<'a>(question: &Question<'a>, present: &Setup, workload: &'a Workload) -> Problem<'a> {
    let Question {
        application,
        settings,
        evidence,
        ..
    } = *question;
    let terms = Terms {
        pricing: settings.pricing,
        inline_async: application.inline_async,
        metric_usd_per_million: sampling::metric_usd(
            settings,
            expected_sampling(question, present, workload),
            workload.requests_per_hour,
        ),
    };
    let first = Plan::of_setup(&first_setup(question), workload, application.inline_async);
    let objective = Objective::new(settings, &evaluate(workload, &first, &terms));
    let plan = Plan::of_setup(present, workload, application.inline_async);
    let mut problem = Problem::new(application, workload, terms, objective, plan);
    for (name, function) in &evidence.functions {
        if let Some(number) = workload.number(name) {
            problem.memory_used_mb[number] = function.memory_used_mb;
        }
    }
    problem
}

/// The sampling that the present setup would get: what telemetry is priced with.
fn expected_sampling(
    question: &Question<'_>,
    present: &Setup,
    workload: &Workload,
) -> fusion_model::Sampling {
    let application = question.application;
    let terms = Terms {
        pricing: question.settings.pricing,
        inline_async: application.inline_async,
        metric_usd_per_million: 0.0,
    };
    let plan = Plan::of_setup(present, workload, application.inline_async);
    let evaluation = evaluate(workload, &plan, &terms);
    sampling_of(question, &evaluation, workload)
}

fn sampling_of(
    question: &Question<'_>,
    evaluation: &Evaluation,
    workload: &Workload,
) -> fusion_model::Sampling {
    let usd = evaluation.cost.total_usd() - evaluation.cost.telemetry_usd;
    sampling::sampling(
        question.settings,
        usd,
        evaluation.metrics,
        workload.requests_per_hour,
    )
}

/// The first setup of the application, to which scores are relative.
fn first_setup(question: &Question<'_>) -> Setup {
    let separate = Setup::separate(question.application);
    question
        .deployed
        .history
        .iter()
        .find(|entry| entry.generation == 1)
        .and_then(|entry| fusion_model::notation::parse(&entry.notation).ok())
        .map_or_else(
            || separate.clone(),
            |first| {
                present::repaired(
                    question.application,
                    &first.completed(question.application, &separate),
                )
            },
        )
}

/// The plan as a setup. A group that the plan does not change stays as deployed,
/// with members that were declared and not called yet.
fn deployable(
    question: &Question<'_>,
    problem: &Problem<'_>,
    plan: &Plan,
    present: &Setup,
) -> Setup {
    let mut setup = plan.to_setup(question.application, problem.workload, present);
    for (root, group) in &plan.groups {
        if problem.deployed.groups.get(root) == Some(group) {
            let name = &problem.workload.names[*root];
            if let Some(group) = present.groups.get(name) {
                setup.groups.insert(name.clone(), group.clone());
            }
        }
    }
    setup
}

fn change_story(
    question: &Question<'_>,
    problem: &Problem<'_>,
    plan: &Plan,
    change: &Difference,
    found: &Found,
) -> Story {
    let workload = problem.workload;
    let before = evaluate(workload, &problem.deployed, &problem.terms);
    let expected = evaluate(workload, plan, &problem.terms);
    let chosen = outlook(workload, &expected);
    let pareto = thinned(&found.pareto);
    let forecast = Forecast {
        before: Some(outlook(workload, &before)),
        expected: Some(chosen),
        latency_change: Some(change.latency.change()),
        cost_change: Some(change.cost.change()),
        pareto: pareto
            .iter()
            .map(|(plan, evaluation)| Alternative {
                notation: plan.notation(workload),
                outlook: outlook(workload, evaluation),
            })
            .collect(),
    };
    Story {
        summary: text::summary(problem, plan, &forecast),
        because: because(question, problem, plan),
        evidence: text::evidence_lines(workload, question.evidence),
        instead_of: text::instead_of(problem, plan, &chosen, &pareto),
        sampling: Some(sampling_of(question, &expected, workload)),
        forecast,
    }
}

/// The reasons, with what is expected of a bound on the percentile.
fn because(question: &Question<'_>, problem: &Problem<'_>, plan: &Plan) -> Vec<String> {
    let mut lines = text::because(problem, plan, question.evidence);
    lines.extend(percentile::lines(problem, plan));
    lines
}

/// Both ends of a front and what lies evenly between, by position.
fn thinned(front: &[(Plan, Evaluation)]) -> Vec<(Plan, Evaluation)> {
    let last = front.len().saturating_sub(1);
    if front.len() <= MAX_PARETO {
        return front.to_vec();
    }
    (0..MAX_PARETO)
        .map(|index| front[index * last / (MAX_PARETO - 1)].clone())
        .collect()
}
