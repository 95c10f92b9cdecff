//! Italian spelt as the lexicon and the model know it: `pedo-pornografico` is read as `pedopornografico`.
//!
//! Only what the model is given is changed; quotes and checks have the article's own spelling.
use crate::text::{lexicon::is_known, words::words, Span};

/// Beginnings that some writers part with a hyphen, and dictionaries do not.
const PREFIXES: &[&str] = &[
    "anti", "audio", "auto", "bio", "ciber", "co", "contro", "cripto", "cyber", "eco", "elettro", "extra", "foto",
    "geo", "idro", "inter", "intra", "iper", "macro", "maxi", "mega", "micro", "mini", "mono", "moto", "multi",
    "narco", "neo", "neuro", "pedo", "pluri", "poli", "porno", "post", "pre", "pseudo", "psico", "radio", "retro",
    "ri", "semi", "socio", "sopra", "sotto", "sovra", "stra", "sub", "super", "tele", "termo", "trans", "ultra", "uni",
    "vice", "video",
];

/// A text with joined words, and where hyphens were taken out.
pub struct Joined {
    pub text: String,
    removed: Vec<usize>,
}

impl Joined {
    /// Takes the hyphen out of words that the lexicon knows without it.
    pub fn of(text: &str) -> Self {
        let words = words(text);
        let is_joined = |pair: &[Span]| {
            let (first, second) = (pair[0].of(text), pair[1].of(text));
            &text[pair[0].end..pair[1].start] == "-"
                && second.chars().count() > 3
                && second.chars().all(char::is_lowercase)
                && PREFIXES.contains(&first.to_lowercase().as_str())
                && is_known(&format!("{first}{second}"))
        };
        let pairs = words.windows(2).filter(|pair| is_joined(pair));
        let removed: Vec<usize> = pairs.map(|pair| pair[0].end).collect();
        let kept = text.char_indices().filter(|(at, _)| !removed.contains(at));
        Self {
            text: kept.map(|(_, c)| c).collect(),
            removed,
        }
    }

    /// Where a span of the text stands in the joined one.
    pub fn place(&self, span: Span) -> Span {
        let moved = |at: usize| at - self.removed.iter().filter(|&&r| r < at).count();
        Span::new(moved(span.start), moved(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_within_words_are_taken_out() {
        let check = |text: &str, expected: &str| assert_eq!(Joined::of(text).text, expected);
        check("materiale pedo-pornografico", "materiale pedopornografico");
        check(
            "Pedo-pornografia e video-sorveglianza",
            "Pedopornografia e videosorveglianza",
        );
        check("l'anti-terrorismo", "l'antiterrorismo");
        check("il super-io", "il super-io");
        check("Emilia-Romagna, ex-marito, 20-30", "Emilia-Romagna, ex-marito, 20-30");
        check("post - produzione", "post - produzione");
        check("", "");
    }

    #[test]
    fn places_move_with_the_text() {
        let text = "«pedo-pornografia» e armi";
        let joined = Joined::of(text);
        for word in ["armi", "e"] {
            let start = text.rfind(word).unwrap();
            let span = Span::new(start, start + word.len());
            assert_eq!(joined.place(span).of(&joined.text), word);
        }
        let whole = joined.place(Span::new(2, 18));
        assert_eq!(whole.of(&joined.text), "pedopornografia");
    }
}
