//! Sentences -> texts that a model can read at once, which know what each stretch of them was made of.
//!
//! No sentence is lost: each stands in exactly one part, and one that is too long for the model is read in clauses.
use crate::text::{clauses::clauses, words};

/// A text that fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    pub pieces: Vec<Piece>,
}

/// A sentence of a part, or a clause of one. It begins where the piece before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which of the sentences given it is of.
    pub sentence: usize,
    /// Where it ends in the part's text, in bytes.
    pub end: usize,
}

impl Part {
    fn push(&mut self, sentence: usize, longer: String) {
        self.text = longer;
        let end = self.text.len();
        self.pieces.push(Piece { sentence, end });
    }
}

/// Consecutive sentences joined into texts that fit, of about the same length: no part is a leftover.
pub fn parts(sentences: &[&str], fits: &dyn Fn(&str) -> bool) -> Vec<Part> {
    let mut pieces = vec![];
    for (n, s) in sentences
        .iter()
        .map(|s| s.trim())
        .enumerate()
        .filter(|(_, s)| !s.is_empty())
    {
        match fits(s) {
            true => pieces.push((n, s)),
            false => pieces.extend(clauses(s, fits).into_iter().map(|span| (n, span.of(s)))),
        }
    }
    let filled = fill(&pieces, fits, usize::MAX);
    if filled.len() < 2 {
        return filled;
    }
    let total: usize = pieces.iter().map(|(_, p)| words::count(p)).sum();
    let even = fill(&pieces, fits, total.div_ceil(filled.len()));
    match even.len() <= filled.len() {
        true => even,
        false => filled,
    }
}

/// Parts that are closed once they have `enough` words, or where the next piece would not fit.
fn fill(pieces: &[(usize, &str)], fits: &dyn Fn(&str) -> bool, enough: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![];
    for (sentence, piece) in pieces {
        if let Some(last) = parts.last_mut().filter(|last| words::count(&last.text) < enough) {
            let longer = format!("{} {piece}", last.text);
            if fits(&longer) {
                last.push(*sentence, longer);
                continue;
            }
        }
        let mut part = Part::default();
        part.push(*sentence, piece.to_string());
        parts.push(part);
    }
    parts
}
