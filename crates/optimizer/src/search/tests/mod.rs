//! The searches against brute force on small applications.

mod cases;
mod examples;
mod oracle;

use proptest::prelude::*;

use super::*;
use cases::{bound_trees, graphs, problem, ruled, trees};
use oracle::{judged, keeps_rules};

proptest! {
    #[test]
    fn trees_are_searched_exactly(case in trees(2..5)) {
        let problem = problem(&case);
        let Some(all) = exhaustive::search(&problem, 20_000) else { return Ok(()) };
        let Some(found) = tree::search(&problem) else {
            // Only bounds that no setup meets are left to the other searches.
            prop_assert!(problem.objective.is_bounded());
            return Ok(());
        };
        prop_assert!(found.exact);
        prop_assert!(
            found.rank.compare(&all.rank).is_eq(),
            "{:?} {} instead of {:?} {}",
            found.rank, found.plan.notation(&case.workload), all.rank, all.plan.notation(&case.workload)
        );
    }

    #[test]
    fn graphs_are_searched_feasibly_and_reach_what_all_setups_reach(case in graphs(2..5)) {
        let problem = problem(&case);
        let found = search(&problem);
        // Where no setup is feasible, what is deployed stays.
        prop_assert!(problem.is_allowed(&found.plan) || found.plan == case.deployed);
        prop_assert_eq!(found.plan.trimmed(&case.workload, case.application.inline_async), found.plan.clone());
        prop_assert_eq!(&search(&problem).plan, &found.plan);
        if let Some(all) = exhaustive::search(&problem, 5_000) {
            prop_assert!(all.rank.compare(&found.rank).is_le());
            if found.exact {
                prop_assert!(all.rank.compare(&found.rank).is_eq());
            }
            let local = local::search(&problem, 1_000);
            let start = evaluate(&case.workload, &case.deployed, &problem.terms);
            let start = problem.objective.rank(&case.workload, &start);
            if problem.is_allowed(&case.deployed) {
                prop_assert!(local.rank.compare(&start).is_le(), "never worse than what is deployed");
            }
            prop_assert!(
                // Where no start is feasible, what is deployed stays, whatever the rules.
                all.rank.compare(&local.rank).is_le() || !problem.is_allowed(&local.plan),
                "{:?} {} instead of {:?} {}",
                all.rank, all.plan.notation(&case.workload), local.rank, local.plan.notation(&case.workload)
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn rules_are_kept_and_cost_no_more_than_they_must(case in ruled()) {
        let problem = problem(&case);
        let found = search(&problem);
        let Some(best) = judged(&case, &problem) else { return Ok(()) };
        prop_assert!(keeps_rules(&case, &found.plan), "{}", found.plan.notation(&case.workload));
        prop_assert!(found.exact, "three tasks are searched whole");
        prop_assert!(
            found.rank.compare(&best).is_eq(),
            "{:?} {} instead of {best:?}", found.rank, found.plan.notation(&case.workload)
        );
    }

    #[test]
    fn what_is_bound_together_decides_the_memory_of_both(case in bound_trees()) {
        let problem = problem(&case);
        let found = tree::search(&problem);
        let Some(best) = judged(&case, &problem) else { return Ok(()) };
        let Some(found) = found else {
            return Err(TestCaseError::fail("a tree without bounds is searched as one"));
        };
        prop_assert!(found.exact && keeps_rules(&case, &found.plan));
        let local = local::search(&problem, 1_000);
        prop_assert!(keeps_rules(&case, &local.plan), "{}", local.plan.notation(&case.workload));
        prop_assert!(
            found.rank.compare(&best).is_eq(),
            "{:?} {} instead of {best:?}", found.rank, found.plan.notation(&case.workload)
        );
    }
}
