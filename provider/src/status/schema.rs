//! What `fusion_status` looks like in HCL.

use tfplugin::{Attribute, Nesting, Schema, Type};

/// The schema of `fusion_status`.
pub fn schema() -> Schema {
    Schema::new(
        "What an application is doing at this moment: which version every alias serves, what it carries, and what was \
         measured of it. Found in the account by the application's tags, without any state; of an application that \
         was never deployed there is nothing to tell, which is no error.\n\n\
         These figures change by themselves. Show them; let no resource depend on them.",
    )
    .attribute("application", Attribute::string("The application's name.").required())
    .attribute("alias", Attribute::string("The alias of its functions. Default: `live`."))
    .attribute("window_hours", Attribute::number("How far back to look, in hours, at most 24. Default: 24."))
    .attribute(
        "setup",
        Attribute::string(
            "`jsonencode(fusion_setup.this)`: with it, what the optimizer would decide at this moment is told as well.",
        ),
    )
    .attribute("notation", Attribute::string("What is deployed, standby functions included; empty where nothing is.").computed())
    .attribute(
        "converged",
        Attribute::bool(
            "Whether the evidence of the window is complete and no better setup is known. Null without `setup`.",
        )
        .computed(),
    )
    .attribute("decision", decision())
    .attribute("functions", functions())
}

fn decision() -> Attribute {
    let texts = || Type::list(Type::String);
    Attribute::nested(
        Nesting::Single,
        "What would be decided now, from this window alone. Null without `setup`.",
        [
            (
                "summary",
                Attribute::string("What would change, or why nothing would.").computed(),
            ),
            (
                "because",
                Attribute::new(
                    texts(),
                    "The reasons; of incomplete evidence, all that is missing.",
                )
                .computed(),
            ),
            (
                "evidence",
                Attribute::new(texts(), "What was measured, with sample counts.").computed(),
            ),
            (
                "instead_of",
                Attribute::new(texts(), "What else was considered.").computed(),
            ),
        ],
    )
    .computed()
}

fn functions() -> Attribute {
    Attribute::nested(
        Nesting::Map,
        "By task: its function. Empty where nothing is deployed.",
        [
            (
                "function_name",
                Attribute::string("The function's name.").computed(),
            ),
            (
                "version",
                Attribute::number("The version that the alias serves.").computed(),
            ),
            (
                "release",
                Attribute::string("The release of that version.").computed(),
            ),
            (
                "attempt",
                Attribute::number("Which publication of the release it is.").computed(),
            ),
            (
                "tasks",
                Attribute::new(Type::list(Type::String), "The tasks inside.").computed(),
            ),
            (
                "memory_mb",
                Attribute::number("The memory, in MB.").computed(),
            ),
            (
                "timeout_seconds",
                Attribute::number("The timeout.").computed(),
            ),
            (
                "invocations",
                Attribute::number("Invocations that Lambda counted.").computed(),
            ),
            (
                "errors",
                Attribute::number("Invocations among them that failed.").computed(),
            ),
            (
                "throttles",
                Attribute::number("Invocations that were refused for want of concurrency.")
                    .computed(),
            ),
            (
                "duration_ms",
                Attribute::number("The mean duration, in milliseconds.").computed(),
            ),
            (
                "requests",
                Attribute::number("Requests that were measured where they began.").computed(),
            ),
            (
                "latency_ms",
                Attribute::number("The mean latency of these requests, in milliseconds.")
                    .computed(),
            ),
            (
                "latency_ms_p50",
                Attribute::number("Their median latency.").computed(),
            ),
            (
                "latency_ms_p95",
                Attribute::number("The 95th percentile of their latency.").computed(),
            ),
            (
                "cold_starts",
                Attribute::number("Cold starts that were measured.").computed(),
            ),
            (
                "init_ms",
                Attribute::number("Their mean duration, in milliseconds.").computed(),
            ),
        ],
    )
    .computed()
}
