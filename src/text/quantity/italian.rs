//! The grammar of Italian quantities: `2 milioni e mezzo di euro`, `47enne`, `alle 14.30`, `6 febbraio 2024`.
use super::{
    lexer::{Class, Token},
    numerals::{self, italian_word},
    Kind, Quantity, Value, Weight,
};
use crate::text::Span;

struct Number {
    value: f64,
    next: usize,
    weight: Weight,
}

pub fn read(text: &str, tokens: &[Token]) -> Vec<Quantity> {
    let mut out = vec![];
    let mut i = 0;
    while i < tokens.len() {
        match date(tokens, i)
            .or_else(|| time(tokens, i))
            .or_else(|| counted(tokens, i))
            .or_else(|| word(text, tokens, i))
        {
            Some((kind, value, weight, next)) => {
                let span = Span::new(tokens[i].span.start, tokens[next - 1].span.end);
                out.push(Quantity {
                    kind,
                    value,
                    weight,
                    span,
                });
                i = next;
            }
            // `per cento` after something that was no number: `cento` is none either.
            None if tokens[i].text == "per" && word_at(tokens, i + 1, &["cento"]) => i += 2,
            None => i += 1,
        }
    }
    out
}

type Found = (Kind, Value, Weight, usize);

fn word_at(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    tokens.get(i).is_some_and(|t| t.is(words))
}

fn plain(token: Option<&Token>, min: u32, max: u32) -> Option<u32> {
    let t = token.filter(|t| t.class == Class::Figure)?;
    t.text.parse().ok().filter(|n| (min..=max).contains(n))
}

fn year(tokens: &[Token], i: usize) -> Option<(i32, usize)> {
    let i = if word_at(tokens, i, &["del", "di"]) { i + 1 } else { i };
    let t = tokens.get(i).filter(|t| t.text.len() == 4)?;
    plain(Some(t), 1000, 2199).map(|y| (y as i32, i + 1))
}

fn date(tokens: &[Token], i: usize) -> Option<Found> {
    let t = &tokens[i];
    let firm = |year, month, day, next| Some((Kind::Date, Value::Date { year, month, day }, Weight::Firm, next));
    if t.class == Class::Figure {
        let parts: Vec<&str> = t.text.split(['/', '.']).collect();
        if let ([d, m, y], true) = (
            parts.as_slice(),
            t.text.contains('/') || parts.last().is_some_and(|p| p.len() == 4),
        ) {
            let (d, m, y): (u8, u8, i32) = (d.parse().ok()?, m.parse().ok()?, y.parse().ok()?);
            let y = if y < 100 { 2000 + y } else { y };
            if (1..=31).contains(&d) && (1..=12).contains(&m) {
                return firm(Some(y), Some(m), Some(d), i + 1);
            }
        }
    }
    let day = plain(Some(t), 1, 31)
        .or_else(|| (t.text == "primo").then_some(1))
        .or_else(|| italian_word(&t.text).filter(|d| (2..=31).contains(d)).map(|d| d as u32));
    if let Some(day) = day {
        let after = if word_at(tokens, i + 1, &["°", "º"]) {
            i + 2
        } else {
            i + 1
        };
        if let Some(month) = tokens
            .get(after)
            .and_then(|t| numerals::month_it(&t.text).or_else(|| numerals::short_month_it(&t.text)))
        {
            let (year, next) = year(tokens, after + 1).map_or((None, after + 1), |(y, n)| (Some(y), n));
            return firm(year, Some(month), Some(day as u8), next);
        }
    }
    if let Some(month) = numerals::month_it(&t.text) {
        let (year, next) = year(tokens, i + 1).map_or((None, i + 1), |(y, n)| (Some(y), n));
        return firm(year, Some(month), None, next);
    }
    // `anni Ottanta`, `anni '80`
    if t.text == "anni" {
        let at = if word_at(tokens, i + 1, &["'", "’"]) {
            i + 2
        } else {
            i + 1
        };
        let decade = plain(tokens.get(at), 10, 90)
            .map(u64::from)
            .or_else(|| tokens.get(at).filter(|t| t.capital).and_then(|t| italian_word(&t.text)));
        if let Some(d) = decade.filter(|d| d % 10 == 0 && *d < 100 && *d >= 20) {
            return Some((Kind::Date, Value::Number(1900.0 + d as f64), Weight::Firm, at + 1));
        }
    }
    None
}

