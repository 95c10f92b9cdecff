//! Tokenizers of the metrics, equal to the reference implementations' to the character.
//!
//! They follow Python's idea of white space and lower case, because the published numbers do.
pub mod mteval;
pub mod porter;
pub mod rouge;
pub mod tercom;

/// White space as Python's `str.split()` and `str.rstrip()` see it: Unicode's plus the four ASCII separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The words of a line, as `str.split()` gives them.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(is_space).filter(|w| !w.is_empty())
}

/// The line without white space at its end, as `str.rstrip()` leaves it.
pub fn trim_end(line: &str) -> &str {
    line.trim_end_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_pythons() {
        let check = |line: &str, expected: &[&str]| {
            assert_eq!(words(line).collect::<Vec<_>>(), expected, "{line:?}");
        };
        check("", &[]);
        check(" \t\n ", &[]);
        check("a b", &["a", "b"]);
        check("a\u{1c}b\u{1f}c", &["a", "b", "c"]);
        check("a\u{a0}b\u{3000}c\u{85}d", &["a", "b", "c", "d"]);
        check("a\u{200b}b", &["a\u{200b}b"]);
        assert_eq!(trim_end("a b \u{1d}\n"), "a b");
    }
}
