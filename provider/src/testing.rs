//! What several modules' tests need.

use tfplugin::Diagnostics;

/// The messages as text, one a line.
pub fn told(diagnostics: &Diagnostics) -> String {
    let mut text = String::new();
    for message in diagnostics {
        text.push_str(&message.to_string());
        text.push('\n');
    }
    text
}
