//! What the index and the feeds keep of a brief.
use crate::{
    brief::Brief,
    text::calendar::Date,
    write::{
        dates, notices,
        text::{facts, headline, tidy},
    },
};
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
            day: Date::parse(given).map(|_| given.to_string()).unwrap_or_default(),
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
