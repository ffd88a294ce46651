//! What `fusion_switch` looks like in HCL.

use tfplugin::{Attribute, Schema, Type};

/// The schema of `fusion_switch`.
pub fn schema() -> Schema {
    Schema::new(
        "Makes new versions visible: moves the alias of every function in parallel, after all versions exist, then \
         deletes the functions that left the application and prunes old versions.\n\n\
         Since `versions` refers to every `fusion_function`, hosts apply it after them and destroy it before them. An \
         alias that was moved by hand, or made to share its requests among versions, is put back.",
    )
    .attribute("application", Attribute::string("The application's name. Only its functions are deleted.").required())
    .attribute("alias", Attribute::string("The alias that is moved. Default: `live`."))
    .attribute(
        "versions",
        Attribute::new(Type::map(Type::Number), "By function name: the version that its alias serves.").required(),
    )
}
