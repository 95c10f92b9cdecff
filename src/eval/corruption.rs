//! The corruption suite: faithful translations damaged one at a time, to measure what the fidelity checks catch.
//!
//! Each kind is a change that does harm to a reader who acts on the English. Every case is made from a pair that a
//! person wrote; the untouched pairs measure false alarms.
use crate::{
    brief::fidelity::{self, Pair},
    text::{
        calendar::{Date, MONTHS_EN},
        gazetteer,
    },
};
use regex::{Captures, Regex};
use serde::Serialize;
use std::collections::BTreeMap;

/// A sentence with its translation.
#[derive(Clone, Debug)]
pub struct Translated {
    pub italian: String,
    pub english: String,
    /// Day of the article.
    pub date: Option<Date>,
}

/// What became of one kind of damage.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    pub cases: usize,
    pub caught: usize,
}

impl Tally {
    pub fn recall(&self) -> f64 {
        self.caught as f64 / self.cases.max(1) as f64
    }
}

/// The measured table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    pub kinds: BTreeMap<&'static str, Tally>,
    pub untouched: usize,
    pub false_alarms: usize,
    /// Untouched pairs with an alarm, and damaged ones without: what to read.
    pub alarms: Vec<(String, String, String)>,
    pub misses: Vec<(&'static str, String, String)>,
}

impl Table {
    pub fn recall(&self) -> f64 {
        let (cases, caught) = self.kinds.values().fold((0, 0), |a, t| (a.0 + t.cases, a.1 + t.caught));
        caught as f64 / cases.max(1) as f64
    }

    pub fn false_alarm_rate(&self) -> f64 {
        self.false_alarms as f64 / self.untouched.max(1) as f64
    }
}

/// A deterministic stream of choices (splitmix64).
struct Choices(u64);

impl Choices {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

/// Damages every pair in each way that applies, and checks all of it.
///
/// `every` keeps one pair in so many for the damage; all are used as untouched.
pub fn measure(pairs: &[Translated], every: usize, seed: u64) -> Table {
    let kinds = Kinds::new();
    let mut choices = Choices(seed);
    let mut table = Table::default();
    for (n, pair) in pairs.iter().enumerate() {
        let alarms = check(pair, &pair.english);
        table.untouched += 1;
        if let Some(first) = alarms.first() {
            table.false_alarms += 1;
            table
                .alarms
                .push((pair.italian.clone(), pair.english.clone(), first.clone()));
        }
        if n % every.max(1) != 0 {
            continue;
        }
        for (kind, damaged) in kinds.damage(&pair.english, &mut choices) {
            let tally = table.kinds.entry(kind).or_default();
            tally.cases += 1;
            // an alarm that the untouched pair has as well proves nothing
            if check(pair, &damaged).iter().any(|r| !alarms.contains(r)) {
                tally.caught += 1;
            } else {
                table.misses.push((kind, pair.italian.clone(), damaged));
            }
        }
    }
    table
}

fn check(pair: &Translated, english: &str) -> Vec<String> {
    fidelity::check(Pair::new(0, &pair.italian, english).on(pair.date))
        .into_iter()
        .map(|f| format!("{:?} {:?}: {}", f.check, f.verdict, f.reason))
        .collect()
}

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

struct Kinds {
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
    suspect: Regex,
    acquitted: Regex,
    hedge: Regex,
    accused: Regex,
    source: Regex,
    distant: Regex,
    denies: Regex,
    reported: Regex,
    negation: Regex,
    person: Regex,
    verb: Regex,
}

impl Kinds {
    fn new() -> Self {
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
            suspect: r(
                r"\b(suspects|suspect|people under investigation|person under investigation|defendants|defendant|accused men|accused)\b",
            ),
            acquitted: r(r"\b(acquitted|cleared)\b"),
            hedge: r(r"\b(allegedly|alleged|reportedly) "),
            accused: r(
                r"\b(?:(is|are|was|were|be|been) (?:\w+ly )?)?(?:(accused of|suspected of|charged with)|(?:believed|considered|thought|deemed|held) to (be|have)) (\w+)",
            ),
            source: r(r"^According to [^,;.]{3,70}, (\w)|, according to [^,;.]{3,70}([,.])"),
            distant: r(r"(?i)\b(?:alleg\w+|reportedly|said to|believed to|thought to)\b"),
            denies: r(r"\b(?:(denies)|(deny)|(denied)|(denying))\b(?: \w+)?"),
            reported: r(
                r"\breported(?:(?: to the (?:judicial )?authorit(?:ies|y))?,? without arrest| to the (?:judicial )?authorit(?:ies|y))",
            ),
            negation: r(r"\b(not|never) |n't\b"),
            person: r(r"\b([A-Z][a-zàèéìòù]+) ([A-Z][a-zàèéìòù]{3,})\b"),
            verb: r(r"\b(was|were|is|are|has|have|had|will|can) "),
        }
    }

