//! English dates and times: `on 6 February 2024`, `last November`, `two years ago`, `half past eight`.
use super::number;
use crate::text::{
    calendar::{self, Date},
    quantity::{
        grammar::{self, before, clock, firm, plain, word_at, Found, Reading},
        lexer::{Class, Token},
        numerals::{self, english_word},
        Kind, Value, Weight,
    },
};

pub const SUFFIXES: &[&str] = &["st", "nd", "rd", "th"];

/// A month name that is one: `May` and `March` only where a month can stand.
fn month(tokens: &[Token], i: usize) -> Option<u8> {
    let t = tokens.get(i).filter(|t| t.class == Class::Word && t.capital)?;
    let month = calendar::month_en(&t.text)?;
    let doubtful = t.is(&["may", "march", "mar"]);
    let near_figure = plain(tokens.get(i + 1), 1, 2199).is_some()
        || (i > 0 && (plain(tokens.get(i - 1), 1, 31).is_some() || tokens[i - 1].is(SUFFIXES)));
    let introduced = before(
        tokens,
        i,
        1,
        &[
            "in",
            "of",
            "since",
            "until",
            "by",
            "last",
            "early",
            "late",
            "mid",
            "from",
            "to",
            "this",
            "next",
            "and",
            "between",
            "-",
            "–",
            "for",
            "during",
            "through",
            "before",
            "after",
            "on",
            "previous",
            "the",
            "every",
            "following",
            "as",
        ],
    );
    (!doubtful || near_figure || introduced).then_some(month)
}

pub fn date(r: Reading, i: usize) -> Option<Found> {
    grammar::numeric_date(r, i)
        .or_else(|| day_and_month(r, i))
        .or_else(|| decade(r.tokens, i))
        .or_else(|| century(r, i))
        .or_else(|| grammar::short_year(r, i, &["in", "of", "since", "from"]))
}

fn day_and_month(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    // `3 March 2024`, `3rd of March`
    if let Some(day) = plain(tokens.get(i), 1, 31) {
        let mut after = i + 1;
        if word_at(tokens, after, SUFFIXES) && tokens[after].joined {
            after += 1;
        }
        if word_at(tokens, after, &["of"]) {
            after += 1;
        }
        let m = month(tokens, after)?;
        return Some(with_year(r, i, m, Some(day as u8), after + 1));
    }
    // `March 3, 2024`, `March 2024`, `March`
    let m = month(tokens, i)?;
    let mut next = i + 1;
    if word_at(tokens, next, &["."]) && tokens[i].text.len() <= 4 && plain(tokens.get(next + 1), 1, 2199).is_some() {
        next += 1;
    }
    let day = plain(tokens.get(next), 1, 31).filter(|_| !word_at(tokens, next + 1, &["%"]));
    if day.is_some() {
        next += if word_at(tokens, next + 1, SUFFIXES) { 2 } else { 1 };
    }
    Some(with_year(r, i, m, day.map(|d| d as u8), next))
}

/// Adds the year that follows, or that `last` before the month and `last year` after it stand for.
fn with_year(r: Reading, start: usize, month: u8, day: Option<u8>, next: usize) -> Found {
    if let Some((year, next)) = grammar::year(r.tokens, next, &[",", "of"]) {
        return firm(Some(year), Some(month), day, next);
    }
    let turn = |words: &[&str], ahead| {
        let said = before(r.tokens, start, 1, words);
        said.then(|| r.today?.year_of(month, day, ahead)).flatten()
    };
    if let Some(year) = turn(&["last"], false).or_else(|| turn(&["next"], true)) {
        return firm(Some(year), Some(month), day, next);
    }
    let at = if word_at(r.tokens, next, &["of"]) {
        next + 1
    } else {
        next
    };
    match moment(r, at).filter(|(d, _)| d.month.is_none()) {
        Some((d, end)) => firm(Some(d.year), Some(month), day, end),
        None => firm(None, Some(month), day, next),
    }
}

/// `the 1980s`, `'80s`, `the eighties`; `the 1800s` are a century.
const WHOSE: &[&str] = &["his", "her", "their", "over", "under"];
const PART: &[&str] = &["early", "mid", "late", "-", "the"];

