//! Outputs that are no translation of their source: loops, and texts with nothing of the reference in them.
//!
//! Loops as Raunak et al. (2021) and Guerreiro et al. (2023) find them: the most frequent 4-gram of the output occurs at
//! least twice more often than that of the source. Detached is what shares so little with the reference that a sentence
//! of elsewhere would do: chrF below 15. It counts few that are none, and not all that are: docs/eval.md has the rates.
use super::{chrf::Chrf, ratio::Ratio};
use crate::eval::metric::{Direction, Metric, Options, Segment};
use std::collections::HashMap;

const ORDER: usize = 4;
const MORE_OFTEN: usize = 2;
const DETACHED_BELOW: f64 = 15.0;
/// Shorter references are names and headings, which may be written in another way altogether.
const WORDS: usize = 4;

/// How often the most frequent n-gram of words occurs.
fn most_frequent(text: &str) -> usize {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    for gram in words.windows(ORDER) {
        *counts.entry(gram).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// Whether the output goes round in circles and its source does not.
fn is_loop(s: &Segment) -> bool {
    most_frequent(s.hypothesis) >= most_frequent(s.source.unwrap_or_default()).max(1) + MORE_OFTEN
}

/// Whether the output has nothing to do with what people wrote, or is empty.
fn is_detached(s: &Segment) -> bool {
    let chrf = Chrf::new(&Options::default(), 0);
    let long = s.references.iter().any(|r| r.split_whitespace().count() >= WORDS);
    let near = |stats: Vec<crate::eval::Stats>| stats.iter().all(|s| chrf.score(s) >= DETACHED_BELOW);
    long && !chrf.stats(std::slice::from_ref(s)).is_ok_and(near)
}

fn share(flagged: bool) -> (f64, f64) {
    (f64::from(u8::from(flagged)), 1.0)
}

/// Share of the outputs that loop.
pub fn loops() -> Ratio {
    Ratio::percent("loops", "n:4|more:2", Direction::Lower, |s| share(is_loop(s)))
}

/// Share of the outputs that loop, are empty or are detached.
pub fn hallucination() -> Ratio {
    let what = "loops:n4+2|detached:chrf<15";
    Ratio::percent("hallucination", what, Direction::Lower, |s| {
        share(is_loop(s) || is_detached(s))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_and_detached_texts_are_found() {
        let check = |source: &str, hypothesis: &str, reference: &str, expected: (bool, bool)| {
            let s = Segment {
                hypothesis,
                references: vec![reference],
                source: Some(source),
                record: None,
            };
            assert_eq!((is_loop(&s), is_detached(&s)), expected, "{hypothesis}");
        };
        let (it, en) = (
            "La giunta ha approvato il bilancio.",
            "The council approved the budget.",
        );
        check(it, en, en, (false, false));
        check(it, "The executive has passed the budget.", en, (false, false));
        check(it, "", en, (false, true));
        check(it, "I don't know why you think so.", en, (false, true));
        check(it, &"of the council of ".repeat(4), en, (true, false));
        check(
            it,
            "the council of the council of the council of the budget",
            en,
            (true, false),
        );
        // The source repeats, so the output may.
        let source = "una sedia rossa e blu, una sedia rossa e blu, una sedia rossa e blu";
        let output = "one red chair and blue, one red chair and blue, one red chair and blue";
        check(source, output, output, (false, false));
        // Short references prove nothing.
        check("Ansa", "News agency", "ANSA", (false, false));
        check("", "", "", (false, false));
    }
}
