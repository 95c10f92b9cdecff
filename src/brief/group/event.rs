//! Which articles report one event: names and places, figures and dates, and days of publication.
use super::overlap;
use crate::{
    brief::Brief,
    text::{
        normalize::fold,
        quantity::{quantities, Value, Weight},
        words::{is_stop, words, Language},
    },
};
use std::collections::BTreeSet;

/// Shares of names and of figures, weighed, from which two articles are on one event.
const ALIKE: f32 = 0.35;
/// Names that both have to name.
const NAMES: usize = 2;
/// Days between two reports of one event at most.
const DAYS: i64 = 10;

struct Anchors {
    names: BTreeSet<String>,
    figures: BTreeSet<String>,
    day: Option<i64>,
}

/// Words of institutions and of every article on crime: they tell no event from another.
const COMMON: &str = "polizia procura tribunale guardia finanza carabinieri stato repubblica questura corte postale italia \
    comando nucleo squadra mobile autorita giudiziaria gip pubblico ministero codice penale euro europa unione direzione \
    centro servizio regione comune provincia ministero";

fn anchors(brief: &Brief) -> Anchors {
    let (mut names, mut figures) = (BTreeSet::new(), BTreeSet::new());
    for t in &brief.translation {
        let opening = words(&t.source).first().map_or(0, |s| s.start);
        for span in words(&t.source) {
            let word = span.of(&t.source);
            let name = fold(word);
            let capital = word.chars().next().is_some_and(char::is_uppercase) && span.start > opening;
            if capital && name.chars().count() > 2 && !is_stop(word, Language::Italian) {
                names.insert(name);
            }
        }
        for q in quantities(&t.source, Language::Italian) {
            match q.value {
                Value::Number(v) if q.weight == Weight::Firm && v > 12.0 => {
                    figures.insert(format!("{v}"));
                }
                Value::Date {
                    month: Some(m),
                    day: Some(d),
                    ..
                } => {
                    figures.insert(format!("{d}.{m}."));
                }
                _ => {}
            }
        }
    }
    names.retain(|n| !COMMON.split_ascii_whitespace().any(|c| c == n));
    Anchors {
        names,
        figures,
        day: brief.source.date.as_deref().and_then(day),
    }
}

/// Days since an epoch of a `YYYY-MM-DD` date (Howard Hinnant's civil calendar).
fn day(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|p| p.parse::<i64>().ok());
    let (y, m, d) = (parts.next()??, parts.next()??, parts.next()??);
    let y = if m <= 2 { y - 1 } else { y };
    let (era, year) = (y.div_euclid(400), y.rem_euclid(400));
    let days = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    Some(era * 146_097 + year * 365 + year / 4 - year / 100 + days)
}

fn alike(a: &Anchors, b: &Anchors) -> bool {
    if let (Some(x), Some(y)) = (a.day, b.day) {
        if (x - y).abs() > DAYS {
            return false;
        }
    }
    let named = a.names.intersection(&b.names).count();
    let score = match a.figures.is_empty() || b.figures.is_empty() {
        true => overlap(&a.names, &b.names),
        false => 0.7 * overlap(&a.names, &b.names) + 0.3 * overlap(&a.figures, &b.figures),
    };
    named >= NAMES && score >= ALIKE
}

/// Indices of briefs by event: events in the order of their first article, articles in theirs.
pub fn events(briefs: &[Brief]) -> Vec<Vec<usize>> {
    let anchors: Vec<Anchors> = briefs.iter().map(anchors).collect();
    let mut event: Vec<usize> = (0..briefs.len()).collect();
    for b in 0..briefs.len() {
        for a in 0..b {
            let (from, to) = (event[b].max(event[a]), event[b].min(event[a]));
            if from != to && alike(&anchors[a], &anchors[b]) {
                event.iter_mut().filter(|e| **e == from).for_each(|e| *e = to);
            }
        }
    }
    let members = |e: usize| (0..event.len()).filter(|i| event[*i] == e).collect::<Vec<_>>();
    (0..event.len()).filter(|e| event[*e] == *e).map(members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days() {
        let between = |a, b| day(b).unwrap() - day(a).unwrap();
        assert_eq!(between("2024-02-28", "2024-03-01"), 2);
        assert_eq!(between("2023-12-31", "2024-01-01"), 1);
        assert_eq!(day("2024-03"), None);
        assert_eq!(day("ieri"), None);
    }
}
