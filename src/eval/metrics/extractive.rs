//! How a brief relates to its article: compression, extractive coverage and density (Grusky et al. 2018), novelty,
//! repetition, length. They describe; only repetition judges.
use super::ratio::Ratio;
use crate::eval::metric::{Direction, Segment};
use crate::eval::tokenize::rouge::Tokens;
use std::collections::HashSet;

/// Tokens of the English article and of the brief, numbered alike.
fn sides(s: &Segment) -> (Vec<u32>, Vec<u32>) {
    let mut tokens = Tokens::new(false);
    let article = s.record.map(|r| tokens.of(&r.english)).unwrap_or_default();
    (article, tokens.of(s.hypothesis))
}

/// Lengths of the brief's fragments that the article holds word by word, greedily the longest at each place.
fn fragments(article: &[u32], brief: &[u32]) -> Vec<usize> {
    let mut found = vec![];
    let mut i = 0;
    while i < brief.len() {
        let run = |start: usize| {
            article[start..]
                .iter()
                .zip(&brief[i..])
                .take_while(|(a, b)| a == b)
                .count()
        };
        match (0..article.len()).map(run).max() {
            Some(longest @ 1..) => {
                found.push(longest);
                i += longest;
            }
            _ => i += 1,
        }
    }
    found
}

/// Words of the article for each word of the brief.
pub fn compression() -> Ratio {
    Ratio::scaled(
        "compression",
        "article:words/brief:words",
        Direction::Neutral,
        1.0,
        |s| {
            let (article, brief) = sides(s);
            (article.len() as f64, brief.len() as f64)
        },
    )
}

/// Share of the brief's words that stand in fragments of the article.
pub fn coverage() -> Ratio {
    Ratio::percent("coverage", "fragments:greedy", Direction::Neutral, |s| {
        let (article, brief) = sides(s);
        (
            fragments(&article, &brief).iter().sum::<usize>() as f64,
            brief.len() as f64,
        )
    })
}

/// Mean length of the fragment that a word of the brief stands in.
pub fn density() -> Ratio {
    Ratio::scaled("density", "fragments:greedy", Direction::Neutral, 1.0, |s| {
        let (article, brief) = sides(s);
        (
            fragments(&article, &brief).iter().map(|f| f * f).sum::<usize>() as f64,
            brief.len() as f64,
        )
    })
}

/// Share of the brief's bigrams that the article does not have.
pub fn novel_bigrams() -> Ratio {
    Ratio::percent("novel-2", "tok:rouge", Direction::Neutral, |s| {
        let (article, brief) = sides(s);
        let known: HashSet<&[u32]> = article.windows(2).collect();
        let novel = brief.windows(2).filter(|w| !known.contains(w)).count();
        (novel as f64, brief.len().saturating_sub(1) as f64)
    })
}

/// Share of a text's trigrams that it had already.
pub fn repetition() -> Ratio {
    Ratio::percent("repetition", "trigrams|tok:rouge", Direction::Lower, |s| {
        let tokens = Tokens::new(false).of(s.hypothesis);
        let mut seen = HashSet::new();
        let again = tokens.windows(3).filter(|w| !seen.insert(*w)).count();
        (again as f64, tokens.len().saturating_sub(2) as f64)
    })
}

/// Words per segment.
pub fn length() -> Ratio {
    Ratio::scaled("length", "words:per-segment", Direction::Neutral, 1.0, |s| {
        (Tokens::new(false).of(s.hypothesis).len() as f64, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::metric::{Metric, Record};

    #[test]
    fn fragments_are_greedy() {
        let check = |article: &[u32], brief: &[u32], expected: &[usize]| {
            assert_eq!(fragments(article, brief), expected, "{article:?} {brief:?}");
        };
        check(&[1, 2, 3, 4], &[2, 3, 9, 1], &[2, 1]);
        check(&[1, 2, 1, 2, 3], &[1, 2, 3], &[3]);
        check(&[], &[1], &[]);
        check(&[1], &[], &[]);
    }

    #[test]
    fn shapes_of_a_brief() {
        let check = |metric: Ratio, article: &str, hypothesis: &str, expected: f64| {
            let record = Record {
                english: article.into(),
                ..Record::default()
            };
            let segment = Segment {
                hypothesis,
                record: Some(&record),
                ..Segment::default()
            };
            let score = metric.score(&metric.stats(&[segment]).unwrap()[0]);
            assert!((score - expected).abs() < 1e-9, "{}: {score}", metric.label().name);
        };
        check(compression(), "a b c d", "a b", 2.0);
        check(coverage(), "the cat sat", "the dog sat", 200.0 / 3.0);
        check(density(), "the cat sat here", "cat sat twice", 4.0 / 3.0);
        check(novel_bigrams(), "the cat sat", "the cat ran", 50.0);
        check(repetition(), "", "a b c a b c", 25.0);
        check(repetition(), "", "a b", 0.0);
        check(length(), "", "three words here", 3.0);
        check(coverage(), "", "", 0.0);
    }
}
