//! Damage to figures, dates, names, places and denials: one change at a time that leaves a readable sentence.
use super::{splice, Choices};
use crate::text::{calendar::MONTHS_EN, gazetteer};
use regex::{Captures, Regex};

const WORDS: [&str; 9] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "eleven",
];
const SURNAMES: [&str; 8] = [
    "Ferrante",
    "Galeotti",
    "Moroni",
    "Tassinari",
    "Bortolussi",
    "Carraro",
    "Dossena",
    "Perrotta",
];

pub struct Facts {
    age: Regex,
    money: Regex,
    percent: Regex,
    day: Regex,
    month: Regex,
    year: Regex,
    time: Regex,
    number: Regex,
    word: Regex,
    currency: Regex,
    negation: Regex,
    person: Regex,
    verb: Regex,
}

impl Facts {
    pub fn new() -> Self {
        let r = |p: &str| Regex::new(p).expect("a valid pattern");
        let months = MONTHS_EN.join("|");
        Self {
            age: r(r"\b(\d{2})(-year-old|\b years old)|(?:aged )(\d{2})\b"),
            money: r(r"(?:€|\$|£)?\b(\d[\d,.]*\d|\d)( (?:million|billion|thousand))? (?:euros?|dollars?|pounds)\b"),
            percent: r(r"\b(\d+(?:\.\d+)?)(?:%| per cent)"),
            day: r(&format!(r"\b(\d{{1,2}}) ({months})\b")),
            month: r(&format!(r"\b\d{{1,2}} ({months})\b")),
            year: r(r"\b((?:19|20)\d{2})\b"),
            time: r(r"\b(\d{1,2})[.:](\d{2}) ?(?:am|pm|a\.m|p\.m)"),
            number: r(r"\b\d+(?:,\d{3})*\b"),
            word: r(r"\b(two|three|four|five|six|seven|eight|nine|eleven|twelve|fifteen|twenty|thirty)\b"),
            currency: r(r"\beuros?\b"),
            negation: r(r"\b(not|never) |n't\b"),
            person: r(r"\b([A-Z][a-zàèéìòù]+) ([A-Z][a-zàèéìòù]{3,})\b"),
            verb: r(r"\b(was|were|is|are|has|have|had|will|can) "),
        }
    }

    /// Every damage that applies to a sentence, with its kind.
    pub fn damage(&self, english: &str, choices: &mut Choices) -> Vec<(&'static str, String)> {
        let mut out = vec![];
        let mut push = |kind, text: Option<String>| {
            if let Some(text) = text.filter(|t| t != english) {
                out.push((kind, text));
            }
        };
        push("age changed", change_digit(&self.age, english, choices));
        push("amount changed", change_digit(&self.money, english, choices));
        push("percentage changed", change_digit(&self.percent, english, choices));
        push("day changed", change_digit(&self.day, english, choices));
        push("year changed", change_digit(&self.year, english, choices));
        push("time changed", change_digit(&self.time, english, choices));
        push("number changed", change_digit(&self.number, english, choices));
        push(
            "number ten times",
            self.number
                .find(english)
                .filter(|m| m.as_str().len() < 4 && !m.as_str().starts_with('0'))
                .map(|m| splice(english, m.range(), &format!("{}0", m.as_str()))),
        );
        push(
            "number dropped",
            self.number.find(english).map(|m| splice(english, m.range(), "some")),
        );
        push(
            "month changed",
            self.month.captures(english).and_then(|c| c.get(1)).map(|m| {
                let at = MONTHS_EN.iter().position(|x| *x == m.as_str()).unwrap_or(0);
                splice(english, m.range(), MONTHS_EN[(at + 1 + choices.next(10)) % 12])
            }),
        );
        push(
            "number word changed",
            self.word.find(english).map(|m| {
                let other = WORDS[choices.next(WORDS.len())];
                splice(english, m.range(), if other == m.as_str() { "ten" } else { other })
            }),
        );
        push(
            "currency changed",
            self.currency
                .find(english)
                .map(|m| splice(english, m.range(), "dollars")),
        );
        push(
            "negation dropped",
            self.negation
                .find(english)
                .map(|m| mended(splice(english, m.range(), ""))),
        );
        push(
            "negation added",
            self.verb
                .find(english)
                .map(|m| splice(english, m.end()..m.end(), "not ")),
        );
        push("place changed", place(english, choices));
        push("place invented", invented_place(english, choices));
        push("agency changed", agency(english, choices));
        let people = || self.person.captures_iter(english).filter(is_person);
        push(
            "names swapped",
            swapped(english, people().filter_map(|c| c.get(2)).map(|m| m.range())),
        );
        push(
            "name invented",
            english
                .strip_suffix('.')
                .map(|rest| format!("{rest} with Paolo {}.", SURNAMES[choices.next(SURNAMES.len())])),
        );
        push(
            "surname invented",
            english
                .strip_suffix('.')
                .map(|rest| format!("{rest}, said {}.", SURNAMES[choices.next(SURNAMES.len())])),
        );
        push(
            "name changed",
            self.person
                .captures(english)
                .filter(|c| is_person(c))
                .and_then(|c| c.get(2))
                .map(|m| splice(english, m.range(), SURNAMES[choices.next(SURNAMES.len())])),
        );
        out
    }
}

