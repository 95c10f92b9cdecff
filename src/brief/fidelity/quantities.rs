//! Quantities on both sides: each firm one has to stand on the other.
use super::{
    altered, finding,
    reading::{self, fits, is_date, read, same, settle, within, Atom, Part, Side},
    Check, Finding, Pair, Verdict,
};
use crate::brief::repair::forms::forms;
use crate::text::{
    quantity::{close, Currency, Kind, Quantity, Value, Weight},
    words::{is_stop, Language},
    Span,
};

fn kind_of(q: &Quantity) -> Check {
    match q.kind {
        Kind::Number | Kind::Ordinal | Kind::Measure(_) => Check::Number,
        Kind::Money(_) => Check::Money,
        Kind::Percent => Check::Percent,
        Kind::Age => Check::Age,
        Kind::Date | Kind::Decade | Kind::Century => Check::Date,
        Kind::Time | Kind::RaceTime => Check::Time,
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
    for (words, scale) in [(["milion", "miliard"], 1e6), (["miliard"; 2], 1e9)] {
        if !words.iter().any(|w| source.contains(w)) {
            continue;
        }
        for f in from.iter_mut().filter(|f| !f.carried) {
            let Atom::Number(v) = f.atom else { continue };
            if !is_bare(source, f.from.span) {
                continue;
            }
            let full = |t: &&mut Part| !t.carried && v < 1000.0 && same(t.atom, Atom::Number(v * scale));
            if let Some(t) = to.iter_mut().find(full) {
                (f.carried, t.carried) = (true, true);
                f.atom = t.atom;
            }
        }
    }
}

/// Whether a figure stands in digits and counts nothing itself: `41 gli indagati` are people, not millions.
fn is_bare(source: &str, span: Span) -> bool {
    let digits = span.of(source).starts_with(|c: char| c.is_ascii_digit());
    let after = source[span.end..].trim_start_matches(' ');
    let next: &str = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let article = ["il", "lo", "la", "i", "gli", "le", "l"].contains(&next);
    digits && !article && (next.is_empty() || is_stop(next, Language::Italian))
}

/// Findings about the quantities of a pair: what is altered, missing or invented.
pub fn check(pair: Pair) -> Vec<Finding> {
    let (source, target) = read(pair);
    compare(pair, &source, &target).0
}

/// The same, after the quantities that both sides have; and how many firm ones the English carries, of how many.
pub fn check_all(pair: Pair) -> (Vec<Finding>, (usize, usize)) {
    let (source, target) = read(pair);
    let mut findings = supported(pair, &source, &target);
    let (found, carried) = compare(pair, &source, &target);
    findings.extend(found);
    (findings, carried)
}

fn compare(pair: Pair, source: &Side, target: &Side) -> (Vec<Finding>, (usize, usize)) {
    let (mut from, mut to) = (source.parts(), target.parts());
    settle(&mut from, &to);
    settle(&mut to, &from);
    let carried = reading::carried(source, &from);
    scaled(&mut from, &mut to, pair.source);
    let known = pair.date.is_some();
    let mut meant = Meant {
        italian: astray(&from),
        english: astray(&to),
    };
    let open = |p: &Part, least| !p.carried && !p.meant && p.from.weight >= least;
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
            None if is_date(p.from) && !meant.english.is_empty() => {
                let t = meant.english.remove(0);
                findings.push(redated(pair, p.from, t, known));
            }
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
        .filter(|s| s.from.weight == Weight::Firm || soft_invented(s, &source.said))
    {
        if told.contains(&(s.from as *const _)) {
            continue;
        }
        told.push(s.from);
        if is_date(s.from) && !meant.italian.is_empty() {
            findings.push(redated(pair, meant.italian.remove(0), s.from, known));
            continue;
        }
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
    // `ieri notte` is `last night`, which is a day's end or the next one's beginning
    let night = || pair.target.to_lowercase().contains("last night");
    // two words for a day, or two for a year or a month
    let has_day = |q: &Quantity| matches!(q.value, Value::Date { day: Some(_), .. });
    meant.italian.retain(|s| {
        let rival = meant.english.iter().position(|t| has_day(s) == has_day(t));
        findings.extend(rival.map(|t| redated(pair, s, meant.english.remove(t), true)));
        rival.is_none()
    });
    for s in meant
        .italian
        .into_iter()
        .filter(|q| names_a_day(q.span.of(pair.source)) && !night())
    {
        let reason = format!(
            "the Italian says `{}`, the English leaves it out",
            s.span.of(pair.source)
        );
        findings.push(finding(pair, Check::Date, Verdict::Missing, Some(s.span), None, reason));
    }
    if findings.is_empty() {
        findings.extend(exchanged(pair, &from, &to));
    }
    findings.extend(currencies(pair, &source.said, &target.said));
    (findings, carried)
}

/// Dates that words mean (`ieri`, `last November`) and that the other side does not say.
struct Meant<'a> {
    italian: Vec<&'a Quantity>,
    english: Vec<&'a Quantity>,
}

/// Dates meant whose most exact part (the day, else the month, else the year) is not on the other side.
fn astray<'a>(of: &[Part<'a>]) -> Vec<&'a Quantity> {
    let mut meant = of.iter().filter(|p| p.meant).collect::<Vec<_>>();
    meant.dedup_by(|b, a| std::ptr::eq(a.from, b.from));
    meant.into_iter().filter(|p| !p.carried).map(|p| p.from).collect()
}

