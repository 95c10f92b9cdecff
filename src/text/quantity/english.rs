//! The grammar of English quantities: `2.5 million euros`, `a 47-year-old`, `2.30 pm`, `on 6 February 2024`.
mod dates;

use super::{
    grammar::{bare_year, before, plain, word_at, Found, Grammar, Number, Reading},
    lexer::{Class, Token},
    numerals::{self, english_word},
    race, units, Kind, Unit, Value, Weight,
};
use dates::SUFFIXES;

pub const GRAMMAR: Grammar = Grammar {
    parsers: &[race::time, dates::relative, dates::date, dates::time, counted, word],
    joins: &["and", "or", "to", "-", "–", ",", "the", "of"],
    before_ages: &["aged", "ages"],
    scale: |word| scale(word).filter(|s| *s >= 1e3),
};

fn counted(r: Reading, i: usize) -> Option<Found> {
    let tokens = r.tokens;
    let first = &tokens[i];
    let leads = first.class == Class::Sign
        || first.is(&["euro", "eur", "usd", "gbp"]) && tokens.get(i + 1)?.class == Class::Figure;
    if let Some(c) = units::currency(&first.text).filter(|_| leads) {
        let n = number(tokens, i + 1)?;
        return Some((Kind::Money(c), Value::Number(n.value), n.weight, n.next));
    }
    if let Some((n, next)) = ordinal_words(tokens, i) {
        let weight = if n > 10.0 { Weight::Soft } else { Weight::Implied };
        return Some((Kind::Ordinal, Value::Number(n), weight, next));
    }
    let n = number(tokens, i)?;
    let (kind, next, more) = measure(tokens, i, &n);
    let year = bare_year(tokens, i, n.next, &["in", "since", "year", "until"]);
    if let Some(year) = year.filter(|y| kind == Kind::Number && (*y >= 1900 || !noun(tokens, next))) {
        let value = Value::Date {
            year: Some(year),
            month: None,
            day: None,
        };
        return Some((Kind::Date, value, Weight::Firm, next));
    }
    let weight = match kind {
        Kind::Number | Kind::Ordinal | Kind::Measure(_) if more == 0.0 => n.weight,
        _ => n.weight.max(Weight::Soft),
    };
    Some((kind, Value::Number(n.value + more), weight, next))
}

/// Whether something that could be counted stands at `i`: asked only of figures that may be years before 1900.
fn noun(tokens: &[Token], i: usize) -> bool {
    let t = tokens.get(i).filter(|t| t.class == Class::Word && !t.capital);
    t.is_some_and(|t| t.text.ends_with('s') && !t.is(&["was", "is", "has", "as", "its", "this"]) || t.text == "people")
}

/// Kind of what is counted, the token after it, and what `and a half` adds.
fn measure(tokens: &[Token], start: usize, n: &Number) -> (Kind, usize, f64) {
    let next = n.next;
    let at = |k: usize, words: &[&str]| word_at(tokens, next + k, words);
    if at(0, &["%", "percent"]) {
        return (Kind::Percent, next + 1, 0.0);
    }
    if at(0, &["per"]) && at(1, &["cent"]) || at(0, &["percentage"]) && at(1, &["points", "point"]) {
        return (Kind::Percent, next + 2, 0.0);
    }
    const DASH: &[&str] = &["-", "‑"];
    let dash = usize::from(at(0, DASH));
    if let Some(c) = tokens.get(next + dash).and_then(|t| units::currency(&t.text)) {
        return (Kind::Money(c), next + dash + 1, 0.0);
    }
    if at(0, DASH) && at(1, &["year", "years"]) && at(2, DASH) && at(3, &["old", "olds"]) {
        return (Kind::Age, next + 4, 0.0);
    }
    if at(0, &["year", "years"]) && (at(1, &["old", "olds"]) || at(1, &["of"]) && at(2, &["age"])) {
        return (Kind::Age, next + if at(1, &["of"]) { 3 } else { 2 }, 0.0);
    }
    let small = n.value < 130.0;
    if small && at(0, &["year"]) && at(1, DASH) && at(2, &["old", "olds"]) {
        return (Kind::Age, next + 3, 0.0);
    }
    let of_age = before(tokens, start, 1, &["of"]) && before(tokens, start, 2, &["age", "ages"]);
    let dashed = usize::from(before(tokens, start, 1, DASH));
    let over = before(tokens, start, 1 + dashed, &["under", "over"])
        && tokens.get(next).is_some_and(|t| t.joined && t.text == "s");
    if small && (before(tokens, start, 1, &["aged", "age", "ages"]) || of_age || over) {
        return (Kind::Age, next + usize::from(over), 0.0);
    }
    let between = before(tokens, start, 1, &["between", "from"]) && before(tokens, start, 2, &["aged", "ages"]);
    if small && between {
        return (Kind::Age, next, 0.0);
    }
    if at(0, SUFFIXES) && tokens[next].joined {
        return (Kind::Ordinal, next + 1, 0.0);
    }
    if apposition(tokens, start, n) {
        return (Kind::Age, next, 0.0);
    }
    let word = next + dash;
    let (square, cubic) = (word_at(tokens, word, &["square"]), word_at(tokens, word, &["cubic"]));
    let unit_at = word + usize::from(square || cubic);
    if word_at(tokens, unit_at, &["quintal", "quintals"]) {
        return (Kind::Measure(Unit::Kilogram), unit_at + 1, 99.0 * n.value);
    }
    let Some(unit) = tokens.get(unit_at).and_then(|t| units::unit(&t.text)) else {
        return (Kind::Number, next, 0.0);
    };
    let unit: Unit = match square || cubic {
        true => units::raised(unit, cubic).unwrap_or(unit),
        false => unit,
    };
    let end = unit_at + 1;
    match word_at(tokens, end, &["and"]) && word_at(tokens, end + 1, &["a"]) && word_at(tokens, end + 2, &["half"]) {
        true => (Kind::Measure(unit), end + 3, 0.5),
        false => (Kind::Measure(unit), end, 0.0),
    }
}

