//! A brief as one self-contained page: Italian beside English, each sentence of the brief linked to its sources.
use super::notices;
use crate::brief::{Brief, Finding};
use minijinja::{value::Serde, AutoEscape, Environment};
use serde::Serialize;
use std::sync::LazyLock;

static THEME: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.add_template("brief.html", include_str!("theme/brief.html"))
        .expect("the template that the test renders");
    env
});

/// All that the template reads.
#[derive(Serialize)]
struct Page<'a> {
    brief: &'a Brief,
    rows: Vec<Row<'a>>,
    general: Vec<Note<'a>>,
    notices: Vec<String>,
    style: &'static str,
}

/// One row of the bilingual table.
#[derive(Serialize)]
struct Row<'a> {
    sentence: u32,
    source: &'a str,
    text: &'a str,
    /// Numbers of the brief's sentences that cite it.
    cited_by: Vec<usize>,
    findings: Vec<Note<'a>>,
}

#[derive(Serialize)]
struct Note<'a> {
    check: &'static str,
    verdict: &'static str,
    reason: &'a str,
}

pub fn render(brief: &Brief) -> String {
    let rows: Vec<Row> = brief
        .translation
        .iter()
        .map(|t| Row {
            sentence: t.sentence,
            source: &t.source,
            text: &t.text,
            cited_by: (1..)
                .zip(&brief.summary)
                .filter(|(_, s)| s.citations.iter().any(|c| c.sentence == t.sentence))
                .map(|(n, _)| n)
                .collect(),
            findings: brief
                .findings
                .iter()
                .filter(|f| notices::doubtful(f) && sentence(f) == Some(t.sentence))
                .map(note)
                .collect(),
        })
        .collect();
    let general: Vec<Note> = brief
        .findings
        .iter()
        .filter(|f| notices::doubtful(f) && !rows.iter().any(|r| sentence(f) == Some(r.sentence)))
        .map(note)
        .collect();
    let page = Page {
        brief,
        rows,
        general,
        notices: notices::of(brief),
        style: include_str!("theme/brief.css"),
    };
    let page = THEME.get_template("brief.html").and_then(|t| t.render(Serde(&page)));
    page.unwrap_or_else(|e| format!("<!doctype html><title>error</title><pre>{e}</pre>\n"))
}

fn sentence(finding: &Finding) -> Option<u32> {
    finding.source.as_ref().or(finding.target.as_ref()).map(|e| e.sentence)
}

fn note(finding: &Finding) -> Note<'_> {
    Note {
        check: notices::label(finding.check),
        verdict: notices::verdict(finding.verdict),
        reason: &finding.reason,
    }
}