fn time(tokens: &[Token], i: usize) -> Option<Found> {
    let t = &tokens[i];
    let introduced = i > 0 && word_at(tokens, i - 1, &["ore", "alle", "dalle", "le", "h", "orario", "verso"]);
    if t.class != Class::Figure {
        return None;
    }
    let clock = |hour: u32, minute: u32, next| {
        (hour < 25 && minute < 60).then_some((
            Kind::Time,
            Value::Time {
                hour: (hour % 24) as u8,
                minute: minute as u8,
            },
            Weight::Firm,
            next,
        ))
    };
    if let Some((h, m)) = t
        .text
        .split_once([':', '.', ','])
        .filter(|(h, m)| h.len() <= 2 && m.len() == 2)
    {
        return match introduced || t.text.contains(':') {
            true => clock(h.parse().ok()?, m.parse().ok()?, i + 1),
            false => None,
        };
    }
    let hour = plain(Some(t), 0, 24)?;
    let of_day = i > 0
        && word_at(tokens, i - 1, &["ore", "alle", "dalle"])
        && !word_at(tokens, i + 1, &["famiglie", "persone", "imprese"]);
    let unit = tokens.get(i + 1).filter(|t| {
        t.class == Class::Word
            && !t.is(&[
                "e", "di", "del", "della", "alle", "circa", "in", "con", "si", "il", "la", "al", "ora", "fino", "a",
                "per", "i", "gli", "su", "davanti", "presso", "nel", "nella",
            ])
    });
    match of_day && unit.is_none() {
        true => clock(hour, 0, i + 1),
        false => None,
    }
}

/// A number that stands for something countable, with what it measures.
fn counted(tokens: &[Token], i: usize) -> Option<Found> {
    if let Some(c) = numerals::currency(&tokens[i].text).filter(|_| tokens[i].class == Class::Sign) {
        let n = number(tokens, i + 1)?;
        return Some((Kind::Money(c), Value::Number(n.value), n.weight, n.next));
    }
    let n = number(tokens, i)?;
    let (kind, next) = measure(tokens, i, n.next);
    let call = start_of_call(tokens, i, next);
    let weight = match kind {
        Kind::Number if call => Weight::Implied,
        Kind::Number | Kind::Ordinal => n.weight,
        _ => n.weight.max(Weight::Soft),
    };
    Some((kind, Value::Number(n.value), weight, next))
}

/// `il 118`: an emergency number, which English may call by what it is.
fn start_of_call(tokens: &[Token], i: usize, next: usize) -> bool {
    next == i + 1
        && tokens[i].is(&["112", "113", "115", "117", "118"])
        && i > 0
        && word_at(tokens, i - 1, &["il", "al", "dal", "del", "sul"])
}

fn measure(tokens: &[Token], start: usize, next: usize) -> (Kind, usize) {
    if word_at(tokens, next, &["%"]) {
        return (Kind::Percent, next + 1);
    }
    if word_at(tokens, next, &["per"]) && word_at(tokens, next + 1, &["cento"]) {
        return (Kind::Percent, next + 2);
    }
    let unit = if word_at(tokens, next, &["di"]) { next + 1 } else { next };
    if let Some(c) = tokens.get(unit).and_then(|t| numerals::currency(&t.text)) {
        return (Kind::Money(c), unit + 1);
    }
    if tokens.get(next).is_some_and(|t| t.joined && t.is(&["enne", "enni"])) {
        return (Kind::Age, next + 1);
    }
    if word_at(tokens, next, &["°", "º", "ª"]) && tokens[next].joined {
        return (Kind::Ordinal, next + 1);
    }
    let mut before = start;
    while before > 0 && (tokens[before - 1].class == Class::Figure || word_at(tokens, before - 1, &["e", ",", "i"])) {
        before -= 1;
    }
    let aged = before > 0
        && word_at(
            tokens,
            before - 1,
            &["di", "ha", "aveva", "compiuto", "età", "i", "tra", "fra"],
        );
    if aged && word_at(tokens, next, &["anni"]) && !word_at(tokens, next + 1, &["di", "e", "fa", "prima", "dopo"]) {
        return (Kind::Age, next);
    }
    let bare = next == start + 1 && tokens[start].text.len() == 4;
    if bare && plain(tokens.get(start), 1900, 2100).is_some() {
        return (Kind::Date, next);
    }
    (Kind::Number, next)
}

