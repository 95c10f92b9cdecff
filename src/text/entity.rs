//! Names of a text: people, places, agencies and acronyms, by rules, given names and the gazetteer.
//!
//! A person begins with a given name or follows a title (`il procuratore Bellini`); a place and an agency stand in the
//! gazetteer, or a place is told by its province code (`Treviglio (BG)`). Capitals at the start of a sentence prove
//! nothing by themselves.
mod words;

use super::{gazetteer, normalize::one_line, words::Language, Span};
use std::{collections::HashSet, sync::LazyLock};
use words::{words, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Person,
    Place,
    Agency,
    /// An acronym that the gazetteer does not know.
    Acronym,
}

/// One name of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    pub kind: Kind,
    /// Bytes of the text.
    pub span: Span,
    /// Its usual English name by the gazetteer; else as it stands, an acronym without its full stops.
    pub english: String,
}

static GIVEN_NAMES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("entity/given_names.txt").lines().collect());

/// Surnames of Italy that are often met and mean nothing in English.
static SURNAMES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("entity/surnames.txt").lines().collect());

/// Whether the word is a surname that Italians often have, and nothing else.
pub fn is_surname(word: &str) -> bool {
    SURNAMES.contains(word)
}

/// Whether the word is a given name.
pub fn is_given_name(word: &str) -> bool {
    GIVEN_NAMES.contains(word)
}

/// Titles that a surname follows.
fn is_title(word: &str, language: Language) -> bool {
    let italian = || {
        matches!(
            word,
            "signor"
                | "signora"
                | "dottor"
                | "dottoressa"
                | "avvocato"
                | "avvocata"
                | "avvocatessa"
                | "procuratore"
                | "procuratrice"
                | "ministro"
                | "ministra"
                | "giudice"
                | "sindaco"
                | "sindaca"
                | "questore"
                | "prefetto"
                | "professor"
                | "professore"
                | "professoressa"
                | "capitano"
                | "colonnello"
                | "maresciallo"
                | "tenente"
                | "ingegner"
                | "don"
                | "suor"
                | "papa"
                | "senatore"
                | "senatrice"
                | "deputato"
                | "deputata"
                | "gip"
                | "pm"
        )
    };
    match language {
        Language::Italian => italian(),
        Language::English => matches!(
            word.trim_end_matches('.'),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "prosecutor"
                | "minister"
                | "judge"
                | "mayor"
                | "professor"
                | "captain"
                | "colonel"
                | "marshal"
                | "lieutenant"
                | "senator"
                | "don"
                | "pope"
                | "lawyer"
                | "prefect"
                | "questore"
        ),
    }
}

/// What makes the capitalised words after it a street, a saint or a building.
const OPENERS: &[&str] = &[
    "Via", "Piazza", "Corso", "Viale", "Largo", "Piazzale", "San", "Santa", "Santo", "Sant", "Porta", "Ponte", "Monte",
    "Lago", "Villa", "Palazzo", "Castel", "Vicolo",
];

