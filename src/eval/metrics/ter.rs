//! TER (Snover et al. 2006), equal to sacreBLEU 2.x: edits and block shifts over the mean reference length.
mod distance;

use crate::eval::tokenize::tercom;
use crate::{
    eval::metric::{origin, Direction, Label, Metric, Options, Segment, Stats},
    Result,
};
use distance::{Alignment, EditDistance};
use std::collections::HashMap;

const MAX_SHIFT_SIZE: usize = 10;
const MAX_SHIFT_DISTANCE: usize = 50;
/// A segment gives up shifting after this many shifts tried.
const MAX_CANDIDATES: usize = 1000;

/// Translation edit rate; lower is better.
pub struct Ter {
    label: Label,
}

impl Ter {
    pub fn new(options: &Options) -> Self {
        let signature = format!(
            "nrefs:{}|case:lc|tok:tercom|norm:no|punct:yes|asian:no|{}",
            options.references,
            origin("sacrebleu-2.x")
        );
        Self {
            label: Label {
                name: "ter".into(),
                signature,
                direction: Direction::Lower,
            },
        }
    }
}

/// `[edits, mean reference length]`; of several references, the edits of the nearest.
fn segment(segment: &Segment) -> Stats {
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut number = |line: &str| -> Vec<u32> {
        tercom::tokens(line)
            .into_iter()
            .map(|w| {
                let next = ids.len() as u32;
                *ids.entry(w).or_insert(next)
            })
            .collect()
    };
    let hypothesis = number(segment.hypothesis);
    let references: Vec<_> = segment.references.iter().map(|r| number(r)).collect();
    let edits = references.iter().map(|r| edits(&hypothesis, r)).min().unwrap_or(0);
    let length: usize = references.iter().map(Vec::len).sum();
    Stats(vec![edits as f64, length as f64 / references.len().max(1) as f64])
}

/// Fewest edits that the greedy search for shifts finds.
fn edits(hypothesis: &[u32], reference: &[u32]) -> usize {
    if reference.is_empty() {
        return hypothesis.len();
    }
    let mut distance = EditDistance::new(reference, hypothesis.len());
    let mut words = hypothesis.to_vec();
    let (mut shifts, mut tried) = (0, 0);
    loop {
        let (before, alignment) = distance.align(&words);
        let best = best_shift(&words, reference, before, &alignment, &mut distance, &mut tried);
        match best {
            Some((gain, shifted)) if tried < MAX_CANDIDATES && gain > 0 => {
                shifts += 1;
                words = shifted;
            }
            _ => return shifts + before,
        }
    }
}

/// The shift that lowers the distance most; then the longest, the earliest, the nearest to the start.
fn best_shift(
    words: &[u32],
    reference: &[u32],
    before: usize,
    alignment: &Alignment,
    distance: &mut EditDistance,
    tried: &mut usize,
) -> Option<(isize, Vec<u32>)> {
    type Rank = (isize, usize, isize, isize);
    let mut best: Option<(Rank, Vec<u32>)> = None;
    let mut shifted = Vec::with_capacity(words.len());
    'pairs: for (start, target, length) in matching_runs(words, reference) {
        let wrong = |errors: &[bool], from: usize| errors[from..from + length].iter().any(|e| *e);
        if !wrong(&alignment.hypothesis_errors, start) || !wrong(&alignment.reference_errors, target) {
            continue;
        }
        let aligned = alignment.position[target];
        if (start as isize..(start + length) as isize).contains(&aligned) {
            continue;
        }
        let mut last = None;
        for offset in 0..=length {
            // Before the reference's first word, or after the word that its (target + offset - 1)th aligns with.
            let to = match (target + offset).checked_sub(1) {
                None => 0,
                Some(position) => match alignment.position.get(position) {
                    Some(&aligned) => (aligned + 1) as usize,
                    None => break,
                },
            };
            if last == Some(to) {
                continue;
            }
            last = Some(to);
            shift(words, start, length, to, &mut shifted);
            let gain = before as isize - distance.of(&shifted, words) as isize;
            let rank = (gain, length, -(start as isize), -(to as isize));
            *tried += 1;
            // Equal ranks move the same block to the same place.
            if best.as_ref().is_none_or(|(b, _)| rank > *b) {
                best = Some((rank, shifted.clone()));
            }
        }
        if *tried >= MAX_CANDIDATES {
            break 'pairs;
        }
    }
    best.map(|(rank, words)| (rank.0, words))
}

/// Runs of equal words at different or equal places: (start in `words`, start in `reference`, length), each length.
fn matching_runs<'a>(words: &'a [u32], reference: &'a [u32]) -> impl Iterator<Item = (usize, usize, usize)> + 'a {
    (0..words.len()).flat_map(move |h| {
        let near = h.saturating_sub(MAX_SHIFT_DISTANCE)..reference.len().min(h + MAX_SHIFT_DISTANCE + 1);
        near.flat_map(move |r| {
            let run = words[h..]
                .iter()
                .zip(&reference[r..])
                .take(MAX_SHIFT_SIZE)
                .take_while(|(a, b)| a == b)
                .count();
            (1..=run).map(move |length| (h, r, length))
        })
    })
}

/// `words` with the block of `length` at `start` moved to before `target`, into `out`.
fn shift(words: &[u32], start: usize, length: usize, target: usize, out: &mut Vec<u32>) {
    let end = start + length;
    let block = &words[start..end];
    let at = |i: usize| i.min(words.len());
    out.clear();
    let parts: [&[u32]; 4] = if target < start {
        [&words[..target], block, &words[target..start], &words[end..]]
    } else if target > end {
        [&words[..start], &words[end..at(target)], block, &words[at(target)..]]
    } else {
        // A target inside the block moves it on by as much: tercom's way.
        [
            &words[..start],
            &words[end..at(length + target)],
            block,
            &words[at(length + target)..],
        ]
    };
    parts.into_iter().for_each(|p| out.extend_from_slice(p));
}

impl Metric for Ter {
    fn label(&self) -> &Label {
        &self.label
    }

    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        Ok(segments.iter().map(segment).collect())
    }

    fn score(&self, total: &Stats) -> f64 {
        match total.0.as_slice() {
            [edits, length] if *length > 0.0 => 100.0 * edits / length,
            [edits, _] if *edits > 0.0 => 100.0,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_count_shifts_once() {
        let check = |hypothesis: &[u32], reference: &[u32], expected| {
            assert_eq!(edits(hypothesis, reference), expected, "{hypothesis:?} {reference:?}");
        };
        check(&[], &[], 0);
        check(&[1], &[], 1);
        check(&[], &[1, 2], 2);
        check(&[1, 2, 3], &[1, 2, 3], 0);
        check(&[3, 4, 1, 2], &[1, 2, 3, 4], 1);
        check(&[1, 2, 9, 4], &[1, 2, 3, 4], 1);
        check(&[2, 3, 1], &[1, 2, 3], 1);
    }
}
