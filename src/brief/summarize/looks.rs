//! Where a model looked while it wrote: its cross-attention, gathered by sentences.
//!
//! Attention is no proof of where a word comes from (S. Jain and B. Wallace, "Attention is not explanation", NAACL
//! 2019), but for encoder-decoders it points to the passage that is being rendered; citations weigh it beside words.
use super::{parts::Piece, Part};
use std::collections::BTreeMap;

/// What a model wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    pub text: String,
    /// Token by token; empty where the model cannot say.
    pub looks: Vec<Look>,
}

/// Where a model looked for one token.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Where the token ends in the text written, in bytes.
    pub end: usize,
    /// Its attention on each piece of the part read. What fell on the framing or on a prompt is left out: the sum is
    /// at most 1.
    pub pieces: Vec<f32>,
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self { text, looks: vec![] }
    }
}

/// Shares of attention, each with the number of the sentence it fell on, in order of the sentences.
pub type Shares = Vec<(usize, f32)>;

/// For each of the sentences read out of a text, in order, its attention on the sentences of the part, summing to 1;
/// nothing where it is not known.
pub(super) fn by_sentence(written: &Written, sentences: &[String], part: &Part) -> Vec<Shares> {
    // Reading what was written (bullets, spaced full stops) moves bytes, but letters and digits stay as they are.
    let all = letters(&written.text);
    let ends: Vec<usize> = written
        .looks
        .iter()
        .map(|l| {
            written
                .text
                .get(..l.end)
                .map_or(all.chars().count(), |t| letters(t).chars().count())
        })
        .collect();
    let mut from = 0;
    let shares = |sentence: &String| {
        let own = letters(sentence);
        let Some(at) = all
            .char_indices()
            .nth(from)
            .and_then(|(byte, _)| Some(byte + all[byte..].find(&own)?))
        else {
            return vec![];
        };
        let begin = all[..at].chars().count();
        let end = begin + own.chars().count();
        from = end;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let tokens = written.looks.iter().zip(starts.zip(&ends));
        // A token belongs to the sentence that most of its letters are in; marks without letters to none.
        let inside = tokens
            .filter(|(_, (a, b))| a < *b && begin <= *a && **b <= end)
            .map(|(look, _)| look);
        gathered(inside, &part.pieces)
    };
    sentences.iter().map(shares).collect()
}

/// What tokens looked at, together, by sentence.
fn gathered<'a>(looks: impl Iterator<Item = &'a Look>, pieces: &[Piece]) -> Shares {
    let mut sums = BTreeMap::new();
    for look in looks {
        for (piece, share) in pieces.iter().zip(&look.pieces) {
            *sums.entry(piece.sentence).or_insert(0.0) += share;
        }
    }
    normalized(sums)
}

/// Attention on a text whose sentences were themselves written with attention on others: theirs in proportion.
pub(super) fn through(shares: &Shares, of: &[Shares]) -> Shares {
    let mut sums = BTreeMap::new();
    for (sentence, share) in shares {
        for (origin, part) in of.get(*sentence).into_iter().flatten() {
            *sums.entry(*origin).or_insert(0.0) += share * part;
        }
    }
    normalized(sums)
}

fn normalized(sums: BTreeMap<usize, f32>) -> Shares {
    let total: f32 = sums.values().sum();
    match total > 0.0 && total.is_finite() {
        true => sums
            .into_iter()
            .filter(|(_, s)| *s > 0.0)
            .map(|(sentence, s)| (sentence, s / total))
            .collect(),
        false => vec![],
    }
}

/// Letters and digits alone, `<n>` of PEGASUS aside.
fn letters(text: &str) -> String {
    text.replace("<n>", " ")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}
