//! The grammar of English quantities: `2.5 million euros`, `a 47-year-old`, `2.30 pm`, `on 6 February 2024`.
use super::{
    lexer::{Class, Token},
    numerals::{self, english_word},
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
    let i = if word_at(tokens, i, &[",", "of"]) { i + 1 } else { i };
    let t = tokens.get(i).filter(|t| t.text.len() == 4)?;
    plain(Some(t), 1000, 2199).map(|y| (y as i32, i + 1))
}

const SUFFIXES: &[&str] = &["st", "nd", "rd", "th"];

/// A month name that is one: `May` and `March` only where a month can stand.
fn month(tokens: &[Token], i: usize) -> Option<u8> {
    let t = tokens.get(i).filter(|t| t.class == Class::Word && t.capital)?;
    let month = numerals::month_en(&t.text)?;
    let doubtful = t.is(&["may", "march", "mar"]);
    let near_figure = plain(tokens.get(i + 1), 1, 2199).is_some()
        || (i > 0 && (plain(tokens.get(i - 1), 1, 31).is_some() || tokens[i - 1].is(SUFFIXES)));
    let introduced = i > 0
        && tokens[i - 1].is(&[
            "in", "of", "since", "until", "by", "last", "early", "late", "mid", "from", "to", "this", "next", "and",
            "between", "-", "–", "for", "during", "through", "before", "after", "on", "previous", "the", "every",
        ]);
    (!doubtful || near_figure || introduced).then_some(month)
}

fn date(tokens: &[Token], i: usize) -> Option<Found> {
    let t = &tokens[i];
    let firm = |year, month, day, next| Some((Kind::Date, Value::Date { year, month, day }, Weight::Firm, next));
    if t.class == Class::Figure && t.text.matches('/').count() == 2 {
        let parts: Vec<i32> = t.text.split('/').filter_map(|p| p.parse().ok()).collect();
        if let [d, m, y] = parts[..] {
            if (1..=31).contains(&d) && (1..=12).contains(&m) {
                return firm(
                    Some(if y < 100 { 2000 + y } else { y }),
                    Some(m as u8),
                    Some(d as u8),
                    i + 1,
                );
            }
        }
    }
    // `3 March 2024`, `3rd of March`
    if let Some(day) = plain(Some(t), 1, 31) {
        let mut after = i + 1;
        if word_at(tokens, after, SUFFIXES) && tokens[after].joined {
            after += 1;
        }
        if word_at(tokens, after, &["of"]) {
            after += 1;
        }
        if let Some(m) = month(tokens, after) {
            let (year, next) = year(tokens, after + 1).map_or((None, after + 1), |(y, n)| (Some(y), n));
            return firm(year, Some(m), Some(day as u8), next);
        }
    }
    // `March 3, 2024`, `March 2024`, `March`
    if let Some(m) = month(tokens, i) {
        if let Some(day) = plain(tokens.get(i + 1), 1, 31) {
            let after = if word_at(tokens, i + 2, SUFFIXES) { i + 3 } else { i + 2 };
            let (year, next) = year(tokens, after).map_or((None, after), |(y, n)| (Some(y), n));
            return firm(year, Some(m), Some(day as u8), next);
        }
        let (year, next) = year(tokens, i + 1).map_or((None, i + 1), |(y, n)| (Some(y), n));
        return firm(year, Some(m), None, next);
    }
    // `1980s`, `'80s`, `the eighties`
    if let Some(y) = plain(Some(t), 10, 2190).filter(|y| y % 10 == 0) {
        if tokens.get(i + 1).is_some_and(|t| t.joined && t.text == "s") {
            let y = if y < 100 { 1900 + y } else { y };
            return Some((Kind::Date, Value::Number(f64::from(y)), Weight::Firm, i + 2));
        }
    }
    let decade = t.text.strip_suffix("ies").and_then(|s| english_word(&format!("{s}y")));
    decade.map(|d| (Kind::Date, Value::Number(1900.0 + d as f64), Weight::Implied, i + 1))
}

/// `am` or `pm` at `i`, with or without full stops: hours to add to 1..=11, and the next token.
fn half_of_day(tokens: &[Token], i: usize) -> Option<(u32, usize)> {
    let (word, next) = match tokens.get(i)?.text.as_str() {
        "am" | "pm" => (tokens[i].text.as_str(), i + 1),
        w @ ("a" | "p") if word_at(tokens, i + 1, &["."]) && word_at(tokens, i + 2, &["m"]) => {
            let end = if word_at(tokens, i + 3, &["."]) { i + 4 } else { i + 3 };
            (w, end)
        }
        _ => return None,
    };
    Some((if word.starts_with('p') { 12 } else { 0 }, next))
}

