//! What people read in a plan: what changes, why, on what evidence, and what else
//! was considered.

use fusion_model::CallMode;

use crate::forecast::{Change, Evaluation, Forecast, Outlook, Plan, PlanGroup, evaluate};
use crate::observation::Evidence;
use crate::search::Problem;
use crate::workload::Workload;

/// Lines of each list at most.
const MAX_LINES: usize = 12;

/// What changes, with its effect, in one sentence.
pub fn summary(problem: &Problem<'_>, plan: &Plan, forecast: &Forecast) -> String {
    let mut steps = steps(problem, plan);
    if let Some(first) = steps.first_mut() {
        let mut letters = first.chars();
        if let Some(letter) = letters.next() {
            *first = letter.to_uppercase().chain(letters).collect();
        }
    }
    let what = if steps.is_empty() {
        "Keep the groups".to_owned()
    } else {
        steps.join(", ")
    };
    match effect(forecast) {
        Some(effect) => format!("{what}: {effect}"),
        None => what,
    }
}

/// `p50 1630 -> 1506 ms, mean 1702 -> 1566 ms (-8 %, 90 % interval -9 to -6), 27.50 -> 18.84 USD
/// per million (...)`: the median is what people know of a service, the mean is what is decided by.
fn effect(forecast: &Forecast) -> Option<String> {
    let (before, expected) = (forecast.before?, forecast.expected?);
    let (latency, cost) = (forecast.latency_change?, forecast.cost_change?);
    Some(format!(
        "p50 {} -> {} ms, mean {} -> {} ms ({}), {:.2} -> {:.2} USD per million ({})",
        milliseconds(before.latency_ms_p50),
        milliseconds(expected.latency_ms_p50),
        milliseconds(before.latency_ms),
        milliseconds(expected.latency_ms),
        interval(&latency, "90 % interval "),
        before.cost.total_usd(),
        expected.cost.total_usd(),
        interval(&cost, ""),
    ))
}

fn interval(change: &Change, label: &str) -> String {
    format!(
        "{} %, {label}{} to {}",
        percent(change.expected),
        percent(change.low),
        percent(change.high)
    )
}

/// A time without its unit; below 10 ms a whole number would hide what changes.
fn milliseconds(time_ms: f64) -> String {
    if time_ms < 9.95 {
        format!("{time_ms:.1}")
    } else {
        format!("{time_ms:.0}")
    }
}

