//! What `fusion_setup` looks like in HCL: names, types and meaning of its attributes.
//!
//! Owns the texts of the documentation. The Rust side of the same attributes is `state`.

mod computed;

use tfplugin::{Attribute, Nesting, Schema, Type};

/// The schema of `fusion_setup`.
pub fn schema() -> Schema {
    computed::computed(policy(arguments(Schema::new(
        "The fusion setup of an application: which tasks run inside which function, and how much \
         memory each function gets.\n\n\
         The first apply needs no measurements. Each later one reads what CloudWatch measured since \
         the setup was deployed, and plans a better setup where the evidence for it suffices. The \
         decision is made in the plan, from the configuration and from evidence that a refresh has \
         stored; with the same evidence it is always the same.\n\n\
         Computed attributes change only in a plan that changes a function. Figures of the moment, \
         and what is missing for a decision, are in the data source `fusion_status`.\n\n\
         Where an alias serves another release than planned (an apply that did not finish, a change \
         by hand), the setup holds, and the plan has that function published again. `-replace` of \
         this resource begins with the first setup again, without a gap in service.",
    ))))
}

fn arguments(schema: Schema) -> Schema {
    schema
        .attribute(
            "application",
            Attribute::string(
                "The application's name, unique in its account and region. Changing it makes another \
                 application.",
            )
            .required(),
        )
        .attribute(
            "alias",
            Attribute::string("The alias through which every function is called. Default: `live`."),
        )
        .attribute("tasks", tasks().required())
        .attribute("sources", sources())
        .attribute(
            "fusion_runtime_sha256",
            Attribute::string(
                "The hash of the fusion runtime's files, from `data.fusion_sources`. It is part of \
                 every release.",
            )
            .required(),
        )
        .attribute(
            "inline_async",
            Attribute::bool(
                "Whether asynchronous calls may run inside the caller's function. Their work then \
                 runs before the caller's next request, and a retry repeats more than the callee. \
                 Default: `false`.",
            ),
        )
        .attribute(
            "together",
            Attribute::new(
                Type::list(Type::set(Type::String)),
                "Sets of tasks whose synchronous calls among one another (asynchronous ones too, with \
                 `inline_async`) run inside the caller's function. It binds every setup that is decided \
                 from measurements, whatever it costs, and `initial = \"declared\"`; not the first setup \
                 `separate`, and not `pinned_setup`. A call stays remote where the caller's function carries \
                 a task that the callee must not share with, or has no room for it. A task keeps its own \
                 function for its other callers, and a set whose tasks do not call each other has no effect.",
            ),
        )
        .attribute(
            "apart",
            Attribute::new(
                Type::list(Type::set(Type::String)),
                "Sets of tasks of which no group holds more than one.",
            ),
        )
        .attribute(
            "memory_sizes_mb",
            Attribute::new(
                Type::list(Type::Number),
                "The memory sizes that functions may get, in MB, each from 128 to 10240. \
                 Default: 128, 256, 512, 1024, 1769, 3008.",
            ),
        )
}

fn policy(schema: Schema) -> Schema {
    schema
        .attribute(
            "initial",
            Attribute::string(
                "The first setup: `separate` (every task alone) or `declared` (what the declared \
                 synchronous calls connect is together). Default: `separate`.",
            ),
        )
        .attribute(
            "mode",
            Attribute::string(
                "`auto` follows the evidence; `hold` keeps the setup, while sources and settings \
                 still take effect. Default: `auto`.",
            ),
        )
        .attribute(
            "pinned_setup",
            Attribute::string(
                "A setup in notation, such as `(A,B)@512-(C)@128`, that is deployed instead of a \
                 computed one. Remove it to go on optimizing from there.",
            ),
        )
        .attribute("objective", objective())
        .attribute("observation", observation())
        .attribute(
            "telemetry_budget",
            Attribute::number(
                "The share of the application's cost that measuring may take, from 0 to 1. Sampling \
                 is chosen to stay within it. 1 means that measuring is free, as on the local platform: \
                 requests are measured in every hour (a share of them only beyond 20,000 an \
                 hour), and telemetry has no price in the forecasts; generated \
                 modules of the target `local` say so. Default: `0.02`.",
            ),
        )
        .attribute("pricing", pricing())
}