fn decade(tokens: &[Token], i: usize) -> Option<Found> {
    let t = &tokens[i];
    if let Some(y) = plain(Some(t), 10, 2190).filter(|y| y % 10 == 0) {
        let dashed = usize::from(before(tokens, i, 1, &["-"]));
        let aged = before(tokens, i, 1 + dashed, &["over", "under"]);
        if !aged && tokens.get(i + 1).is_some_and(|t| t.joined && t.text == "s") {
            if y % 100 == 0 && (1000..2000).contains(&y) {
                let n = f64::from(y / 100 + 1);
                return Some((Kind::Century, Value::Number(n), Weight::Soft, i + 2));
            }
            let y = if y < 100 { 1900 + y } else { y };
            return Some((Kind::Decade, Value::Number(f64::from(y)), Weight::Firm, i + 2));
        }
    }
    let decade = t
        .text
        .strip_suffix("ies")
        .and_then(|s| english_word(&format!("{s}y")))?;
    // `a man in his sixties`
    if before(tokens, i, 1, WHOSE) || before(tokens, i, 1, PART) && before(tokens, i, 2, WHOSE) {
        return Some((Kind::Age, Value::Number(decade as f64), Weight::Implied, i + 1));
    }
    Some((
        Kind::Decade,
        Value::Number(1900.0 + decade as f64),
        Weight::Implied,
        i + 1,
    ))
}

/// `19th century`, `nineteenth-century`, `twenty-first century`.
fn century(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    let (n, next) = match plain(tokens.get(i), 1, 30) {
        Some(n) => (n as f64, (word_at(tokens, i + 1, SUFFIXES)).then_some(i + 2)?),
        None => super::ordinal_words(tokens, i)?,
    };
    let next = if word_at(tokens, next, &["-"]) { next + 1 } else { next };
    word_at(tokens, next, &["century", "centuries"]).then_some((
        Kind::Century,
        Value::Number(n),
        Weight::Soft,
        next + 1,
    ))
}

/// What the article's date makes a date of: `yesterday`, `two years ago`, `last Tuesday`.
pub fn relative(r: Reading, i: usize) -> Option<Found> {
    let (date, next) = moment(r, i)?;
    Some(firm(Some(date.year), date.month, date.day, next))
}

fn moment(r: Reading, i: usize) -> Option<(Date, usize)> {
    let (today, tokens) = (r.today?, r.tokens);
    let t = tokens.get(i)?;
    let follows = |k: usize, words: &[&str]| word_at(tokens, i + k, words);
    let days = |n, next| Some((today.plus_days(n)?, next));
    match t.text.as_str() {
        "today" => return days(0, i + 1),
        "yesterday" => return days(-1, i + 1),
        "tomorrow" => return days(1, i + 1),
        "day" if follows(1, &["before"]) && follows(2, &["yesterday"]) => return days(-2, i + 3),
        "day" if follows(1, &["after"]) && follows(2, &["tomorrow"]) => return days(2, i + 3),
        "this" if follows(1, &["morning", "afternoon", "evening"]) => return days(0, i + 2),
        "last" | "next" | "this" => {
            let turn = match t.text.as_str() {
                "last" => -1,
                "next" => 1,
                _ => 0,
            };
            let word = tokens.get(i + 1)?;
            let date = match word.text.as_str() {
                "year" => Some(today.plus_years(turn)),
                "month" => today.plus_months(turn),
                day => today
                    .weekday(calendar::weekday_en(day)?, turn > 0)
                    .filter(|_| turn != 0),
            };
            return Some((date?, i + 2));
        }
        _ => {}
    }
    // `in six months`: as far ahead
    if t.text == "in" {
        let (date, next) = distance(r, i + 1, 1.0)?;
        let time = word_at(tokens, next, &["'", "’"]) && word_at(tokens, next + 1, &["time"]);
        return Some((date, if time { next + 2 } else { next }));
    }
    let (date, next) = distance(r, i, -1.0)?;
    word_at(tokens, next, &["ago"]).then_some((date, next + 1))
}

/// `two and a half years`, `a month`, `a year and a half`: so far before (`-1`) or after the article's date.
fn distance(r: Reading, i: usize, sign: f64) -> Option<(Date, usize)> {
    let (today, tokens) = (r.today?, r.tokens);
    let (n, next) = match number(tokens, i) {
        Some(n) => (n.value, n.next),
        None if word_at(tokens, i, &["a", "an"]) => (1.0, i + 1),
        None => return None,
    };
    let half = ["and", "a", "half"]
        .iter()
        .zip(next + 1..)
        .all(|(w, at)| word_at(tokens, at, &[w]));
    let n = sign * if half { n + 0.5 } else { n };
    let whole = (n.fract() == 0.0 && n.abs() <= 3000.0).then_some(n as i32);
    let date = match tokens.get(next)?.text.as_str() {
        "day" | "days" => today.plus_days(i64::from(whole?))?,
        "week" | "weeks" => today.plus_days(7 * i64::from(whole?))?,
        "month" | "months" => today.plus_months(whole?)?,
        "year" | "years" => match whole {
            Some(n) => today.plus_years(n),
            None if n.abs() <= 3000.0 => today.plus_months((n * 12.0).round() as i32)?,
            None => return None,
        },
        _ => return None,
    };
    Some((date, next + if half { 4 } else { 1 }))
}

