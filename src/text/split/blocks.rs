//! Text to blocks: what a reader sees as one paragraph, heading or list item.
use crate::text::Span;

/// Longest line that an editor or mail program wraps at, in characters.
const WIDEST_WRAP: usize = 130;

/// Words after which no line of a heading ends: the next line goes on.
const OPEN_ENDED: &str = "il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli \
    alle all da dal dallo dalla dai dagli dalle in nel nello nella nei negli nelle con col su sul sullo sulla sui sugli \
    sulle per tra fra e ed o che non è ha hanno sono the of and to in";

/// Blocks of `text`: trimmed spans in order that cover all but white space. Blank lines always separate blocks. A
/// single newline does where the next line is a list item, or where neither line looks wrapped: a text whose lines
/// break in mid-sentence is taken as wrapped by width, so there a short line before a capital is a heading.
pub fn blocks(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let wrap = wrap_width(text, &lines);
    let mut found: Vec<Span> = vec![];
    let mut open = false;
    for (i, line) in lines.iter().enumerate() {
        if line.start == line.end {
            open = false;
            continue;
        }
        if open && continues(lines[i - 1].of(text), line.of(text), wrap) {
            if let Some(last) = found.last_mut() {
                last.end = line.end;
            }
        } else {
            found.push(*line);
        }
        open = true;
    }
    found
}

/// Trimmed spans of all lines; blank ones are empty. `\r\n`, `\r`, form feed and the Unicode separators end lines.
fn lines(text: &str) -> Vec<Span> {
    let mut found = vec![];
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            found.push(trim(text, start, at));
            start = at + c.len_utf8();
            if c == '\r' && chars.peek().is_some_and(|&(_, n)| n == '\n') {
                chars.next();
                start += 1;
            }
            // A form feed or paragraph separator is as good as a blank line.
            if matches!(c, '\u{c}' | '\u{2029}') {
                found.push(Span::new(start, start));
            }
        }
    }
    found.push(trim(text, start, text.len()));
    found
}

fn trim(text: &str, start: usize, end: usize) -> Span {
    let line = &text[start..end];
    let from = start + (line.len() - line.trim_start().len());
    Span::new(from, from + line.trim().len())
}

/// The width at which the text is wrapped, in characters: `None` if no line breaks in mid-sentence, or if lines are
/// longer than any editor wraps at.
fn wrap_width(text: &str, lines: &[Span]) -> Option<usize> {
    let width = |s: &Span| s.of(text).chars().count();
    let widest = lines.iter().map(width).max().unwrap_or(0);
    let wrapped = lines.windows(2).any(|w| {
        let (a, b) = (w[0].of(text), w[1].of(text));
        !a.is_empty() && !ends_terminated(a) && b.starts_with(char::is_lowercase) && width(&w[0]) * 2 > widest
    });
    (wrapped && widest <= WIDEST_WRAP).then_some(widest)
}

/// Whether line `b` goes on where line `a` stopped.
fn continues(a: &str, b: &str, wrap: Option<usize>) -> bool {
    if is_item(b) || a.starts_with('#') || b.starts_with('#') {
        return false;
    }
    let last = a.chars().next_back().unwrap_or(' ');
    let last_word = a.rsplit([' ', '\u{a0}']).next().unwrap_or(a).to_lowercase();
    if b.starts_with(char::is_lowercase)
        || matches!(last, ',' | ';' | '(' | '«' | '“' | '\'' | '’' | '/')
        || OPEN_ENDED.split_ascii_whitespace().any(|w| w == last_word)
    {
        return true;
    }
    let Some(width) = wrap else { return false };
    // A wrapping program breaks only where the next word would not have fitted.
    let next_word = b.split_whitespace().next().unwrap_or("").chars().count();
    a.chars().count() + 1 + next_word > width
}

/// Whether the line ends as sentences do.
fn ends_terminated(line: &str) -> bool {
    let body = line.trim_end_matches(['»', '”', '’', '"', '\'', ')', ']', ' ']);
    body.ends_with(['.', '!', '?', '…', ':'])
}

/// A list item: a bullet, or a number or letter with a bracket or full stop, before a space.
fn is_item(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let Some(mark) = words.next() else { return false };
    if words.next().is_none() {
        return false;
    }
    if matches!(mark, "-" | "–" | "—" | "*" | "•" | "·" | "▪" | "►" | "◦" | "‣" | "+") {
        return true;
    }
    let Some(body) = mark.strip_suffix([')', '.', '°']) else {
        return false;
    };
    let body = body.strip_prefix('(').unwrap_or(body);
    let digits = body.len() <= 2 && body.chars().all(|c| c.is_ascii_digit());
    let letter = mark.ends_with(')') && body.chars().count() == 1 && body.chars().all(char::is_alphabetic);
    !body.is_empty() && (digits || letter)
}
