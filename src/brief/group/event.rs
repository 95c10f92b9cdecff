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
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Shares of names and of figures, weighed, from which two articles are on one event.
const ALIKE: f32 = 0.35;
/// Names that both have to name.
const NAMES: usize = 2;
/// Days between two reports of one event at most.
const DAYS: i64 = 10;

/// What tells an article's event: kept while its brief is not.
pub struct Anchors {
    names: BTreeSet<String>,
    figures: BTreeSet<String>,
    day: Option<i64>,
}

/// Words of institutions and of every article on crime: they tell no event from another.
const COMMON: &str = "polizia procura tribunale guardia finanza carabinieri stato repubblica questura corte postale italia \
    comando nucleo squadra mobile autorita giudiziaria gip pubblico ministero codice penale euro europa unione direzione \
    centro servizio regione comune provincia ministero";

impl Anchors {
    pub fn of(brief: &Brief) -> Self {
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
        Self {
            names,
            figures,
            day: brief.source.date.as_deref().and_then(day),
        }
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

/// Whether two articles that share names are on one event.
fn alike(a: &Anchors, b: &Anchors) -> bool {
    if let (Some(x), Some(y)) = (a.day, b.day) {
        if (x - y).abs() > DAYS {
            return false;
        }
    }
    let score = match a.figures.is_empty() || b.figures.is_empty() {
        true => overlap(&a.names, &b.names),
        false => 0.7 * overlap(&a.names, &b.names) + 0.3 * overlap(&a.figures, &b.figures),
    };
    score >= ALIKE
}

/// Indices of briefs by event: events in the order of their first article, articles in theirs.
pub fn events(anchors: &[Anchors]) -> Vec<Vec<usize>> {
    let mut naming: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut event: Vec<usize> = (0..anchors.len()).collect();
    for (b, own) in anchors.iter().enumerate() {
        // only articles that share names are compared
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for name in &own.names {
            let others = naming.entry(name).or_default();
            others.iter().for_each(|a| *shared.entry(*a).or_default() += 1);
            others.push(b);
        }
        for (a, _) in shared.into_iter().filter(|(_, n)| *n >= NAMES) {
            let (from, to) = (event[b].max(event[a]), event[b].min(event[a]));
            if from != to && alike(&anchors[a], own) {
                event.iter_mut().filter(|e| **e == from).for_each(|e| *e = to);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, e) in event.into_iter().enumerate() {
        members.entry(e).or_default().push(i);
    }
    members.into_values().collect()
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