fn time(tokens: &[Token], i: usize) -> Option<Found> {
    let t = tokens.get(i).filter(|t| t.class == Class::Figure)?;
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
    let introduced = i > 0
        && word_at(
            tokens,
            i - 1,
            &[
                "at", "from", "to", "until", "by", "between", "around", "about", "and", "since", "before", "after",
                "shortly",
            ],
        );
    if let Some((h, m)) = t
        .text
        .split_once([':', '.'])
        .filter(|(h, m)| h.len() <= 2 && m.len() == 2)
    {
        let (h, m): (u32, u32) = (h.parse().ok()?, m.parse().ok()?);
        if let Some((add, next)) = half_of_day(tokens, i + 1) {
            return clock(h % 12 + add, m, next);
        }
        let unit = tokens.get(i + 1).is_some_and(|t| {
            t.is(&[
                "%",
                "per",
                "percent",
                "million",
                "billion",
                "euros",
                "times",
                "points",
                "kilometres",
                "metres",
            ])
        });
        return match (introduced && !unit) || t.text.contains(':') {
            true => clock(h, m, i + 1),
            false => None,
        };
    }
    let hour = plain(Some(t), 0, 24)?;
    if let Some((add, next)) = half_of_day(tokens, i + 1) {
        return clock(hour % 12 + add, 0, next);
    }
    match word_at(tokens, i + 1, &["o"]) && word_at(tokens, i + 3, &["clock"]) {
        true => clock(hour, 0, i + 4),
        false => None,
    }
}

fn counted(tokens: &[Token], i: usize) -> Option<Found> {
    if let Some(c) = numerals::currency(&tokens[i].text).filter(|_| tokens[i].class == Class::Sign) {
        let n = number(tokens, i + 1)?;
        return Some((Kind::Money(c), Value::Number(n.value), n.weight, n.next));
    }
    let n = number(tokens, i)?;
    let (kind, next) = measure(tokens, i, n.next);
    let weight = match kind {
        Kind::Number | Kind::Ordinal => n.weight,
        _ => n.weight.max(Weight::Soft),
    };
    Some((kind, Value::Number(n.value), weight, next))
}

fn measure(tokens: &[Token], start: usize, next: usize) -> (Kind, usize) {
    if word_at(tokens, next, &["%", "percent"]) {
        return (Kind::Percent, next + 1);
    }
    if word_at(tokens, next, &["per"]) && word_at(tokens, next + 1, &["cent"]) {
        return (Kind::Percent, next + 2);
    }
    let unit = if word_at(tokens, next, &["-"]) { next + 1 } else { next };
    if let Some(c) = tokens.get(unit).and_then(|t| numerals::currency(&t.text)) {
        return (Kind::Money(c), unit + 1);
    }
    let dash = |i| word_at(tokens, i, &["-", "‑"]);
    if dash(next)
        && word_at(tokens, next + 1, &["year", "years"])
        && dash(next + 2)
        && word_at(tokens, next + 3, &["old", "olds"])
    {
        return (Kind::Age, next + 4);
    }
    if word_at(tokens, next, &["years"]) && word_at(tokens, next + 1, &["old"]) {
        return (Kind::Age, next + 2);
    }
    if start > 0 && word_at(tokens, start - 1, &["aged", "age"]) {
        return (Kind::Age, next);
    }
    if word_at(tokens, next, SUFFIXES) && tokens[next].joined {
        return (Kind::Ordinal, next + 1);
    }
    let bare = next == start + 1 && tokens[start].text.len() == 4;
    if bare && plain(tokens.get(start), 1900, 2100).is_some() {
        return (Kind::Date, next);
    }
    (Kind::Number, next)
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" | "m" | "mn" => 1e6,
        "billion" | "bn" => 1e9,
        "trillion" => 1e12,
        "dozen" => 12.0,
        _ => return None,
    })
}

fn number(tokens: &[Token], i: usize) -> Option<Number> {
    let t = tokens.get(i)?;
    if t.class == Class::Figure {
        let mut value = numerals::figure(&t.text, ',', '.').or_else(|| numerals::figure(&t.text, '.', ','))?;
        let mut next = i + 1;
        let short = |t: &Token| t.joined || !t.is(&["m"]);
        while let Some(s) = tokens.get(next).filter(|t| short(t)).and_then(|t| scale(&t.text)) {
            value *= s;
            next += 1;
        }
        if tokens.get(next).is_some_and(|t| t.joined && t.text == "k") {
            value *= 1e3;
            next += 1;
        }
        return Some(Number {
            value,
            next,
            weight: Weight::Firm,
        });
    }
    spelled(tokens, i)
}

