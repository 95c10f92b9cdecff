//! What became of the glossary's terms in a brief: one line for each, the same in every format for people.
use crate::brief::{Brief, Check, Finding, Verdict};
use serde::Serialize;

/// One term as the article has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line<'a> {
    pub italian: &'a str,
    /// The English that stands for it; where there is none, why.
    pub english: &'a str,
    pub used: bool,
    /// Shown numbers of the article's sentences.
    pub sentences: Vec<usize>,
}

/// Terms of a brief in the order of the article; those that say the same are one line.
pub fn lines(brief: &Brief) -> Vec<Line<'_>> {
    let mut lines: Vec<Line> = vec![];
    for finding in brief.findings.iter().filter(|f| f.check == Check::Glossary) {
        let Some(line) = line(finding) else { continue };
        let same = |l: &&mut Line| {
            let alike = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
            l.used == line.used && alike(l.italian, line.italian) && alike(l.english, line.english)
        };
        match lines.iter_mut().find(same) {
            Some(known) => known.sentences.extend(line.sentences),
            None => lines.push(line),
        }
    }
    lines
}

fn line(finding: &Finding) -> Option<Line<'_>> {
    let source = finding.source.as_ref()?;
    let used = finding.verdict == Verdict::Supported;
    Some(Line {
        italian: &source.text,
        english: match &finding.target {
            Some(target) if used => &target.text,
            _ => &finding.reason,
        },
        used,
        sentences: vec![source.sentence as usize + 1],
    })
}
