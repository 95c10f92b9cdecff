//! A sentence cut where findings point, so that a template can mark the pieces without touching markup itself.
use serde::Serialize;

/// A place to mark: byte offsets into a sentence, and the number of the note that says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
    pub note: usize,
}

/// A piece of a sentence: plain, or marked by a note.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub note: Option<usize>,
}

/// Where an excerpt stands in `text`: at its offsets if they hold it, else where its words are first found.
pub fn locate(text: &str, start: usize, end: usize, excerpt: &str) -> Option<(usize, usize)> {
    if excerpt.is_empty() {
        return None;
    }
    match text.get(start..end) {
        Some(slice) if slice == excerpt => Some((start, end)),
        _ => text.find(excerpt).map(|at| (at, at + excerpt.len())),
    }
}

/// Cuts `text` at the marks. Of marks that overlap the first is kept: its neighbour's note still stands below.
pub fn pieces(text: &str, mut marks: Vec<Mark>) -> Vec<Piece<'_>> {
    marks.sort();
    let mut pieces = vec![];
    let mut at = 0;
    for mark in marks {
        if mark.start < at || mark.start >= mark.end {
            continue;
        }
        let (Some(before), Some(marked)) = (text.get(at..mark.start), text.get(mark.start..mark.end)) else {
            continue;
        };
        if !before.is_empty() {
            pieces.push(Piece {
                text: before,
                note: None,
            });
        }
        pieces.push(Piece {
            text: marked,
            note: Some(mark.note),
        });
        at = mark.end;
    }
    if at < text.len() || pieces.is_empty() {
        pieces.push(Piece {
            text: &text[at..],
            note: None,
        });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_marks_and_loses_nothing() {
        let check = |text: &str, marks: &[(usize, usize)], expected: &str| {
            let marks = (0..).zip(marks).map(|(note, &(start, end))| Mark { start, end, note });
            let pieces = pieces(text, marks.collect());
            let shown: String = pieces
                .iter()
                .map(|p| match p.note {
                    Some(n) => format!("[{n}:{}]", p.text),
                    None => p.text.to_string(),
                })
                .collect();
            assert_eq!(shown, expected);
            assert_eq!(pieces.iter().map(|p| p.text).collect::<String>(), text);
        };
        check("", &[], "");
        check("abc", &[], "abc");
        check("abc", &[(0, 3)], "[0:abc]");
        check("a b c", &[(4, 5), (0, 1)], "[1:a] b [0:c]");
        check("a b c", &[(0, 3), (2, 5)], "[0:a b] c"); // overlap
        check("a b c", &[(3, 2), (9, 12), (1, 1)], "a b c"); // nonsense
        check("è 5€", &[(1, 2), (3, 7)], "è [1:5€]"); // inside a character
    }

    #[test]
    fn finds_an_excerpt_whose_offsets_are_off() {
        assert_eq!(locate("two of 26", 7, 9, "26"), Some((7, 9)));
        assert_eq!(locate("two of 26", 0, 2, "26"), Some((7, 9)));
        assert_eq!(locate("two of 26", 70, 90, "26"), Some((7, 9)));
        assert_eq!(locate("two of 26", 0, 2, "27"), None);
        assert_eq!(locate("two", 0, 0, ""), None);
    }
}
