//! Figures as text: `docs/benchmarks.md`. Pure.

use std::fmt::Write as _;

use crate::figure::{Figure, Goal};
use crate::machine::Machine;
use crate::subjects::Subject;

/// The whole page. `pictures` are files beside it, with what they show.
pub fn page(figures: &[Figure], machine: &Machine, pictures: &[(String, String)]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nMade by `make bench`; the same figures are in `benchmarks.json`. \
         Changes by hand are lost.\n\n",
    );
    // Writing to a text does not fail.
    let _ = writeln!(page, "Machine: {}.\n", machine.sentence());
    page.push_str("| figure | ours | peer | goal | met |\n|---|---:|---:|---:|---|\n");
    for figure in figures {
        page.push_str(&row(figure));
    }
    for (file, title) in pictures {
        let _ = write!(page, "\n![{title}](benchmarks/{file})\n");
    }
    page.push_str(&missed(figures));
    page.push_str(&measured(figures));
    page
}

/// A number with three digits that count, and its thousands apart.
pub fn shown(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    let digits = match value.abs() {
        size if size >= 99.95 || size == 0.0 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |parts| parts);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{point}{rest}", thousands(whole))
}

fn thousands(whole: &str) -> String {
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}")
}

fn row(figure: &Figure) -> String {
    let with_unit = |value: f64| format!("{} {}", shown(value), figure.unit);
    let peer = figure.peer.as_ref().map_or(String::new(), |peer| {
        format!("{} ({})", with_unit(peer.value), peer.name)
    });
    let goal = match figure.goal {
        None => String::new(),
        Some(Goal::AtMost(goal)) => format!("≤ {}", with_unit(goal)),
        Some(Goal::AtLeast(goal)) => format!("≥ {}", with_unit(goal)),
    };
    let met = match figure.is_met() {
        None => "",
        Some(true) => "yes",
        Some(false) => "**no**",
    };
    format!(
        "| {} | {} | {peer} | {goal} | {met} |\n",
        figure.name,
        with_unit(figure.value)
    )
}

fn missed(figures: &[Figure]) -> String {
    let missed: Vec<&Figure> = figures
        .iter()
        .filter(|figure| figure.is_met() == Some(false))
        .collect();
    if missed.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n## Goals that were missed\n\n");
    for figure in missed {
        let because = figure.because.as_deref().unwrap_or("Not yet known.");
        let _ = writeln!(text, "- **{}.** {because}", figure.name);
    }
    text
}

fn measured(figures: &[Figure]) -> String {
    let mut text = String::from("\n## How it was measured\n");
    let mut heading = "";
    for figure in figures {
        if figure.subject != heading {
            heading = &figure.subject;
            let _ = write!(
                text,
                "\n### {}\n\nLoad of the machine before: {:.2}.\n\n",
                Subject::title_of(heading),
                figure.load_before
            );
        }
        let _ = write!(text, "- {}: {}", figure.name, figure.how);
        if let Some([lower, upper]) = figure.quartiles {
            let _ = write!(text, " Quartiles {} to {}.", shown(lower), shown(upper));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine {
            processor: "Any".to_owned(),
            cores: 2,
            memory_gib: 24.0,
            load: 0.5,
            programs: vec!["terraform 1.11.4".to_owned()],
        }
    }

    #[test]
    fn numbers_are_short() {
        let all = [
            0.0,
            0.12345,
            1.0,
            9.999,
            12.34,
            99.96,
            1234.5,
            1_234_567.0,
            -4321.0,
        ];
        let texts: Vec<String> = all.into_iter().map(shown).collect();
        let expected = [
            "0",
            "0.123",
            "1.00",
            "10.0",
            "12.3",
            "100",
            "1,234",
            "1,234,567",
            "-4,321",
        ];
        assert_eq!(texts, expected);
        assert_eq!(shown(f64::NAN), "unknown");
    }

    #[test]
    fn the_page_says_what_is_met_and_why_what_is_not() {
        let met = Figure::of("start", &[4.0, 3.0, 5.0, 4.0], "ms", "Four starts.")
            .at_most(5.25)
            .beside("random", Ok(10.5));
        let missed = Figure::new("plan", 7.0, "s", "One plan.")
            .at_most(5.0)
            .because("The host is slow.");
        let figures = [met, missed].map(|figure| Figure {
            subject: "start".to_owned(),
            ..figure
        });
        let pictures = [("growth.svg".to_owned(), "Growth".to_owned())];
        let page = page(&figures, &machine(), &pictures);
        for expected in [
            "| start | 4.00 ms | 10.5 ms (random) | ≤ 5.25 ms | yes |\n",
            "| plan | 7.00 s |  | ≤ 5.00 s | **no** |\n",
            "- **plan.** The host is slow.\n",
            "- start: Four starts. Quartiles 3.75 to 4.25.\n",
            "![Growth](benchmarks/growth.svg)\n",
            "Machine: Any, 2 cores, 24 GiB, load 0.50 at the beginning, terraform 1.11.4.\n",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
    }

    #[test]
    fn without_a_missed_goal_nothing_is_excused() {
        let figure = Figure::new("start", 4.0, "ms", "").because("Unused.");
        assert!(!page(&[figure], &machine(), &[]).contains("Unused"));
    }
}
