//! Reports as tables of text: for a terminal (comfy-table) and as Markdown.
use super::summary::{cost, mark, p_value, score, tests};
use crate::eval::{report::Comparison, EvalReport};
use comfy_table::{presets, CellAlignment, ContentArrangement, Table, TableStyle};

fn table(header: Vec<String>, rows: Vec<Vec<String>>, style: TableStyle) -> String {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// One row a system, one column a metric: score, interval, and what the test against the first says.
fn leaderboard(report: &EvalReport) -> (Vec<String>, Vec<Vec<String>>) {
    let metrics: Vec<&str> = report
        .systems
        .first()
        .map_or(vec![], |s| s.scores.iter().map(|s| s.metric.as_str()).collect());
    let mut header = vec!["system".to_string()];
    header.extend(metrics.iter().map(|m| m.to_string()));
    header.push("words/s".into());
    let row = |system: &crate::eval::report::SystemReport| {
        let mut row = vec![system.name.clone()];
        for metric in &metrics {
            let shown = system.score(metric).map_or("-".into(), |s| {
                let interval = s
                    .interval
                    .map_or(String::new(), |i| format!(" [{}, {}]", score(i.low), score(i.high)));
                format!("{}{interval}{}", score(s.score), mark(report, &system.name, metric))
            });
            row.push(shown);
        }
        row.push(system.cost.words_per_second().map_or("-".into(), |w| format!("{w:.0}")));
        row
    };
    (header, report.systems.iter().map(row).collect())
}

fn comparison_rows(comparisons: &[Comparison]) -> (Vec<String>, Vec<Vec<String>>) {
    let header = [
        "system",
        "against",
        "metric",
        "difference",
        "95% interval",
        "p",
        "corrected",
        "n",
        "smallest p",
        "verdict",
    ];
    let row = |c: &Comparison| {
        let p = &c.paired;
        vec![
            c.system.clone(),
            c.base.clone(),
            c.metric.clone(),
            format!("{:+.2}", p.delta),
            format!("[{:+.2}, {:+.2}]", p.interval.low, p.interval.high),
            p_value(p.p),
            p_value(c.corrected),
            p.n.to_string(),
            p_value(p.smallest_p),
            c.verdict.words().to_string(),
        ]
    };
    (
        header.iter().map(|h| h.to_string()).collect(),
        comparisons.iter().map(row).collect(),
    )
}

pub fn comparisons(comparisons: &[Comparison], alpha: f64) -> String {
    let (header, rows) = comparison_rows(comparisons);
    let rule = format!("A difference is shown where p, corrected by Holm over this table, is below {alpha}.");
    format!("{}\n\n{rule}\n", table(header, rows, presets::UTF8_HORIZONTAL_ONLY))
}

fn facts(report: &EvalReport) -> String {
    let c = &report.corpus;
    format!(
        "{} on {} articles ({} segments) of {}, corpus {}.\n{}",
        report.suite,
        c.articles,
        report.segments.len(),
        c.path,
        c.sha256.get(..12).unwrap_or(&c.sha256),
        tests(report)
    )
}

fn signatures(report: &EvalReport) -> Vec<(String, String)> {
    let first = report.systems.first();
    first.map_or(vec![], |s| {
        s.scores
            .iter()
            .map(|s| (s.metric.clone(), s.signature.clone()))
            .collect()
    })
}

/// For a terminal.
pub fn terminal(report: &EvalReport) -> String {
    let (header, rows) = leaderboard(report);
    let mut out = format!(
        "{}\n\n{}\n",
        facts(report),
        table(header, rows, presets::UTF8_HORIZONTAL_ONLY)
    );
    if !report.comparisons.is_empty() {
        let (header, rows) = comparison_rows(&report.comparisons);
        out += &format!("\n{}\n", table(header, rows, presets::UTF8_HORIZONTAL_ONLY));
    }
    out += "\n";
    for (name, signature) in signatures(report) {
        out += &format!("{name}  {signature}\n");
    }
    out
}

/// For a repository: the same tables, with the signatures as a list.
pub fn markdown(report: &EvalReport) -> String {
    let (header, rows) = leaderboard(report);
    let mut out = format!("# Evaluation: {}\n\n{}\n\n", report.suite, facts(report));
    out += &format!("{}\n", table(header, rows, presets::ASCII_MARKDOWN));
    if !report.comparisons.is_empty() {
        let (header, rows) = comparison_rows(&report.comparisons);
        out += &format!("\n## Differences\n\n{}\n", table(header, rows, presets::ASCII_MARKDOWN));
    }
    let costs: Vec<Vec<String>> = report.systems.iter().map(|s| cost(s).to_vec()).collect();
    let header = ["system", "settings", "seconds", "words/s", "peak MB"]
        .map(String::from)
        .to_vec();
    out += &format!(
        "\n## Systems\n\n{}\n\n## Signatures\n\n",
        table(header, costs, presets::ASCII_MARKDOWN)
    );
    for (name, signature) in signatures(report) {
        out += &format!("- {name}: `{signature}`\n");
    }
    out
}