fn number(tokens: &[Token], i: usize) -> Option<Number> {
    let t = tokens.get(i)?;
    let half = t.is(&["mezzo", "mezza"]) && word_at(tokens, i + 1, &["milione", "miliardo"]);
    let (mut value, mut weight) = match t.class {
        _ if half => (0.5, Weight::Firm),
        // `il Settecento` is a century
        Class::Word if t.capital && i > 0 && t.text.ends_with("cento") && t.text != "cento" => return None,
        Class::Figure => {
            let v = numerals::figure(&t.text, '.', ',').or_else(|| numerals::figure(&t.text, ',', '.'))?;
            (v, Weight::Firm)
        }
        Class::Word => {
            let n = italian_word(&t.text)?;
            let weight = match n {
                0..=1 => Weight::Implied,
                2..=10 => Weight::Soft,
                _ => Weight::Firm,
            };
            (n as f64, weight)
        }
        Class::Sign => return None,
    };
    let mut next = i + 1;
    let factor = tokens.get(next).and_then(|t| {
        Some(match t.text.as_str() {
            "mila" => 1e3,
            "milioni" | "milione" | "mln" => 1e6,
            "miliardi" | "miliardo" | "mld" => 1e9,
            _ => return None,
        })
    });
    if let Some(factor) = factor {
        value *= factor;
        weight = Weight::Firm;
        next += 1;
        if word_at(tokens, next, &["e"]) {
            if word_at(tokens, next + 1, &["mezzo"]) {
                value += 0.5 * factor;
                next += 2;
            } else if let Some(more) = number(tokens, next + 1).filter(|m| m.value >= 1000.0 && m.value < factor) {
                value += more.value;
                next = more.next;
            }
        } else if factor == 1e3 && word_at(tokens, next, &["miliardi"]) {
            value *= 1e9;
            next += 1;
        }
    }
    // `sei ore e mezza`
    if factor.is_none() && word_at(tokens, next + 1, &["e"]) && word_at(tokens, next + 2, &["mezzo", "mezza"]) {
        value += 0.5;
    }
    Some(Number { value, next, weight })
}

/// Single words that imply a number: `entrambi`, `una cinquantina`, `XIX`.
fn word(text: &str, tokens: &[Token], i: usize) -> Option<Found> {
    let t = &tokens[i];
    if t.class != Class::Word {
        return None;
    }
    let implied = |v: f64, kind| Some((kind, Value::Number(v), Weight::Implied, i + 1));
    if t.text == "ferragosto" {
        let value = Value::Date {
            year: None,
            month: Some(8),
            day: Some(15),
        };
        return Some((Kind::Date, value, Weight::Implied, i + 1));
    }
    if let Some(n) = numerals::italian_about(&t.text) {
        return implied(n as f64, Kind::Number);
    }
    if let Some(n) = numerals::roman(t.span.of(text)) {
        return implied(n as f64, Kind::Ordinal);
    }
    // `cinquantenne`, `diciottenni`
    for (ending, restored) in [
        ("enne", ""),
        ("enni", ""),
        ("enne", "a"),
        ("enni", "a"),
        ("enne", "i"),
        ("enni", "i"),
        ("enne", "e"),
        ("enni", "e"),
        ("enne", "o"),
        ("enni", "o"),
    ] {
        if let Some(n) = t
            .text
            .strip_suffix(ending)
            .and_then(|s| italian_word(&format!("{s}{restored}")))
        {
            return Some((Kind::Age, Value::Number(n as f64), Weight::Firm, i + 1));
        }
    }
    implied(numerals::italian_implied(&t.text)?, Kind::Number)
}
