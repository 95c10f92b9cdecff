//! Names that a model writes almost right: `Feretti` for `Ferretti` identifies as well as the name itself.
use crate::text::{
    calendar, gazetteer,
    normalize::fold,
    words::{is_stop, words, Language},
};
use std::collections::HashSet;

/// Capitalised words of an English text that are one of `names` but for a letter or two. Words that the Italian has as
/// they are (`italian`, folded) are other names; months, week days and places of the gazetteer are no names.
pub fn garbled<'a>(english: &'a str, names: &[&str], italian: &HashSet<String>) -> Vec<&'a str> {
    let mut out = vec![];
    for span in words(english) {
        let word = span.of(english);
        let folded = fold(word);
        let known = italian.contains(&folded)
            || calendar::month_en(&folded).is_some()
            || calendar::weekday_en(&folded).is_some()
            || gazetteer::english(word).is_some()
            || is_stop(word, Language::English);
        if word.starts_with(char::is_uppercase) && !known && names.iter().any(|n| near(&fold(n), &folded)) {
            out.push(word);
        }
    }
    out
}

/// Whether a word is a name misspelt: in one letter, from eight letters on in two; its first letter is kept.
fn near(name: &str, word: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (name.chars().collect(), word.chars().collect());
    let most = match a.len() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    a != b && a.first() == b.first() && a.len().abs_diff(b.len()) <= most && distance(&a, &b) <= most
}

/// Letters put in, left out, changed, or swapped with their neighbours (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swapped = match i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        true => rows[i - 2][j - 2] + 1,
                        false => changed,
                    };
                    changed.min(swapped).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1)
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_that_are_almost_right() {
        let italian: HashSet<String> = ["ferretti", "zorzanello", "marco", "ferretto", "anna"]
            .map(String::from)
            .into();
        for (english, expected) in [
            ("Ms Feretti was heard.", vec!["Feretti"]),
            ("Ferretti was heard by Ferretto's lawyer.", vec![]),
            ("Zorzanelo and Zorzanlelo", vec!["Zorzanelo", "Zorzanlelo"]),
            ("Marko was heard on 3 March.", vec!["Marko"]),
            ("Anne was heard in Ancona.", vec!["Anne"]),
            ("The ferret was heard in Ferrara.", vec![]),
            ("", vec![]),
        ] {
            let names = ["Ferretti", "Zorzanello", "Marco", "Anna"];
            assert_eq!(garbled(english, &names, &italian), expected, "{english}");
        }
    }
}
