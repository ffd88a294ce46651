//! What `fusion_function` looks like in HCL.
//!
//! Owns the texts of the documentation. The Rust side of the same attributes is `state`.

use tfplugin::{Attribute, Schema, Type};

/// The schema of `fusion_function`.
pub fn schema() -> Schema {
    identity(Schema::new(
        "The Lambda function of one task, for ever: it is created with its first version and its alias; afterwards \
         code and configuration are published as new versions, which a `fusion_switch` makes visible by moving the \
         alias.\n\n\
         A function that exists already and bears this application's and task's tags is adopted. Where the alias \
         still stands, destroying this resource leaves the function to the switch, which deletes it after every alias \
         has moved.",
    ))
    .attribute("role", Attribute::string("The ARN of the role that the function runs under.").required())
    .attribute("runtime", Attribute::string("The language runtime, such as `nodejs22.x`.").required())
    .attribute("handler", Attribute::string("The handler. Default: `fusion/entry.handler`, the fusion runtime's."))
    .attribute("memory_mb", Attribute::number("The memory, from 128 to 10240 MB.").required())
    .attribute("timeout_seconds", Attribute::number("The timeout, from 1 to 900 seconds.").required())
    .attribute("release", Attribute::string("The release, from `fusion_setup`: 12 hex digits.").required())
    .attribute(
        "attempt",
        Attribute::number("Raised by `fusion_setup` to have the same release published again. Default: 0."),
    )
    .attribute("package_path", Attribute::string("The package's file, from `fusion_package`.").required())
    .attribute("package_sha256", Attribute::string("The package's identity, from `fusion_package`.").required())
    .attribute(
        "environment",
        Attribute::new(Type::map(Type::String), "Environment variables, at most 4 KB in all. `FUSION_RELEASE` is the release unless it is given here."),
    )
    .attribute("tags", Attribute::new(Type::map(Type::String), "Tags beside the provider's `default_tags`."))
    .attribute("arn", Attribute::string("The function's ARN.").computed())
    .attribute("alias_arn", Attribute::string("The ARN by which the function is called: its alias's.").computed())
    .attribute("invoke_arn", Attribute::string("The ARN by which API Gateway invokes the alias.").computed())
    .attribute(
        "version",
        Attribute::number("The newest published version. Known in a plan exactly where nothing changes.").computed(),
    )
    .attribute(
        "code_sha256",
        Attribute::string("The hash of the uploaded package, as Lambda computes it (base64).").computed(),
    )
}

fn identity(schema: Schema) -> Schema {
    schema
        .attribute(
            "application",
            Attribute::string("The application's name; becomes a tag.").required(),
        )
        .attribute(
            "task",
            Attribute::string("The task whose function this is; becomes a tag.").required(),
        )
        .attribute(
            "name",
            Attribute::string("The function's name. Changing it makes another function.")
                .required(),
        )
        .attribute(
            "alias",
            Attribute::string("The alias by which the function is called. Default: `live`."),
        )
}
