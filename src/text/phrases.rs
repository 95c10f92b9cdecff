//! Italian expressions of several words with what they are in English: `seeds/lexicon/phrases.tsv`.
//!
//! `ordinanza di custodia cautelare` is a remand order, whatever its words mean one by one. Expressions are written by
//! hand and counted in the training text by `models/small-it-en/recipe/phrases.py`, which finds them in the same way:
//! by stems, prepositions and articles in any form, without gaps.
use super::{
    table,
    words::{function_word, stem, words, Language},
    Span,
};

const PHRASES: &str = include_str!("../../seeds/lexicon/phrases.tsv");

/// Words of the longest expression.
const LONGEST: usize = 7;

/// An expression in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub span: Span,
    /// Times it stands in the text that was counted.
    pub count: u32,
    /// Base forms in English, the most frequent first.
    pub english: Vec<&'static str>,
}

/// The expressions of a text, from the left, the longest that begins at a word.
pub fn phrases(text: &str) -> Vec<Phrase> {
    let words = words(text);
    let keys: Vec<Option<String>> = words.iter().map(|s| key(s.of(text))).collect();
    let mut found = vec![];
    let mut at = 0;
    while at < words.len() {
        match longest(text, &words[at..], &keys[at..]) {
            Some((n, phrase)) => {
                found.push(phrase);
                at += n;
            }
            None => at += 1,
        }
    }
    found
}

/// The longest expression that begins with the first word, and its number of words.
fn longest(text: &str, words: &[Span], keys: &[Option<String>]) -> Option<(usize, Phrase)> {
    let first = keys.first()?.as_deref()?;
    let joined = |pair: &[Span]| matches!(&text[pair[0].end..pair[1].start], " " | "'" | "’");
    let run = 1 + words.windows(2).take_while(|p| joined(p)).count();
    let keys: Vec<&str> = keys[..run.min(LONGEST)].iter().map_while(Option::as_deref).collect();
    let begin = |line: &'static str| line.split([' ', '\t']).next().unwrap_or(line);
    table::from(PHRASES, |line| begin(line).cmp(first))
        .take_while(|line| begin(line) == first)
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let n = matched(fields.next()?, &keys)?;
            let count = fields.next()?.parse().ok()?;
            let english = fields.next()?.split('|').collect();
            let span = Span::new(words[0].start, words[n - 1].end);
            Some((n, Phrase { span, count, english }))
        })
        .max_by_key(|(n, _)| *n)
}

/// Number of words of an expression with which the keys begin.
fn matched(expression: &str, keys: &[&str]) -> Option<usize> {
    let mut n = 0;
    for word in expression.split(' ') {
        (*keys.get(n)? == word).then_some(())?;
        n += 1;
    }
    Some(n)
}

/// What a word is known by: its stem, or a preposition or article without its form. None for what is not all letters.
fn key(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    if let Some(plain) = function_word(&word) {
        return Some(plain.into());
    }
    let letters = word.chars().all(char::is_alphabetic);
    letters.then(|| short(stem(&word, Language::Italian)))
}

/// The stem without the vowel that the stemmer leaves on short words: `arma`, `armi`.
fn short(mut stem: String) -> String {
    if stem.chars().nth(3).is_some() && stem.ends_with(['a', 'e', 'i', 'o']) {
        stem.pop();
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_expressions() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = phrases(text);
            let found: Vec<(&str, &str)> = found.iter().map(|p| (p.span.of(text), p.english[0])).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "Arresti domiciliari per due.",
            &[("Arresti domiciliari", "house arrest")],
        );
        check(
            "chiesti gli arresti domiciliari",
            &[("arresti domiciliari", "house arrest")],
        );
        check("arresti, domiciliari", &[]);
        check("le armi da fuoco", &[("armi da fuoco", "firearm")]);
        check("un'arma dal fuoco", &[("arma dal fuoco", "firearm")]);
        check("la battuta d'arresto", &[("battuta d'arresto", "setback")]);
        check("arresti", &[]);
        check("", &[]);
    }

    #[test]
    fn every_line_is_an_expression() {
        let key = |line: &'static str| line.split('\t').next().unwrap();
        let lines: Vec<&str> = PHRASES.lines().collect();
        let begin = |line: &'static str| key(line).split(' ').next().unwrap();
        assert!(lines.windows(2).all(|w| key(w[0]) < key(w[1])), "sorted, no key twice");
        // Sorted by whole keys, expressions with one first word are neighbours all the same.
        assert!(
            lines.windows(2).all(|w| begin(w[0]) <= begin(w[1])),
            "sorted by first words"
        );
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            let words = fields[0].split(' ').count();
            assert!((2..=LONGEST).contains(&words), "{line}");
            assert!(
                fields[1].parse::<u32>().is_ok() && !fields[2].split('|').any(str::is_empty),
                "{line}"
            );
        }
    }
}