/// A relative change in percent without a minus before zero.
fn percent(change: f64) -> String {
    let rounded = (change * 100.0).round();
    format!("{:.0}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A share in percent with one decimal, without a minus before zero.
pub fn tenths(share: f64) -> String {
    let rounded = (share * 1000.0).round() / 10.0;
    format!("{:.1}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A relative change in percent with its sign.
pub fn signed_percent(change: f64) -> String {
    let text = percent(change);
    if text.starts_with('-') || text == "0" {
        text
    } else {
        format!("+{text}")
    }
}

/// Each function that changes: who comes in, who goes out, how much memory.
fn steps(problem: &Problem<'_>, plan: &Plan) -> Vec<String> {
    let names = |tasks: &[usize]| listed(problem.workload, tasks);
    let mut steps = Vec::new();
    for (root, group) in &plan.groups {
        let name = &problem.workload.names[*root];
        let deployed = problem.deployed.groups.get(root);
        let alone = [*root];
        let before = deployed.map_or(&alone[..], |group| &group.members);
        let (new, gone) = (
            outside(&group.members, before),
            outside(before, &group.members),
        );
        if !new.is_empty() {
            steps.push(format!("inline {} into {name}", names(&new)));
        }
        if !gone.is_empty() {
            steps.push(format!("take {} out of {name}", names(&gone)));
        }
        if let Some(old) = deployed.filter(|old| old.memory_mb != group.memory_mb) {
            steps.push(format!(
                "{name} {} -> {} MB",
                old.memory_mb, group.memory_mb
            ));
        }
    }
    steps
}

fn outside(tasks: &[usize], of: &[usize]) -> Vec<usize> {
    tasks
        .iter()
        .copied()
        .filter(|task| !of.contains(task))
        .collect()
}

fn listed(workload: &Workload, tasks: &[usize]) -> String {
    tasks
        .iter()
        .map(|task| workload.names[*task].as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Why: who waits for whom, and for whom nobody waits.
pub fn because(problem: &Problem<'_>, plan: &Plan, evidence: &Evidence) -> Vec<String> {
    let workload = problem.workload;
    let before = evaluate(workload, &problem.deployed, &problem.terms);
    let mut lines = Vec::new();
    for (root, group) in &plan.groups {
        let deployed = problem.deployed.groups.get(root);
        for caller in &group.members {
            for call in &workload.calls[*caller] {
                let was_remote = deployed.is_none_or(|old| !old.contains(call.callee));
                if call.mode == CallMode::Sync && group.contains(call.callee) && was_remote {
                    lines.extend(waits(problem, &before, evidence, *caller, call.callee));
                }
            }
        }
        if let Some(old) = deployed.filter(|old| old.memory_mb != group.memory_mb) {
            lines.push(memory_reason(workload, *root, old, group));
        }
    }
    let unwaited: Vec<usize> = plan
        .groups
        .keys()
        .copied()
        .filter(|root| !workload.entries.contains_key(root) && is_only_async(workload, *root))
        .collect();
    if !unwaited.is_empty() {
        let verb = if unwaited.len() == 1 { "is" } else { "are" };
        lines.push(format!(
            "nobody waits for {}, which {verb} called asynchronously",
            listed(workload, &unwaited)
        ));
    }
    lines.dedup();
    lines.truncate(MAX_LINES);
    lines
}

fn waits(
    problem: &Problem<'_>,
    before: &Evaluation,
    evidence: &Evidence,
    caller: usize,
    callee: usize,
) -> Option<String> {
    let workload = problem.workload;
    let answer = before.answer_ms.get(&callee)?;
    let own = before.answer_ms.get(&caller)?;
    let memory_mb = problem.deployed.groups.get(&caller)?.memory_mb;
    let call = workload.calls[caller]
        .iter()
        .find(|call| call.callee == callee)?;
    let waits = (answer + workload.overhead_ms(call, memory_mb)) * call.per_run;
    let name = &workload.names[caller];
    let runs = evidence
        .functions
        .get(name)
        .map_or(0.0, |function| function.root_runs);
    Some(format!(
        "{name} waits {} ms of each {} ms for {} ({} samples)",
        milliseconds(waits.min(*own)),
        milliseconds(*own),
        workload.names[callee],
        grouped(runs),
    ))
}

fn memory_reason(workload: &Workload, root: usize, old: &PlanGroup, new: &PlanGroup) -> String {
    let wall = |memory_mb| {
        new.members
            .iter()
            .map(|member| workload.tasks[*member].wall_ms(memory_mb))
            .sum::<f64>()
    };
    let cpu_ms: f64 = new
        .members
        .iter()
        .map(|member| workload.tasks[*member].cpu_ms)
        .sum();
    format!(
        "{} uses {} ms of CPU time, and its own work takes {} ms at {} MB, {} ms at {} MB",
        workload.names[root],
        milliseconds(cpu_ms),
        milliseconds(wall(old.memory_mb)),
        old.memory_mb,
        milliseconds(wall(new.memory_mb)),
        new.memory_mb
    )
}

fn is_only_async(workload: &Workload, task: usize) -> bool {
    let mut calls = workload
        .calls
        .iter()
        .flatten()
        .filter(|call| call.callee == task)
        .peekable();
    calls.peek().is_some() && calls.all(|call| call.mode == CallMode::Async)
}

/// What was measured, with sample counts.
pub fn evidence_lines(workload: &Workload, evidence: &Evidence) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, function) in &evidence.functions {
        if let Some(requests) = function.requests {
            let percentile = |value: Option<f64>| {
                value.map_or_else(
                    || "unknown".to_owned(),
                    |value| format!("{} ms", milliseconds(value)),
                )
            };
            lines.push(format!(
                "{name}: {} requests, p50 {}, p95 {}, {:.0} cold starts",
                grouped(requests.latency_ms.samples),
                percentile(requests.p50_ms),
                percentile(requests.p95_ms),
                function.cold_starts,
            ));
        }
    }
    for (number, task) in workload.tasks.iter().enumerate() {
        let Some((memory_mb, measured)) = task.measured_ms.iter().next() else {
            continue;
        };
        lines.push(format!(
            "{}: {} runs at {memory_mb} MB, {:.1} ms without waiting, {:.1} ms of CPU time ({})",
            workload.names[number],
            grouped(measured.samples),
            measured.mean,
            task.cpu_ms,
            match task.origin {
                crate::workload::Origin::Measured => "measured",
                crate::workload::Origin::Fitted => "fitted",
                _ => "assumed",
            },
        ));
    }
    lines.truncate(MAX_LINES * 2);
    lines
}

/// What else was considered, compared with what was chosen.
pub fn instead_of(
    problem: &Problem<'_>,
    plan: &Plan,
    chosen: &Outlook,
    pareto: &[(Plan, Evaluation)],
) -> Vec<String> {
    let mut lines: Vec<String> = pareto
        .iter()
        .filter(|(other, _)| other != plan)
        .map(|(other, evaluation)| {
            let what = differing(problem.workload, other, plan);
            format!("{what}: {}", effect_against(chosen, evaluation))
        })
        .collect();
    lines.extend(inlined_async(problem, plan, chosen));
    lines.truncate(MAX_LINES);
    lines
}

fn effect_against(chosen: &Outlook, other: &Evaluation) -> String {
    let relative = |new: f64, old: f64| if old > 0.0 { new / old - 1.0 } else { 0.0 };
    format!(
        "{} % cost, {} % latency",
        signed_percent(relative(other.cost.total_usd(), chosen.cost.total_usd())),
        signed_percent(relative(other.latency_ms, chosen.latency_ms)),
    )
}

/// The groups of `other` that `plan` does not have.
fn differing(workload: &Workload, other: &Plan, plan: &Plan) -> String {
    let groups = other
        .groups
        .iter()
        .filter(|(root, group)| plan.groups.get(*root) != Some(*group));
    let groups = groups.map(|(root, group)| (*root, group.clone())).collect();
    Plan { groups }.notation(workload)
}

/// What inlining an asynchronous call of an entrypoint would do.
fn inlined_async(problem: &Problem<'_>, plan: &Plan, chosen: &Outlook) -> Vec<String> {
    if problem.terms.inline_async {
        return vec![];
    }
    let workload = problem.workload;
    let mut terms = problem.terms;
    terms.inline_async = true;
    let mut lines = Vec::new();
    for (root, group) in plan
        .groups
        .iter()
        .filter(|(root, _)| workload.entries.contains_key(root))
    {
        let calls = group
            .members
            .iter()
            .flat_map(|member| &workload.calls[*member]);
        for call in calls.filter(|call| call.mode == CallMode::Async) {
            let shares = group
                .members
                .iter()
                .all(|member| problem.may_share(*member, call.callee));
            if group.contains(call.callee) || !shares {
                continue;
            }
            let mut next = plan.clone();
            if let Some(group) = next.groups.get_mut(root) {
                group.members.push(call.callee);
                group.members.sort_unstable();
            }
            let evaluation = evaluate(workload, &next.trimmed(workload, true), &terms);
            lines.push(format!(
                "{} inlined into {}, would need inline_async: {}",
                workload.names[call.callee],
                workload.names[*root],
                effect_against(chosen, &evaluation)
            ));
        }
    }
    lines
}

/// A whole number with commas between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(60.0), "60");
        assert_eq!(milliseconds(4.123), "4.1");
        assert_eq!(milliseconds(9.96), "10");
        assert_eq!(milliseconds(1629.6), "1630");
        assert_eq!(percent(-0.004), "0");
        assert_eq!(tenths(-0.000_4), "0.0");
        assert_eq!(tenths(0.123_4), "12.3");
        assert_eq!(signed_percent(0.02), "+2");
        assert_eq!(signed_percent(-0.31), "-31");
    }
}
