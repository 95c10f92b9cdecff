//! A glossary: Italian terms with the English that a translation has to use for them.
//!
//! Matching knows Italian inflection (`perquisizioni` is `perquisizione`, `degli` is `di`) and takes the longest term;
//! what English forms are asked for follows the number of what stands in the Italian.
mod english;
mod italian;
mod matching;
mod tbx;
mod tsv;

use crate::text::hex::hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use thiserror::Error;

pub use english::{capitalized, find};
pub use matching::Match;

/// Bytes of a glossary file at most.
pub const MAX_BYTES: usize = 16 << 20;
/// Terms at most.
const MAX_TERMS: usize = 100_000;
/// Characters of a term at most.
const MAX_CHARS: usize = 400;

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    pub italian: String,
    /// English forms, any of which will do, the preferred one first.
    pub english: Vec<String>,
    pub note: String,
    /// Line of the file that it begins on, from 1.
    pub line: usize,
}

/// Terms, ready to be looked up.
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    pub terms: Vec<Term>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Each term cut into words as sentences are matched with them.
    patterns: Vec<matching::Pattern>,
    /// Terms by their first word in every form, the longest first.
    by_first: HashMap<String, Vec<usize>>,
}

/// Why a file is no glossary.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct GlossaryError {
    /// From 1.
    pub line: usize,
    /// In words, for the person who wrote the file.
    pub what: String,
}

impl GlossaryError {
    fn new(line: usize, what: impl Into<String>) -> Self {
        Self {
            line,
            what: what.into(),
        }
    }
}

impl Glossary {
    /// Reads a glossary from the bytes of a file: TBX where they begin with `<`, else tab-separated values.
    ///
    /// # Errors
    /// Where they are neither, name a term twice, leave its English out, or ask for what a glossary has no use for
    /// (entities of its own, a million terms).
    pub fn parse(bytes: &[u8]) -> Result<Self, GlossaryError> {
        if bytes.len() > MAX_BYTES {
            let most = MAX_BYTES >> 20;
            return Err(GlossaryError::new(1, format!("the file is larger than {most} MiB")));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count();
            GlossaryError::new(line, "not UTF-8 text")
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let terms = match text.trim_start().starts_with('<') {
            true => tbx::terms(text)?,
            false => tsv::terms(text)?,
        };
        let mut glossary = Self::of(terms)?;
        glossary.sha256 = hex(&Sha256::digest(bytes));
        Ok(glossary)
    }

    fn of(terms: Vec<Term>) -> Result<Self, GlossaryError> {
        if terms.is_empty() {
            return Err(GlossaryError::new(1, "no terms"));
        }
        let mut lines: HashMap<Vec<String>, usize> = HashMap::new();
        let mut patterns = vec![];
        for (n, term) in terms.iter().enumerate() {
            let fault = |what: &str| Err(GlossaryError::new(term.line, what));
            if n == MAX_TERMS {
                return fault(&format!("more than {MAX_TERMS} terms"));
            }
            let long = |t: &String| t.chars().count() > MAX_CHARS;
            if long(&term.italian) || term.english.iter().any(long) {
                return fault(&format!("a term of more than {MAX_CHARS} characters"));
            }
            let pattern = matching::Pattern::of(&term.italian);
            if pattern.is_empty() {
                return fault(&format!("`{}` has no word", term.italian));
            }
            if term.english.iter().all(|e| crate::text::words::words(e).is_empty()) {
                return fault(&format!("`{}` has no English", term.italian));
            }
            if let Some(before) = lines.insert(pattern.key(), term.line) {
                let what = format!("`{}` is there already, on line {before}", term.italian);
                return fault(&what);
            }
            patterns.push(pattern);
        }
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, pattern) in patterns.iter().enumerate() {
            for first in pattern.firsts() {
                by_first.entry(first).or_default().push(n);
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|&n| (std::cmp::Reverse(patterns[n].len()), n));
        }
        Ok(Self {
            terms,
            sha256: String::new(),
            patterns,
            by_first,
        })
    }

    /// English forms that will do for a match: the number of the Italian decides, a capital at the beginning is free.
    pub fn forms(&self, found: &Match) -> Vec<String> {
        english::forms(&self.terms[found.term].english, found.number)
    }
}

#[cfg(test)]
mod tests;
