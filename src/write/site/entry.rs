//! What the index and the feeds keep of a brief.
use super::dates;
use crate::{brief::Brief, write::notices};
use serde::Serialize;
use std::collections::BTreeSet;

/// One brief in the index.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Name of its page, without folder and extension.
    pub page: String,
    pub id: String,
    pub headline: String,
    /// Title of the Italian article, where it is known.
    pub title: String,
    /// `YYYY-MM-DD` or shorter; empty where the article gives no date. Sorts as text.
    pub day: String,
    /// The date as readers write it.
    pub date: String,
    /// The brief's sentences as one text.
    pub text: String,
    pub places: Vec<String>,
    pub agencies: Vec<String>,
    /// Names of people and operations: found by search, not listed.
    pub names: Vec<String>,
    /// Findings to verify.
    pub open: usize,
    /// What they are about, each once.
    pub checks: Vec<&'static str>,
}

impl Entry {
    pub fn of(brief: &Brief, page: String) -> Self {
        let given = brief.source.date.as_deref().unwrap_or_default();
        let open: Vec<_> = brief.findings.iter().filter(|f| notices::doubtful(f)).collect();
        let checks: BTreeSet<_> = open.iter().map(|f| notices::label(f.check)).collect();
        Self {
            page,
            id: brief.id.clone(),
            headline: headline(brief),
            title: tidy(brief.source.title.as_deref().unwrap_or_default()),
            day: dates::parse(given).map(|_| given.to_string()).unwrap_or_default(),
            date: dates::shown(given),
            text: tidy(
                &brief
                    .summary
                    .iter()
                    .map(|s| s.text.as_str())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            places: facts(brief, "place"),
            agencies: facts(brief, "agency"),
            names: facts(brief, "name"),
            open: open.len(),
            checks: checks.into_iter().collect(),
        }
    }
}

/// A brief's headline; its article's title or its id where it has none, so that every link has words.
pub fn headline(brief: &Brief) -> String {
    [
        brief.headline.as_str(),
        brief.source.title.as_deref().unwrap_or_default(),
        &brief.id,
    ]
    .into_iter()
    .map(tidy)
    .find(|t| !t.is_empty())
    .unwrap_or_else(|| "Untitled".into())
}

/// The brief's facts of one kind, each once, in the order of the article.
pub fn facts(brief: &Brief, kind: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for fact in brief.facts.iter().filter(|f| f.kind == kind) {
        let text = tidy(&fact.text);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// One line, single spaces, and no control characters: XML 1.0 has no way to write most of them.
pub fn tidy(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => ' ',
            c => c,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
