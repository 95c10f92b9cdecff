//! Words of a brief that pages and feeds show: a headline that is never empty, facts by kind, one line of plain text.
use crate::{brief::Brief, text::normalize::one_line};

/// A brief's headline; its article's title or its id where it has none, so that every link has words.
pub fn headline(brief: &Brief) -> String {
    [
        brief.headline.as_str(),
        brief.source.title.as_deref().unwrap_or_default(),
        &brief.id,
    ]
    .into_iter()
    .map(tidy)
    .find(|t| !t.is_empty())
    .unwrap_or_else(|| "Untitled".into())
}

/// The brief's facts of one kind, each once, in the order of the article.
pub fn facts(brief: &Brief, kind: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for fact in brief.facts.iter().filter(|f| f.kind == kind) {
        let text = tidy(&fact.text);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// One line, single spaces, and no control characters: XML 1.0 has no way to write most of them.
pub fn tidy(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => ' ',
            c => c,
        })
        .collect();
    one_line(&plain)
}

/// A message whose words in backticks stand in quotation marks, as pages write them. Text with a backtick of its own,
/// so that they come in no pairs, stays as it is.
pub fn quoted(message: &str) -> String {
    if !message.matches('`').count().is_multiple_of(2) {
        return message.into();
    }
    let mut out = String::with_capacity(message.len() + 8);
    for (i, part) in message.split('`').enumerate() {
        out.push_str(match i {
            0 => "",
            i if i % 2 == 1 => "\u{201c}",
            _ => "\u{201d}",
        });
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_become_quotation_marks() {
        for (message, expected) in [
            ("", ""),
            ("the English says `717th`", "the English says \u{201c}717th\u{201d}"),
            ("`a` and `b`", "\u{201c}a\u{201d} and \u{201c}b\u{201d}"),
            ("one ` alone", "one ` alone"),
        ] {
            assert_eq!(quoted(message), expected);
        }
    }

    #[test]
    fn tidy_text_is_one_plain_line() {
        for (text, expected) in [
            ("", ""),
            ("  two\n lines\t", "two lines"),
            ("a\u{0}b\u{1b}[31m", "a b [31m"),
            ("è \u{ffff}<b>", "è <b>"),
        ] {
            assert_eq!(tidy(text), expected);
        }
    }
}
