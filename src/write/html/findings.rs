//! Findings that ask the reader to look at the Italian, each with the places where the page marks it.
use super::marks::{locate, Mark};
use crate::{
    brief::{Brief, BriefSentence, Excerpt, Finding},
    write::notices,
};
use serde::Serialize;

/// One finding as the page says it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Note<'a> {
    /// From 1, in the order of the brief's findings.
    pub number: usize,
    /// What it is called, in small letters.
    pub heading: String,
    pub reason: &'a str,
    /// Shown number of the article's sentence that it stands beside, where there is one on the page.
    pub row: Option<usize>,
    /// Number of the sentence of the brief that it is about, from 1, where it is about the brief.
    pub summary: Option<usize>,
}

/// The notes of a brief, and the marks of its English, its Italian and its summary, by index of the sentence.
#[derive(Debug, Default)]
pub struct Notes<'a> {
    pub notes: Vec<Note<'a>>,
    pub english: Vec<Vec<Mark>>,
    pub italian: Vec<Vec<Mark>>,
    pub summary: Vec<Vec<Mark>>,
}

/// Where a finding's English stands.
enum Home {
    Summary(usize, (usize, usize)),
    Row(usize, (usize, usize)),
}

pub fn of(brief: &Brief) -> Notes<'_> {
    let mut all = Notes {
        notes: vec![],
        english: vec![vec![]; brief.translation.len()],
        italian: vec![vec![]; brief.translation.len()],
        summary: vec![vec![]; brief.summary.len()],
    };
    let open = brief.findings.iter().filter(|f| notices::doubtful(f));
    for (number, finding) in (1..).zip(open) {
        let mark = |(start, end)| Mark {
            start,
            end,
            note: number,
        };
        let mut row = finding.source.as_ref().and_then(|e| row_of(brief, e.sentence));
        let mut summary = None;
        if let (Some(i), Some(e)) = (row, &finding.source) {
            if let Some(place) = locate(&brief.translation[i].source, e.start, e.end, &e.text) {
                all.italian[i].push(mark(place));
            }
        }
        match home(brief, finding) {
            Some(Home::Summary(i, place)) => {
                all.summary[i].push(mark(place));
                summary = Some(i + 1);
            }
            Some(Home::Row(i, (start, end))) => {
                all.english[i].push(mark((start, end)));
                row = Some(i);
                if let Some((n, at)) = quoted(brief, i) {
                    all.summary[n].push(mark((at + start, at + end)));
                    summary = Some(n + 1);
                }
            }
            None => {}
        }
        all.notes.push(Note {
            number,
            heading: notices::heading(finding),
            reason: &finding.reason,
            row: row.map(|i| brief.translation[i].sentence as usize + 1),
            summary,
        });
    }
    all
}

/// The English that a finding points at: a sentence of the translation or one of the brief. A finding does not say
/// which of the two was checked, so its words decide; where both hold them, a finding about sentence N of the
/// translation rests on sentence N of the article.
fn home(brief: &Brief, finding: &Finding) -> Option<Home> {
    let target = finding.target.as_ref()?;
    let at = |text: &str| locate(text, target.start, target.end, &target.text);
    let row = row_of(brief, target.sentence).and_then(|i| Some(Home::Row(i, at(&brief.translation[i].text)?)));
    let i = target.sentence as usize;
    let summary = brief.summary.get(i).and_then(|s| Some(Home::Summary(i, at(&s.text)?)));
    let same = |source: &Excerpt| source.sentence == target.sentence;
    match finding.source.as_ref().is_none_or(same) {
        true => row.or(summary),
        false => summary.or(row),
    }
}

/// The sentence of the brief that holds a sentence of the translation word for word, and where in it.
fn quoted(brief: &Brief, row: usize) -> Option<(usize, usize)> {
    let row = &brief.translation[row];
    let cites = |s: &BriefSentence| s.citations.iter().any(|c| c.sentence == row.sentence);
    let at = |s: &BriefSentence| s.text.find(&row.text).filter(|_| cites(s) && !row.text.is_empty());
    (0..).zip(&brief.summary).find_map(|(n, s)| Some((n, at(s)?)))
}

fn row_of(brief: &Brief, sentence: u32) -> Option<usize> {
    brief.translation.iter().position(|t| t.sentence == sentence)
}
