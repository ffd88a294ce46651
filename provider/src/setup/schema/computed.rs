//! What `fusion_setup` computes: groups, and how they came about.

use tfplugin::{Attribute, Nesting, Schema, Type};

/// Adds the computed attributes.
pub(super) fn computed(schema: Schema) -> Schema {
    schema
        .attribute("groups", groups())
        .attribute(
            "setup_id",
            Attribute::string("The first 12 hex digits of the hash of the setup's canonical text.")
                .computed(),
        )
        .attribute(
            "notation",
            Attribute::string(
                "The setup's active groups, root first, such as `(A,B)@512-(C)@128`.",
            )
            .computed(),
        )
        .attribute(
            "generation",
            Attribute::number("Counts the setups that were deployed.").computed(),
        )
        .attribute(
            "phase",
            Attribute::string(
                "How this setup came about: `initial`, `optimized`, `reverted` or `pinned`.",
            )
            .computed(),
        )
        .attribute("sampling", sampling())
        .attribute("forecast", forecast())
        .attribute("decision", decision())
        .attribute("history", history())
}

fn groups() -> Attribute {
    Attribute::nested(Nesting::Map, "By task: what runs inside its function.", [
        ("tasks", Attribute::new(Type::list(Type::String), "The tasks inside, in byte order.").computed()),
        ("memory_mb", Attribute::number("The function's memory, in MB.").computed()),
        ("timeout_seconds", Attribute::number("The function's timeout: the task's own.").computed()),
        (
            "active",
            Attribute::bool("Whether this setup calls the function; else it is a standby.").computed(),
        ),
        (
            "release",
            Attribute::string("12 hex digits over everything that decides how the function behaves.").computed(),
        ),
        (
            "attempt",
            Attribute::number("Raised where `live` was found to serve another release, so that it is published again.")
                .computed(),
        ),
    ])
    .computed()
}

fn sampling() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "Which requests are measured.",
        [
            (
                "share",
                Attribute::number("The share of requests, from 0 to 1.").computed(),
            ),
            (
                "hours",
                Attribute::number("One hour in so many.").computed(),
            ),
        ],
    )
    .computed()
}

/// One setup's expected figures.
fn figures(description: &str) -> Attribute {
    Attribute::nested(
        Nesting::Single,
        description,
        [
            (
                "latency_ms",
                Attribute::number(
                    "The mean latency of requests, cold starts included, in milliseconds.",
                )
                .computed(),
            ),
            (
                "latency_ms_p50",
                Attribute::number("The median latency of requests, in milliseconds.").computed(),
            ),
            (
                "latency_ms_p95",
                Attribute::number("The 95th percentile of latency, in milliseconds.").computed(),
            ),
            (
                "usd_per_million",
                Attribute::number("The cost of a million requests, in US dollars.").computed(),
            ),
        ],
    )
    .computed()
}

/// A relative change with its confidence interval.
fn change(description: &str) -> Attribute {
    Attribute::nested(
        Nesting::Single,
        description,
        [
            (
                "expected",
                Attribute::number("The expected relative change; -0.1 is ten percent less.")
                    .computed(),
            ),
            (
                "low",
                Attribute::number("The lower end of the interval.").computed(),
            ),
            (
                "high",
                Attribute::number("The upper end of the interval.").computed(),
            ),
        ],
    )
    .computed()
}

fn forecast() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "What this setup was expected to do when it was decided.",
        [
            ("before", figures("The setup before.")),
            ("expected", figures("This setup.")),
            (
                "latency_change",
                change("How latency was expected to change."),
            ),
            ("cost_change", change("How cost was expected to change.")),
            (
                "pareto",
                Attribute::nested(
                    Nesting::List,
                    "Setups of which none is better in both latency and cost.",
                    [
                        ("notation", Attribute::string("The setup.").computed()),
                        (
                            "latency_ms",
                            Attribute::number("Its expected mean latency, in milliseconds.")
                                .computed(),
                        ),
                        (
                            "usd_per_million",
                            Attribute::number("Its expected cost, in US dollars.").computed(),
                        ),
                    ],
                )
                .computed(),
            ),
        ],
    )
    .computed()
}

fn decision() -> Attribute {
    let texts = || Type::list(Type::String);
    Attribute::nested(
        Nesting::Single,
        "Why this setup was chosen.",
        [
            (
                "summary",
                Attribute::string("What changes, in one sentence.").computed(),
            ),
            (
                "because",
                Attribute::new(texts(), "The reasons.").computed(),
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

fn history() -> Attribute {
    Attribute::nested(
        Nesting::List,
        "The last 20 setups, newest first.",
        [
            ("generation", Attribute::number("Its number.").computed()),
            ("setup_id", Attribute::string("Its id.").computed()),
            (
                "notation",
                Attribute::string("Its active groups.").computed(),
            ),
            ("phase", Attribute::string("How it came about.").computed()),
            (
                "summary",
                Attribute::string("The decision for it.").computed(),
            ),
        ],
    )
    .computed()
}
