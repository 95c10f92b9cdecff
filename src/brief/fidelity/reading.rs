//! The quantities of a pair as what has to be carried over: a date is up to three of them, and `ieri` is a date too.
use super::Pair;
use crate::text::{
    calendar::Date,
    quantity::{close, said_and_meant, Dimension, Kind, Quantity, Unit, Value, Weight},
    words::Language,
};
use std::collections::HashSet;

/// One thing that has to be carried over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Atom {
    Number(f64),
    Month(u8),
    Time(u8, u8),
}

/// What a text says, and what dates its `ieri` and `last November` mean.
pub struct Side {
    pub said: Vec<Quantity>,
    pub meant: Vec<Quantity>,
    /// Whether the dates meant are those of the calendar, or of a day made up to compare them among themselves.
    known_day: bool,
    /// Ends of the times that may be in either half of the day.
    either_half: HashSet<usize>,
}

/// The day that relative dates are reckoned from where the article has none: both texts speak from the same day.
const SOME_DAY: Date = Date {
    year: 2024,
    month: Some(6),
    day: Some(12),
};

/// Reads both sides of a pair, each once.
pub fn read(pair: Pair) -> (Side, Side) {
    let side = |text, language| {
        let (said, meant) = said_and_meant(text, language, pair.date.unwrap_or(SOME_DAY));
        let times = said.iter().filter(|q| either_half(q, text, language));
        Side {
            either_half: times.map(|q| q.span.end).collect(),
            said,
            meant,
            known_day: pair.date.is_some(),
        }
    };
    (
        side(pair.source, Language::Italian),
        side(pair.target, Language::English),
    )
}

/// Whether a time of the day says nothing of its half: Italian writes 18.30, but says `le sei di sera`; English may leave
/// `pm` out.
fn either_half(q: &Quantity, text: &str, language: Language) -> bool {
    let Value::Time { hour, .. } = q.value else {
        return false;
    };
    let said = q.span.of(text).to_lowercase();
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
    match language {
        _ if hour > 12 => false,
        Language::Italian => {
            !said.contains(|c: char| c.is_ascii_digit())
                || says(&["sera", "pomerigg", "nott", "mattin", "mezzogiorno", "alba"])
        }
        Language::English => !["am", "a.m", "pm", "p.m", "morning"].iter().any(|w| said.contains(w)),
    }
}

#[derive(Clone, Debug)]
pub struct Part<'a> {
    pub atom: Atom,
    pub from: &'a Quantity,
    /// Of a date that words mean and do not say: it supports the other side and is never asked for.
    pub meant: bool,
    pub carried: bool,
    known_day: bool,
    /// Of a time: whether its side tells which half of the day it is in.
    exact: bool,
}

impl Side {
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut out: Vec<Part> = self.said.iter().flat_map(|q| self.of(q, false)).collect();
        for q in &self.meant {
            // the month of `lo scorso novembre` is said
            let said = |p: &Part| {
                out.iter()
                    .any(|o| o.atom == p.atom && is_date(o.from) && within(o.from, q))
            };
            let own: Vec<Part> = self.of(q, true).into_iter().filter(|p| !said(p)).collect();
            out.extend(own);
        }
        out
    }

    fn of<'a>(&self, from: &'a Quantity, meant: bool) -> Vec<Part<'a>> {
        atoms(from.value)
            .into_iter()
            .map(|atom| Part {
                atom,
                from,
                meant,
                carried: false,
                known_day: self.known_day,
                exact: !self.either_half.contains(&from.span.end),
            })
            .collect()
    }
}

