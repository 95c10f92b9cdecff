//! BLEU's tokenizers: `13a` (mteval-v13a, what WMT reports), `intl` (mteval-v14), `char` and `none`.
use super::is_space;
use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};

/// How a line becomes words before n-grams are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tokenizer {
    /// mteval-v13a: ASCII punctuation apart, except inside numbers.
    #[default]
    V13a,
    /// mteval-v14: Unicode punctuation and symbols apart, except between digits.
    Intl,
    /// Every character is a word.
    Char,
    /// White space only.
    None,
}

impl Tokenizer {
    /// Every tokenizer with the name that `--tokenize` and signatures use.
    pub const ALL: &[(&'static str, Tokenizer)] = &[
        ("13a", Self::V13a),
        ("intl", Self::Intl),
        ("char", Self::Char),
        ("none", Self::None),
    ];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, t)| *t)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, t)| *t == self).map_or("", |(n, _)| n)
    }

    /// The line with its words separated by white space; `words` of the result are the tokens.
    pub fn apply(self, line: &str) -> String {
        match self {
            Self::V13a => v13a(line),
            Self::Intl => intl(line),
            Self::Char => line.chars().flat_map(|c| [c, ' ']).collect(),
            Self::None => line.to_string(),
        }
    }
}

/// mteval-v13a as sacreBLEU has it. Bytes suffice: every rule looks at ASCII, and no byte of a longer
/// character is ASCII, so a rule's `[^0-9]` may stand on such a character's last or first byte.
fn v13a(line: &str) -> String {
    let mut line = Cow::Borrowed(line);
    for (from, to) in [("<skipped>", ""), ("-\n", ""), ("\n", " ")] {
        if line.contains(from) {
            line = Cow::Owned(line.replace(from, to));
        }
    }
    if line.contains('&') {
        for (from, to) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
            line = Cow::Owned(line.replace(from, to));
        }
    }
    let mut bytes = Vec::with_capacity(line.len() * 2);
    bytes.push(b' ');
    for b in line.bytes().chain([b' ']) {
        if is_mark(b) {
            bytes.extend([b' ', b, b' ']);
        } else {
            bytes.push(b);
        }
    }
    // The space before the line is no mark's neighbour that a rule could split, but it is `[^0-9]`.
    let dot = |b: u8| b == b'.' || b == b',';
    let bytes = split_pairs(&bytes, |a, b| !a.is_ascii_digit() && dot(b), |a, b| [a, b' ', b, b' ']);
    let bytes = split_pairs(&bytes, |a, b| dot(a) && !b.is_ascii_digit(), |a, b| [b' ', a, b' ', b]);
    let bytes = split_pairs(
        &bytes,
        |a, b| a.is_ascii_digit() && b == b'-',
        |a, b| [a, b' ', b, b' '],
    );
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The class of 13a's first rule: ASCII punctuation but `'`, `,`, `-` and `.`, and the space itself.
fn is_mark(b: u8) -> bool {
    matches!(b, b'{'..=b'~' | b'['..=b'`' | b' '..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/')
}

/// One substitution over pairs of neighbours, from the left and without overlap, as `re.sub` does it.
fn split_pairs(bytes: &[u8], matches: impl Fn(u8, u8) -> bool, out: impl Fn(u8, u8) -> [u8; 4]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len() + 16);
    let mut i = 0;
    while i < bytes.len() {
        if i + 1 < bytes.len() && matches(bytes[i], bytes[i + 1]) {
            result.extend(out(bytes[i], bytes[i + 1]));
            i += 2;
        } else {
            result.push(bytes[i]);
            i += 1;
        }
    }
    result
}

static INTL: LazyLock<[(Regex, &str); 3]> = LazyLock::new(|| {
    let rule = |pattern, to| (Regex::new(pattern).expect("a constant pattern"), to);
    [
        rule(r"(\P{N})(\p{P})", "${1} ${2} "),
        rule(r"(\p{P})(\P{N})", " ${1} ${2}"),
        rule(r"(\p{S})", " ${1} "),
    ]
});

/// mteval-v14 as sacreBLEU has it, with its known fault: a number's full stop at the end of a line stays with it.
fn intl(line: &str) -> String {
    let mut line = Cow::Borrowed(line);
    for (pattern, to) in INTL.iter() {
        line = Cow::Owned(pattern.replace_all(&line, *to).into_owned());
    }
    line.split(is_space)
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{super::words, *};

    fn check(tokenizer: Tokenizer, line: &str, expected: &str) {
        let tokens: Vec<_> = words(&tokenizer.apply(line)).map(str::to_string).collect();
        assert_eq!(tokens.join(" "), expected, "{} {line:?}", tokenizer.name());
    }

    #[test]
    fn v13a_splits_as_mteval_does() {
        let check = |line, expected| check(Tokenizer::V13a, line, expected);
        check("", "");
        check("Hello, world.", "Hello , world .");
        check("3.5 million, 1,000", "3.5 million , 1,000");
        check("in 2023-24 (a+b)", "in 2023 - 24 ( a + b )");
        check("&quot;a&quot; &amp;lt; b", "\" a \" < b");
        check("it's the co-founder...", "it's the co-founder . . .");
        check("è, «così».", "è , «così» .");
        check("a<skipped>b", "ab");
        check("x.5 y,5", "x . 5 y , 5");
        check("a/b\\c", "a / b \\ c");
        check(".,.,", ". , . ,");
    }

    #[test]
    fn intl_splits_unicode_punctuation() {
        let check = |line, expected| check(Tokenizer::Intl, line, expected);
        check("", "");
        check("«Sì», disse: 3,5%", "« Sì » , disse : 3,5%");
        check("US$ 5 — ok.", "US $ 5 — ok .");
        check("in 2023.", "in 2023.");
        check("“a”", "“ a ”");
    }

    #[test]
    fn char_and_none() {
        check(Tokenizer::Char, "aà 日", "a à 日");
        check(Tokenizer::None, " a  b. ", "a b.");
    }
}
