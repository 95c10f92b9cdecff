//! Quantities on both sides: each firm one has to stand on the other.
use super::{altered, finding, Check, Finding, Pair, Verdict};
use crate::text::{
    quantity::{close, quantities, Currency, Kind, Quantity, Unit, Value, Weight},
    words::Language,
};

/// One thing that has to be carried over: a date is up to three of them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Atom {
    Number(f64),
    Month(u8),
    Time(u8, u8),
}

struct Part<'a> {
    atom: Atom,
    from: &'a Quantity,
    carried: bool,
}

fn parts(quantities: &[Quantity]) -> Vec<Part<'_>> {
    let mut out = vec![];
    for from in quantities {
        let mut push = |atom| {
            out.push(Part {
                atom,
                from,
                carried: false,
            })
        };
        match from.value {
            Value::Number(v) => push(Atom::Number(v)),
            Value::Time { hour, minute } => push(Atom::Time(hour, minute)),
            Value::Date { year, month, day } => {
                if let Some(d) = day {
                    push(Atom::Number(f64::from(d)));
                }
                if let Some(m) = month {
                    push(Atom::Month(m));
                }
                if let Some(y) = year {
                    push(Atom::Number(f64::from(y)));
                }
            }
        }
    }
    out
}

fn same(a: Atom, b: Atom) -> bool {
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

/// Numbers that say the same in other words: `18 mesi` and `a year and a half`, `24 ore` and `a day`.
fn equivalent(a: Atom, others: &[Part]) -> bool {
    let Atom::Number(v) = a else { return false };
    let has = |x: f64| {
        others
            .iter()
            .any(|p| matches!(p.atom, Atom::Number(y) if (y - x).abs() < 1e-9))
    };
    let years = v / 12.0;
    if (v >= 1000.0 && has(v / 1000.0) || has(v * 1000.0)) && others.iter().any(|p| weighed(p.from.kind)) {
        return true;
    }
    (v == 24.0 || v == 48.0 || v == 72.0) && has(v / 24.0)
        || (years >= 1.0 && years.fract() == 0.0 && v <= 48.0 && has(years))
        || (v == 7.0 || v == 14.0 || v == 15.0) && (has(1.0) || has(2.0)) && v != 7.0 && has(14.0)
}

/// Kilograms and tonnes are one weight.
fn weighed(kind: Kind) -> bool {
    matches!(kind, Kind::Measure(Unit::Kilogram | Unit::Tonne))
}

/// Marks what the other side carries.
fn settle(of: &mut [Part], other: &[Part]) {
    for p in of.iter_mut() {
        p.carried = other.iter().any(|o| same(p.atom, o.atom)) || equivalent(p.atom, other);
    }
}

fn kind_of(q: &Quantity) -> Check {
    match q.kind {
        Kind::Number | Kind::Ordinal | Kind::Measure(_) => Check::Number,
        Kind::Money(_) => Check::Money,
        Kind::Percent => Check::Percent,
        Kind::Age => Check::Age,
        Kind::Date | Kind::Decade | Kind::Century => Check::Date,
        Kind::Time => Check::Time,
    }
}

/// How alike two quantities are in kind: the altered one is looked for among its like.
fn likeness(a: &Quantity, b: &Quantity) -> u32 {
    let (x, y) = (kind_of(a), kind_of(b));
    match x == y {
        true => 2,
        false => u32::from(!(matches!(a.value, Value::Date { .. }) ^ matches!(b.value, Value::Date { .. }))),
    }
}

/// `ridotti a 350` beside `900 milioni` is `350 million`: the scale that the Italian leaves out.
fn scaled(from: &mut [Part], to: &mut [Part], source: &str) {
    for (word, scale) in [("milion", 1e6), ("miliard", 1e9)] {
        if !source.contains(word) {
            continue;
        }
        for f in from.iter_mut().filter(|f| !f.carried) {
            let Atom::Number(v) = f.atom else { continue };
            let full = |t: &&mut Part| !t.carried && v < 1000.0 && same(t.atom, Atom::Number(v * scale));
            if let Some(t) = to.iter_mut().find(full) {
                (f.carried, t.carried) = (true, true);
            }
        }
    }
}

/// Findings about the quantities of a pair: what is altered, missing or invented.
pub fn check(pair: Pair) -> Vec<Finding> {
    let (source, target) = read(pair);
    compare(pair, &source, &target)
}

/// The same, after the quantities that both sides have.
pub fn check_all(pair: Pair) -> Vec<Finding> {
    let (source, target) = read(pair);
    let mut findings = supported(pair, &source, &target);
    findings.extend(compare(pair, &source, &target));
    findings
}

fn read(pair: Pair) -> (Vec<Quantity>, Vec<Quantity>) {
    let italian = quantities(pair.source, Language::Italian);
    (italian, quantities(pair.target, Language::English))
}

fn compare(pair: Pair, source: &[Quantity], target: &[Quantity]) -> Vec<Finding> {
    let (mut from, mut to) = (parts(source), parts(target));
    settle(&mut from, &to);
    settle(&mut to, &from);
    scaled(&mut from, &mut to, pair.source);
    let open = |p: &Part, least| !p.carried && p.from.weight >= least;
    let mut spare: Vec<&Part> = to.iter().filter(|p| open(p, Weight::Soft)).collect();
    let mut findings = vec![];
    let mut told: Vec<*const Quantity> = vec![];
    for p in from.iter().filter(|p| open(p, Weight::Soft)) {
        if told.contains(&(p.from as *const _)) {
            continue;
        }
        let like = spare
            .iter()
            .enumerate()
            .map(|(i, s)| (likeness(p.from, s.from), i))
            .filter(|(l, _)| *l > 0);
        let best = like.max_by_key(|(l, i)| (*l, usize::MAX - *i)).map(|(_, i)| i);
        match best {
            Some(i) => {
                let s = spare.remove(i);
                spare.retain(|o| !std::ptr::eq(o.from, s.from));
                findings.push(altered(pair, kind_of(p.from), p.from.span, s.from.span));
            }
            None if p.from.weight == Weight::Firm => {
                let seen = p.from.span.of(pair.source);
                let reason = format!("the Italian says `{seen}`, the English leaves it out");
                findings.push(finding(
                    pair,
                    kind_of(p.from),
                    Verdict::Missing,
                    Some(p.from.span),
                    None,
                    reason,
                ));
            }
            None => continue,
        }
        told.push(p.from);
    }
    for s in spare
        .iter()
        .filter(|s| s.from.weight == Weight::Firm || soft_invented(s, source))
    {
        if told.contains(&(s.from as *const _)) {
            continue;
        }
        told.push(s.from);
        let reason = format!(
            "the English says `{}`, the Italian does not",
            s.from.span.of(pair.target)
        );
        findings.push(finding(
            pair,
            kind_of(s.from),
            Verdict::Unsupported,
            None,
            Some(s.from.span),
            reason,
        ));
    }
    if findings.is_empty() {
        findings.extend(exchanged(pair, &from, &to));
    }
    findings.extend(currencies(pair, source, target));
    findings
}

/// One of several equal numbers that became another number which the sentence has as well: `two of the two` for `three
/// of the two`. Each value is counted on both sides; one told too often beside one told too seldom was exchanged.
fn exchanged(pair: Pair, from: &[Part], to: &[Part]) -> Option<Finding> {
    let counted = |p: &&Part| p.from.weight >= Weight::Soft && matches!(p.atom, Atom::Number(_));
    let times = |of: &[Part], atom: Atom| of.iter().filter(|p| same(p.atom, atom)).count();
    let seldom = from
        .iter()
        .filter(counted)
        .find(|p| times(to, p.atom) < from.iter().filter(counted).filter(|o| same(o.atom, p.atom)).count())?;
    let often = to
        .iter()
        .filter(counted)
        .filter(|p| likeness(p.from, seldom.from) > 0 && !same(p.atom, seldom.atom))
        .find(|p| to.iter().filter(counted).filter(|o| same(o.atom, p.atom)).count() > times(from, p.atom))?;
    let reason = format!(
        "the Italian says `{}` more often than the English, which says `{}`",
        seldom.from.span.of(pair.source),
        often.from.span.of(pair.target)
    );
    Some(finding(
        pair,
        kind_of(seldom.from),
        Verdict::Altered,
        Some(seldom.from.span),
        Some(often.from.span),
        reason,
    ))
}

/// A small number in words that the Italian has no number for at all, beside one it has: `three of the four`.
fn soft_invented(part: &Part, source: &[Quantity]) -> bool {
    part.from.weight == Weight::Soft
        && !source.is_empty()
        && matches!(part.from.kind, Kind::Money(_) | Kind::Percent | Kind::Age)
}

/// The same amount in another currency.
fn currencies(pair: Pair, source: &[Quantity], target: &[Quantity]) -> Vec<Finding> {
    let money = |q: &Quantity| match (q.kind, q.value) {
        (Kind::Money(c), Value::Number(v)) => Some((c, v)),
        _ => None,
    };
    let mut out = vec![];
    for s in source {
        let Some((c, v)) = money(s) else { continue };
        let amounts: Vec<&Quantity> = target
            .iter()
            .filter(|t| money(t).is_some_and(|(_, w)| close(v, w)))
            .collect();
        if let (Some(t), true) = (
            amounts.first(),
            amounts.iter().all(|t| money(t).is_some_and(|(d, _)| d != c)),
        ) {
            out.push(altered(pair, Check::Money, s.span, t.span));
        }
    }
    let named = |c: Currency| source.iter().filter_map(money).any(|(d, _)| d == c);
    for t in target {
        let Some((c, _)) = money(t).filter(|(c, _)| *c != Currency::Euro && !named(*c)) else {
            continue;
        };
        if out
            .iter()
            .any(|f: &Finding| f.target.as_ref().is_some_and(|e| e.start == t.span.start))
            || foreign(pair.source, c)
        {
            continue;
        }
        let reason = format!(
            "the English says `{}`, the Italian names no such currency",
            t.span.of(pair.target)
        );
        out.push(finding(
            pair,
            Check::Money,
            Verdict::Unsupported,
            None,
            Some(t.span),
            reason,
        ));
    }
    out
}

/// Whether the Italian names a currency anywhere, with or without an amount.
fn foreign(source: &str, currency: Currency) -> bool {
    let stem = match currency {
        Currency::Euro => "eur",
        Currency::Dollar => "dollar",
        Currency::Pound => "sterlin",
        Currency::Lira => "lir",
        Currency::Franc => "franch",
        Currency::Yen => "yen",
        Currency::Bitcoin => "bitcoin",
    };
    source.to_lowercase().contains(stem) || source.contains(['$', '£', '¥'])
}

/// Firm quantities of the Italian that the English carries, whole, and how many there are.
pub fn carried(pair: Pair) -> (usize, usize) {
    let (source, target) = read(pair);
    let to = parts(&target);
    let firm = source.iter().filter(|q| q.weight == Weight::Firm);
    let is_carried = |q: &&Quantity| {
        let mut own = parts(std::slice::from_ref(*q));
        settle(&mut own, &to);
        own.iter().all(|p| p.carried)
    };
    (firm.clone().filter(is_carried).count(), firm.count())
}

/// The quantities that both sides have.
fn supported(pair: Pair, source: &[Quantity], target: &[Quantity]) -> Vec<Finding> {
    let from = parts(source);
    target
        .iter()
        .filter(|t| t.weight > Weight::Implied)
        .filter_map(|t| {
            let own = parts(std::slice::from_ref(t));
            let found = own
                .iter()
                .map(|p| from.iter().find(|f| same(f.atom, p.atom)))
                .collect::<Option<Vec<_>>>()?;
            let span = found.first()?.from.span;
            let reason = format!(
                "`{}` is `{}` in the Italian",
                t.span.of(pair.target),
                span.of(pair.source)
            );
            Some(finding(
                pair,
                kind_of(t),
                Verdict::Supported,
                Some(span),
                Some(t.span),
                reason,
            ))
        })
        .collect()
}
