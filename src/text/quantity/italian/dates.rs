//! Italian dates and times: `6 febbraio 2024`, `lo scorso novembre`, `due anni fa`, `dalle 8 alle 20`.
use super::{number, numerals::italian_word};
use crate::text::{
    calendar::{self, Date},
    quantity::{
        grammar::{self, before, clock, firm, opening, plain, word_at, Found, Reading},
        lexer::{Class, Token},
        numerals, Kind, Value, Weight,
    },
};

const LAST: &[&str] = &["scorso", "scorsa", "passato", "passata"];
const NEXT: &[&str] = &["prossimo", "prossima"];

pub fn date(r: Reading, i: usize) -> Option<Found> {
    let short_after = &["nel", "del", "dal", "al", "il"];
    grammar::numeric_date(r, i)
        .or_else(|| day_and_month(r, i))
        .or_else(|| decade(r.tokens, i))
        .or_else(|| century(r, i))
        .or_else(|| grammar::short_year(r, i, short_after))
}

fn day_and_month(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    let t = &tokens[i];
    let day = plain(Some(t), 1, 31)
        .or_else(|| (t.text == "primo").then_some(1))
        .or_else(|| italian_word(&t.text).filter(|d| (2..=31).contains(d)).map(|d| d as u32));
    let after = if word_at(tokens, i + 1, &["°", "º"]) {
        i + 2
    } else {
        i + 1
    };
    let long = |i| tokens.get(i).and_then(|t: &Token| calendar::month_it(&t.text));
    let dated = day.and_then(|day| {
        let figure = t.class == Class::Figure;
        let short = tokens
            .get(after)
            .filter(|_| figure)
            .and_then(|t| calendar::short_month_it(&t.text));
        long(after).or(short).map(|month| (Some(day as u8), month, after + 1))
    });
    let (day, month, next) = dated.or_else(|| long(i).map(|m| (None, m, i + 1)))?;
    let dot = word_at(tokens, next, &["."]) && tokens[next - 1].text.len() <= 4;
    if let Some((year, next)) = grammar::year(tokens, if dot { next + 1 } else { next }, &["del", "di"]) {
        return Some(firm(Some(year), Some(month), day, next));
    }
    // `il 6 novembre scorso`, `nel marzo dell'anno scorso`
    let turn = |word: bool, next: bool| word.then(|| r.today?.year_of(month, day, next)).flatten();
    let from = |words: &[&str]| before(tokens, i, 1, words);
    if let Some(year) = turn(from(LAST), false).or_else(|| turn(from(NEXT), true)) {
        return Some(firm(Some(year), Some(month), day, next));
    }
    let at = |words: &[&str]| word_at(tokens, next, words);
    if let Some(year) = turn(at(LAST), false).or_else(|| turn(at(NEXT), true)) {
        return Some(firm(Some(year), Some(month), day, next + 1));
    }
    let mut year_at = next;
    while word_at(tokens, year_at, &["di", "del", "dell", "dello", "'", "’"]) {
        year_at += 1;
    }
    match moment(r, year_at).filter(|(d, _)| year_at > next && d.month.is_none()) {
        Some((d, end)) => Some(firm(Some(d.year), Some(month), day, end)),
        None => Some(firm(None, Some(month), day, next)),
    }
}

/// `anni Ottanta`, `anni '80`, `anni Duemila`.
fn decade(tokens: &[Token], i: usize) -> Option<Found> {
    let second = before(tokens, i, 1, &["e"]) && before(tokens, i, 4, &["anni"]) && tokens[i].is(&["'", "’", "‘"]);
    if let Some(d) = plain(tokens.get(i + 1), 10, 90).filter(|d| second && d % 10 == 0) {
        return Some((Kind::Decade, Value::Number(1900.0 + f64::from(d)), Weight::Firm, i + 2));
    }
    // `il terremoto dell'Ottanta`
    let word = italian_word(&tokens[i].text).filter(|d| d % 10 == 0 && (20..100).contains(d) && tokens[i].capital);
    if let Some(d) = word.filter(|_| before(tokens, i, 1, &["'", "’"]) && before(tokens, i, 2, &["dell", "nell"])) {
        return Some(firm(Some(1900 + d as i32), None, None, i + 1));
    }
    if tokens[i].text != "anni" {
        return None;
    }
    let at = if word_at(tokens, i + 1, &["'", "’", "‘"]) {
        i + 2
    } else {
        i + 1
    };
    let t = tokens.get(at)?;
    let figure = plain(Some(t), 10, 90).map(u64::from);
    let decade = figure.or_else(|| italian_word(&t.text).filter(|_| t.capital))?;
    let start = match decade {
        2000 => 2000,
        20..=90 if decade % 10 == 0 => 1900 + decade,
        _ => return None,
    };
    Some((Kind::Decade, Value::Number(start as f64), Weight::Firm, at + 1))
}