/// `two hundred and fifty-three thousand`, `a dozen`, `two and a half million`.
fn spelled(tokens: &[Token], i: usize) -> Option<Number> {
    if tokens[i].text == "half" && word_at(tokens, i + 1, &["a"]) {
        let s = tokens.get(i + 2).and_then(|t| scale(&t.text))?;
        return Some(Number {
            value: 0.5 * s,
            next: i + 3,
            weight: Weight::Firm,
        });
    }
    // `per hundred thousand`, `the hundred most wanted`
    let bare = scale(&tokens[i].text)
        .filter(|_| i > 0 && tokens[i].text.len() > 2 && word_at(tokens, i - 1, &["per", "every", "the", "each"]));
    if let Some(s) = bare {
        let more = tokens
            .get(i + 1)
            .and_then(|t| scale(&t.text))
            .filter(|_| tokens[i + 1].text.len() > 2);
        return Some(Number {
            value: s * more.unwrap_or(1.0),
            next: if more.is_some() { i + 2 } else { i + 1 },
            weight: Weight::Implied,
        });
    }
    let (mut total, mut group, mut next, mut scaled) = (0.0, None::<f64>, i, false);
    if tokens[i].is(&["a", "an"])
        && tokens
            .get(i + 1)
            .is_some_and(|t| scale(&t.text).is_some() && t.text.len() > 2)
    {
        group = Some(1.0);
        next += 1;
    }
    loop {
        let at = match tokens.get(next) {
            // `and` joins only after hundred or more, a hyphen only tens and units
            Some(t) if t.text == "and" && scaled => next + 1,
            Some(t) if t.text == "-" && t.joined && joins(tokens, next + 1, group) => next + 1,
            Some(_) => next,
            None => break,
        };
        let Some(t) = tokens.get(at).filter(|t| t.class == Class::Word) else {
            break;
        };
        if let Some(n) = english_word(&t.text) {
            let n = n as f64;
            let fits = match group {
                None => true,
                Some(g) if at > next && tokens[next].text == "-" => n < 10.0 && g % 10.0 == 0.0,
                Some(g) => scaled && g % 100.0 == 0.0 || (n < 10.0 && g % 10.0 == 0.0 && g % 100.0 >= 20.0),
            };
            if !fits || (at > next && tokens[next].text == "and" && group.is_none_or(|g| g % 100.0 != 0.0)) {
                break;
            }
            group = Some(group.unwrap_or(0.0) + n);
            next = at + 1;
        } else if let Some(s) =
            scale(&t.text).filter(|_| (at == next || tokens[next].text == "-") && group.is_some() && t.text.len() > 2)
        {
            let g = group.unwrap_or(1.0);
            if s == 100.0 {
                group = Some(g * s);
            } else {
                total += g * s;
                group = Some(0.0);
            }
            scaled = true;
            next = at + 1;
        } else {
            break;
        }
    }
    let mut value = total + group?;
    // `two and a half million`
    if word_at(tokens, next, &["and"]) && word_at(tokens, next + 1, &["a"]) && word_at(tokens, next + 2, &["half"]) {
        value += 0.5;
        next += 3;
        if let Some(s) = tokens.get(next).and_then(|t| scale(&t.text)) {
            value *= s;
            next += 1;
        }
        scaled = true;
    }
    // `thirty-first`, `two hundred and seventh`
    let nth = |t: &Token| {
        matches!(numerals::english_implied(&t.text), Some(n) if n < 13.0)
            && !t.is(&["a", "an", "one", "both", "pair", "couple"])
    };
    if word_at(tokens, next, &["-", "and"])
        && tokens.get(next + 1).is_some_and(nth)
        && (tokens[next].text == "-" || scaled)
    {
        return Some(Number {
            value,
            next: next + 2,
            weight: Weight::Implied,
        });
    }
    let weight = match value {
        v if scaled || v > 10.0 => Weight::Firm,
        v if v > 1.0 => Weight::Soft,
        _ => Weight::Implied,
    };
    Some(Number { value, next, weight })
}

/// Whether what follows a hyphen goes on with the number: `twenty-three`, `four-hundred-metre`.
fn joins(tokens: &[Token], at: usize, group: Option<f64>) -> bool {
    let tens = group.is_some_and(|g| g % 10.0 == 0.0 && g % 100.0 >= 20.0);
    let scaled = tokens
        .get(at)
        .is_some_and(|t| t.is(&["hundred", "thousand", "million", "billion"]));
    group.is_some() && (tens || scaled)
}

fn word(text: &str, tokens: &[Token], i: usize) -> Option<Found> {
    let t = tokens.get(i).filter(|t| t.class == Class::Word)?;
    let implied = |v: f64, kind| Some((kind, Value::Number(v), Weight::Implied, i + 1));
    if let Some(n) = numerals::roman(t.span.of(text)) {
        return implied(n as f64, Kind::Ordinal);
    }
    if let Some(n) = t
        .text
        .strip_suffix("teenth")
        .and_then(|s| english_word(&format!("{s}teen")))
    {
        return implied(n as f64, Kind::Ordinal);
    }
    implied(numerals::english_implied(&t.text)?, Kind::Number)
}