/// Verbs that lose more than their `n't`: `can't` is `can` without it, `won't` is `will`.
fn mended(text: String) -> String {
    text.replace(" ca ", " can ").replace(" wo ", " will ")
}

/// Given name and surname rather than an institution or a place.
fn is_person(c: &Captures) -> bool {
    let word = |i: usize| c.get(i).map_or("", |m| m.as_str());
    let italian = |w: &str| w.ends_with(['a', 'o', 'e', 'i']);
    const NOT: [&str; 12] = [
        "State", "Police", "The", "Italian", "Court", "Via", "Piazza", "San", "Santa", "Guardia", "Corso", "Porta",
    ];
    italian(word(1))
        && italian(word(2))
        && !NOT.contains(&word(1))
        && gazetteer::english(word(2)).is_none()
        && gazetteer::english(word(1)).is_none()
}

/// Changes one digit of the first match's first group (or of the match).
fn change_digit(pattern: &Regex, text: &str, choices: &mut Choices) -> Option<String> {
    let captures = pattern.captures(text)?;
    let m = captures.iter().skip(1).flatten().next().or(captures.get(0))?;
    let digits: Vec<usize> = m
        .as_str()
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .map(|(i, _)| i)
        .collect();
    let at = m.start() + digits[choices.next(digits.len())];
    let old = text.as_bytes()[at] - b'0';
    let first = at == m.start();
    let mut new = (old + 1 + choices.next(8) as u8) % 10;
    if new == 0 && first {
        new = if old == 9 { 8 } else { 9 };
    }
    Some(splice(text, at..at + 1, &new.to_string()))
}

/// Agencies that reports name, in English.
const AGENCIES: [&str; 12] = [
    "Carabinieri",
    "Guardia di Finanza",
    "State Police",
    "Postal Police",
    "Traffic Police",
    "Coast Guard",
    "Court of Cassation",
    "Court of Auditors",
    "Europol",
    "Interpol",
    "Istat",
    "Bank of Italy",
];

/// Another agency in place of the first that is named.
fn agency(english: &str, choices: &mut Choices) -> Option<String> {
    let (at, name) = AGENCIES.iter().filter_map(|a| Some((english.find(a)?, *a))).min()?;
    let others: Vec<&str> = AGENCIES.into_iter().filter(|a| !english.contains(a)).collect();
    let other = others.get(choices.next(others.len()))?;
    Some(splice(english, at..at + name.len(), other))
}

/// A city that the sentence does not name, at its end.
fn invented_place(english: &str, choices: &mut Choices) -> Option<String> {
    const CITIES: [&str; 6] = ["Verona", "Pisa", "Lecce", "Udine", "Ragusa", "Novara"];
    let city = CITIES[choices.next(CITIES.len())];
    let rest = english.strip_suffix('.').filter(|_| !english.contains(city))?;
    Some(format!("{rest} in {city}."))
}

/// The first two surnames that differ, each in the other's place.
fn swapped(english: &str, mut surnames: impl Iterator<Item = std::ops::Range<usize>>) -> Option<String> {
    let first = surnames.next()?;
    let second = surnames.find(|r| english[r.clone()] != english[first.clone()])?;
    let text = splice(english, second.clone(), &english[first.clone()]);
    Some(splice(&text, first, &english[second]))
}

/// Another Italian city in place of the one that is named.
fn place(english: &str, choices: &mut Choices) -> Option<String> {
    let cities: Vec<&str> = gazetteer::places()
        .iter()
        .filter(|p| p.kind == "province")
        .map(|p| p.english[0])
        .collect();
    let (at, name) = cities
        .iter()
        .filter_map(|c| {
            let at = english.find(&format!(" {c}"))? + 1;
            let end = english[at + c.len()..].chars().next();
            (!end.is_some_and(|e| e.is_alphabetic() || e == '-')).then_some((at, *c))
        })
        .min()?;
    let other = cities[choices.next(cities.len())];
    (other != name && !english.contains(other)).then(|| splice(english, at..at + name.len(), other))
}