/// `XIX secolo`, `secolo XIX`, `diciannovesimo secolo`, `l'Ottocento`.
fn century(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    let t = &tokens[i];
    let found = |n: u64, next| Some((Kind::Century, Value::Number(n as f64), Weight::Soft, next));
    let roman = |i: usize| {
        let text = tokens.get(i)?.span.of(r.text);
        numerals::roman(text).or(match text {
            "I" => Some(1),
            "V" => Some(5),
            "X" => Some(10),
            _ => None,
        })
    };
    if let Some(n) = roman(i + 1).filter(|_| t.text == "secolo") {
        return found(n, i + 2);
    }
    let sign = usize::from(word_at(tokens, i + 1, &["°", "º"]));
    if word_at(tokens, i + 1 + sign, &["secolo", "secoli"]) {
        let figure = plain(Some(t), 1, 30).filter(|_| sign == 1).map(u64::from);
        if let Some(n) = figure
            .or_else(|| roman(i))
            .or_else(|| numerals::italian_ordinal(&t.text))
        {
            return found(n, i + 2 + sign);
        }
    }
    let named = t.capital && !opening(tokens, i) && t.text.ends_with("cento") && t.text != "cento";
    let n = italian_word(&t.text).filter(|n| named && n % 100 == 0 && *n < 1000)?;
    found(n / 100 + 11, i + 1)
}

/// What the article's date makes a date of: `ieri`, `due anni fa`, `martedì scorso`.
pub fn relative(r: Reading, i: usize) -> Option<Found> {
    let (date, next) = moment(r, i)?;
    Some(firm(Some(date.year), date.month, date.day, next))
}

fn moment(r: Reading, i: usize) -> Option<(Date, usize)> {
    let (today, tokens) = (r.today?, r.tokens);
    let t = tokens.get(i)?;
    let days = |n, next| Some((today.plus_days(n)?, next));
    match t.text.as_str() {
        "oggi" | "odierno" | "odierna" | "stamattina" | "stamani" | "stamane" | "stasera" => return days(0, i + 1),
        "altro" if word_at(tokens, i + 1, &["ieri"]) => return days(-2, i + 2),
        "altroieri" => return days(-2, i + 1),
        "ieri" => return days(-1, i + 1),
        "domani" => return days(1, i + 1),
        "dopodomani" => return days(2, i + 1),
        "tra" | "fra" => {
            let (date, next) = distance(r, i + 1, 1)?;
            return (!word_at(tokens, next, &["e", "o"])).then_some((date, next));
        }
        _ => {}
    }
    let apostrophe = usize::from(word_at(tokens, i + 1, &["'", "’"]));
    if t.is(&["quest", "questo", "questa"]) {
        return span_of(today, tokens.get(i + 1 + apostrophe)?, 0).map(|d| (d, i + 2 + apostrophe));
    }
    let turn = |i| match () {
        _ if word_at(tokens, i, LAST) => Some(-1),
        _ if word_at(tokens, i, NEXT) => Some(1),
        _ => None,
    };
    if let Some(date) = turn(i).and_then(|n| span_of(today, tokens.get(i + 1)?, n)) {
        return Some((date, i + 2));
    }
    if let Some(date) = turn(i + 1).and_then(|n| span_of(today, t, n)) {
        return Some((date, i + 2));
    }
    let (date, next) = distance(r, i, -1)?;
    match word_at(tokens, next, &["fa"]) {
        true => Some((date, next + 1)),
        false => (word_at(tokens, next, &["or"]) && word_at(tokens, next + 1, &["sono"])).then_some((date, next + 2)),
    }
}

/// The year, month or week day before (`-1`), of (`0`) or after (`1`) the article's date.
fn span_of(today: Date, word: &Token, turn: i32) -> Option<Date> {
    match word.text.as_str() {
        "anno" => Some(today.plus_years(turn)),
        "mese" => today.plus_months(turn),
        day => today
            .weekday(calendar::weekday_it(day)?, turn > 0)
            .filter(|_| turn != 0),
    }
}

/// `due anni`, `un mese e mezzo`: so far before (`-1`) or after the article's date.
fn distance(r: Reading, i: usize, sign: i32) -> Option<(Date, usize)> {
    let (today, n) = (r.today?, number(r.tokens, i)?);
    if n.value.fract() != 0.0 || n.value > 3000.0 {
        return None;
    }
    let count = sign * n.value as i32;
    let unit = r.tokens.get(n.next)?.text.as_str();
    let half = word_at(r.tokens, n.next + 1, &["e"]) && word_at(r.tokens, n.next + 2, &["mezzo"]);
    let date = match unit {
        "anno" | "anni" if half => today.plus_months(12 * count + 6 * sign)?,
        _ if half => return None,
        "giorno" | "giorni" => today.plus_days(count.into())?,
        "settimana" | "settimane" => today.plus_days(7 * i64::from(count))?,
        "mese" | "mesi" => today.plus_months(count)?,
        "anno" | "anni" => today.plus_years(count),
        _ => return None,
    };
    Some((date, n.next + if half { 3 } else { 1 }))
}