fn atoms(value: Value) -> Vec<Atom> {
    match value {
        Value::Number(v) => vec![Atom::Number(v)],
        Value::Time { hour, minute } => vec![Atom::Time(hour, minute)],
        Value::Date { year, month, day } => [
            day.map(|d| Atom::Number(f64::from(d))),
            month.map(Atom::Month),
            year.map(|y| Atom::Number(f64::from(y))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

pub fn is_date(q: &Quantity) -> bool {
    matches!(q.value, Value::Date { .. })
}

/// Whether one quantity stands within the words of another.
pub fn within(inner: &Quantity, outer: &Quantity) -> bool {
    outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
}

pub fn same(a: Atom, b: Atom) -> bool {
    // The 12-hour clock without am or pm, a time without its minutes.
    let hour = |h: u8, m: u8, v: f64| {
        let clock = f64::from(h) + f64::from(m) / 100.0;
        close(clock, v) || (m == 0 && (close(f64::from(h % 12), v) || close(f64::from(h), v))) || close(clock - 12.0, v)
    };
    match (a, b) {
        (Atom::Number(x), Atom::Number(y)) => close(x, y),
        (Atom::Month(x), Atom::Month(y)) => x == y,
        (Atom::Time(h, m), Atom::Time(g, n)) => h % 12 == g % 12 && m == n,
        (Atom::Time(h, m), Atom::Number(v)) | (Atom::Number(v), Atom::Time(h, m)) => hour(h, m, v),
        _ => false,
    }
}

/// Whether one part says what the other says. What is only meant stands for dates alone, and for dates that are said
/// only where the article's day is known.
pub fn fits(a: &Part, b: &Part) -> bool {
    let day = match (a.meant, b.meant) {
        (false, false) | (true, true) => true,
        (true, false) | (false, true) => a.known_day && agree(a.from, b.from),
    };
    day && (same(a.atom, b.atom) && !halves_differ(a, b) || same_measure(a, b))
}

/// `alle 6.30` and `at 6.30 pm`, where both sides tell the half of the day.
fn halves_differ(a: &Part, b: &Part) -> bool {
    match (a.atom, b.atom) {
        (Atom::Time(h, _), Atom::Time(g, _)) => h != g && a.exact && b.exact,
        _ => false,
    }
}

/// The same measure in other units: `18 mesi` and `a year and a half`, `twenty-second` that are seconds, race times.
fn same_measure(a: &Part, b: &Part) -> bool {
    let base = |p: &Part| match (p.from.kind, p.atom) {
        (Kind::Measure(unit), Atom::Number(v)) => unit.dimension().map(|(of, size)| (of, v * size)),
        (Kind::RaceTime, Atom::Number(v)) => Some((Dimension::Duration, v)),
        _ => None,
    };
    if let (Some((of, v)), Some((other, w))) = (base(a), base(b)) {
        return of == other && (v - w).abs() <= 1e-6 * v.abs().max(w.abs());
    }
    let seconds = |p: &Part| matches!(p.from.kind, Kind::RaceTime | Kind::Measure(Unit::Second));
    match (a.atom, b.atom) {
        // `1'17"` as `1:17`
        (Atom::Number(v), Atom::Time(h, m)) if seconds(a) => v == f64::from(h) * 60.0 + f64::from(m),
        (Atom::Time(h, m), Atom::Number(v)) if seconds(b) => v == f64::from(h) * 60.0 + f64::from(m),
        (Atom::Number(v), Atom::Number(w)) if seconds(a) && b.from.kind == Kind::Ordinal => close(v + 2.0, w),
        (Atom::Number(v), Atom::Number(w)) if seconds(b) && a.from.kind == Kind::Ordinal => close(w + 2.0, v),
        _ => false,
    }
}

/// Whether two dates may be one: the month of `ieri` is no support for another day of that month.
fn agree(a: &Quantity, b: &Quantity) -> bool {
    let (
        Value::Date { year, month, day },
        Value::Date {
            year: y,
            month: m,
            day: d,
        },
    ) = (a.value, b.value)
    else {
        return false;
    };
    year.zip(y).is_none_or(|(a, b)| a == b)
        && month.zip(m).is_none_or(|(a, b)| a == b)
        && day.zip(d).is_none_or(|(a, b)| a == b)
}

/// Durations that are told by a word: `24 ore` as `a day`, `quindici giorni` as `a fortnight`, `12 mesi` as `a year`.
fn equivalent(part: &Part, others: &[Part]) -> bool {
    let Atom::Number(v) = part.atom else { return false };
    let has = |x: f64| {
        others
            .iter()
            .any(|p| !p.meant && matches!(p.atom, Atom::Number(y) if close(x, y)))
    };
    match part.from.kind {
        Kind::Measure(Unit::Month) => (12.0..=48.0).contains(&v) && v % 12.0 == 0.0 && has(v / 12.0),
        Kind::Measure(Unit::Hour) => [24.0, 48.0, 72.0].contains(&v) && has(v / 24.0),
        Kind::Measure(Unit::Day) => [14.0, 15.0].contains(&v) && has(14.0),
        _ => false,
    }
}

/// Marks what the other side carries.
pub fn settle(of: &mut [Part], other: &[Part]) {
    for p in of.iter_mut() {
        p.carried = other.iter().any(|o| fits(p, o)) || !p.meant && equivalent(p, other);
    }
    // `dieci anni fa` is carried by `in 2014`
    let meant: Vec<&Quantity> = of.iter().filter(|p| p.meant && p.carried).map(|p| p.from).collect();
    for p in of.iter_mut().filter(|p| !p.meant && !p.carried && !is_date(p.from)) {
        p.carried = meant.iter().any(|q| within(p.from, q));
    }
}

/// Firm quantities of the Italian that the English carries, whole, and how many there are.
pub fn carried(source: &Side, from: &[Part]) -> (usize, usize) {
    let firm = || source.said.iter().filter(|q| q.weight == Weight::Firm);
    let whole = |q: &&Quantity| from.iter().filter(|p| std::ptr::eq(p.from, *q)).all(|p| p.carried);
    (firm().filter(whole).count(), firm().count())
}
