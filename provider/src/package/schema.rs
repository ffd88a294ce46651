//! What `fusion_package` looks like in HCL.
//!
//! Owns the texts of the documentation. The Rust side of the same attributes is `state`.

use tfplugin::{Attribute, Nesting, Schema, Type};

/// The schema of `fusion_package`.
pub fn schema() -> Schema {
    Schema::new(
        "The package (zip) of one fused function: the fusion runtime, the sources of the tasks inside, and a \
         description of the group.\n\n\
         Its identity is computed from the arguments alone, so it is known in the plan. The file is made in the \
         apply that needs it, from sources that still have to be what was planned. The file's name bears the \
         identity. A missing file alone is no change: a function that is deployed needs it no more.",
    )
    .attribute("application", Attribute::string("The application's name.").required())
    .attribute(
        "alias",
        Attribute::string("The alias through which the function calls others. Default: `live`."),
    )
    .attribute("root", Attribute::string("The task whose function this is.").required())
    .attribute("source_root", Attribute::string("The application's folder.").required())
    .attribute(
        "shared",
        Attribute::new(Type::list(Type::String), "Folders that every package gets, relative to `source_root`."),
    )
    .attribute("runtime_path", Attribute::string("The folder with the fusion runtime's files.").required())
    .attribute(
        "fusion_runtime_sha256",
        Attribute::string("The hash of the fusion runtime's files, from `data.fusion_sources`.").required(),
    )
    .attribute("directory", Attribute::string("The folder into which the package is written.").required())
    .attribute(
        "inline_async",
        Attribute::bool("Whether asynchronous calls to tasks inside run inside. Default: `false`."),
    )
    .attribute(
        "function_names",
        Attribute::new(
            Type::map(Type::String),
            "Names of functions by task, of tasks that the group may call. Only those that differ from \
             `<application>-<task>` become part of the package.",
        ),
    )
    .attribute("tasks", tasks().required())
    .attribute("sha256", Attribute::string("The package's identity.").computed())
    .attribute("path", Attribute::string("Where the package is written.").computed())
    .attribute(
        "code_sha256",
        Attribute::string("The hash of the file as Lambda computes it (base64), known after the file was made.")
            .computed(),
    )
}

fn tasks() -> Attribute {
    Attribute::nested(Nesting::Map, "The tasks inside, the root among them, by name.", [
        ("source", Attribute::string("The task's folder, relative to `source_root`.").required()),
        (
            "handler",
            Attribute::string("`<file without extension, relative to source>.<export>`, such as `handler.handler`.")
                .required(),
        ),
        ("runtime", Attribute::string("The language runtime, such as `nodejs22.x`.").required()),
        ("sha256", Attribute::string("The hash of the task's content, from `data.fusion_sources`.").required()),
        (
            "timeout_seconds",
            Attribute::number("The task's own timeout, from 1 to 900 seconds. Default: 30."),
        ),
        (
            "environment",
            Attribute::new(
                Type::map(Type::String),
                "The names of the task's variables, and the names under which the function carries them.",
            ),
        ),
    ])
}
