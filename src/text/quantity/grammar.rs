//! What the grammars of both languages share: the way through the tokens, dates in figures, and lists of one kind.
//!
//! A language gives its parsers, tried in turn at each token, and the words that stand between members of a list:
//! `di 47 e 31 anni` are two ages, `tra 2 e 3 milioni di euro` two sums, `18 and 19 February` two days of one month.
use super::{
    compound,
    lexer::{Class, Token},
    Kind, Quantity, Value, Weight,
};
use crate::text::{calendar, Span};

/// A text and its tokens, with the day that it speaks from.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub today: Option<calendar::Date>,
}

/// A number and the token after it.
pub struct Number {
    pub value: f64,
    pub next: usize,
    pub weight: Weight,
}

/// What a parser finds, and the token after it.
pub type Found = (Kind, Value, Weight, usize);

pub struct Grammar {
    pub parsers: &'static [fn(Reading, usize) -> Option<Found>],
    /// Words and signs that stand between members of a list or the ends of a range.
    pub joins: &'static [&'static str],
    /// Words before an age that hold for all members of the list after it: `aged 47 and 31`.
    pub before_ages: &'static [&'static str],
    /// `milioni`, `million`: a member without it shares it.
    pub scale: fn(&str) -> Option<f64>,
}

pub fn read(r: Reading, grammar: &Grammar) -> Vec<Quantity> {
    let mut found: Vec<Member> = vec![];
    let mut i = 0;
    while i < r.tokens.len() {
        match grammar.parsers.iter().find_map(|parse| parse(r, i)) {
            Some((kind, value, weight, next)) => {
                found.push(Member {
                    kind,
                    value,
                    weight,
                    start: i,
                    next,
                });
                i = next;
            }
            None => i += 1,
        }
    }
    share(r, grammar, &mut found);
    compound::join(r.tokens, &mut found);
    let span = |m: &Member| Span::new(r.tokens[m.start].span.start, r.tokens[m.next - 1].span.end);
    found
        .iter()
        .map(|m| Quantity {
            kind: m.kind,
            value: m.value,
            weight: m.weight,
            span: span(m),
        })
        .collect()
}

/// A quantity by its tokens.
#[derive(Clone, Copy)]
pub struct Member {
    pub kind: Kind,
    pub value: Value,
    pub weight: Weight,
    pub start: usize,
    pub next: usize,
}

/// Gives the members of a list what only one of them says.
fn share(r: Reading, grammar: &Grammar, found: &mut [Member]) {
    let joined = |a: &Member, b: &Member| {
        let between = &r.tokens[a.next..b.start];
        (1..=3).contains(&between.len()) && between.iter().all(|t| t.is(grammar.joins))
    };
    for i in (1..found.len()).rev() {
        let (a, b) = (found[i - 1], found[i]);
        if joined(&a, &b) {
            backwards(r, grammar, &mut found[i - 1], &b);
        }
    }
    for i in 1..found.len() {
        let (a, b) = (found[i - 1], found[i]);
        let Value::Number(n) = b.value else { continue };
        if b.kind != Kind::Number || !joined(&a, &b) {
            continue;
        }
        let last = &r.tokens[b.start];
        let aged = (0..i).rev().map(|k| found[k]).take_while(|m| m.kind == Kind::Age);
        let aged = aged.last().is_some_and(|m| {
            let before = |k| {
                m.start
                    .checked_sub(k)
                    .is_some_and(|at| r.tokens[at].is(grammar.before_ages))
            };
            before(1) || before(2)
        });
        let noun = r
            .tokens
            .get(b.next)
            .is_some_and(|t| t.class == Class::Word && t.text.len() > 4 && !t.capital);
        if a.kind == Kind::Decade && last.capital && n % 10.0 == 0.0 && (20.0..100.0).contains(&n) {
            found[i].kind = Kind::Decade;
            found[i].value = Value::Number(1900.0 + n);
        } else if aged && !noun && n < 120.0 {
            found[i].kind = Kind::Age;
            found[i].weight = b.weight.max(Weight::Soft);
        }
    }
}

