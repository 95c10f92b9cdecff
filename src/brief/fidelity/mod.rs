//! Checks of English against the Italian it rests on: quantities, names, legal status, hearsay, negation.
//!
//! Everything is deterministic and explained. A check says nothing about style; it says where a reader who acts on the
//! English would act on something that the Italian does not say.
mod agencies;
mod align;
mod balance;
mod hedge;
mod law;
mod names;
mod negation;
mod quantities;
mod reading;
mod strength;
mod texts;
mod unknown;
mod wording;

pub use texts::{check_brief, check_summary, check_texts, dropped, Checked};
pub(super) use unknown::distance;
pub use wording::{Doubts, Lost, Reading};

use super::{Check, Excerpt, Finding, Verdict};
use crate::text::{calendar::Date, normalize::fold, Span};

/// An Italian sentence (or several that are cited together) and its English.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// Number that the findings carry.
    pub sentence: u32,
    pub source: &'a str,
    pub target: &'a str,
    /// Day of the article, which `ieri` and `last November` are reckoned from.
    pub date: Option<Date>,
}

impl<'a> Pair<'a> {
    /// The pair of this number, of an article without a date.
    pub fn new(sentence: u32, source: &'a str, target: &'a str) -> Self {
        Self {
            sentence,
            source,
            target,
            date: None,
        }
    }

    /// The same in an article of this day.
    pub fn on(self, date: Option<Date>) -> Self {
        Self { date, ..self }
    }
}

/// Findings of a pair that ask for a look; `Supported` ones are left out.
pub fn check(pair: Pair) -> Vec<Finding> {
    let mut findings = facts(pair);
    findings.extend(wording::check(pair));
    findings
}

/// Findings about what was said of whom, when, where and how much; nothing about the wording.
pub fn facts(pair: Pair) -> Vec<Finding> {
    let mut findings = quantities::check(pair);
    findings.extend(names::check(pair));
    findings.extend(agencies::check(pair));
    findings.extend(law::check(pair));
    findings
}

/// The text folded, an elided article apart from its word: `dell'Arma` is two words.
fn apart(text: &str) -> String {
    fold(&text.replace(['\'', '’'], " "))
}

/// Findings about the wording alone.
pub fn wording(pair: Pair) -> Vec<Finding> {
    wording::check(pair)
}

/// Findings with what was looked up and found as well: every quantity of both texts, whatever its verdict. Beside them
/// how many firm quantities of the Italian the English carries, and how many there are.
pub fn check_all(pair: Pair) -> (Vec<Finding>, (usize, usize)) {
    let (mut findings, carried) = quantities::check_all(pair);
    findings.extend(wording::check(pair));
    findings.extend(names::check(pair));
    findings.extend(agencies::check(pair));
    findings.extend(law::check(pair));
    (findings, carried)
}

/// Findings of many pairs, in their order.
pub fn check_pairs<'a>(pairs: impl IntoIterator<Item = Pair<'a>>) -> Vec<Finding> {
    pairs.into_iter().flat_map(check).collect()
}

fn excerpt(sentence: u32, text: &str, span: Span) -> Excerpt {
    Excerpt {
        sentence,
        start: span.start,
        end: span.end,
        text: span.of(text).to_string(),
    }
}

/// A finding about spans of a pair.
fn finding(
    pair: Pair,
    check: Check,
    verdict: Verdict,
    source: Option<Span>,
    target: Option<Span>,
    reason: String,
) -> Finding {
    Finding {
        check,
        verdict,
        source: source.map(|s| excerpt(pair.sentence, pair.source, s)),
        target: target.map(|s| excerpt(pair.sentence, pair.target, s)),
        reason,
        repaired: false,
    }
}

/// A finding that both sides speak of a thing and differ.
fn altered(pair: Pair, check: Check, source: Span, target: Span) -> Finding {
    let reason = format!(
        "the Italian says `{}`, the English `{}`",
        source.of(pair.source),
        target.of(pair.target)
    );
    finding(pair, check, Verdict::Altered, Some(source), Some(target), reason)
}

#[cfg(test)]
mod tests;