/// Names of a text in order of their spans, which do not overlap.
pub fn entities(text: &str, language: Language) -> Vec<Entity> {
    let words = words(text);
    let shouting =
        text.chars().filter(|c| c.is_uppercase()).count() * 2 > text.chars().filter(|c| c.is_alphabetic()).count();
    let mut out = vec![];
    let mut i = 0;
    while i < words.len() {
        let found = person(text, &words, i, language)
            .or_else(|| agency(text, &words, i, language))
            .or_else(|| place(text, &words, i, language))
            .or_else(|| acronym(&words, i).filter(|_| !shouting));
        match found {
            Some((entity, n)) => {
                out.push(entity);
                i += n;
            }
            // `via Roma`, `San Marco`: no place of that name
            None if OPENERS.contains(&capitalised(words[i].text).as_str()) => i += 1 + run(text, &words, i + 1),
            None => i += 1,
        }
    }
    out
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// `Treviglio (BG)`: what stands in the brackets after the name.
fn code(after: &str) -> Option<&str> {
    let inside = after.strip_prefix(" (")?;
    let code = inside.get(..2).filter(|c| c.bytes().all(|b| b.is_ascii_uppercase()))?;
    inside[2..].starts_with(')').then_some(code)
}

/// How many capitalised words stand side by side from `i` on, at most four.
fn run(text: &str, words: &[Word], i: usize) -> usize {
    let mut n = 0;
    while n < 4 {
        let Some(w) = words.get(i + n) else { break };
        let apart = n > 0 && &text[words[i + n - 1].span.end..w.span.start] != " ";
        if !w.capital || apart || w.text.contains('.') || is_acronym(w.text) {
            break;
        }
        n += 1;
    }
    n
}

fn entity(kind: Kind, text: &str, words: &[Word], n: usize, english: Option<&str>) -> (Entity, usize) {
    let span = Span::new(words[0].span.start, words[n - 1].span.end);
    let english = english.unwrap_or(span.of(text)).to_string();
    (Entity { kind, span, english }, n)
}

fn person(text: &str, words: &[Word], i: usize, language: Language) -> Option<(Entity, usize)> {
    let n = run(text, words, i);
    if n == 0 || OPENERS.contains(&words[i].text) {
        return None;
    }
    let gap = |j: usize| text[words[j - 1].span.end..words[j].span.start].trim_start_matches('.') == " ";
    let titled = i > 0 && gap(i) && is_title(&words[i - 1].text.to_lowercase(), language);
    let named = is_given_name(words[i].text) && n >= 2 && !OPENERS.contains(&words[i + 1].text);
    let alone = titled && (n > 1 || words[i].text.chars().count() > 3);
    (named || alone).then(|| entity(Kind::Person, text, &words[i..], n, None))
}

/// The longest entry of the gazetteer that starts here, up to nine words.
fn longest<T>(text: &str, words: &[Word], i: usize, find: impl Fn(&str) -> Option<T>) -> Option<(T, usize)> {
    if !gazetteer::may_begin(words[i].text) {
        return None;
    }
    let most = (words.len() - i).min(9);
    (1..=most).rev().find_map(|n| {
        let slice = &text[words[i].span.start..words[i + n - 1].span.end];
        let plain = one_line(slice).replace('’', "'");
        find(&plain).map(|t| (t, n))
    })
}

fn agency(text: &str, words: &[Word], i: usize, language: Language) -> Option<(Entity, usize)> {
    let w = &words[i];
    if w.text.contains('.') || is_acronym(w.text) || (w.capital && !w.opening && (3..=7).contains(&w.text.len())) {
        let letters: String = w.text.chars().filter(|c| c.is_alphabetic()).collect();
        if let Some(a) = gazetteer::agency_by_code(&letters.to_uppercase()) {
            return Some(entity(Kind::Agency, text, &words[i..], 1, Some(a.english[0])));
        }
    }
    let (found, n) = longest(text, words, i, |name| gazetteer::agency_of(name, language))?;
    // `comune`, `procura` in small letters are nouns; `carabinieri` and names of several words are not
    let named = w.capital || n > 1 || w.text == "carabinieri";
    named.then(|| entity(Kind::Agency, text, &words[i..], n, Some(found.english[0])))
}

fn place(text: &str, words: &[Word], i: usize, language: Language) -> Option<(Entity, usize)> {
    words.get(i).filter(|w| w.capital)?;
    let coded = |n: usize| code(&text[words[i + n - 1].span.end..]);
    if let Some((p, n)) = longest(text, words, i, |name| gazetteer::place_of(name, language)) {
        return Some(entity(Kind::Place, text, &words[i..], n, Some(p.english[0])));
    }
    let n = run(text, words, i);
    let town = (1..=n).find(|n| coded(*n).and_then(gazetteer::province).is_some());
    town.map(|n| entity(Kind::Place, text, &words[i..], n, None))
}

/// Capitals only, three letters or more, no Roman numeral.
fn is_acronym(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3 && word.chars().all(|c| c.is_uppercase() || c == '.') && super::quantity::roman(word).is_none()
}

fn acronym(words: &[Word], i: usize) -> Option<(Entity, usize)> {
    let w = words.get(i)?;
    let letters: String = w.text.chars().filter(|c| c.is_alphabetic()).collect();
    (is_acronym(w.text) && letters.len() <= 8).then_some((
        Entity {
            kind: Kind::Acronym,
            span: w.span,
            english: letters,
        },
        1,
    ))
}

#[cfg(test)]
mod tests;
