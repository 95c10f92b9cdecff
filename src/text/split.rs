//! Text to sentences: byte spans, in order, that cover everything but white space.
//!
//! Rules only, no model: the same bytes give the same spans on every machine. A wrong join costs a long sentence, a
//! wrong cut costs a sentence without its verb, so every doubt is decided for joining.
mod abbreviations;
mod blocks;
#[cfg(test)]
mod tests;

use super::Span;
use abbreviations::{starts_sentence, Kind};

pub use blocks::blocks;

/// Sentences of a whole text: [`blocks`] first (blank lines, headings, list items), then [`sentences`] of each.
pub fn split(text: &str) -> Vec<Span> {
    let mut found = vec![];
    for block in blocks(text) {
        found.extend(sentences(text, block));
    }
    found
}

/// Sentences of one block of running text; a newline inside it counts as a space. Spans are trimmed, in order, and
/// cover all of `block` but white space.
pub fn sentences(text: &str, block: Span) -> Vec<Span> {
    let chars: Vec<(usize, char)> = block
        .of(text)
        .char_indices()
        .map(|(i, c)| (block.start + i, c))
        .collect();
    let at = |i: usize| chars.get(i).map_or(block.end, |&(byte, _)| byte);
    let parens = parentheses(&chars);
    let mut found = vec![];
    let (mut first, mut i) = (skip_space(&chars, 0), 0);
    while i < chars.len() {
        if !is_terminator(chars[i].1) {
            i += 1;
            continue;
        }
        let dot = i;
        while i < chars.len() && is_terminator(chars[i].1) {
            i += 1;
        }
        let end = closers(&chars, i);
        if ends_sentence(&chars, first, dot, i, end, &parens) {
            push(text, Span::new(at(first), at(end)), &mut found);
            first = skip_space(&chars, end);
            i = end;
        }
    }
    push(text, Span::new(at(first), block.end), &mut found);
    found
}

/// Adds the trimmed span unless nothing is left of it.
fn push(text: &str, span: Span, found: &mut Vec<Span>) {
    let piece = span.of(text);
    let start = span.start + (piece.len() - piece.trim_start().len());
    let end = start + piece.trim().len();
    if start < end {
        found.push(Span::new(start, end));
    }
}

