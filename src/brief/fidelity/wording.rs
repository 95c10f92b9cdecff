//! Content words of the Italian of which no known rendering is in the English, and English words that are none.
//!
//! One such word proves little: translators write freely. A garbled word does, and so do several words of a sentence
//! that nothing in the English answers to; those are findings. Repair looks at each of them, to choose among the
//! model's translations (P. Arthur, G. Neubig and S. Nakamura, "Incorporating discrete translation lexicons into
//! neural machine translation", EMNLP 2016, for why a lexicon helps where text was seen seldom).
use super::{finding, unknown, Pair};
use crate::{
    brief::{Check, Finding, Verdict},
    text::{
        lexicon::{is_content, is_english, renderings, Entry},
        phrases::phrases,
        words::{is_stop, stem, words, Language},
        Span,
    },
};
use std::collections::HashSet;

/// Occurrences and share of them that make a counted entry a witness.
const LEAST_COUNT: u32 = 5;
const LEAST_MASS: f32 = 0.6;
/// Words of a sentence without an answer that are findings, and their share of those that could have one.
const LOST: usize = 4;
const LOST_SHARE: f32 = 0.5;
/// Letters by which two stems are forms of one word: `theft` is none of `thief`, `investigation` is of `investigate`.
const SHARED: usize = 5;

/// A word of the Italian without an answer in the English.
#[derive(Clone, Debug)]
pub struct Lost {
    pub span: Span,
    pub entry: Entry,
}

/// What a reader should doubt about the wording of a translation.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    /// Words of the Italian without an answer, in order.
    pub lost: Vec<Lost>,
    /// Words of the Italian that could have one.
    pub known: usize,
    /// English words that are no words.
    pub garbled: Vec<Span>,
    /// The same within quotes, which may hold words of any language: told, but not weighed.
    pub garbled_in_quotes: Vec<Span>,
    /// Italian words left as they are.
    pub left: Vec<Span>,
}

impl Doubts {
    /// Those of a pair.
    pub fn of(source: &str, target: &str) -> Self {
        let italian = words(source);
        let english = words(target);
        let stems: HashSet<String> = english.iter().map(|s| stem(s.of(target), Language::English)).collect();
        let starts: HashSet<&str> = stems.iter().filter_map(|s| s.get(..SHARED)).collect();
        let same = |word: &str| english.iter().any(|s| s.of(target).eq_ignore_ascii_case(word));
        let answered = |word: &str| {
            let stem = stem(word, Language::English);
            stems.contains(&stem) || stem.get(..SHARED).is_some_and(|s| starts.contains(s))
        };
        let phrase = |r: &str| {
            r.split([' ', '-'])
                .filter(|w| !is_stop(w, Language::English))
                .all(answered)
        };
        let mut doubts = Self {
            garbled: unknown::heads(source, target),
            ..Self::default()
        };
        // An expression that is there in English answers for its words.
        let told: Vec<Span> = phrases(source)
            .into_iter()
            .filter(|p| p.english.iter().any(|r| phrase(r)))
            .map(|p| p.span)
            .collect();
        for span in &italian {
            let word = span.of(source);
            let in_phrase = told.iter().any(|p| p.start <= span.start && span.end <= p.end);
            if in_phrase || !is_content(word, span.start == 0) {
                continue;
            }
            let Some(entry) = renderings(word).filter(is_witness) else {
                continue;
            };
            doubts.known += 1;
            let found = entry.forms.iter().any(|(form, _)| answered(form)) || entry.by_hand().any(phrase);
            if !found && !same(word) {
                doubts.lost.push(Lost { span: *span, entry });
            }
        }
        for span in english {
            let word = span.of(target);
            let plain = word.chars().count() > 2 && word.chars().all(|c| c.is_ascii_lowercase());
            if !plain || is_english(word) {
                continue;
            }
            // A word that stays in English as it is, for all that is known: `trattoria`.
            let is_loan =
                || renderings(word).is_none_or(|e| !is_witness(&e) || e.forms.iter().any(|(f, _)| *f == word));
            let quoted = is_quoted(target, span.start);
            if !italian.iter().any(|s| s.of(source) == word) {
                match quoted {
                    true => doubts.garbled_in_quotes.push(span),
                    false => doubts.garbled.push(span),
                }
            // What is quoted may stay in Italian: the name of an operation, a phrase of the law.
            } else if !quoted && !is_loan() {
                doubts.left.push(span);
            }
        }
        doubts
    }

