//! Golden cases: manifests with the modules or the errors that come of them.

mod support;

use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};

/// Files that every module has and no case repeats.
const EMBEDDED: &[&str] = &["runtime/", "modules/"];

fn check_module(case: &Path) {
    let manifest = support::read(case).unwrap_or_else(|problems| panic!("{}", render(&problems)));
    let module = support::generate(&support::texts(case), &manifest)
        .unwrap_or_else(|problems| panic!("{}", render(&problems)));
    let own = |path: &str| !EMBEDDED.iter().any(|folder| path.starts_with(folder));
    let folder = case.join("expected");
    for (path, text) in module.iter().filter(|(path, _)| own(path)) {
        support::check(&folder.join(path), text);
    }
    for path in support::texts(&folder).into_keys() {
        assert!(
            module.contains_key(&path),
            "{path} of {} is not generated",
            case.display()
        );
    }
}

fn check_error(case: &Path) {
    let problems = support::read(case)
        .and_then(|manifest| support::generate(&support::texts(case), &manifest))
        .map(|module| module.len())
        .expect_err(&format!("{} is expected to fail", case.display()));
    support::check(&case.join("error.txt"), &render(&problems));
}

/// What the command line shows, without colours.
fn render(problems: &dyn miette::Diagnostic) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut text, problems)
        .expect("rendering into a text");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

#[test]
fn modules_are_as_expected() {
    for (_, case) in support::cases(&support::testdata()) {
        check_module(&case);
    }
}

#[test]
fn errors_are_as_expected() {
    for (_, case) in support::cases(&support::testdata().join("errors")) {
        check_error(&case);
    }
}
