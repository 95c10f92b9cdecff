//! Reports as tables of text: for a terminal (comfy-table) and as Markdown.
use super::summary::{cost, mark, p_value, score, tests};
use crate::eval::{
    report::{Comparison, SystemReport},
    EvalReport, Verdict,
};
use comfy_table::{presets, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// Lines under the header only.
const TERMINAL: TableStyle = presets::NOTHING.header_separator(LineStyle::new('─', '─', '─', '─'));

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

/// One row a metric, one column a system: score, interval, and what the test against the first says.
fn leaderboard(report: &EvalReport) -> (Vec<String>, Vec<Vec<String>>) {
    let mut header = vec!["metric".to_string()];
    header.extend(report.systems.iter().map(|s| s.name.clone()));
    let metrics = report.systems.first().map_or(&[][..], |s| &s.scores);
    let cell = |system: &SystemReport, metric: &str| {
        system.score(metric).map_or("-".into(), |s| {
            let interval = s
                .interval
                .map_or(String::new(), |i| format!(" [{}, {}]", score(i.low), score(i.high)));
            format!("{}{interval}{}", score(s.score), mark(report, &system.name, metric))
        })
    };
    let mut rows: Vec<Vec<String>> = metrics
        .iter()
        .map(|m| {
            let cells = report.systems.iter().map(|s| cell(s, &m.metric));
            std::iter::once(m.metric.clone()).chain(cells).collect()
        })
        .collect();
    if report.systems.iter().any(|s| s.cost.seconds > 0.0) {
        let speed = |s: &SystemReport| s.cost.words_per_second().map_or("-".into(), |w| format!("{w:.0}"));
        rows.push(
            std::iter::once("words/s".into())
                .chain(report.systems.iter().map(speed))
                .collect(),
        );
    }
    (header, rows)
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
        comparisons
            .iter()
            .filter(|c| c.verdict != Verdict::NotJudged)
            .map(row)
            .collect(),
    )
}

pub fn comparisons(comparisons: &[Comparison], alpha: f64) -> String {
    let (header, rows) = comparison_rows(comparisons);
    let rule = format!("A difference is shown where p, corrected by Holm over this table, is below {alpha}.");
    format!("{}\n\n{rule}\n", table(header, rows, TERMINAL))
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
    let mut out = format!("{}\n\n{}\n", facts(report), table(header, rows, TERMINAL));
    if !report.comparisons.is_empty() {
        let (header, rows) = comparison_rows(&report.comparisons);
        out += &format!("\n{}\n", table(header, rows, TERMINAL));
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