    /// How much there is to doubt, in words.
    pub fn weight(&self) -> usize {
        self.lost.len() + 2 * (self.garbled.len() + self.left.len())
    }
}

/// Whether a place of a text is within double quotes.
fn is_quoted(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let straight = before.matches('"').count() % 2 == 1;
    let curly = before.matches('“').count() > before.matches('”').count();
    (straight && text[at..].contains('"')) || (curly && text[at..].contains('”'))
}

fn is_witness(entry: &Entry) -> bool {
    (entry.count >= LEAST_COUNT && entry.mass() >= LEAST_MASS) || !entry.lemmas.is_empty()
}

/// Findings about the wording of a pair.
pub fn check(pair: Pair) -> Vec<Finding> {
    let doubts = Doubts::of(pair.source, pair.target);
    let of = |source: Option<Span>, target: Option<Span>, verdict, reason| {
        finding(pair, Check::Wording, verdict, source, target, reason)
    };
    let garbled = doubts.garbled.iter().chain(&doubts.garbled_in_quotes).map(|s| {
        let reason = format!("`{}` is no English word that is known", s.of(pair.target));
        of(None, Some(*s), Verdict::Unsupported, reason)
    });
    let left = doubts.left.iter().map(|s| {
        let reason = format!("`{}` is left in Italian", s.of(pair.target));
        of(None, Some(*s), Verdict::Unsupported, reason)
    });
    let many = doubts.lost.len() >= LOST && doubts.lost.len() as f32 >= LOST_SHARE * doubts.known as f32;
    let lost = doubts.lost.iter().filter(|_| many).map(|l| {
        let forms: Vec<&str> = l
            .entry
            .forms
            .iter()
            .map(|(f, _)| *f)
            .chain(l.entry.by_hand())
            .take(3)
            .collect();
        let reason = format!(
            "nothing in the English answers to `{}` ({})",
            l.span.of(pair.source),
            forms.join(", ")
        );
        of(Some(l.span), None, Verdict::Missing, reason)
    });
    garbled.chain(left).chain(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wording() {
        let check = |source: &str, target: &str, expected: &[&str]| {
            let found: Vec<String> = check(Pair::new(0, source, target))
                .into_iter()
                .map(|f| f.reason)
                .collect();
            assert_eq!(found, expected, "{source} => {target}");
        };
        check("Il furgone è in officina.", "The van is in the workshop.", &[]);
        check(
            "Il furgone è in officina.",
            "The furgon is in the workshop.",
            &["`furgon` is no English word that is known"],
        );
        check(
            "Il furgone è in officina.",
            "The furgone is in the workshop.",
            &["`furgone` is left in Italian"],
        );
        check(
            "Arresti domiciliari, sequestrato un furgone.",
            "House arrest, a van seized.",
            &[],
        );
        // A single word that has no answer proves nothing.
        check("Il furgone è in officina.", "The vehicle is in the workshop.", &[]);
        check(
            "Smantellata la rete, sequestrati i telefoni.",
            "A man of their children was there.",
            &[
                "nothing in the English answers to `Smantellata` (dismantled, decommissioning, dismantling)",
                "nothing in the English answers to `rete` (network, online, net)",
                "nothing in the English answers to `sequestrati` (seized, seizure, seizures)",
                "nothing in the English answers to `telefoni` (phone, call, telephone)",
            ],
        );
        check("Operazione «furgone fantasma»", "Operation \"furgone fantasma\"", &[]);
        check(
            "«Il furgone», dice.",
            "\"The furgon\", he says.",
            &["`furgon` is no English word that is known"],
        );
        // Loan words, names and words of one's own stay as they are.
        check("La trattoria Da Gino", "The trattoria Da Gino", &[]);
        check("", "", &[]);
    }
}