fn tasks() -> Attribute {
    Attribute::nested(Nesting::Map, "The application's tasks by name.", [
        (
            "function_name",
            Attribute::string("The name of the task's function. Default: `<application>-<task>`."),
        ),
        (
            "entrypoint",
            Attribute::bool("Whether clients invoke this task. Default: `false`."),
        ),
        (
            "source",
            Attribute::string(
                "The task's folder, relative to `sources.root`. With `sources`, the apply checks that \
                 its content is still what was planned.",
            ),
        ),
        (
            "handler",
            Attribute::string("The task's handler, as in `data.fusion_sources`, such as `handler.handler`."),
        ),
        (
            "source_sha256",
            Attribute::string("The hash of the task's content, from `data.fusion_sources`.").required(),
        ),
        (
            "source_bytes",
            Attribute::number("The size of the task's content, from `data.fusion_sources`."),
        ),
        (
            "runtime",
            Attribute::string("The language runtime, such as `nodejs22.x`. Tasks of different runtimes never share a function.")
                .required(),
        ),
        (
            "min_memory_mb",
            Attribute::number("The least memory of a function that runs this task, in MB. Default: 128."),
        ),
        (
            "timeout_seconds",
            Attribute::number("The timeout of the task's function, from 1 to 900. Default: 30."),
        ),
        (
            "isolation",
            Attribute::string(
                "Tasks of different isolation never share a function; `own` never shares at all. \
                 Default: `default`.",
            ),
        ),
        (
            "permissions",
            Attribute::new(
                Type::set(Type::String),
                "Texts that stand for what the task may do, equal for equal permissions. Tasks whose sets \
                 differ never share a function, since no setup changes a role. Leave it out where they \
                 may: then each role has to hold what every task needs that may run inside. Default: none.",
            ),
        ),
        (
            "alone",
            Attribute::bool(
                "Whether the task is never run inside another's function, for example because its \
                 concurrency is reserved. Default: `false`.",
            ),
        ),
        (
            "calls",
            Attribute::nested(
                Nesting::List,
                "The calls that are known beforehand. What is observed wins. Leave it out where nothing is known.",
                [
                    ("task", Attribute::string("The task that is called.").required()),
                    (
                        "mode",
                        Attribute::string("`sync` waits for the answer, `async` does not. Default: `sync`."),
                    ),
                ],
            ),
        ),
    ])
}

fn sources() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "Where the sources are. With it, the apply of this resource hashes them again, and fails before any \
         function is touched where they are no longer what was planned.",
        [
            (
                "root",
                Attribute::string("The application's folder.").required(),
            ),
            (
                "shared",
                Attribute::new(
                    Type::list(Type::String),
                    "Folders that every package gets, relative to `root`.",
                ),
            ),
            (
                "runtime_path",
                Attribute::string("The folder with the fusion runtime's files.").required(),
            ),
        ],
    )
}

fn objective() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "What a better setup is.",
        [
            (
                "minimize",
                Attribute::string(
                    "`balanced` (the weighted sum of latency and cost, each relative to the first \
                 setup's), `cost` or `latency`. Default: `balanced`.",
                ),
            ),
            (
                "latency_weight",
                Attribute::number(
                    "The weight of latency under `balanced`, from 0 to 1. Default: `0.5`.",
                ),
            ),
            (
                "max_latency_p95_ms",
                Attribute::number(
                    "An upper bound for the 95th percentile of each entrypoint's request latency, in milliseconds. \
                     It is met when the upper end of the forecast's 90 % interval meets it.",
                ),
            ),
            (
                "max_cost_per_million_usd",
                Attribute::number(
                    "An upper bound for the cost of a million requests, in US dollars.",
                ),
            ),
        ],
    )
}

fn observation() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "What is measured, and when it suffices.",
        [
            (
                "window_hours",
                Attribute::number(
                    "How far back a refresh looks, in hours, at most 24. Default: 24.",
                ),
            ),
            (
                "min_requests",
                Attribute::number(
                    "The least number of requests that a decision rests on. Default: 100.",
                ),
            ),
            (
                "min_improvement",
                Attribute::number(
                    "The least relative improvement for which a setup is changed, from 0 to 1. It doubles with each \
                     setup that was already decided from measurements of the same sources, load and \
                     configuration (objective, bounds, prices, memory sizes, rules of grouping), so that \
                     the setup comes to rest; with a change of one of these the count begins again. \
                     Default: `0.01`.",
                ),
            ),
            (
                "confidence",
                Attribute::number(
                    "The confidence with which the improvement has to be above zero, between 0.5 and 1. \
                 Default: `0.95`.",
                ),
            ),
            (
                "settle_seconds",
                Attribute::number(
                    "The age below which measurements are not yet believed, since CloudWatch may still be \
                 collecting them, in seconds. Default: 180.",
                ),
            ),
        ],
    )
}

fn pricing() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        "Prices that differ from those of the provider's own table.",
        [
            (
                "architecture",
                Attribute::string(
                    "Whose price of a GB-second forecasts take: that of `x86_64` or of `arm64`. It chooses \
                     no architecture: the functions' own resources do. Without effect beside \
                     `gb_second_usd`. Default: `x86_64`.",
                ),
            ),
            (
                "gb_second_usd",
                Attribute::number("The price of a GB-second, in US dollars."),
            ),
            (
                "request_usd",
                Attribute::number("The price of an invocation, in US dollars."),
            ),
        ],
    )
}
