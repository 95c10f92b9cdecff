//! The words that names are made of: acronyms with full stops, `D'Amico`, letters with hyphens between.
use super::gazetteer;
use crate::text::Span;
use unicode_normalization::char::is_combining_mark;

/// A word with its place.
pub struct Word<'a> {
    pub text: &'a str,
    pub span: Span,
    pub capital: bool,
    /// Begins a sentence or a quotation.
    pub opening: bool,
}

/// Words of a text, in order.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let mut out: Vec<Word> = vec![];
    let mut from = 0;
    while let Some(m) = next(text, from) {
        from = m.end;
        let before = text[out.last().map_or(0, |w| w.span.end)..m.start].trim_end();
        let opening = out.is_empty() || before.ends_with(['.', '!', '?', ':', '"', '«', '“', '(', '–', '—', '…', '\n']);
        let dotted = out.last().is_some_and(|w| w.text.contains('.'));
        let (mut start, word) = (m.start, m.of(text));
        let mut shown = word;
        // `L'Italia` is `Italia`, `L'Aquila` stays
        if let Some((head, tail)) = word.split_once(['\'', '’']) {
            let joined = word.replace('’', "'");
            if matches!(head, "L" | "Un" | "All" | "Nell" | "Sull") && gazetteer::italian(&joined).is_none() {
                start = m.end - tail.len();
                shown = tail;
            }
        }
        out.push(Word {
            text: shown,
            span: Span::new(start, m.end),
            capital: shown.starts_with(char::is_uppercase),
            opening: opening && !dotted,
        });
    }
    out
}

/// The next word from byte `from` on.
fn next(text: &str, from: usize) -> Option<Span> {
    let start = from + text[from..].find(char::is_alphabetic)?;
    let word = &text[start..];
    let length = dotted(word).or_else(|| elided(word)).unwrap_or_else(|| hyphened(word));
    Some(Span::new(start, start + length))
}

/// Bytes of the letters that a text begins with.
fn letters(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())
}

/// Bytes of the acronym with full stops that a text begins with. The last letter of `C.O.S.C` is its own, the `R` of
/// `U.S.Roma` begins a word.
fn dotted(text: &str) -> Option<usize> {
    let capital = |at: usize| {
        let first = text[at..].chars().next().filter(|c| c.is_uppercase());
        first.map(|c| at + c.len_utf8())
    };
    let (mut end, mut count) = (0, 0);
    while let Some(stop) = capital(end).filter(|stop| text[*stop..].starts_with('.')) {
        (end, count) = (stop + 1, count + 1);
    }
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || is_combining_mark(c);
    let last = capital(end).filter(|last| !text[*last..].starts_with(goes_on));
    (count > 1).then(|| last.unwrap_or(end))
}

/// Bytes of the name with an apostrophe inside that a text begins with: `D'Amico`, `L'Aquila`.
fn elided(text: &str) -> Option<usize> {
    let head = letters(text);
    let tail = text[head..].strip_prefix(['\'', '’'])?;
    let is_name = text.starts_with(char::is_uppercase) && tail.starts_with(char::is_uppercase);
    let length = letters(tail);
    (is_name && tail[..length].chars().nth(1).is_some()).then(|| text.len() - tail.len() + length)
}

/// Bytes of the letters that a text begins with, hyphens between them.
fn hyphened(text: &str) -> usize {
    let mut end = letters(text);
    while let Some(rest) = text[end..].strip_prefix('-') {
        match letters(rest) {
            0 => break,
            more => end += 1 + more,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words() {
        for (text, expected) in [
            ("Il C.N.C.P.O. di D'Amico", "Il C.N.C.P.O. di D'Amico"),
            ("la C.O.S.C e l'U.S.Roma", "la C.O.S.C e l U.S. Roma"),
            ("L’Aquila, L’Italia, l'Etna", "L’Aquila Italia l Etna"),
            ("Reggio-Emilia-, d'I", "Reggio-Emilia d I"),
            ("3 A. B è", "A B è"),
            ("D'A, O'B.", "D A O B"),
            ("", ""),
        ] {
            let found: Vec<&str> = words(text).iter().map(|w| w.text).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