/// What tells the half of the day, as hours to add to 1..=11: `am`, `p.m.`, `in the evening`, `o'clock`.
fn half_of_day(tokens: &[Token], i: usize) -> Option<(u32, usize)> {
    let at = |k: usize, words: &[&str]| word_at(tokens, i + k, words);
    match tokens.get(i)?.text.as_str() {
        "am" => Some((0, i + 1)),
        "pm" => Some((12, i + 1)),
        w @ ("a" | "p") if at(1, &["."]) && at(2, &["m"]) => {
            Some((if w == "p" { 12 } else { 0 }, if at(3, &["."]) { i + 4 } else { i + 3 }))
        }
        "in" if at(1, &["the"]) && at(2, &["morning"]) => Some((0, i + 3)),
        "in" if at(1, &["the"]) && at(2, &["afternoon", "evening"]) => Some((12, i + 3)),
        "at" if at(1, &["night"]) => Some((12, i + 2)),
        _ => None,
    }
}

const BEFORE_TIME: &[&str] = &[
    "at", "from", "to", "until", "by", "between", "around", "about", "and", "since", "before", "after", "shortly",
];

/// Words after a figure such as `2.30` that make it no time.
const COUNTED: &[&str] = &[
    "%",
    "per",
    "percent",
    "million",
    "billion",
    "euros",
    "times",
    "points",
    "percentage",
    "kilometres",
    "metres",
    "tonnes",
    "kilograms",
    "kilos",
    "km",
    "hectares",
    "degrees",
    "litres",
    "grams",
];

pub fn time(r: Reading, i: usize) -> Option<Found> {
    let (tokens, t) = (r.tokens, &r.tokens[i]);
    if t.is(&["noon", "midday", "midnight"]) {
        return clock(if t.text == "midnight" { 0 } else { 12 }, 0, Weight::Implied, i + 1);
    }
    if let Some(found) = past(tokens, i) {
        return Some(found);
    }
    let split = t.text.split_once([':', '.']).filter(|_| t.class == Class::Figure);
    if let Some((h, m)) = split.filter(|(h, m)| h.len() <= 2 && m.len() == 2) {
        let (h, m): (u32, u32) = (h.parse().ok()?, m.parse().ok()?);
        if let Some((add, next)) = half_of_day(tokens, i + 1) {
            let add = if tokens[next - 1].is(&["morning", "afternoon", "evening"]) && h > 12 {
                0
            } else {
                add
            };
            return clock(if h > 12 { h } else { h % 12 + add }, m, Weight::Firm, next);
        }
        let unit = word_at(tokens, i + 1, COUNTED);
        let introduced = before(tokens, i, 1, BEFORE_TIME);
        return match (introduced && !unit) || t.text.contains(':') {
            true => clock(h, m, Weight::Firm, i + 1),
            false => None,
        };
    }
    let (hour, weight) = match (plain(Some(t), 0, 24), english_word(&t.text)) {
        (Some(h), _) => (h, Weight::Firm),
        (_, Some(h)) if (1..=12).contains(&h) => (h as u32, Weight::Soft),
        _ => return None,
    };
    let o_clock = word_at(tokens, i + 1, &["o"]) && word_at(tokens, i + 3, &["clock"]);
    let after = if o_clock { i + 4 } else { i + 1 };
    let half = half_of_day(tokens, after).filter(|_| hour <= 12);
    // `five in the morning` after `at`, not `five in the evening class`
    let spoken = |end: usize| tokens[end - 1].is(&["morning", "afternoon", "evening", "night"]);
    match half {
        Some((_, end)) if spoken(end) && !o_clock && !before(tokens, i, 1, BEFORE_TIME) => None,
        Some((add, end)) => clock(hour % 12 + add, 0, weight, end),
        None if o_clock => clock(hour, 0, weight, after),
        None => None,
    }
}

/// `half past eight`, `quarter to nine`.
fn past(tokens: &[Token], i: usize) -> Option<Found> {
    let minutes = match tokens[i].text.as_str() {
        "half" => 30,
        "quarter" => 15,
        _ => return None,
    };
    let t = tokens.get(i + 2)?;
    let hour =
        plain(Some(t), 1, 12).or_else(|| english_word(&t.text).map(|n| n as u32).filter(|n| (1..=12).contains(n)))?;
    let (add, next) = half_of_day(tokens, i + 3).unwrap_or((0, i + 3));
    let hour = if add > 0 { hour % 12 + add } else { hour };
    match tokens[i + 1].text.as_str() {
        "past" => clock(hour, minutes, Weight::Firm, next),
        "to" if minutes == 15 => clock((hour + 23) % 24, 45, Weight::Firm, next),
        _ => None,
    }
}

/// Whether the ordinal word is one that [`numerals::english_implied`] knows.
pub fn small_ordinal(word: &str) -> Option<f64> {
    let known = matches!(
        word,
        "first" | "second" | "third" | "fourth" | "fifth" | "sixth" | "seventh" | "eighth" | "ninth" | "tenth"
    );
    numerals::english_implied(word).filter(|_| known)
}
