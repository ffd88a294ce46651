//! The rounds as people read them.

use super::round::Round;

/// The setups of a round, its latencies, its cost by kind, and why it is so.
pub fn lines(number: usize, round: &Round) -> String {
    let cost = &round.cost;
    format!(
        "\nApply {number}: {decision}\n\
         \x20 setup        {notation}\n\
         \x20 latency      p50 {p50:.0} ms, p95 {p95:.0} ms\n\
         \x20 USD/million  {total:.2} = compute {compute:.2} + INIT {init:.2} + requests {requests:.2} + telemetry {telemetry:.2}\n\
         \x20 requests     {count} sent, {errors} failed, {cold} cold starts",
        decision = round.setup.decision,
        notation = round.setup.notation,
        p50 = round.latency_ms.p50,
        p95 = round.latency_ms.p95,
        total = cost.total(),
        compute = cost.compute,
        init = cost.init,
        requests = cost.requests,
        telemetry = cost.telemetry,
        count = round.requests,
        errors = round.errors,
        cold = round.cold_starts,
    )
}

/// The header of the summary.
const HEADER: [&str; 6] = ["apply", "setup", "p50 ms", "p95 ms", "USD/million", "cold"];

/// All rounds in one table, and how the last compares with the first.
pub fn summary(rounds: &[Round]) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    for (index, round) in rounds.iter().enumerate() {
        rows.push([
            (index + 1).to_string(),
            round.setup.notation.clone(),
            format!("{:.0}", round.latency_ms.p50),
            format!("{:.0}", round.latency_ms.p95),
            format!("{:.2}", round.cost.total()),
            round.cold_starts.to_string(),
        ]);
    }
    let widths: [usize; 6] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    let mut text = String::from("\n");
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                // Text to the left, numbers to the right.
                if column == 1 {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text.push_str(&comparison(rounds));
    text
}

fn comparison(rounds: &[Round]) -> String {
    let (Some(first), Some(last)) = (rounds.first(), rounds.last()) else {
        return String::new();
    };
    format!(
        "Against the first setup: p50 x {:.2}, cost x {:.2}",
        last.latency_ms.p50 / first.latency_ms.p50,
        last.cost.total() / first.cost.total()
    )
}
