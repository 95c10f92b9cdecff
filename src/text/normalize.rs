//! One spelling for quotes, dashes and spaces: what the models saw in training, so what they must be given.
use unicode_normalization::UnicodeNormalization;

/// Exactly `norm` of `models/small-it-en/recipe/prepare.py`: NFC, straight quotes, plain dashes and dots, no
/// zero-width marks, single spaces, trimmed. Idempotent.
pub fn normalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.nfc() {
        let plain = match c {
            '’' | '‘' | '`' | '´' => "'",
            '“' | '”' | '„' | '«' | '»' => "\"",
            '–' | '—' => "-",
            '…' => "...",
            '\u{200b}' | '\u{feff}' => continue,
            c if is_space(c) => {
                space = true;
                continue;
            }
            _ => "",
        };
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        if plain.is_empty() {
            out.push(c);
        } else {
            out.push_str(plain);
        }
    }
    out
}

/// White space as Python's `\s` has it: Unicode's and the four information separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// One line with single spaces: every run of white space, line ends included, is a space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form of a word for comparing: lower case, without accents and apostrophes.
pub fn fold(word: &str) -> String {
    word.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !matches!(c, '\'' | '’'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `tests/golden/normalize.json` is written by the recipe's own `norm`: `tests/golden/normalize.py`.
    #[test]
    fn equals_the_recipe() {
        let rows: Vec<(String, String)> =
            serde_json::from_str(include_str!("../../tests/golden/normalize.json")).unwrap();
        assert!(rows.len() >= 40);
        for (input, expected) in rows {
            assert_eq!(normalize(&input), expected, "{input:?}");
        }
    }

    #[test]
    fn folds() {
        for (word, expected) in [("Città", "citta"), ("PERCHÉ", "perche"), ("l’", "l"), ("Über", "uber")] {
            assert_eq!(fold(word), expected);
        }
    }

    proptest! {
        #[test]
        fn is_idempotent(text in "\\PC*|[a-zàè «»’“”…\u{a0}\u{200b}\n\t.]*") {
            let once = normalize(&text);
            prop_assert_eq!(&normalize(&once), &once);
            prop_assert!(!once.contains("  ") && once.trim() == once);
        }
    }
}
