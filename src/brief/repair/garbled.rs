//! Words that are none, put right from the lexicon: `materyly` beside `materialmente` is `materially`.
use crate::{
    brief::fidelity::{distance, Doubts, Reading},
    text::lexicon::is_english,
};

/// Letters that may differ, of all letters of the word: a quarter, and a third where the words begin alike.
const LETTERS: usize = 4;
const ALIKE: usize = 3;
/// Letters at the beginning of words that begin alike.
const BEGINNING: usize = 5;
/// Letters of the shortest word that is mended.
const SHORTEST: usize = 5;

/// English in which one garbled word is replaced, with the word that was there and the one that is there now.
pub fn patches(reading: &Reading, doubts: &Doubts, english: &str) -> Vec<(String, String, String)> {
    let garbled = doubts.garbled.iter().chain(&doubts.garbled_in_quotes);
    let put = |span: &crate::text::Span| {
        let wrong = span.of(english);
        let right = mended(wrong, reading)?;
        let text = format!("{}{right}{}", &english[..span.start], &english[span.end..]);
        Some((text, wrong.to_string(), right))
    };
    garbled.filter_map(put).collect()
}

/// The English word that a garbled one is most like, of those that words of the Italian may become.
fn mended(wrong: &str, reading: &Reading) -> Option<String> {
    let small = wrong.to_lowercase();
    let length = small.chars().count();
    if length < SHORTEST {
        return None;
    }
    let known = reading.english().flat_map(forms);
    let near = known.filter(|w| w.chars().count() >= SHORTEST - 1 && w.chars().next() == small.chars().next());
    // An ending that both have is worth more than a letter: `materyly` is an adverb.
    let end = |w: &str| w.get(w.len().saturating_sub(2)..).unwrap_or_default().to_string();
    let measured = near.map(|w| (2 * distance(&small, &w) + if end(&w) == end(&small) { 0 } else { 3 }, w));
    let (_, right) = measured.filter(|(_, w)| is_english(w)).min()?;
    let letters = distance(&small, &right);
    let common = small.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    let alike = common >= BEGINNING && letters * ALIKE <= length + 1;
    let found = (letters * LETTERS <= length || alike).then_some(right)?;
    let capital = wrong.chars().next().is_some_and(char::is_uppercase);
    Some(match capital {
        true => found[..1].to_uppercase() + &found[1..],
        false => found,
    })
}

/// A word with its plainest inflections.
fn forms(word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    if !word.bytes().all(|b| b.is_ascii_lowercase()) || word.is_empty() {
        return vec![];
    }
    let body = word.strip_suffix('e').unwrap_or(&word);
    let mut forms = vec![format!("{body}ed"), format!("{body}ing"), format!("{word}s")];
    if word.ends_with(['s', 'x', 'h']) {
        forms[2] = format!("{word}es");
    }
    if let Some(stem) = word.strip_suffix('y') {
        forms = vec![format!("{stem}ied"), format!("{word}ing"), format!("{stem}ies")];
    }
    forms.push(word);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbled_words_are_mended_from_the_lexicon() {
        let check = |italian: &str, english: &str, expected: Option<&str>| {
            let reading = Reading::of(italian);
            let doubts = reading.doubts(english);
            let found = patches(&reading, &doubts, english).into_iter().next();
            assert_eq!(found.map(|(text, ..)| text).as_deref(), expected, "{english}");
        };
        check(
            "La partecipazione è gratuita.",
            "The partecipation is free.",
            Some("The participation is free."),
        );
        check(
            "Violenze avvenute materialmente in Asia.",
            "Violence that took place \"materyly\" in Asia.",
            Some("Violence that took place \"materially\" in Asia."),
        );
        check(
            "Bambini molto piccoli.",
            "Very smallly children.",
            Some("Very small children."),
        );
        check("Sono anonimi.", "They are anonymouss.", Some("They are anonymous."));
        check("Una vera e propria industria.", "A vernian of industry.", None);
        check("Il furgone è fermo.", "The vernian is stopped.", None);
        check("Il furgone è fermo.", "The van is stopped.", None);
    }
}
