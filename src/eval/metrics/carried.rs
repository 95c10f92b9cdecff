//! Numbers, dates and names of the Italian that stand in the English, and of the English that stand in the Italian.
//!
//! Quantities are compared in the normal form of `text::quantity`, names by `text::entity`: a place by its English name,
//! a person by the surname. No reference is needed.
use super::ratio::Ratio;
use crate::{
    eval::metric::{Direction, Segment},
    text::{
        entity::{self, entities},
        gazetteer,
        normalize::fold,
        quantity::{close, quantities, Kind, Quantity, Value, Weight},
        words::Language,
    },
};

/// How many of the items are found, and how many there are.
fn share<T>(items: &[T], found: impl Fn(&T) -> bool) -> (f64, f64) {
    (items.iter().filter(|i| found(i)).count() as f64, items.len() as f64)
}

fn is_date(q: &Quantity) -> bool {
    matches!(q.kind, Kind::Date | Kind::Decade | Kind::Century | Kind::Time)
}

fn same(a: &Quantity, b: &Quantity) -> bool {
    match (a.value, b.value) {
        (Value::Number(x), Value::Number(y)) => close(x, y),
        (Value::Time { hour, minute }, Value::Time { hour: h, minute: m }) => hour % 12 == h % 12 && minute == m,
        // `alle 19.30` may be read as a number where nothing around it says that it is a time.
        (Value::Number(x), Value::Time { hour, minute }) | (Value::Time { hour, minute }, Value::Number(x)) => {
            close(x, f64::from(hour) + f64::from(minute) / 100.0)
        }
        (Value::Number(x), Value::Date { year, day, .. }) | (Value::Date { year, day, .. }, Value::Number(x)) => {
            let parts = [year.map(f64::from), day.map(f64::from)];
            parts.iter().flatten().any(|p| close(x, *p))
        }
        (
            Value::Date { year, month, day },
            Value::Date {
                year: y,
                month: m,
                day: d,
            },
        ) => {
            let agree = |a: Option<i64>, b: Option<i64>| a.zip(b).map(|(a, b)| a == b);
            let parts = [
                agree(year.map(i64::from), y.map(i64::from)),
                agree(month.map(i64::from), m.map(i64::from)),
                agree(day.map(i64::from), d.map(i64::from)),
            ];
            parts.contains(&Some(true)) && !parts.contains(&Some(false))
        }
        _ => false,
    }
}

/// Firm quantities of one text that stand in the other.
fn quantity_share(of: (&str, Language), other: (&str, Language), dates: bool) -> (f64, f64) {
    let mut own = quantities(of.0, of.1);
    own.retain(|q| q.weight == Weight::Firm && is_date(q) == dates);
    let others = quantities(other.0, other.1);
    share(&own, |a| others.iter().any(|b| same(a, b)))
}

/// A name in a form that both languages have.
fn name(e: entity::Entity) -> String {
    match e.kind {
        entity::Kind::Person => fold(e.english.rsplit(' ').next().unwrap_or_default()),
        _ => fold(&e.english),
    }
}

/// Whether the Italian names a place or an agency by an adjective or a part of its name: `lombardo`, `finanzieri`.
fn alluded(english: &str, italian: &str) -> bool {
    let Some(known) = gazetteer::english(english).or_else(|| gazetteer::agency_of(english, Language::English)) else {
        return false;
    };
    let words = |text: &str| text.split(|c: char| !c.is_alphabetic()).map(fold).collect::<Vec<_>>();
    let text = words(italian);
    let begins = |stem: &str| text.iter().any(|w| w.starts_with(stem));
    let mut parts = words(known.italian);
    parts.retain(|w| w.len() >= 4);
    // Endings change: four or five letters tell the word.
    let there = parts.iter().filter(|w| begins(&w[..(w.len() - 1).clamp(4, 5)])).count();
    (there > 0 && 2 * there >= parts.len()) || known.demonyms.iter().any(|stem| begins(stem))
}

/// Names of one text that the other has: as a name of its own, word for word, or by an adjective in Italian.
fn name_share(of: (&str, Language), other: (&str, Language)) -> (f64, f64) {
    let (own, text) = (entities(of.0, of.1), fold(other.0));
    let others: Vec<String> = entities(other.0, other.1).into_iter().map(name).collect();
    share(&own, |e| {
        let plain = name((*e).clone());
        others.contains(&plain)
            || text.contains(&plain)
            || (other.1 == Language::Italian && e.kind != entity::Kind::Person && alluded(&e.english, other.0))
    })
}