fn backwards(r: Reading, grammar: &Grammar, a: &mut Member, b: &Member) {
    let lone = a.kind == Kind::Number && a.next == a.start + 1;
    let whole = |n: f64, most: f64| lone && n.fract() == 0.0 && (0.0..=most).contains(&n);
    match (a.value, b.value) {
        (
            Value::Number(n),
            Value::Date {
                year,
                month,
                day: Some(_),
            },
        ) if whole(n, 31.0) && n >= 1.0 && says_day(r.tokens, b) => {
            a.kind = Kind::Date;
            a.weight = Weight::Firm;
            a.value = Value::Date {
                year,
                month,
                day: Some(n as u8),
            };
        }
        (
            Value::Date {
                year: None,
                month: Some(m),
                day,
            },
            Value::Date {
                year: Some(y),
                month: Some(n),
                ..
            },
        ) => {
            let year = Some(if m > n { y - 1 } else { y });
            a.value = Value::Date {
                year,
                month: Some(m),
                day,
            };
        }
        (Value::Number(n), Value::Time { hour, .. }) if whole(n, 24.0) => {
            let (n, half) = (n as u8, hour % 12);
            let later = hour >= 12 && n < 12 && n <= half.max(1);
            a.kind = Kind::Time;
            a.value = Value::Time {
                hour: (if later { n + 12 } else { n }) % 24,
                minute: 0,
            };
        }
        (Value::Number(n), Value::Number(_)) if a.kind == Kind::Number => {
            let comma = r.tokens[a.next].text == ",";
            let scale = (b.start..b.next).find_map(|i| (grammar.scale)(&r.tokens[i].text));
            let bare = (a.start..a.next).all(|i| (grammar.scale)(&r.tokens[i].text).is_none());
            let larger = |scale: f64| matches!(b.value, Value::Number(m) if n * scale < m);
            // `tra i quattro e i settemila dollari`
            let scale = scale.or_else(|| {
                let thousands = b.next > b.start && r.tokens[b.start].text.ends_with("mila");
                (thousands && n >= 2.0 && a.next == a.start + 1 && r.tokens[a.start].class == Class::Word)
                    .then_some(1e3)
            });
            if let Some(s) = scale.filter(|s| larger(*s) && bare && !comma && n < 1000.0 && a.weight > Weight::Implied)
            {
                a.value = Value::Number(n * s);
                a.weight = Weight::Firm;
            }
            match b.kind {
                Kind::Age | Kind::Percent | Kind::Money(_) => {
                    a.kind = b.kind;
                    a.weight = a.weight.max(Weight::Soft);
                }
                Kind::Measure(_) => a.kind = b.kind,
                _ => {}
            }
        }
        (Value::Number(_), Value::Number(_)) if a.kind == Kind::Ordinal && b.kind == Kind::Century => {
            a.kind = Kind::Century;
            a.weight = a.weight.max(Weight::Soft);
        }
        _ => {}
    }
}

/// Whether a date says its day in a figure or beside its month: in `erano dodici, oggi sette` nothing is a list of days.
fn says_day(tokens: &[Token], date: &Member) -> bool {
    let month = |t: &Token| calendar::month_it(&t.text).or(calendar::month_en(&t.text)).is_some();
    tokens[date.start].class == Class::Figure || tokens[date.start..date.next].iter().any(month)
}

/// Whether the token at `i` is one of these words.
pub fn word_at(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    tokens.get(i).is_some_and(|t| t.is(words))
}

/// Whether the token `back` places before `i` is one of these words.
pub fn before(tokens: &[Token], i: usize, back: usize, words: &[&str]) -> bool {
    i.checked_sub(back).is_some_and(|i| word_at(tokens, i, words))
}

/// Whether nothing of the sentence or quotation stands before `i`: a capital there says nothing.
pub fn opening(tokens: &[Token], i: usize) -> bool {
    i == 0 || before(tokens, i, 1, &[".", "!", "?", ":", "«", "“", "\"", "(", "–", "—", "…"])
}

/// A plain number of the token between these bounds.
pub fn plain(token: Option<&Token>, min: u32, max: u32) -> Option<u32> {
    let t = token.filter(|t| t.class == Class::Figure)?;
    t.text.parse().ok().filter(|n| (min..=max).contains(n))
}

