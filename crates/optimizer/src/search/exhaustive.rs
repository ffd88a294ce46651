//! Every setup of a small application: exact for any call graph.

use fusion_model::CallMode;

use super::{Archive, Found, Problem};
use crate::forecast::{Plan, PlanGroup, reached};

/// Tries every plan; `None` where there are more than `limit`.
pub fn search(problem: &Problem<'_>, limit: usize) -> Option<Found> {
    let mut search = Exhaustive {
        archive: Archive::new(problem),
        limit,
    };
    let pending: Vec<usize> = problem.workload.entries.keys().copied().collect();
    search.assign(&mut Plan::default(), &pending)?;
    search.archive.found(true)
}

struct Exhaustive<'a, 'p> {
    archive: Archive<'a, 'p>,
    limit: usize,
}

impl Exhaustive<'_, '_> {
    /// Gives a group to the first pending root in every way, and goes on.
    fn assign(&mut self, plan: &mut Plan, pending: &[usize]) -> Option<()> {
        let Some((root, rest)) = pending.split_first() else {
            if self.archive.nodes >= self.limit {
                return None;
            }
            self.archive.try_plan(plan);
            return Some(());
        };
        if plan.groups.contains_key(root) {
            return self.assign(plan, rest);
        }
        let problem = self.archive.problem;
        let mut sets = Vec::new();
        grow(problem, &[*root], &[], self.limit, &mut sets)?;
        for members in sets {
            for memory_mb in problem.sizes_of(*root) {
                let group = PlanGroup {
                    members: members.clone(),
                    memory_mb,
                };
                let inline_async = problem.terms.inline_async;
                let (_, remote) = reached(problem.workload, *root, &group, inline_async);
                let pending: Vec<usize> = rest.iter().copied().chain(remote).collect();
                plan.groups.insert(*root, group);
                self.assign(plan, &pending)?;
                plan.groups.remove(root);
            }
        }
        Some(())
    }
}

/// Every set of tasks that contains `members`, none of `excluded`, and whose
/// members are connected by calls that can be inline; `None` above the limit.
pub(super) fn grow(
    problem: &Problem<'_>,
    members: &[usize],
    excluded: &[usize],
    limit: usize,
    sets: &mut Vec<Vec<usize>>,
) -> Option<()> {
    let candidate = members
        .iter()
        .flat_map(|member| &problem.workload.calls[*member])
        .filter(|call| call.mode == CallMode::Sync || problem.terms.inline_async)
        .map(|call| call.callee)
        .filter(|callee| !members.contains(callee) && !excluded.contains(callee))
        .find(|callee| {
            members
                .iter()
                .all(|member| problem.may_share(*member, *callee))
        });
    let Some(candidate) = candidate else {
        let mut set = members.to_vec();
        set.sort_unstable();
        sets.push(set);
        return (sets.len() <= limit).then_some(());
    };
    let with: Vec<usize> = members.iter().copied().chain([candidate]).collect();
    grow(problem, &with, excluded, limit, sets)?;
    let without: Vec<usize> = excluded.iter().copied().chain([candidate]).collect();
    grow(problem, members, &without, limit, sets)
}
