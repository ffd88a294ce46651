//! The registry's documentation in `docs/` is what the schemas and the examples say.
//!
//! `FUSIONIZE_UPDATE=1 cargo test -p terraform-provider-fusion docs` writes it anew (`make docs`);
//! without it, any difference is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fusion_provider::provider::Fusion;
use tfplugin::{Attribute, AttributeKind, Nested, Nesting, Provider, Schema, Signature, Type};

/// What needs no configuration stands in the examples; everything else comes from the schemas.
#[test]
fn docs_are_what_the_schemas_say() {
    let pages = pages();
    let folder = workspace().join("docs");
    if std::env::var_os("FUSIONIZE_UPDATE").is_some() {
        write(&folder, &pages);
    }
    let generated = ["index.md", "resources", "data-sources", "functions"];
    let mut found = BTreeSet::new();
    for name in generated {
        found.extend(files(&folder.join(name)));
    }
    let wanted: BTreeSet<PathBuf> = pages.keys().map(|page| folder.join(page)).collect();
    assert_eq!(
        found, wanted,
        "pages are missing or left over: run `make docs`"
    );
    for (page, text) in &pages {
        let read = fs::read_to_string(folder.join(page)).expect("the page exists");
        assert!(
            read == *text,
            "docs/{page} is not what the schema says: run `make docs`"
        );
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn write(folder: &Path, pages: &BTreeMap<String, String>) {
    for (page, text) in pages {
        let path = folder.join(page);
        let parent = path.parent().expect("a page lies in a folder");
        fs::create_dir_all(parent).expect("the folder can be made");
        fs::write(path, text).expect("the page can be written");
    }
}

/// Every page by its path below `docs/`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    pages.insert("index.md".to_owned(), index(&Fusion.schema()));
    for resource in Fusion.resources() {
        let name = resource.name();
        let page = object(
            "Resource",
            "resources",
            "resource.tf",
            name,
            resource.schema(),
        );
        pages.insert(format!("resources/{}.md", short(name)), page);
    }
    for source in Fusion.data_sources() {
        let name = source.name();
        let page = object(
            "Data Source",
            "data-sources",
            "data-source.tf",
            name,
            source.schema(),
        );
        pages.insert(format!("data-sources/{}.md", short(name)), page);
    }
    for function in Fusion.functions() {
        pages.insert(
            format!("functions/{}.md", function.name()),
            callable(function.name(), function.signature()),
        );
    }
    pages
}

/// The name without the provider's in front.
fn short(name: &str) -> &str {
    name.strip_prefix("fusion_").unwrap_or(name)
}

fn index(schema: &Schema) -> String {
    let mut page = front("fusion Provider", &schema.description);
    let _ = write!(page, "# fusion Provider\n\n{}\n", schema.description);
    page.push_str(&example("provider/provider.tf").expect("the provider has an example"));
    page.push_str(&attributes(schema));
    page
}

fn object(kind: &str, folder: &str, file: &str, name: &str, schema: &Schema) -> String {
    let mut page = front(&format!("{name} {kind} - fusion"), &schema.description);
    let _ = write!(page, "# {name} ({kind})\n\n{}\n", schema.description);
    page.push_str(
        &example(&format!("{folder}/{name}/{file}")).expect("every object has an example"),
    );
    page.push_str(&attributes(schema));
    let import = workspace().join(format!("examples/{folder}/{name}/import.sh"));
    if let Ok(command) = fs::read_to_string(import) {
        let _ = write!(
            page,
            "\n## Import\n\n```shell\n{}\n```\n",
            command.trim_end()
        );
    }
    page
}

fn callable(name: &str, signature: &Signature) -> String {
    let mut page = front(&format!("{name} function - fusion"), &signature.summary);
    let _ = write!(page, "# function: {name}\n\n{}\n", signature.description);
    page.push_str(
        &example(&format!("functions/{name}/function.tf")).expect("every function has an example"),
    );
    let parameters = signature.parameters.iter();
    let written: Vec<String> = parameters
        .clone()
        .map(|parameter| format!("{} {}", parameter.name, hcl(&parameter.r#type)))
        .collect();
    let returns = hcl(&signature.returns);
    let _ = write!(
        page,
        "\n## Signature\n\n```text\n{name}({}) {returns}\n```\n\n## Arguments\n\n",
        written.join(", ")
    );
    for parameter in parameters {
        let _ = writeln!(
            page,
            "- `{}` ({}) {}",
            parameter.name,
            words(&parameter.r#type),
            parameter.description
        );
    }
    page
}

fn front(title: &str, description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    format!("---\npage_title: \"{title}\"\nsubcategory: \"\"\ndescription: |-\n  {first}\n---\n\n")
}

fn example(path: &str) -> Option<String> {
    let text = fs::read_to_string(workspace().join("examples").join(path)).ok()?;
    Some(format!(
        "\n## Example Usage\n\n```terraform\n{}\n```\n",
        text.trim_end()
    ))
}

fn attributes(schema: &Schema) -> String {
    let mut page = "\n## Schema\n".to_owned();
    let mut nested = Vec::new();
    groups(&mut page, "###", "", &schema.attributes, &mut nested);
    // Breadth first, as the registry's own generator writes it.
    let mut next = 0;
    while let Some((path, inner)) = nested.get(next).cloned() {
        next += 1;
        let _ = write!(
            page,
            "\n<a id=\"nestedatt--{}\"></a>\n### Nested Schema for `{path}`\n",
            anchor(&path)
        );
        groups(&mut page, "", &path, &inner.attributes, &mut nested);
    }
    page
}

fn groups(
    page: &mut String,
    level: &str,
    path: &str,
    attributes: &BTreeMap<String, Attribute>,
    nested: &mut Vec<(String, Nested)>,
) {
    type Kind = fn(&Attribute) -> bool;
    let kinds: [(&str, Kind); 3] = [
        ("Required", |attribute| attribute.required),
        ("Optional", |attribute| attribute.optional),
        ("Read-Only", |attribute| {
            !attribute.required && !attribute.optional
        }),
    ];
    for (title, is_kind) in kinds {
        let mut chosen = attributes
            .iter()
            .filter(|(_, attribute)| is_kind(attribute))
            .peekable();
        if chosen.peek().is_none() {
            continue;
        }
        let heading = if level.is_empty() {
            format!("{title}:")
        } else {
            format!("{level} {title}")
        };
        let _ = write!(page, "\n{heading}\n\n");
        for (name, attribute) in chosen {
            line(page, path, name, attribute, nested);
        }
    }
}

fn line(
    page: &mut String,
    path: &str,
    name: &str,
    attribute: &Attribute,
    nested: &mut Vec<(String, Nested)>,
) {
    let mut kind = match &attribute.kind {
        AttributeKind::Value(r#type) => words(r#type),
        AttributeKind::Nested(inner) => match inner.nesting {
            Nesting::Single => "Attributes".to_owned(),
            Nesting::List => "Attributes List".to_owned(),
            Nesting::Set => "Attributes Set".to_owned(),
            Nesting::Map => "Attributes Map".to_owned(),
        },
    };
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    let _ = write!(page, "- `{name}` ({kind}) {}", attribute.description);
    if let AttributeKind::Nested(inner) = &attribute.kind {
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        let _ = write!(
            page,
            " (see [below for nested schema](#nestedatt--{}))",
            anchor(&path)
        );
        nested.push((path, inner.clone()));
    }
    page.push('\n');
}

fn anchor(path: &str) -> String {
    path.replace('.', "--")
}

/// A type as the registry writes it.
fn words(r#type: &Type) -> String {
    match r#type {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(of) => format!("List of {}", words(of)),
        Type::Set(of) => format!("Set of {}", words(of)),
        Type::Map(of) => format!("Map of {}", words(of)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object { .. } => "Object".to_owned(),
    }
}

/// A type as HCL writes it.
fn hcl(r#type: &Type) -> String {
    match r#type {
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::Dynamic => "dynamic".to_owned(),
        Type::List(of) => format!("list({})", hcl(of)),
        Type::Set(of) => format!("set({})", hcl(of)),
        Type::Map(of) => format!("map({})", hcl(of)),
        Type::Tuple(of) => format!(
            "tuple([{}])",
            of.iter().map(hcl).collect::<Vec<_>>().join(", ")
        ),
        Type::Object { attributes, .. } => {
            let fields: Vec<String> = attributes
                .iter()
                .map(|(name, of)| format!("{name} = {}", hcl(of)))
                .collect();
            format!("object({{ {} }})", fields.join(", "))
        }
    }
}
