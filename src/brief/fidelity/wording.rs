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
        normalize::fold,
        phrases::{phrases, Phrase},
        words::{is_stop, stem, words, Language},
        Span,
    },
};
use std::collections::{HashMap, HashSet};

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
    /// English words that come more often than words of the Italian that they may stand for.
    pub repeated: Vec<Span>,
    /// English words that stand for no word of the Italian, for all that is known.
    pub unexplained: Vec<Span>,
}

/// An Italian text with what its words may become.
pub struct Reading<'a> {
    source: &'a str,
    words: Vec<Span>,
    /// Words that the lexicon answers for, each with its entry.
    known: Vec<(Span, usize)>,
    phrases: Vec<Phrase>,
    entries: Vec<Entry>,
    /// For each expression and each word outside of them, the stems of what it may become.
    meanings: Vec<HashSet<String>>,
}

impl<'a> Reading<'a> {
    pub fn of(source: &'a str) -> Self {
        let words = words(source);
        let phrases = phrases(source);
        let stems = |words: &mut dyn Iterator<Item = &'static str>| -> HashSet<String> {
            words.map(|w| stem(w, Language::English)).collect()
        };
        let mut known = vec![];
        let mut entries = vec![];
        // An expression and its words are one thing that is said once.
        let mut meanings: Vec<HashSet<String>> = phrases
            .iter()
            .map(|p| stems(&mut p.english.iter().flat_map(|r| r.split([' ', '-']))))
            .collect();
        for span in &words {
            let word = span.of(source);
            let Some(entry) = renderings(word) else { continue };
            let means = stems(&mut said(&entry));
            match phrases
                .iter()
                .position(|p| p.span.start <= span.start && span.end <= p.span.end)
            {
                Some(at) => meanings[at].extend(means),
                None => meanings.push(means),
            }
            if is_content(word, span.start == 0) && is_witness(&entry) {
                known.push((*span, entries.len()));
            }
            entries.push(entry);
        }
        Self {
            source,
            words,
            known,
            phrases,
            entries,
            meanings,
        }
    }

    /// English words that words and expressions of it may become.
    pub fn english(&self) -> impl Iterator<Item = &'static str> + '_ {
        let of_words = self.entries.iter().flat_map(said);
        let of_phrases = self
            .phrases
            .iter()
            .flat_map(|p| p.english.iter().flat_map(|r| r.split([' ', '-'])));
        of_words.chain(of_phrases)
    }

    /// How many words and expressions may have become an English word with this stem.
    fn origins(&self, stem: &str) -> usize {
        let start = stem.get(..SHARED);
        let same = |m: &String| m == stem || start.is_some_and(|s| m.starts_with(s));
        self.meanings
            .iter()
            .filter(|m| m.contains(stem) || m.iter().any(same))
            .count()
    }

    /// Whether a word of the Italian looks like an English one: `partecipazione`, participation.
    fn has_like(&self, word: &str) -> bool {
        let folded = fold(word);
        self.words.iter().any(|s| {
            let italian = fold(s.of(self.source));
            let common = italian.chars().zip(folded.chars()).take_while(|(a, b)| a == b).count();
            common >= 4 || italian == folded
        })
    }

    /// What is to be doubted about a translation of it.
    pub fn doubts(&self, target: &str) -> Doubts {
        let source = self.source;
        let english = words(target);
        let stems: Vec<String> = english.iter().map(|s| stem(s.of(target), Language::English)).collect();
        let starts: HashSet<&str> = stems.iter().filter_map(|s| s.get(..SHARED)).collect();
        let set: HashSet<&str> = stems.iter().map(String::as_str).collect();
        let same = |word: &str| english.iter().any(|s| s.of(target).eq_ignore_ascii_case(word));
        let answered = |word: &str| {
            let stem = stem(word, Language::English);
            set.contains(stem.as_str()) || stem.get(..SHARED).is_some_and(|s| starts.contains(s))
        };
        let phrase = |r: &str| {
            r.split([' ', '-'])
                .filter(|w| !is_stop(w, Language::English))
                .all(answered)
        };
        let mut doubts = Doubts {
            garbled: unknown::heads(source, target),
            ..Doubts::default()
        };
        // An expression that is there in English answers for its words.
        let told: Vec<Span> = self
            .phrases
            .iter()
            .filter(|p| p.english.iter().any(|r| phrase(r)))
            .map(|p| p.span)
            .collect();
        for (span, entry) in self.known.iter().map(|(span, at)| (span, &self.entries[*at])) {
            if told.iter().any(|p| p.start <= span.start && span.end <= p.end) {
                continue;
            }
            doubts.known += 1;
            let found = entry.forms.iter().any(|(form, _)| answered(form)) || entry.by_hand().any(phrase);
            if !found && !same(span.of(source)) {
                doubts.lost.push(Lost {
                    span: *span,
                    entry: entry.clone(),
                });
            }
        }
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (span, stem) in english.iter().zip(&stems) {
            let word = span.of(target);
            let plain = word.chars().count() > 2 && word.chars().all(|c| c.is_ascii_lowercase());
            if !plain {
                continue;
            }
            if word.len() > 3 && !is_stop(word, Language::English) {
                let origins = self.origins(stem);
                let seen = times.entry(stem).or_default();
                *seen += 1;
                if *seen > origins.max(1) {
                    doubts.repeated.push(*span);
                } else if origins == 0 && is_english(word) && !self.has_like(word) {
                    doubts.unexplained.push(*span);
                }
            }
            if is_english(word) {
                continue;
            }
            // A word that stays in English as it is, for all that is known: `trattoria`.
            let is_loan =
                || renderings(word).is_none_or(|e| !is_witness(&e) || e.forms.iter().any(|(f, _)| *f == word));
            let quoted = is_quoted(target, span.start);
            if !self.words.iter().any(|s| s.of(source) == word) {
                match quoted {
                    true => doubts.garbled_in_quotes.push(*span),
                    false => doubts.garbled.push(*span),
                }
            // What is quoted may stay in Italian: the name of an operation, a phrase of the law.
            } else if !quoted && !is_loan() {
                doubts.left.push(*span);
            }
        }
        doubts
    }
}

impl Doubts {
    /// Whether there are words that nothing in the Italian accounts for.
    pub fn is_odd(&self) -> bool {
        !(self.repeated.is_empty() && self.unexplained.is_empty() && self.garbled.is_empty())
    }

    /// How much there is to doubt.
    pub fn weight(&self) -> usize {
        2 * self.lost.len()
            + 4 * (self.garbled.len() + self.garbled_in_quotes.len() + self.left.len())
            + 3 * self.repeated.len()
            + self.unexplained.len()
    }
}

/// English words of all that an entry may become.
fn said(entry: &Entry) -> impl Iterator<Item = &'static str> + '_ {
    let forms = entry.forms.iter().map(|(form, _)| *form);
    forms.chain(entry.by_hand().flat_map(|r| r.split([' ', '-'])))
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
    let doubts = Reading::of(pair.source).doubts(pair.target);
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