/// Words that go on after an hour; any other one is what the number counts.
const AFTER_HOUR: &[&str] = &[
    "e", "di", "del", "della", "alle", "circa", "in", "con", "si", "il", "la", "al", "ora", "fino", "a", "per", "i",
    "gli", "su", "davanti", "presso", "nel", "nella", "ieri", "oggi", "domani", "sul", "sulla", "da", "dal", "dalla",
    "lo", "un", "una", "è", "ha", "hanno", "era", "sono", "quando", "le", "dopo",
];

pub fn time(r: Reading, i: usize) -> Option<Found> {
    let (tokens, t) = (r.tokens, &r.tokens[i]);
    if t.class == Class::Word && !t.capital && t.is(&["mezzogiorno", "mezzanotte"]) {
        let (minute, next) = minutes(tokens, i + 1).unwrap_or((0, i + 1));
        let hour = if t.text == "mezzogiorno" { 12 } else { 0 };
        return clock(hour, minute, Weight::Implied, next);
    }
    let introduced = before(
        tokens,
        i,
        1,
        &["ore", "alle", "dalle", "delle", "le", "h", "orario", "verso"],
    );
    if t.class == Class::Figure {
        let split = t.text.split_once([':', '.', ',']);
        if let Some((h, m)) = split.filter(|(h, m)| h.len() <= 2 && m.len() == 2) {
            return match introduced || t.text.contains(':') {
                true => clock(h.parse().ok()?, m.parse().ok()?, Weight::Firm, i + 1),
                false => None,
            };
        }
    }
    let strict = before(tokens, i, 1, &["alle", "dalle"])
        || (before(tokens, i, 1, &["ore"]) && !before(tokens, i, 2, &["in"]))
        || (before(tokens, i, 1, &["le"]) && before(tokens, i, 2, &["tra", "fra", "verso", "entro", "dopo", "e"]));
    // `Le diciotto di venerdì.`
    let heading = before(tokens, i, 1, &["le"]) && opening(tokens, i - 1) && word_at(tokens, i + 1, &["di", "del"]);
    let word = italian_word(&t.text).filter(|h| t.class == Class::Word && (1..=24).contains(h));
    // `le sei e le sette` are hours only after `tra`, and so is `e le 23` after `tra le 22`
    let pair = !before(tokens, i, 2, &["e"]) || before(tokens, i, 4, &["le"]) && before(tokens, i, 5, &["tra", "fra"]);
    if !(strict && pair || heading) {
        return None;
    }
    let (hour, weight) = match plain(Some(t), 0, 24) {
        Some(h) => (h, Weight::Firm),
        None => (word? as u32, Weight::Soft),
    };
    let to =
        word_at(tokens, i + 1, &["meno"]) && word_at(tokens, i + 2, &["un"]) && word_at(tokens, i + 3, &["quarto"]);
    let (hour, minute, next) = match minutes(tokens, i + 1) {
        _ if to => ((hour + 23) % 24, 45, i + 4),
        Some((minute, next)) => (hour, minute, next),
        None => (hour, 0, i + 1),
    };
    let (hour, next) = part_of_day(tokens, hour, next);
    let counted = tokens
        .get(next)
        .is_some_and(|t| t.class == Class::Word && !t.is(AFTER_HOUR));
    let percent = word_at(tokens, next, &["%"]);
    match counted || percent {
        true => None,
        false => clock(hour, minute, weight, next),
    }
}

/// `e mezza`, `e un quarto`, `e 30`.
fn minutes(tokens: &[Token], i: usize) -> Option<(u32, usize)> {
    if !word_at(tokens, i, &["e"]) {
        return None;
    }
    if word_at(tokens, i + 1, &["mezza", "mezzo"]) {
        return Some((30, i + 2));
    }
    if word_at(tokens, i + 1, &["un"]) && word_at(tokens, i + 2, &["quarto"]) {
        return Some((15, i + 3));
    }
    let t = tokens.get(i + 1)?;
    let noun = tokens
        .get(i + 2)
        .is_some_and(|t| t.class == Class::Word && !t.is(AFTER_HOUR));
    let n =
        plain(Some(t), 1, 59).or_else(|| italian_word(&t.text).map(|n| n as u32).filter(|n| (5..60).contains(n)))?;
    (!noun).then_some((n, i + 2))
}

fn part_of_day(tokens: &[Token], hour: u32, next: usize) -> (u32, usize) {
    if !word_at(tokens, next, &["di", "del", "della"]) {
        return (hour, next);
    }
    match tokens.get(next + 1).map(|t| t.text.as_str()) {
        Some("sera" | "pomeriggio") => (if hour < 12 { hour + 12 } else { hour }, next + 2),
        Some("mattina" | "mattino" | "notte") => (hour, next + 2),
        _ => (hour, next),
    }
}