/// `Rossi, 71, from Lodi`: a figure between commas after a name or a noun.
fn apposition(tokens: &[Token], start: usize, n: &Number) -> bool {
    let figure = n.next == start + 1 && plain(tokens.get(start), 12, 110).is_some();
    let noun = start >= 2 && tokens[start - 2].class == Class::Word && !tokens[start - 2].is(SUFFIXES);
    let month = start >= 2 && crate::text::calendar::month_en(&tokens[start - 2].text).is_some();
    figure && noun && !month && before(tokens, start, 1, &[","]) && word_at(tokens, n.next, &[","])
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

pub(super) fn number(tokens: &[Token], i: usize) -> Option<Number> {
    let t = tokens.get(i)?;
    if t.class == Class::Figure {
        let mut value = numerals::figure(&t.text, ',', '.').or_else(|| numerals::figure(&t.text, '.', ','))?;
        let mut next = i + 1;
        // `a 2.5-million-euro villa`
        if word_at(tokens, next, &["-"]) && word_at(tokens, next + 1, &["million", "billion", "thousand"]) {
            next += 1;
        }
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
    let joined = word_at(tokens, i + 1, &["and"]) && tokens.get(i + 2).is_some_and(|t| english_word(&t.text).is_some());
    let hundred = tokens[i].is(&["hundred"]) && joined;
    let bare = scale(&tokens[i].text).filter(|_| {
        !hundred && i > 0 && tokens[i].text.len() > 2 && word_at(tokens, i - 1, &["per", "every", "the", "each"])
    });
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
    // the last scale of thousands or more, and the number up to there
    let mut whole: Option<(f64, f64, usize)> = None;
    // `the first hundred and twenty`
    if hundred {
        group = Some(1.0);
    }
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
            } else if let Some((value, _, end)) = whole.filter(|(_, scale, _)| s >= *scale) {
                // `one thousand and ninety thousand` are two numbers
                return Some(Number {
                    value,
                    next: end,
                    weight: Weight::Firm,
                });
            } else {
                total += g * s;
                group = Some(0.0);
                whole = Some((total, s, at + 1));
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

/// `thirty-first`, `nineteenth`, `two hundred and seventh`: more than one word, or one over ten.
fn ordinal_words(tokens: &[Token], i: usize) -> Option<(f64, usize)> {
    let t = tokens.get(i).filter(|t| t.class == Class::Word)?;
    if let Some(n) = numerals::english_ordinal(&t.text) {
        return Some((n as f64, i + 1));
    }
    let n = spelled(tokens, i)?;
    let dashed = word_at(tokens, n.next, &["-"]) && n.value % 10.0 == 0.0 && n.value >= 20.0;
    let scaled = word_at(tokens, n.next, &["and"]) && n.value >= 100.0;
    if !dashed && !scaled {
        return None;
    }
    let t = tokens.get(n.next + 1)?;
    let unit = dates::small_ordinal(&t.text).or_else(|| numerals::english_ordinal(&t.text).map(|n| n as f64))?;
    Some((n.value + unit, n.next + 2))
}

/// Single words that imply a number: `both`, `first`, `XIX`.
fn word(r: Reading, i: usize) -> Option<Found> {
    let t = r.tokens.get(i).filter(|t| t.class == Class::Word)?;
    let implied = |v: f64, kind| Some((kind, Value::Number(v), Weight::Implied, i + 1));
    if t.text == "clock" && before(r.tokens, i, 1, &["the"]) && before(r.tokens, i, 2, &["round", "around"]) {
        return implied(24.0, Kind::Number);
    }
    match numerals::roman(t.span.of(r.text)) {
        Some(n) => implied(n as f64, Kind::Ordinal),
        None => implied(numerals::english_implied(&t.text)?, Kind::Number),
    }
}
