//! chrF and chrF++ (Popović 2015, 2017), equal to sacreBLEU 2.x: F2 over character (and word) n-grams.
use super::ngrams::{overlap, Numbers, Windows};
use crate::eval::tokenize::{is_space, words};
use crate::{
    eval::metric::{origin, Direction, Label, Metric, Options, Segment, Stats},
    Result,
};

const CHARS: usize = 6;
const BETA_SQUARED: f64 = 4.0;
/// Six code points of 21 bits fit a window of 128.
const CHAR_BITS: usize = 21;

/// chrF (no word orders) or chrF++ (two).
pub struct Chrf {
    label: Label,
    word_order: usize,
    lowercase: bool,
}

impl Chrf {
    pub fn new(options: &Options, word_order: usize) -> Self {
        let signature = format!(
            "nrefs:{}|case:{}|eff:yes|nc:{CHARS}|nw:{word_order}|space:no|{}",
            options.references,
            if options.lowercase { "lc" } else { "mixed" },
            origin("sacrebleu-2.x"),
        );
        let name = if word_order == 0 { "chrf" } else { "chrf++" };
        Self {
            label: Label {
                name: name.into(),
                signature,
                direction: Direction::Higher,
            },
            word_order,
            lowercase: options.lowercase,
        }
    }

    /// `[hypothesis, reference, shared]` n-grams of each order, of the reference with the best F.
    fn segment(&self, segment: &Segment) -> Stats {
        let case = |line: &str| {
            if self.lowercase {
                line.to_lowercase()
            } else {
                line.to_string()
            }
        };
        let hypothesis = case(segment.hypothesis);
        let references: Vec<String> = segment.references.iter().map(|r| case(r)).collect();
        let mut numbers = Numbers::default();
        let hypothesis = self.windows(&hypothesis, &mut numbers);
        let mut best = Stats(vec![0.0; 3 * (CHARS + self.word_order)]);
        let mut best_score = -1.0;
        for reference in &references {
            let reference = self.windows(reference, &mut numbers);
            let mut stats = Vec::with_capacity(3 * (CHARS + self.word_order));
            for ((h, r), orders) in hypothesis.iter().zip(&reference).zip([CHARS, self.word_order]) {
                for n in 1..=orders {
                    let (in_hypothesis, in_reference) = (h.total(n), r.total(n));
                    stats.push(if in_reference > 0 { in_hypothesis as f64 } else { 0.0 });
                    stats.push(in_reference as f64);
                    stats.push(f64::from(overlap(h.counts(n), r.counts(n))));
                }
            }
            let score = f_score(&stats);
            if score > best_score {
                best_score = score;
                best = Stats(stats);
            }
        }
        best
    }

    fn windows<'a>(&self, line: &'a str, numbers: &mut Numbers<'a>) -> [Windows; 2] {
        // Code point + 1, so that 0 stays free for filling.
        let chars: Vec<u32> = line.chars().filter(|c| !is_space(*c)).map(|c| c as u32 + 1).collect();
        let words = if self.word_order == 0 {
            vec![]
        } else {
            numbers.of(words(line).flat_map(peel))
        };
        [
            Windows::new(&chars, CHARS, CHAR_BITS),
            Windows::new(&words, self.word_order.max(1), 32),
        ]
    }
}

/// A word without one mark at its end, or else at its start, and that mark.
fn peel(word: &str) -> impl Iterator<Item = &str> {
    let mark = |c: char| c.is_ascii_punctuation();
    let mut chars = word.chars();
    let (first, last) = (chars.next(), chars.next_back());
    let at = match (first, last) {
        (Some(_), Some(last)) if mark(last) => Some(word.len() - 1),
        (Some(first), Some(_)) if mark(first) => Some(1),
        _ => None,
    };
    let (head, tail) = word.split_at(at.unwrap_or(word.len()));
    [head, tail].into_iter().filter(|w| !w.is_empty())
}

/// Precision and recall averaged over the orders that both sides have, then one F.
fn f_score(stats: &[f64]) -> f64 {
    let (mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0);
    for order in stats.chunks_exact(3) {
        let &[hypothesis, reference, shared] = order else {
            continue;
        };
        if hypothesis > 0.0 && reference > 0.0 {
            precision += shared / hypothesis;
            recall += shared / reference;
            orders += 1.0;
        }
    }
    if precision + recall == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (precision / orders, recall / orders);
    100.0 * (1.0 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall)
}

impl Metric for Chrf {
    fn label(&self) -> &Label {
        &self.label
    }

    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        Ok(segments.iter().map(|s| self.segment(s)).collect())
    }

    fn score(&self, total: &Stats) -> f64 {
        f_score(&total.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_is_peeled_from_a_word() {
        let check = |word: &str, expected: &[&str]| assert_eq!(peel(word).collect::<Vec<_>>(), expected, "{word}");
        check("word", &["word"]);
        check("word.", &["word", "."]);
        check("(word", &["(", "word"]);
        check("(word).", &["(word)", "."]);
        check(".", &["."]);
        check("..", &[".", "."]);
        check("«è»", &["«è»"]);
        check("è,", &["è", ","]);
    }
}
