//! An evaluation report as people read it: a terminal table, Markdown, JSON or one self-contained HTML page.
mod diff;
mod html;
mod plot;
mod summary;
mod text;

use crate::eval::EvalReport;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// A table for a terminal.
    Text,
    Markdown,
    Json,
    /// One page without scripts or links to elsewhere.
    Html,
}

impl ReportFormat {
    /// The format that a file's extension asks for.
    pub fn of_path(path: &std::path::Path) -> Option<Self> {
        Some(match path.extension()?.to_str()? {
            "txt" => Self::Text,
            "md" => Self::Markdown,
            "json" => Self::Json,
            "html" => Self::Html,
            _ => return None,
        })
    }
}

/// Renders a report.
pub fn render(report: &EvalReport, format: ReportFormat) -> String {
    match format {
        ReportFormat::Text => text::terminal(report),
        ReportFormat::Markdown => text::markdown(report),
        ReportFormat::Json => serde_json::to_string(report).unwrap_or_default() + "\n",
        ReportFormat::Html => html::page(report),
    }
}

/// Comparisons of two reports as a table for a terminal.
pub fn comparisons(comparisons: &[crate::eval::report::Comparison], alpha: f64) -> String {
    text::comparisons(comparisons, alpha)
}