/// A year of four figures, after one of these words or at once.
pub fn year(tokens: &[Token], i: usize, after: &[&str]) -> Option<(i32, usize)> {
    let i = if word_at(tokens, i, after) { i + 1 } else { i };
    let t = tokens.get(i).filter(|t| t.text.len() == 4)?;
    plain(Some(t), 1000, 2199).map(|y| (y as i32, i + 1))
}

/// A date as a parser's find.
pub fn firm(year: Option<i32>, month: Option<u8>, day: Option<u8>, next: usize) -> Found {
    (Kind::Date, Value::Date { year, month, day }, Weight::Firm, next)
}

/// A time of the day; `24` is midnight.
pub fn clock(hour: u32, minute: u32, weight: Weight, next: usize) -> Option<Found> {
    let value = Value::Time {
        hour: (hour % 24) as u8,
        minute: minute as u8,
    };
    (hour < 25 && minute < 60).then_some((Kind::Time, value, weight, next))
}

/// `16/12/2023`, `16.12.2023`, `16-12-2023`, `2023-12-16`: the day first, as in Europe.
pub fn numeric_date(r: Reading, i: usize) -> Option<Found> {
    let t = r.tokens.get(i).filter(|t| t.class == Class::Figure)?;
    let mut parts: Vec<&str> = t.text.split(['/', '.']).collect();
    let mut next = i + 1;
    let dashed = |k: usize| {
        let (dash, figure) = (r.tokens.get(k)?, r.tokens.get(k + 1)?);
        let whole = dash.joined && dash.text == "-" && figure.joined && figure.class == Class::Figure;
        whole.then_some(figure.text.as_str())
    };
    if let (1, Some(second), Some(third)) = (parts.len(), dashed(i + 1), dashed(i + 3)) {
        parts.extend([second, third]);
        next = i + 5;
    } else if parts.len() != 3 || !(t.text.contains('/') || parts[2].len() == 4) {
        return None;
    }
    if parts[0].len() == 4 {
        parts.reverse();
    } else if next > i + 1 && parts[2].len() != 4 {
        return None;
    }
    let (day, month, year): (u8, u8, i32) = (parts[0].parse().ok()?, parts[1].parse().ok()?, parts[2].parse().ok()?);
    let year = if year < 100 { 2000 + year } else { year };
    ((1..=31).contains(&day) && (1..=12).contains(&month) && (1000..2200).contains(&year))
        .then(|| firm(Some(year), Some(month), Some(day), next))
}

/// The second year of `2023-24`, `2023/24`, `2023/2024`, and `'92` after one of these words.
pub fn short_year(r: Reading, i: usize, after: &[&str]) -> Option<Found> {
    let t = r.tokens.get(i)?;
    if t.is(&["'", "’", "‘"]) && before(r.tokens, i, 1, after) && !t.joined {
        let figure = r.tokens.get(i + 1).filter(|t| t.joined && t.text.len() == 2);
        let y = plain(figure, 0, 99)? as i32;
        return Some(firm(Some(if y > 30 { 1900 + y } else { 2000 + y }), None, None, i + 2));
    }
    let range = t.joined && before(r.tokens, i, 1, &["-", "–", "/"]) && r.tokens[i - 1].joined;
    let first = r.tokens.get(i.checked_sub(2)?).filter(|t| t.text.len() == 4 && range)?;
    let first = plain(Some(first), 1900, 2100)? as i32;
    let second = plain(Some(t), 0, 99).filter(|_| t.text.len() == 2)? as i32;
    (second > first % 100).then(|| firm(Some(first / 100 * 100 + second), None, None, i + 1))
}

/// A figure of four digits that stands alone is a year; before 1900 only after a word that years follow.
pub fn bare_year(tokens: &[Token], start: usize, next: usize, after: &[&str]) -> Option<i32> {
    let t = tokens.get(start).filter(|t| next == start + 1 && t.text.len() == 4)?;
    let since = if before(tokens, start, 1, after) { 1000 } else { 1900 };
    plain(Some(t), since, 2100).map(|y| y as i32)
}
