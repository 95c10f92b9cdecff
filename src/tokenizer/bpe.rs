//! SentencePiece's byte-pair merging: the best-scored neighbouring pair first, the leftmost of equals.
use super::sentencepiece::{Kind, Pieces};
use super::trie::Trie;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

const NONE: usize = usize::MAX;

/// A span of the text and its neighbours; an empty span has been merged into the one before it.
struct Symbol {
    span: Range<usize>,
    previous: usize,
    next: usize,
    /// User-defined symbols never merge.
    frozen: bool,
}

struct Pair {
    left: usize,
    right: usize,
    score: f32,
    size: usize,
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}
impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Pair {}

/// Splits normalised text into spans with the ids of their pieces (`pieces.unknown` where there is none).
pub fn encode(text: &str, pieces: &Pieces, user_defined: &Trie) -> Vec<(Range<usize>, u32)> {
    let mut symbols: Vec<Symbol> = vec![];
    let mut start = 0;
    while let Some(c) = text[start..].chars().next() {
        let frozen = user_defined.longest(&text.as_bytes()[start..]);
        let end = start + frozen.unwrap_or(c.len_utf8());
        let at = symbols.len();
        symbols.push(Symbol {
            span: start..end,
            previous: at.checked_sub(1).unwrap_or(NONE),
            next: at + 1,
            frozen: frozen.is_some(),
        });
        start = end;
    }
    if let Some(last) = symbols.last_mut() {
        last.next = NONE;
    }
    let mut agenda = BinaryHeap::new();
    // How a piece that may not be used was made, so that it can be taken apart again.
    let mut made_of: HashMap<&str, usize> = HashMap::new();
    let mut offer = |symbols: &[Symbol], left: usize, right: usize, agenda: &mut BinaryHeap<Pair>| {
        if left == NONE || right == NONE || symbols[left].frozen || symbols[right].frozen {
            return;
        }
        let span = symbols[left].span.start..symbols[right].span.end;
        let joined = &text[span.clone()];
        if let Some(&id) = pieces.ids.get(joined) {
            let piece = &pieces.list[id as usize];
            agenda.push(Pair {
                left,
                right,
                score: piece.score,
                size: span.len(),
            });
            if piece.kind == Kind::Unused {
                made_of.insert(joined, symbols[left].span.len());
            }
        }
    };
    for right in 1..symbols.len() {
        offer(&symbols, right - 1, right, &mut agenda);
    }
    while let Some(Pair { left, right, size, .. }) = agenda.pop() {
        let (a, b) = (&symbols[left].span, &symbols[right].span);
        if a.is_empty() || b.is_empty() || a.len() + b.len() != size {
            continue;
        }
        symbols[left].span.end = symbols[right].span.end;
        symbols[right].span = 0..0;
        let next = symbols[right].next;
        symbols[left].next = next;
        if next != NONE {
            symbols[next].previous = left;
        }
        offer(&symbols, symbols[left].previous, left, &mut agenda);
        offer(&symbols, left, next, &mut agenda);
    }
    let mut out = vec![];
    let mut at = if symbols.is_empty() { NONE } else { 0 };
    while at != NONE {
        // Pieces that may not be used come apart as they were joined.
        let mut stack = vec![symbols[at].span.clone()];
        while let Some(span) = stack.pop() {
            let id = pieces.ids.get(&text[span.clone()]).copied();
            let unused = id.is_some_and(|id| pieces.list[id as usize].kind == Kind::Unused);
            match made_of.get(&text[span.clone()]) {
                Some(&left) if unused => {
                    stack.push(span.start + left..span.end);
                    stack.push(span.start..span.start + left);
                }
                _ => out.push((span, id.unwrap_or(pieces.unknown))),
            }
        }
        at = symbols[at].next;
    }
    out
}
