//! What fused functions measure themselves, per release of a function.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Dimensions;
use super::figure::Given;
use crate::application::CallMode;
use crate::release::ReleaseId;
use crate::task::TaskName;

/// One release of one function of an application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FunctionRelease {
    /// The application's name.
    pub application: String,
    /// The release.
    pub release: ReleaseId,
    /// The root task of the function.
    pub function: TaskName,
}

/// How a call was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallPath {
    /// Inside the caller's function.
    Inline,
    /// By an invocation of the callee's function.
    Remote,
}

/// A call as the runtime saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallKey {
    /// The task that called.
    pub caller: TaskName,
    /// The task that was called.
    pub callee: TaskName,
    /// Whether the caller wanted the answer.
    pub mode: CallMode,
    /// How the call was made.
    pub path: CallPath,
}

/// What is measured; milliseconds unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Measure {
    /// Time from receiving an invocation that starts a trace to its answer.
    RequestLatency {
        /// The entrypoint that was invoked.
        entrypoint: TaskName,
    },
    /// Wall time of a task without waiting for synchronous calls.
    TaskSelfTime {
        /// The task.
        task: TaskName,
    },
    /// Time in which a task only waited for at least one synchronous call.
    TaskWaitTime {
        /// The task.
        task: TaskName,
    },
    /// CPU time of a task's invocation in which no other task ran.
    TaskCpuTime {
        /// The task.
        task: TaskName,
    },
    /// CPU time of all threads over that of the busiest; no unit.
    TaskParallelism {
        /// The task.
        task: TaskName,
    },
    /// Invocations of a task that ended with an error; a count.
    TaskErrors {
        /// The task.
        task: TaskName,
    },
    /// The caller's waiting for a call, shared equally among calls outstanding.
    CallWait {
        /// The call.
        call: CallKey,
    },
    /// Time from making a call to its answer, or to its acceptance if asynchronous.
    CallLatency {
        /// The call.
        call: CallKey,
    },
    /// Duration of INIT; one value a cold start.
    InitDuration,
    /// Memory in use; megabytes.
    MemoryUsed,
}

impl CallPath {
    /// The text of the `Path` dimension.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Remote => "remote",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "inline" => Some(Self::Inline),
            "remote" => Some(Self::Remote),
            _ => None,
        }
    }
}

impl fmt::Display for CallPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FunctionRelease {
    pub(super) fn dimensions(&self) -> Dimensions {
        vec![
            ("Application", self.application.clone()),
            ("Release", self.release.to_string()),
            ("Function", self.function.to_string()),
        ]
    }

    /// How many dimensions [`Self::dimensions`] has.
    const COUNT: usize = 3;
}

impl Measure {
    /// The metric's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RequestLatency { .. } => "RequestLatency",
            Self::TaskSelfTime { .. } => "TaskSelfTime",
            Self::TaskWaitTime { .. } => "TaskWaitTime",
            Self::TaskCpuTime { .. } => "TaskCpuTime",
            Self::TaskParallelism { .. } => "TaskParallelism",
            Self::TaskErrors { .. } => "TaskErrors",
            Self::CallWait { .. } => "CallWait",
            Self::CallLatency { .. } => "CallLatency",
            Self::InitDuration => "InitDuration",
            Self::MemoryUsed => "MemoryUsed",
        }
    }

    /// CloudWatch's unit.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::TaskParallelism { .. } => "None",
            Self::TaskErrors { .. } => "Count",
            Self::MemoryUsed => "Megabytes",
            _ => "Milliseconds",
        }
    }

    /// The dimensions beside those of the function's release.
    pub fn dimensions(&self) -> Dimensions {
        match self {
            Self::RequestLatency { entrypoint } => vec![("Entrypoint", entrypoint.to_string())],
            Self::TaskSelfTime { task }
            | Self::TaskWaitTime { task }
            | Self::TaskCpuTime { task }
            | Self::TaskParallelism { task }
            | Self::TaskErrors { task } => vec![("Task", task.to_string())],
            Self::CallWait { call } | Self::CallLatency { call } => vec![
                ("Caller", call.caller.to_string()),
                ("Callee", call.callee.to_string()),
                ("Mode", call.mode.to_string()),
                ("Path", call.path.to_string()),
            ],
            Self::InitDuration | Self::MemoryUsed => vec![],
        }
    }
}

/// Reads a metric of [`super::NAMESPACE`]; an error says what is wrong.
pub(super) fn parse(name: &str, given: &Given<'_>) -> Result<(FunctionRelease, Measure), String> {
    let measure = match name {
        "RequestLatency" => Measure::RequestLatency {
            entrypoint: task(given, "Entrypoint")?,
        },
        "TaskSelfTime" => Measure::TaskSelfTime {
            task: task(given, "Task")?,
        },
        "TaskWaitTime" => Measure::TaskWaitTime {
            task: task(given, "Task")?,
        },
        "TaskCpuTime" => Measure::TaskCpuTime {
            task: task(given, "Task")?,
        },
        "TaskParallelism" => Measure::TaskParallelism {
            task: task(given, "Task")?,
        },
        "TaskErrors" => Measure::TaskErrors {
            task: task(given, "Task")?,
        },
        "CallWait" => Measure::CallWait { call: call(given)? },
        "CallLatency" => Measure::CallLatency { call: call(given)? },
        "InitDuration" => Measure::InitDuration,
        "MemoryUsed" => Measure::MemoryUsed,
        _ => return Err("the name is unknown".to_owned()),
    };
    let function = FunctionRelease {
        application: given.get("Application")?.to_owned(),
        release: ReleaseId::new(given.get("Release")?).map_err(|error| error.to_string())?,
        function: task(given, "Function")?,
    };
    given.expect_count(FunctionRelease::COUNT + measure.dimensions().len())?;
    Ok((function, measure))
}

fn task(given: &Given<'_>, dimension: &str) -> Result<TaskName, String> {
    TaskName::new(given.get(dimension)?).map_err(|error| error.to_string())
}

fn call(given: &Given<'_>) -> Result<CallKey, String> {
    let (mode, path) = (given.get("Mode")?, given.get("Path")?);
    Ok(CallKey {
        caller: task(given, "Caller")?,
        callee: task(given, "Callee")?,
        mode: CallMode::parse(mode).ok_or_else(|| format!("`Mode` is `{mode}`"))?,
        path: CallPath::parse(path).ok_or_else(|| format!("`Path` is `{path}`"))?,
    })
}
