//! Unigram segmentation: the Viterbi path of greatest summed score, with SentencePiece's own rounding.
//!
//! SentencePiece sums and compares scores as `float`: near-ties fall as that rounding falls, and of equals the path
//! found first stays, so sums are `f32` here too (the tokenizers crate's are `f64`).
use super::sentencepiece::{Kind, Piece, Pieces};
use super::trie::Trie;
use std::ops::Range;

/// What an unknown character costs below the worst piece.
const UNKNOWN_PENALTY: f32 = 10.0;

#[derive(Debug)]
pub struct Unigram {
    trie: Trie,
    unknown: f32,
    greatest: f32,
}

#[derive(Clone, Copy)]
struct Best {
    score: f32,
    start: usize,
    id: u32,
}

impl Unigram {
    pub fn new(pieces: &Pieces) -> Self {
        let normal = || pieces.list.iter().filter(|p| p.kind == Kind::Normal).map(|p| p.score);
        let trie = Trie::new(
            (0u32..)
                .zip(&pieces.list)
                .filter(|(_, p)| p.kind.is_text())
                .map(|(id, p)| (p.text.as_str(), id)),
        );
        Self {
            trie,
            unknown: normal().fold(f32::MAX, f32::min) - UNKNOWN_PENALTY,
            // The library begins with the smallest positive float, not with the lowest.
            greatest: normal().fold(f32::MIN_POSITIVE, f32::max),
        }
    }

    /// Splits normalised text into spans with the ids of their pieces (`pieces.unknown` where there is none).
    pub fn encode(&self, text: &str, pieces: &Pieces) -> Vec<(Range<usize>, u32)> {
        let bytes = text.as_bytes();
        let mut best: Vec<Option<Best>> = vec![None; bytes.len() + 1];
        for (start, c) in text.char_indices() {
            // Every character boundary is reached: by a piece or by the unknown character before it.
            let here = best[start].map_or(0.0, |b| b.score);
            let width = c.len_utf8();
            let mut single = false;
            let mut offer = |end: usize, score: f32, id: u32| {
                let score = score + here;
                let slot = &mut best[end];
                if slot.is_none_or(|b| score > b.score) {
                    *slot = Some(Best {
                        score: score as f32,
                        start,
                        id,
                    });
                }
            };
            self.trie.prefixes(&bytes[start..], |length, id| {
                let Piece { score, kind, .. } = &pieces.list[id as usize];
                match kind {
                    Kind::Unused => return,
                    // A user's own symbol is worth more than any split of it.
                    Kind::UserDefined => {
                        let bonus = length as f32 * self.greatest - 0.1;
                        offer(start + length, bonus, id);
                    }
                    _ => offer(start + length, *score, id),
                }
                single |= length == width;
            });
            if !single {
                offer(start + width, self.unknown, pieces.unknown);
            }
        }
        let mut path = vec![];
        let mut end = bytes.len();
        while end > 0 {
            let Some(step) = best[end] else { break };
            path.push((step.start..end, step.id));
            end = step.start;
        }
        path.reverse();
        path
    }
}
