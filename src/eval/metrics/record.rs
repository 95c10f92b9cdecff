//! What the evaluation articles record, looked for in a text: must-appear strings, key facts, supporting sentences.
use super::figures;
use crate::eval::metric::{Direction, Segment};
use crate::eval::metrics::ratio::Ratio;
use crate::text::words::{content, Language};
use std::collections::HashSet;

/// Share of the strings of the article's `M:` line that the text holds.
pub fn must_recall() -> Ratio {
    Ratio::percent(
        "must-recall",
        "must:M-line|match:figures,dates,names|reader:2",
        Direction::Higher,
        |s| {
            let Some(record) = s.record else { return (0.0, 0.0) };
            let found = record.must.iter().filter(|m| figures::holds(s.hypothesis, m)).count();
            (found as f64, record.must.len() as f64)
        },
    )
}

/// How much of the article's `F:` lines the brief tells: of each fact the share of its content words and figures that
/// are there, the mean over all facts.
pub fn fact_recall() -> Ratio {
    Ratio::percent(
        "fact-recall",
        "facts:F-lines|told:share-of-content-stems+figures|reader:2",
        Direction::Higher,
        |s| {
            let Some(record) = s.record else { return (0.0, 0.0) };
            let words: HashSet<String> = content(s.hypothesis, Language::English).into_iter().collect();
            let numbers = figures::numbers(s.hypothesis);
            let told = |fact: &String| {
                // A figure counts once, as a figure, however it is written.
                let needed: Vec<String> = content(fact, Language::English)
                    .into_iter()
                    .filter(|w| figures::numbers(w).is_empty())
                    .collect();
                let figures = figures::numbers(fact);
                let there = needed.iter().filter(|w| words.contains(*w)).count()
                    + figures
                        .iter()
                        .filter(|f| numbers.iter().any(|n| (n - **f).abs() < 1e-9))
                        .count();
                there as f64 / (needed.len() + figures.len()).max(1) as f64
            };
            (record.facts.iter().map(told).sum(), record.facts.len() as f64)
        },
    )
}

/// Sentences cited that also support the reference brief; (shared, cited, supporting).
fn citations(s: &Segment) -> (f64, f64, f64) {
    let Some((record, cited)) = s.record.and_then(|r| Some((r, r.cited.as_ref()?))) else {
        return (0.0, 0.0, 0.0);
    };
    let cited: HashSet<u32> = cited.iter().copied().collect();
    let support: HashSet<u32> = record.support.iter().copied().collect();
    (
        cited.intersection(&support).count() as f64,
        cited.len() as f64,
        support.len() as f64,
    )
}

/// Of the sentences that the brief cites, how many the reference brief rests on (`X:` line).
pub fn citation_precision() -> Ratio {
    Ratio::percent("citation-precision", "support:X-line", Direction::Higher, |s| {
        let (shared, cited, _) = citations(s);
        (shared, cited)
    })
}

/// Of the sentences that the reference brief rests on, how many the brief cites.
pub fn citation_recall() -> Ratio {
    Ratio::percent("citation-recall", "support:X-line", Direction::Higher, |s| {
        let (shared, _, support) = citations(s);
        (shared, support)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metric::{Metric, Record};

    fn check(metric: Ratio, record: &Record, hypothesis: &str, expected: &[f64]) {
        let segment = Segment {
            hypothesis,
            record: Some(record),
            ..Segment::default()
        };
        let name = metric.label().name.clone();
        assert_eq!(metric.stats(&[segment]).unwrap()[0].0, expected, "{name} {hypothesis}");
    }

    #[test]
    fn records_are_looked_up() {
        let text = |lines: &[&str]| lines.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        let record = Record {
            facts: text(&[
                "22 search warrants executed in nine regions",
                "Three suspects arrested in Cagliari",
            ]),
            must: text(&["22", "Cagliari", "2024-02-06"]),
            support: vec![1, 2, 5],
            cited: Some(vec![1, 2, 3, 3]),
            ..Record::default()
        };
        let brief = "Police executed 22 search warrants in nine regions; two people were arrested.";
        check(must_recall(), &record, brief, &[1.0, 3.0]);
        // All of the first fact; of the second `arrested`, not 3, suspects or Cagliari.
        check(fact_recall(), &record, brief, &[1.0 + 1.0 / 4.0, 2.0]);
        check(citation_precision(), &record, brief, &[2.0, 3.0]);
        check(citation_recall(), &record, brief, &[2.0, 3.0]);
        let silent = Record {
            cited: None,
            ..record.clone()
        };
        check(citation_precision(), &silent, brief, &[0.0, 0.0]);
        check(must_recall(), &Record::default(), "", &[0.0, 0.0]);
    }
}