type Side<'a> = (&'a str, Language);

/// Italian and English of a segment that has a source.
fn sides<'a>(s: &Segment<'a>) -> Option<(Side<'a>, Side<'a>)> {
    Some(((s.source?, Language::Italian), (s.hypothesis, Language::English)))
}

/// Share of the source's numbers, sums and ages that the hypothesis has.
pub fn number_recall() -> Ratio {
    ratio("number-recall", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| quantity_share(it, en, false))
    })
}

/// Share of the hypothesis's numbers that the source has.
pub fn number_precision() -> Ratio {
    ratio("number-precision", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| quantity_share(en, it, false))
    })
}

pub fn date_recall() -> Ratio {
    ratio("date-recall", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| quantity_share(it, en, true))
    })
}

pub fn date_precision() -> Ratio {
    ratio("date-precision", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| quantity_share(en, it, true))
    })
}

pub fn name_recall() -> Ratio {
    ratio("name-recall", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| name_share(it, en))
    })
}

pub fn name_precision() -> Ratio {
    ratio("name-precision", |s| {
        sides(s).map_or((0.0, 0.0), |(it, en)| name_share(en, it))
    })
}

fn ratio(name: &str, parts: super::ratio::Parts) -> Ratio {
    Ratio::percent(name, "against:source|reader:2", Direction::Higher, parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metric::Metric;

    #[test]
    fn what_is_carried_is_counted() {
        let source = "Il 3 marzo 2024, a Milano, Marta Ferri ha pagato 11.700 euro per 26 telefoni.";
        let check = |metric: Ratio, hypothesis: &str, expected: [f64; 2]| {
            let segment = Segment {
                hypothesis,
                source: Some(source),
                ..Segment::default()
            };
            assert_eq!(metric.stats(&[segment]).unwrap()[0].0, expected, "{hypothesis}");
        };
        let good = "On 3 March, in Milan, Ms Ferri paid 11,700 euros for twenty-six phones.";
        check(number_recall(), good, [2.0, 2.0]);
        check(number_precision(), good, [2.0, 2.0]);
        check(date_recall(), good, [1.0, 1.0]);
        check(date_precision(), good, [1.0, 1.0]);
        check(name_recall(), good, [2.0, 2.0]);
        check(name_precision(), good, [2.0, 2.0]);
        let bad = "On 5 March 2024, in Turin, Marta Ferro paid 1,700 euros for 26 phones and 9 cars.";
        check(number_recall(), bad, [1.0, 2.0]);
        check(number_precision(), bad, [1.0, 3.0]);
        check(date_recall(), bad, [0.0, 1.0]);
        check(date_precision(), bad, [0.0, 1.0]);
        check(name_recall(), bad, [0.0, 2.0]);
        check(name_precision(), bad, [0.0, 2.0]);
        let check = |source: &str, hypothesis: &str, expected: [f64; 2]| {
            let (it, en) = ((source, Language::Italian), (hypothesis, Language::English));
            let (found, of) = name_share(en, it);
            assert_eq!([found, of], expected, "{hypothesis}");
        };
        check(
            "Un ingegnere lombardo di 48 anni.",
            "An engineer from Lombardy.",
            [1.0, 1.0],
        );
        check("Sul versante valdostano.", "On the Aosta Valley side.", [1.0, 1.0]);
        check(
            "I finanzieri di Forlì.",
            "Guardia di Finanza officers from Forlì.",
            [2.0, 2.0],
        );
        check(
            "Un ingegnere lombardo di 48 anni.",
            "An engineer from Liguria.",
            [0.0, 1.0],
        );
        let times = quantity_share(
            ("At 19:30 and at 22:10.", Language::English),
            ("Poco prima delle 19.30, in centro.", Language::Italian),
            true,
        );
        assert_eq!(times, (1.0, 2.0));
        let unsourced = number_recall().stats(&[Segment::default()]).unwrap();
        assert_eq!(unsourced[0].0, [0.0, 0.0]);
    }
}
