//! ROUGE-N, ROUGE-L and ROUGE-Lsum (Lin 2004), equal to google rouge-score: F1, the mean over segments.
use super::ngrams::{overlap, Windows};
use crate::eval::tokenize::rouge::Tokens;
use crate::{
    eval::metric::{origin, Direction, Label, Metric, Options, Segment, Stats},
    Result,
};
use std::collections::HashMap;

/// What two texts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// n-grams, n up to 4.
    Ngram(usize),
    /// The longest common subsequence of the texts.
    Lcs,
    /// The union of the longest common subsequences of their sentences, one a line.
    LcsSum,
}

/// One ROUGE measure with its settings.
pub struct Rouge {
    label: Label,
    kind: Kind,
    stemmer: bool,
}

impl Rouge {
    pub fn new(options: &Options, kind: Kind) -> Self {
        let name = match kind {
            Kind::Ngram(n) => format!("rouge-{n}"),
            Kind::Lcs => "rouge-l".into(),
            Kind::LcsSum => "rouge-lsum".into(),
        };
        let signature = format!(
            "nrefs:{}|f:1|stem:{}|tok:rouge{}|{}",
            options.references,
            if options.stemmer { "porter" } else { "no" },
            if kind == Kind::LcsSum { "|split:newline" } else { "" },
            origin("rouge-score-0.1.2"),
        );
        let label = Label {
            name,
            signature,
            direction: Direction::Higher,
        };
        Self {
            label,
            kind,
            stemmer: options.stemmer,
        }
    }

    /// Of several references, the best F1.
    fn f1(&self, segment: &Segment, tokens: &mut Tokens) -> f64 {
        let prepare = |text: &str, tokens: &mut Tokens| match self.kind {
            Kind::LcsSum => text
                .split('\n')
                .filter(|l| !l.is_empty())
                .map(|l| tokens.of(l))
                .collect(),
            _ => vec![tokens.of(text)],
        };
        let hypothesis: Vec<Vec<u32>> = prepare(segment.hypothesis, tokens);
        let mut best = 0.0f64;
        for reference in &segment.references {
            let reference: Vec<Vec<u32>> = prepare(reference, tokens);
            let units = |sentences: &[Vec<u32>]| match self.kind {
                Kind::Ngram(n) => (sentences[0].len() + 1).saturating_sub(n),
                _ => sentences.iter().map(Vec::len).sum(),
            };
            let shared = match self.kind {
                Kind::Ngram(n) => ngrams_shared(&hypothesis[0], &reference[0], n),
                Kind::Lcs => lcs_length(&reference[0], &hypothesis[0]),
                Kind::LcsSum => union_lcs(&reference, &hypothesis),
            };
            let precision = shared as f64 / units(&hypothesis).max(1) as f64;
            let recall = shared as f64 / units(&reference).max(1) as f64;
            if precision + recall > 0.0 {
                best = best.max(2.0 * precision * recall / (precision + recall));
            }
        }
        best
    }
}

fn ngrams_shared(a: &[u32], b: &[u32], n: usize) -> usize {
    let windows = |tokens: &[u32]| Windows::new(&tokens.iter().map(|t| t + 1).collect::<Vec<_>>(), n, 32);
    overlap(windows(a).counts(n), windows(b).counts(n)) as usize
}

/// Length of the longest common subsequence, one row at a time.
fn lcs_length(a: &[u32], b: &[u32]) -> usize {
    let mut row = vec![0usize; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// Marks in `hit` the tokens of `a` that one longest common subsequence with `b` holds; of several, the one
/// that rouge-score's walk back finds.
fn mark_lcs(a: &[u32], b: &[u32], hit: &mut [bool]) {
    let width = b.len() + 1;
    let mut table = vec![0u32; (a.len() + 1) * width];
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            table[i * width + j] = if a[i - 1] == b[j - 1] {
                table[(i - 1) * width + j - 1] + 1
            } else {
                table[(i - 1) * width + j].max(table[i * width + j - 1])
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            hit[i - 1] = true;
            i -= 1;
            j -= 1;
        } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
            j -= 1;
        } else {
            i -= 1;
        }
    }
}

/// Tokens of the reference's sentences found by any of the hypothesis's, none more often than either text has it.
fn union_lcs(reference: &[Vec<u32>], hypothesis: &[Vec<u32>]) -> usize {
    let count = |sentences: &[Vec<u32>]| {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        sentences
            .iter()
            .flatten()
            .for_each(|t| *counts.entry(*t).or_default() += 1);
        counts
    };
    let (mut left_r, mut left_h) = (count(reference), count(hypothesis));
    let mut hits = 0;
    for sentence in reference {
        let mut hit = vec![false; sentence.len()];
        hypothesis.iter().for_each(|h| mark_lcs(sentence, h, &mut hit));
        for (token, _) in sentence.iter().zip(hit).filter(|(_, hit)| *hit) {
            if let (Some(r @ 1..), Some(h @ 1..)) = (left_r.get_mut(token), left_h.get_mut(token)) {
                *r -= 1;
                *h -= 1;
                hits += 1;
            }
        }
    }
    hits
}

impl Metric for Rouge {
    fn label(&self) -> &Label {
        &self.label
    }

    /// `[F1, 1]` of each segment.
    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        let mut tokens = Tokens::new(self.stemmer);
        Ok(segments
            .iter()
            .map(|s| Stats(vec![self.f1(s, &mut tokens), 1.0]))
            .collect())
    }

    fn score(&self, total: &Stats) -> f64 {
        match total.0.as_slice() {
            [sum, n] if *n > 0.0 => 100.0 * sum / n,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lcs_and_its_union() {
        assert_eq!(lcs_length(&[1, 2, 3, 4], &[2, 9, 4]), 2);
        assert_eq!(lcs_length(&[], &[1]), 0);
        // Lin 2004, section 3.2: the union of `w1 w2` and `w1 w3 w5` over `w1 w2 w3 w4 w5`.
        assert_eq!(
            union_lcs(&[vec![1, 2, 3, 4, 5]], &[vec![1, 2, 6, 7, 8], vec![1, 3, 8, 9, 5]]),
            4
        );
        assert_eq!(union_lcs(&[vec![1, 1], vec![1]], &[vec![1, 1]]), 2);
    }
}
