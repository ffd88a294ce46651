//! What one measurement says.
//!
//! Owns the form that `docs/benchmarks.json` has. Knows neither how anything is measured nor
//! how it is shown.

use serde::{Deserialize, Serialize};

use crate::statistics::{median, quantile};

/// One number, with what it is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured; unique.
    pub name: String,
    /// The number, in `unit`. Of several runs it is the median.
    pub value: f64,
    /// The unit: `ms`, `s`, `µs`, `MiB`, `1/s`, `calls`, `%`.
    pub unit: String,
    /// What it should be.
    pub goal: Option<Goal>,
    /// The same of somebody else, measured in the same run.
    pub peer: Option<Peer>,
    /// How it was measured.
    pub how: String,
    /// The lower and the upper quartile of several runs.
    pub quartiles: Option<[f64; 2]>,
    /// Why the goal is missed, and what would have to change. Shown only where it is.
    pub because: Option<String>,
    /// Under which heading it stands; a run replaces all figures of a subject.
    pub subject: String,
    /// The host's load average of one minute, before the subject was begun.
    pub load_before: f64,
}

/// What a figure should be, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Less is better.
    AtMost(f64),
    /// More is better.
    AtLeast(f64),
}

/// The same figure of another project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peer {
    /// Its name and version.
    pub name: String,
    /// Its value, in the figure's unit.
    pub value: f64,
}

impl Figure {
    /// A figure of one run.
    pub fn new(name: &str, value: f64, unit: &str, how: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            goal: None,
            peer: None,
            how: how.into(),
            quartiles: None,
            because: None,
            subject: String::new(),
            load_before: 0.0,
        }
    }

    /// The median of several runs, with their quartiles.
    pub fn of(name: &str, runs: &[f64], unit: &str, how: impl Into<String>) -> Self {
        let quartiles = (runs.len() > 3).then(|| [quantile(runs, 0.25), quantile(runs, 0.75)]);
        Self {
            quartiles,
            ..Self::new(name, median(runs), unit, how)
        }
    }

    /// Less is better, and this is enough.
    #[must_use]
    pub fn at_most(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtMost(goal));
        self
    }

    /// More is better, and this is enough.
    #[must_use]
    pub fn at_least(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtLeast(goal));
        self
    }

    /// The same of a peer, or why it is not known.
    #[must_use]
    pub fn beside(mut self, name: &str, value: Result<f64, &str>) -> Self {
        match value {
            Ok(value) => {
                let name = name.to_owned();
                self.peer = Some(Peer { name, value });
            }
            Err(why) => {
                self.how = format!("{} Without {name}: {why}.", self.how);
            }
        }
        self
    }

    /// Why the goal is missed and what would have to change, where it is.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.because = Some(reason.into());
        self
    }

    /// Whether the goal is met; `None` without one.
    pub fn is_met(&self) -> Option<bool> {
        Some(match self.goal? {
            Goal::AtMost(goal) => self.value <= goal,
            Goal::AtLeast(goal) => self.value >= goal,
        })
    }
}

/// Puts the figures of a run in the place of those of the same subjects, in the order in which
/// subjects are measured.
pub fn merged(earlier: Vec<Figure>, new: &[Figure], subjects: &[&str]) -> Vec<Figure> {
    let kept = |figure: &Figure| new.iter().all(|one| one.subject != figure.subject);
    let mut all: Vec<Figure> = earlier.into_iter().filter(kept).collect();
    all.extend(new.iter().cloned());
    all.retain(|figure| subjects.contains(&figure.subject.as_str()));
    all.sort_by_key(|figure| subjects.iter().position(|one| *one == figure.subject));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(subject: &str, name: &str) -> Figure {
        Figure {
            subject: subject.to_owned(),
            ..Figure::new(name, 1.0, "ms", "")
        }
    }

    #[test]
    fn a_goal_is_met_on_its_own_side() {
        let figure = Figure::new("", 5.0, "ms", "");
        assert_eq!(figure.is_met(), None);
        assert_eq!(figure.clone().at_most(5.0).is_met(), Some(true));
        assert_eq!(figure.clone().at_most(4.9).is_met(), Some(false));
        assert_eq!(figure.clone().at_least(5.1).is_met(), Some(false));
        assert_eq!(figure.at_least(5.0).is_met(), Some(true));
    }

    #[test]
    fn few_runs_have_no_quartiles() {
        assert_eq!(Figure::of("", &[1.0, 2.0, 3.0], "ms", "").quartiles, None);
        let many = Figure::of("", &[1.0, 2.0, 3.0, 4.0, 5.0], "ms", "");
        assert_eq!((many.value, many.quartiles), (3.0, Some([2.0, 4.0])));
    }

    #[test]
    fn a_run_replaces_its_own_subjects_and_drops_unknown_ones() {
        let earlier = vec![figure("a", "old"), figure("b", "kept"), figure("gone", "x")];
        let all = merged(
            earlier,
            &[figure("c", "new"), figure("a", "new")],
            &["a", "b", "c"],
        );
        let names: Vec<(&str, &str)> = all
            .iter()
            .map(|one| (one.subject.as_str(), one.name.as_str()))
            .collect();
        assert_eq!(names, [("a", "new"), ("b", "kept"), ("c", "new")]);
    }

    #[test]
    fn a_peer_that_cannot_be_had_is_named_with_the_reason() {
        let figure = Figure::new("", 1.0, "ms", "Ten runs.").beside("it", Err("no go"));
        assert_eq!(figure.how, "Ten runs. Without it: no go.");
        assert_eq!(figure.peer, None);
    }
}