    /// Every damage that applies to a sentence, with its kind.
    fn damage(&self, english: &str, choices: &mut Choices) -> Vec<(&'static str, String)> {
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
                .filter(|m| m.as_str().len() < 4)
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
            "suspect made guilty",
            self.suspect.find(english).map(|m| {
                splice(
                    english,
                    m.range(),
                    if m.as_str().ends_with('s') || m.as_str().starts_with("people") {
                        "convicted offenders"
                    } else {
                        "convicted offender"
                    },
                )
            }),
        );
        push(
            "acquittal reversed",
            self.acquitted
                .find(english)
                .map(|m| splice(english, m.range(), "convicted")),
        );
        push(
            "hedge dropped",
            self.hedge
                .find_iter(english)
                .find(|m| hedges(m.as_str(), &english[m.end()..]))
                .map(|m| splice(english, m.range(), "")),
        );
        push("accused told as fact", self.told_as_fact(english));
        push("attribution dropped", self.unsourced(english));
        push("denied turned admitted", self.admitted(english));
        push(
            "reported made arrested",
            self.reported
                .find(english)
                .map(|m| splice(english, m.range(), "arrested")),
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

impl Kinds {
    /// An accusation or an opinion told as what happened: `is accused of fraud`, `is believed to be the leader`.
    fn told_as_fact(&self, english: &str) -> Option<String> {
        let c = self.accused.captures(english)?;
        let (whole, next) = (c.get(0)?, c.get(4)?);
        let verb = c.get(1).map(|v| v.as_str());
        let fact = match (verb, c.get(2), c.get(3).map(|v| v.as_str())) {
            (Some(verb), Some(_), _) if next.as_str().ends_with("ing") => format!("{verb} "),
            (Some(_), Some(_), _) => "committed ".to_string(),
            (None, Some(_), _) if next.as_str().ends_with("ing") => String::new(),
            (None, Some(_), _) => "who committed ".to_string(),
            (Some(verb), _, Some("be")) => format!("{verb} "),
            (None, _, Some("be")) => "who are ".to_string(),
            (Some("was" | "were"), ..) => "had ".to_string(),
            (Some(_), ..) => "have ".to_string(),
            (None, ..) => "who have ".to_string(),
        };
        Some(splice(english, whole.start()..next.start(), &fact))
    }

    /// Without the source that it gives, where nothing else keeps its distance.
    fn unsourced(&self, english: &str) -> Option<String> {
        let c = self.source.captures(english)?;
        let rest = match (c.get(1), c.get(2)) {
            (Some(first), _) => first.as_str().to_uppercase(),
            (_, Some(stop)) if stop.as_str() == "." => ".".to_string(),
            _ => String::new(),
        };
        let text = splice(english, c.get(0)?.range(), &rest);
        (!self.distant.is_match(&text)).then_some(text)
    }

    /// A denial made an admission; `denies access` is none.
    fn admitted(&self, english: &str) -> Option<String> {
        const REFUSED: [&str; 3] = ["access", "entry", "bail"];
        let c = self.denies.captures(english)?;
        let verb = c.iter().skip(1).flatten().next()?;
        let object = english[verb.end()..c.get(0)?.end()].trim();
        let admits = ["admits", "admit", "admitted", "admitting"];
        let form = (1..=4).find(|i| c.get(*i).is_some())?;
        (!REFUSED.contains(&object)).then(|| splice(english, verb.range(), admits[form - 1]))
    }
}

/// Whether a word of hearsay can go and leave a sentence: in `is alleged to have` and `alleged a loss` it is the verb.
fn hedges(word: &str, after: &str) -> bool {
    let verb = ["to", "a", "the", "that", "against", "by", "losses"];
    let next = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    word.trim() != "alleged" || !verb.contains(&next)
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

fn splice(text: &str, range: std::ops::Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_real_and_repeatable() {
        let english = "Two suspects aged 47 and 31 were arrested in Milan on 3 March 2024; 1,200 euros, 12% and Marco Bianchi's phone were allegedly not found.";
        let made = Kinds::new().damage(english, &mut Choices(7));
        assert!(made.len() >= 12, "{made:?}");
        assert!(made.iter().all(|(_, text)| text != english));
        assert_eq!(made, Kinds::new().damage(english, &mut Choices(7)));
    }
}