fn skip_space(chars: &[(usize, char)], i: usize) -> usize {
    i + chars[i..].iter().take_while(|(_, c)| c.is_whitespace()).count()
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn is_closer(c: char) -> bool {
    matches!(c, '»' | '”' | '’' | '"' | '\'' | ')' | ']' | '›')
}

fn is_opener(c: char) -> bool {
    matches!(
        c,
        '«' | '“' | '‘' | '"' | '\'' | '(' | '[' | '‹' | '„' | '–' | '—' | '-'
    )
}

/// Index after the quotes and brackets that close at `i`; a guillemet may stand after a space (`fine. »`).
fn closers(chars: &[(usize, char)], mut i: usize) -> usize {
    while i < chars.len() && is_closer(chars[i].1) {
        i += 1;
    }
    let mut spaced = i;
    while spaced < chars.len() && matches!(chars[spaced].1, ' ' | '\u{a0}' | '\u{202f}') {
        spaced += 1;
    }
    if spaced > i && spaced < chars.len() && chars[spaced].1 == '»' {
        return closers(chars, spaced + 1);
    }
    i
}

/// How far apart, in characters, an opening parenthesis and its partner may stand to count as a pair.
const REACH: usize = 400;

/// For each opening parenthesis that is closed within a few lines: (index of it, index of its partner).
fn parentheses(chars: &[(usize, char)]) -> Vec<(usize, usize)> {
    let (mut open, mut pairs) = (vec![], vec![]);
    for (i, &(_, c)) in chars.iter().enumerate() {
        match c {
            '(' | '[' => open.push(i),
            ')' | ']' => {
                if let Some(start) = open.pop() {
                    if i - start <= REACH {
                        pairs.push((start, i));
                    }
                }
            }
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Whether a sentence that began at `first` ends with the terminators `dot..after` and the closers `after..end`.
fn ends_sentence(
    chars: &[(usize, char)],
    first: usize,
    dot: usize,
    after: usize,
    end: usize,
    parens: &[(usize, usize)],
) -> bool {
    // In a parenthesis that opened in mid-sentence nothing ends, and dots alone in brackets are an omission.
    let before = &parens[..parens.partition_point(|&(s, _)| s < dot)];
    let mut near = before.iter().rev().take_while(|&&(s, _)| s + REACH >= dot);
    if near.any(|&(s, e)| s > first && e >= dot) || dot > 0 && matches!(chars[dot - 1].1, '(' | '[') {
        return false;
    }
    let next = skip_space(chars, end);
    if next == chars.len() {
        return true;
    }
    let token = token_before(chars, first, dot);
    if next == end {
        return after == end && after == dot + 1 && glued(chars, &token, end);
    }
    let mut word = next;
    while word < chars.len() && is_opener(chars[word].1) {
        word = skip_space(chars, word + 1);
    }
    let Some(&(_, head)) = chars.get(word) else {
        return false;
    };
    let following: String = chars[word..]
        .iter()
        .map(|&(_, c)| c)
        .take_while(|c| c.is_alphabetic())
        .collect();
    if !head.is_uppercase() && !head.is_numeric() && !is_camel(&following) && following != "segue" {
        return false;
    }
    if chars[dot].1 != '.' || after > dot + 1 || end > after || word > next {
        // `?`, `!`, an ellipsis, a closed or an opening quote: no abbreviation explains these, except a title
        // before an opening quote and a list mark.
        return chars[dot].1 != '.'
            || after > dot + 1
            || !(matches!(abbreviations::kind(&token), Some(Kind::Title | Kind::Reference))
                || is_dotted(&token) && matches!(chars[next].1, '–' | '—' | '-' | '(')
                || is_initial(&token) && end == after
                || is_list_mark(chars, first, dot));
    }
    let starter = starts_sentence(&following);
    match abbreviations::kind(&token) {
        Some(Kind::Title) => false,
        Some(Kind::Reference) => starter,
        Some(Kind::Closing) => head.is_uppercase(),
        None if is_list_mark(chars, first, dot) => false,
        None if is_dotted(&token) => starter,
        None if is_initial(&token) => initial_ends(chars, first, dot, &token, starter),
        None if is_dateline(chars, first, dot) => false,
        None => true,
    }
}

/// The word that ends before `dot`, dots inside it included (`C.N.C.P.O` for `C.N.C.P.O.`).
fn token_before(chars: &[(usize, char)], first: usize, dot: usize) -> String {
    // Longer runs are no abbreviation; the limit keeps hostile text linear.
    let first = first.max(dot.saturating_sub(40));
    let mut start = dot;
    while start > first {
        let c = chars[start - 1].1;
        if c.is_whitespace() || is_opener(c) || is_closer(c) || matches!(c, '/' | ',' | ';' | ':' | '@') {
            break;
        }
        start -= 1;
    }
    chars[start..dot].iter().map(|&(_, c)| c).collect()
}

/// `fine.Poi`: a full stop without its space, as saved pages have them; not `Sig.Rossi`, not `ansa.It`.
fn glued(chars: &[(usize, char)], token: &str, next: usize) -> bool {
    let long = token.chars().count() > 3 && token.chars().all(char::is_lowercase);
    let upper = chars.get(next).is_some_and(|&(_, c)| c.is_uppercase());
    let lower = chars
        .get(next + 1)
        .is_some_and(|&(_, c)| c.is_lowercase() || matches!(c, '\'' | '’' | ' '));
    long && upper && lower && abbreviations::kind(token).is_none()
}

/// `iPhone`, `eBay`: names that begin a sentence in lower case.
fn is_camel(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_lowercase) && chars.next().is_some_and(char::is_uppercase)
}

/// Letters in short groups with a one-letter group among them: `S.p.A`, `D.Lgs`, `C.N.C.P.O`, `G.R`.
fn is_dotted(token: &str) -> bool {
    token.contains('.')
        && token
            .split('.')
            .all(|g| (1..=4).contains(&g.chars().count()) && g.chars().all(char::is_alphabetic))
        && token.split('.').any(|g| g.chars().count() == 1)
}

/// One letter: `G` of `G. Rossi`, `p` of `p. 12`; not the words `è`, `e`, `o`.
fn is_initial(token: &str) -> bool {
    let mut chars = token.chars();
    let initial = |c: char| c.is_uppercase() || c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    chars.next().is_some_and(initial) && chars.next().is_none()
}

/// A single letter ends a sentence after a noun that takes one (`serie A.`); before a word that begins sentences
/// also as the last of several initials (`M. R.`) or as a ruler's number (`Carlo V.`).
fn initial_ends(chars: &[(usize, char)], first: usize, dot: usize, token: &str, starter: bool) -> bool {
    let before: String = chars[first.max(dot.saturating_sub(40))..dot - 1]
        .iter()
        .map(|&(_, c)| c)
        .collect();
    let previous = before.split_whitespace().next_back().unwrap_or("");
    let initials = previous.strip_suffix('.').is_some_and(is_initial);
    let ruler = matches!(token, "I" | "V" | "X") && previous.chars().next().is_some_and(char::is_uppercase);
    abbreviations::takes_letter(previous) || starter && (initials || ruler)
}

/// `ANCONA.` at the head of a report.
fn is_dateline(chars: &[(usize, char)], first: usize, dot: usize) -> bool {
    first == 0 && dot > 3 && chars[..dot].iter().all(|(_, c)| c.is_uppercase())
}

/// `1.`, `IV.` or `a.` at the head of a sentence: a list mark, not a sentence.
fn is_list_mark(chars: &[(usize, char)], first: usize, dot: usize) -> bool {
    let mark = &chars[first..dot];
    let digits = mark.iter().all(|(_, c)| c.is_ascii_digit());
    let roman = mark.iter().all(|(_, c)| matches!(c, 'I' | 'V' | 'X'));
    !mark.is_empty() && (digits && mark.len() <= 2 || roman && mark.len() <= 4 || mark.len() == 1)
}
