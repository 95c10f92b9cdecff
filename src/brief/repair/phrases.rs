//! What an English sentence must hold, as phrases for the search: figures, dates, times and names of the Italian.
use super::{forms::forms, patch::patch, source::Source};
use crate::{
    brief::{
        fidelity::{Doubts, Lost},
        glossary::capitalized,
        translate::Phrase,
        Check, Excerpt, Finding, Verdict,
    },
    text::{
        gazetteer,
        quantity::{quantities, Quantity, Weight},
        words::{words, Language},
    },
};

/// Phrases at most in one search: each takes a share of the beams.
const MOST: usize = 8;

/// What the findings of a translation miss.
pub fn missing(source: &Source, faults: &[Finding]) -> Vec<Phrase> {
    let terms = &source.terms;
    let source = source.text;
    let quantities = quantities(source, Language::Italian);
    let mut phrases: Vec<Phrase> = faults
        .iter()
        .filter_map(|f| {
            let excerpt = f.source.as_ref().filter(|_| is_lost(f))?;
            let forms = match f.check {
                Check::Name | Check::Place | Check::Agency => name(source, excerpt),
                Check::Glossary => terms.iter().find(|t| t.span.start == excerpt.start)?.forms.clone(),
                _ => of(&quantities, excerpt).map(forms)?,
            };
            Some(Phrase {
                at: excerpt.start,
                forms,
            })
        })
        .collect();
    phrases.truncate(MOST);
    phrases
}

/// Words asked for at once: more of them leave the model no room.
const WORDS: usize = 3;
/// Share of a word's occurrences that makes a form worth asking for.
const FORM_SHARE: f32 = 0.04;

/// Known renderings of the words without an answer, the surest words first.
pub fn unanswered(doubts: &Doubts) -> Vec<Phrase> {
    let mut lost: Vec<&Lost> = doubts.lost.iter().collect();
    lost.sort_by(|a, b| b.entry.mass().total_cmp(&a.entry.mass()));
    let phrase = |lost: &Lost| {
        let shares = lost.entry.forms.iter().filter(|(_, share)| *share >= FORM_SHARE);
        let counted: Vec<String> = shares.map(|(form, _)| form.to_string()).collect();
        let forms = match counted.is_empty() {
            true => lost.entry.by_hand().map(str::to_string).collect(),
            false => counted,
        };
        // At the head of a sentence it may have a capital.
        let forms: Vec<String> = match lost.span.start {
            0 => forms
                .iter()
                .map(|f| capitalized(f))
                .chain(forms.iter().cloned())
                .collect(),
            _ => forms,
        };
        Phrase {
            at: lost.span.start,
            forms,
        }
    };
    lost.into_iter().take(WORDS).map(phrase).collect()
}

/// What is missing, and all else that must be carried over.
pub fn all(source: &Source, faults: &[Finding]) -> Vec<Phrase> {
    let mut phrases = missing(source, faults);
    if phrases.is_empty() {
        return phrases;
    }
    for term in &source.terms {
        if phrases.iter().all(|p| p.at != term.span.start) {
            phrases.push(Phrase {
                at: term.span.start,
                forms: term.forms.clone(),
            });
        }
    }
    let source = source.text;
    for q in quantities(source, Language::Italian) {
        if q.weight == Weight::Firm && phrases.iter().all(|p| p.at != q.span.start) {
            phrases.push(Phrase {
                at: q.span.start,
                forms: forms(&q),
            });
        }
    }
    phrases.truncate(MOST);
    phrases
}

/// Whether more must be carried over than what is missing.
pub fn are_more(source: &Source, faults: &[Finding]) -> bool {
    all(source, faults).len() > missing(source, faults).len()
}

/// English sentences in which one wrong figure or name of the findings is replaced by the right one.
pub fn patches(source: &str, faults: &[Finding], english: &str) -> Vec<String> {
    let quantities = quantities(source, Language::Italian);
    let put = |f: &Finding| {
        let (from, to) = (f.source.as_ref()?, f.target.as_ref()?);
        if f.verdict != Verdict::Altered || english.get(to.start..to.end) != Some(to.text.as_str()) {
            return None;
        }
        let right = match f.check {
            Check::Place => name(source, from).into_iter().next()?,
            Check::Name | Check::Agency => return None,
            _ => {
                let q = of(&quantities, from)?;
                patch(q, &to.text)?
            }
        };
        Some(format!("{}{right}{}", &english[..to.start], &english[to.end..]))
    };
    faults.iter().filter_map(put).collect()
}

/// Whether a finding says that something of the Italian is not in the English.
fn is_lost(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Altered | Verdict::Missing)
        && matches!(
            finding.check,
            Check::Number
                | Check::Money
                | Check::Percent
                | Check::Age
                | Check::Date
                | Check::Time
                | Check::Name
                | Check::Place
                | Check::Agency
                | Check::Glossary
        )
}

fn of<'q>(quantities: &'q [Quantity], excerpt: &Excerpt) -> Option<&'q Quantity> {
    let here = |q: &&Quantity| q.span.start == excerpt.start && q.weight > Weight::Implied;
    quantities.iter().find(here)
}

/// English names of what stands at an excerpt of the Italian: those of the gazetteer, else the name as it is.
fn name(source: &str, excerpt: &Excerpt) -> Vec<String> {
    // A name of two words is known by its first: `Reggio` of `Reggio Emilia`.
    let next = words(source).into_iter().find(|w| w.start >= excerpt.end);
    let two = next
        .and_then(|w| source.get(excerpt.start..w.end))
        .and_then(gazetteer::italian);
    match two.or_else(|| gazetteer::italian(&excerpt.text)) {
        Some(place) => place.english.iter().map(|e| e.to_string()).collect(),
        None => vec![excerpt.text.clone()],
    }
}
