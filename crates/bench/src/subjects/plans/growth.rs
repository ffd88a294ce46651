//! First plan and plan without a change of the generated module, as an application grows.
//!
//! One deployment grows, so that every function is created once. The first plan of a size is made
//! without the state.

use std::time::Instant;

use anyhow::Result;
use fusion_acceptance::{Host, World};

use super::timing::{Finds, plans_s};
use crate::application;
use crate::figure::Figure;
use crate::picture::{Curve, Picture};
use crate::progress::say;
use crate::statistics::{as_number, median};

/// From this size on, plans are slow enough that one says what it takes.
const MANY_TASKS: usize = 200;
/// Up to this size both hosts are measured: beyond it the figures of the first one suffice.
const BOTH_HOSTS: usize = 200;
/// The size with a goal, and the goal in seconds.
const GOAL: (usize, f64) = (1000, 5.0);

/// Everything that was measured so far.
#[derive(Default)]
pub struct Growth {
    plans: Vec<Plans>,
    apply_s: Vec<(usize, f64)>,
}

/// Plans of one size under one host.
struct Plans {
    host: Host,
    tasks: usize,
    finds: Finds,
    seconds: Vec<f64>,
}

impl Growth {
    /// Lets the application grow, and measures it under every host. Ends under the first one.
    pub async fn grow(&mut self, world: &mut World, tasks: usize, hosts: &[Host]) -> Result<()> {
        application::write(&world.path("app"), tasks)?;
        world.generate().await?;
        world.init().await?;
        self.plan(world, tasks, Finds::Everything).await?;
        let began = Instant::now();
        world.apply().await?;
        let took = began.elapsed().as_secs_f64();
        say(format!("  {tasks} tasks: applied in {took:.1} s"));
        self.apply_s.push((tasks, took));
        self.plan(world, tasks, Finds::Nothing).await?;
        let others = if tasks > BOTH_HOSTS { &[] } else { &hosts[1..] };
        for other in others {
            world.change_host(*other).await?;
            self.plan(world, tasks, Finds::Everything).await?;
            self.plan(world, tasks, Finds::Nothing).await?;
        }
        if !others.is_empty() {
            world.change_host(hosts[0]).await?;
        }
        Ok(())
    }

    async fn plan(&mut self, world: &World, tasks: usize, finds: Finds) -> Result<()> {
        let runs = if tasks < MANY_TASKS { 3 } else { 1 };
        let plans = Plans {
            host: world.host,
            tasks,
            finds,
            seconds: plans_s(world, finds, runs).await?,
        };
        say(format!(
            "  {}: {:.2} s",
            plans.name(),
            median(&plans.seconds)
        ));
        self.plans.push(plans);
        Ok(())
    }

    /// A figure for each host, size and kind of plan.
    pub fn figures(&self) -> Vec<Figure> {
        let all = self.plans.iter();
        all.map(|plans| {
            let runs = match plans.seconds.len() {
                1 => "One run".to_owned(),
                count => format!("Median of {count} runs"),
            };
            let how = format!(
                "{runs} of `{} plan` on the module that `fusionize generate` writes for a binary \
                 tree of tasks that each wait for two others, applied to the embedded platform.",
                plans.host.name()
            );
            let figure = Figure::of(&plans.name(), &plans.seconds, "s", how);
            if plans.tasks == GOAL.0 {
                figure.at_most(GOAL.1).because(BECAUSE)
            } else {
                figure
            }
        })
        .collect()
    }

    /// A curve for each host and kind of plan.
    pub fn picture(&self) -> Picture {
        let mut curves: Vec<Curve> = Vec::new();
        for plans in &self.plans {
            let name = format!("{}, {}", plans.kind(), plans.host.name());
            let point = (as_number(plans.tasks), median(&plans.seconds));
            match curves.iter_mut().find(|curve| curve.name == name) {
                Some(curve) => curve.points.push(point),
                None => curves.push(Curve {
                    name,
                    points: vec![point],
                }),
            }
        }
        Picture {
            file: "plans-of-the-generated-module.svg".to_owned(),
            title: "Plans of the generated module".to_owned(),
            x: "tasks".to_owned(),
            y: "seconds".to_owned(),
            curves,
        }
    }
}

impl Plans {
    fn kind(&self) -> &'static str {
        match self.finds {
            Finds::Nothing => "plan without a change",
            Finds::Everything => "first plan",
        }
    }

    fn name(&self) -> String {
        format!(
            "{} of the generated module, {} tasks, {}",
            self.kind(),
            self.tasks,
            self.host.name()
        )
    }
}

/// Samples of `perf`, and CPU time of first plans with 500 tasks, on two cores in November 2026.
const BECAUSE: &str = "A host evaluates the `for_each` of a resource again for every instance, and \
    walks through its whole value each time (`evaluateForEachExpression`, `UnmarkDeep`): with 500 \
    tasks that is 61 % of what Terraform 1.11.4 does in a first plan and 36 % of what OpenTofu \
    1.11.6 does, and it grows with the square. `modules/switched-functions` iterates over \
    `var.tasks`, which holds everything about every task. With `for_each = local.names`, `names = \
    tomap({ for name, task in var.tasks : name => true })` and `var.tasks[each.key]` in the place of \
    `each.value` the first plan of 500 tasks takes 6.2 s of CPU time instead of 20.7 s \
    (Terraform), 4.9 s instead of 8.8 s (OpenTofu), and no address changes; 1,000 tasks then \
    take 13.8 s of CPU time under OpenTofu. Of what is left with 500 tasks under Terraform a \
    quarter is building the host's graph, so fewer resources a task are the next lever. A set of \
    names instead of the map gains little, since sets are hashed anew.";