/// Whether words that mean a date are kept by every translation: `oggi` is often `now`, `scorso` goes without saying.
fn names_a_day(words: &str) -> bool {
    let words = words.to_lowercase();
    ["ieri", "altro", "domani", "dopodomani"]
        .iter()
        .any(|w| words.starts_with(w))
}

/// A date of both sides that differs, at least one of them reckoned from the article's day; whether they differ is not
/// `sure` where one of them is reckoned from a day that is not known.
fn redated(pair: Pair, source: &Quantity, target: &Quantity, sure: bool) -> Finding {
    let day = |q: &Quantity, text: &str| {
        let said = q.span.of(text);
        match forms(q).first().filter(|form| pair.date.is_some() && *form != said) {
            Some(date) => format!("`{said}` ({date})"),
            None => format!("`{said}`"),
        }
    };
    let (it, en) = (day(source, pair.source), day(target, pair.target));
    let (verdict, reason) = match !sure {
        true => (
            Verdict::Unsupported,
            format!("the Italian says {it}, the English {en}: only the article's date tells whether that is one day"),
        ),
        false => (Verdict::Altered, format!("the Italian says {it}, the English {en}")),
    };
    finding(pair, Check::Date, verdict, Some(source.span), Some(target.span), reason)
}

/// One of several equal numbers that became another number which the sentence has as well: `two of the two` for `three
/// of the two`. Each value is counted on both sides; one told too often beside one told too seldom was exchanged.
fn exchanged(pair: Pair, from: &[Part], to: &[Part]) -> Option<Finding> {
    let counted = |p: &&Part| !p.meant && p.from.weight >= Weight::Soft && matches!(p.atom, Atom::Number(_));
    let says = |a: &Part, b: &Part| same(a.atom, b.atom) || fits(a, b);
    let times = |of: &[Part], part: &Part| of.iter().filter(|p| says(part, p)).count();
    let own = |of: &[Part], part: &Part| of.iter().filter(counted).filter(|o| says(part, o)).count();
    let seldom = from.iter().filter(counted).find(|p| times(to, p) < own(from, p))?;
    let often = to
        .iter()
        .filter(counted)
        .filter(|p| likeness(p.from, seldom.from) > 0 && !says(p, seldom))
        .find(|p| own(to, p) > times(from, p))?;
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

/// The quantities that both sides have.
fn supported(pair: Pair, source: &Side, target: &Side) -> Vec<Finding> {
    let (from, mut to) = (source.parts(), target.parts());
    settle(&mut to, &from);
    let whole = |t: &&Quantity| to.iter().filter(|p| within(p.from, t)).all(|p| p.carried);
    let told = target.said.iter().filter(|t| t.weight > Weight::Implied);
    told.chain(target.meant.iter().filter(whole))
        .filter_map(|t| {
            let own = to.iter().filter(|p| std::ptr::eq(p.from, t));
            let found = own.map(|p| {
                from.iter()
                    .filter(|f| fits(f, p))
                    .map(|f| f.from.span)
                    .max_by_key(Span::len)
            });
            // of `scorso` and `novembre`, the words that say most
            let span = found.collect::<Option<Vec<_>>>()?.into_iter().max_by_key(Span::len)?;
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
