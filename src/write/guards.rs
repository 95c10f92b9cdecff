//! What may identify a minor or a victim in a brief, or was withheld: the same lines in every format for people.
use super::notices;
use crate::brief::{Brief, Check};
use serde::Serialize;

/// One detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line<'a> {
    /// What stands in the text: the detail, or the mark of one that was withheld.
    pub text: &'a str,
    pub reason: &'a str,
    /// Shown number of the article's sentence.
    pub sentence: usize,
}

/// Details in the order of the article. Those that the English adds are doubts, and told with them.
pub fn lines(brief: &Brief) -> Vec<Line<'_>> {
    let found = brief
        .findings
        .iter()
        .filter(|f| f.check == Check::Protection && !notices::doubtful(f));
    found
        .filter_map(|f| {
            let e = f.target.as_ref().or(f.source.as_ref())?;
            Some(Line {
                text: &e.text,
                reason: &f.reason,
                sentence: e.sentence as usize + 1,
            })
        })
        .collect()
}
