//! Word differences between a reference and an output: what is missing, what is added.
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Same,
    /// In the reference only.
    Missing,
    /// In the output only.
    Added,
}

/// A run of words of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
}

/// The output read against the reference, along a longest common subsequence of words.
pub fn words(reference: &str, output: &str) -> Vec<Piece> {
    let a: Vec<&str> = reference.split_whitespace().collect();
    let b: Vec<&str> = output.split_whitespace().collect();
    let width = b.len() + 1;
    // Longest common subsequence of the rests a[i..], b[j..].
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut pieces: Vec<Piece> = vec![];
    let mut push = |kind, word: &str| match pieces.last_mut() {
        Some(last) if last.kind == kind => {
            last.text.push(' ');
            last.text.push_str(word);
        }
        _ => pieces.push(Piece {
            kind,
            text: word.into(),
        }),
    };
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            push(Kind::Same, a[i]);
            i += 1;
            j += 1;
        } else if j == b.len() || (i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
            push(Kind::Missing, a[i]);
            i += 1;
        } else {
            push(Kind::Added, b[j]);
            j += 1;
        }
    }
    match a.len().max(b.len()) > LONG {
        true => joined(pieces),
        false => pieces,
    }
}

/// Words of a text in which a single common word (`the`, `of`) says nothing of how the texts answer each other.
const LONG: usize = 40;

/// Takes up to two common words between differences as differences: long texts then part into readable runs.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = vec![];
    let (mut missing, mut added) = (vec![], vec![]);
    let close = |missing: &mut Vec<String>, added: &mut Vec<String>, out: &mut Vec<Piece>| {
        for (kind, words) in [(Kind::Missing, missing), (Kind::Added, added)] {
            if !words.is_empty() {
                out.push(Piece {
                    kind,
                    text: std::mem::take(words).join(" "),
                });
            }
        }
    };
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.into_iter().enumerate() {
        let short = piece.text.split(' ').count() < 3 && i > 0 && i < last;
        match piece.kind {
            Kind::Missing => missing.push(piece.text),
            Kind::Added => added.push(piece.text),
            Kind::Same if short => {
                missing.push(piece.text.clone());
                added.push(piece.text);
            }
            Kind::Same => {
                close(&mut missing, &mut added, &mut out);
                out.push(piece);
            }
        }
    }
    close(&mut missing, &mut added, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_tell_both_texts() {
        let check = |reference: &str, output: &str, expected: &str| {
            let shown: String = words(reference, output)
                .iter()
                .map(|p| match p.kind {
                    Kind::Same => format!("{} ", p.text),
                    Kind::Missing => format!("[-{}-] ", p.text),
                    Kind::Added => format!("[+{}+] ", p.text),
                })
                .collect();
            assert_eq!(shown.trim_end(), expected);
        };
        check("", "", "");
        check("a b c", "a b c", "a b c");
        check(
            "the police arrested three",
            "police arrested three men",
            "[-the-] police arrested three [+men+]",
        );
        check("a b", "c d", "[-a b-] [+c d+]");
        check("", "x", "[+x+]");
        // In long texts single common words do not part the differences.
        let tail = "one two three four five six seven eight nine ten ".repeat(4);
        check(
            &format!("a b the c d {tail}"),
            &format!("x y the z w {tail}"),
            &format!("[-a b the c d-] [+x y the z w+] {}", tail.trim_end()),
        );
    }
}
