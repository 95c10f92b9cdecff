//! Which sentences of a translation belong to which of its source: by length, figures, names and cognates.
//!
//! Dynamic programming over beads of up to two sentences a side, after Gale and Church (1993), with a reward for what
//! both sides share, so that a sentence left out does not shift all that follow.
use crate::text::{
    normalize::fold,
    quantity::{quantities, Value, Weight},
    words::{words, Language},
};
use std::{collections::HashSet, ops::Range};

/// Sentences on each side that say the same; one of the ranges may be empty.
pub type Bead = (Range<usize>, Range<usize>);

/// Sentences taken from each side, and what that costs beside a pair of one and one.
const SHAPES: [(usize, usize, f32); 6] = [
    (1, 1, 0.0),
    (1, 2, 2.0),
    (2, 1, 2.0),
    (2, 2, 4.0),
    (1, 0, 5.0),
    (0, 1, 5.0),
];

/// Variance of the length of a translation for each character of its source (Gale and Church).
const VARIANCE: f32 = 6.8;

/// How far from the diagonal a pair may lie beside the difference of the two lengths: bounds the work on long texts.
const BAND: usize = 40;

/// What a sentence shares with its translation, and its length in characters.
struct Traits {
    anchors: HashSet<String>,
    length: f32,
}

fn traits(sentence: &str, language: Language) -> Traits {
    let figures = quantities(sentence, language)
        .into_iter()
        .filter(|q| q.weight == Weight::Firm);
    // a date anchors by its parts: one of them may be what the translation got wrong
    let mut anchors: HashSet<String> = figures
        .flat_map(|q| match q.value {
            Value::Number(v) => vec![format!("{v}")],
            Value::Date { year, month, day } => [
                year.map(|y| y.to_string()),
                month.map(|m| format!("month {m}")),
                day.map(|d| d.to_string()),
            ]
            .into_iter()
            .flatten()
            .collect(),
            time => vec![format!("{time:?}")],
        })
        .collect();
    for span in words(sentence) {
        let word = fold(span.of(sentence));
        // the first letters of a long word are often those of its cognate
        if word.chars().count() >= 5 {
            anchors.insert(word.chars().take(5).collect());
        }
    }
    Traits {
        anchors,
        length: sentence.chars().count() as f32,
    }
}

fn cost(source: &[Traits], target: &[Traits]) -> f32 {
    if source.is_empty() || target.is_empty() {
        return 0.0;
    }
    let length = |t: &[Traits]| t.iter().map(|t| t.length).sum::<f32>().max(1.0);
    let (a, b) = (length(source), length(target));
    let delta = (a - b) / ((a + b) / 2.0 * VARIANCE).sqrt();
    let shared = source
        .iter()
        .flat_map(|s| &s.anchors)
        .filter(|a| target.iter().any(|t| t.anchors.contains(*a)));
    // Of two sentences taken together, one that shares nothing is more likely left out than run into the other.
    let alone = |of: &[Traits], with: &[Traits]| match of {
        [_, _] => of
            .iter()
            .filter(|s| !with.iter().any(|w| !s.anchors.is_disjoint(&w.anchors)))
            .count(),
        _ => 0,
    };
    let strangers = 4.0 * (alone(source, target) + alone(target, source)) as f32;
    (delta * delta / 2.0).min(12.0) + strangers - (1.5 * shared.count() as f32).min(6.0)
}

/// Beads that cover both texts, in order.
pub fn align(source: &[&str], target: &[&str]) -> Vec<Bead> {
    let source: Vec<Traits> = source.iter().map(|s| traits(s, Language::Italian)).collect();
    let target: Vec<Traits> = target.iter().map(|t| traits(t, Language::English)).collect();
    let (n, m) = (source.len(), target.len());
    let band = BAND + n.abs_diff(m);
    let mut best = vec![vec![(f32::INFINITY, (0, 0)); m + 1]; n + 1];
    best[0][0].0 = 0.0;
    for i in 0..=n {
        for j in i.saturating_sub(band)..=m.min(i + band) {
            for (a, b, penalty) in SHAPES {
                if a > i || b > j || best[i - a][j - b].0.is_infinite() {
                    continue;
                }
                let total = best[i - a][j - b].0 + penalty + cost(&source[i - a..i], &target[j - b..j]);
                if total < best[i][j].0 {
                    best[i][j] = (total, (a, b));
                }
            }
        }
    }
    let (mut i, mut j) = (n, m);
    let mut beads = vec![];
    while (i, j) != (0, 0) {
        let (a, b) = best[i][j].1;
        beads.push((i - a..i, j - b..j));
        (i, j) = (i - a, j - b);
    }
    beads.reverse();
    beads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_belongs_together() {
        let check = |it: &[&str], en: &[&str], expected: &[Bead]| assert_eq!(align(it, en), expected, "{it:?} {en:?}");
        let it = [
            "La polizia di Milano ha arrestato 15 persone.",
            "I difensori negano ogni addebito.",
            "Il processo comincia il 3 marzo 2024 a Brescia.",
        ];
        let en = [
            "Police in Milan arrested 15 people.",
            "The defence lawyers deny every charge.",
            "The trial begins on 3 March 2024 in Brescia.",
        ];
        check(&[], &[], &[]);
        check(&it, &en, &[(0..1, 0..1), (1..2, 1..2), (2..3, 2..3)]);
        check(&it, &[en[0], en[2]], &[(0..1, 0..1), (1..2, 1..1), (2..3, 1..2)]);
        check(&it, &[], &[(0..1, 0..0), (1..2, 0..0), (2..3, 0..0)]);
        check(&[], &en[..1], &[(0..0, 0..1)]);
    }
}
