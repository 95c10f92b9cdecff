//! English hints beside rare Italian words, for a model that was trained to read them.
//!
//! `I calabroni asiatici` is given as `I calabroni < hornet > asiatici`; the model inflects the hint, puts it in its
//! place or overrides it. T. Bergmanis and M. Pinnis, "Facilitating terminology translation with target lemma
//! annotations", EACL 2021; made for training by `models/small-it-en/recipe/hints.py`.
use crate::text::{
    lexicon::{hint, is_content},
    phrases::phrases,
    words::words,
    Span,
};

/// Expressions that stand more often in the training text than this, the model knows by itself.
const RARE: u32 = 400;
const OPEN: char = '<';
const CLOSE: char = '>';

/// What the English of a place of the Italian is asked to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub span: Span,
    pub english: String,
}

/// What of a text has hints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hinted {
    /// Rare expressions, and the rare words outside of expressions.
    #[default]
    Expressions,
    /// The rare words outside of expressions.
    Outside,
    /// All rare words, in expressions as well.
    Words,
}

/// Whether a text has expressions with hints.
pub fn has_expressions(text: &str) -> bool {
    phrases(text).iter().any(|p| p.count < RARE)
}

/// Hints of the lexicon for a text.
pub fn hints(text: &str, what: Hinted) -> Vec<Hint> {
    let of = |span: Span, english: &str| Hint {
        span,
        english: english.to_string(),
    };
    let phrases = match what {
        Hinted::Words => vec![],
        _ => phrases(text),
    };
    let is_outside = |s: &Span| !phrases.iter().any(|p| p.span.start <= s.start && s.start < p.span.end);
    let word = |span: Span| {
        let word = span.of(text);
        let english = is_content(word, span.start == 0).then(|| hint(word)).flatten()?;
        Some(of(span, english))
    };
    let rare = phrases.iter().filter(|p| p.count < RARE && what == Hinted::Expressions);
    let mut hints: Vec<Hint> = rare.map(|p| of(p.span, p.english[0])).collect();
    hints.extend(words(text).into_iter().filter(is_outside).filter_map(word));
    hints.sort_by_key(|h| h.span.start);
    hints
}

/// The same with others that go before them, where the two overlap.
pub fn with(mut hints: Vec<Hint>, first: impl IntoIterator<Item = Hint>) -> Vec<Hint> {
    for hint in first {
        hints.retain(|h| h.span.end <= hint.span.start || hint.span.end <= h.span.start);
        hints.push(hint);
    }
    hints.sort_by_key(|h| h.span.start);
    hints
}

/// The text with its hints, given in order. A text that has the marks of a hint itself stays as it is.
pub fn hinted(text: &str, hints: &[Hint]) -> String {
    if text.contains([OPEN, CLOSE]) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len() + 16 * hints.len());
    let mut at = 0;
    for hint in hints {
        out.push_str(&text[at..hint.span.end]);
        out.extend([" ", &OPEN.to_string(), " ", &hint.english, " ", &CLOSE.to_string()]);
        at = hint.span.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_have_hints() {
        let check = |text: &str, expected: &str| assert_eq!(hinted(text, &hints(text, Hinted::Expressions)), expected);
        check("Il furgone è a Bari.", "Il furgone < van > è a Bari.");
        check("a < b", "a < b");
        check("Furgone", "Furgone < van >");
        check("il Furgone", "il Furgone");
        check("", "");
    }

    /// What the model is given is what it was trained on: `tests/golden/hints.py` runs the recipe's own code.
    #[test]
    fn hints_are_those_of_the_recipe() {
        let rows: Vec<(String, String)> = serde_json::from_str(include_str!("../../tests/golden/hints.json")).unwrap();
        assert!(rows.len() >= 200);
        let differing: Vec<_> = rows
            .iter()
            .map(|(text, expected)| (hinted(text, &hints(text, Hinted::Expressions)), expected))
            .filter(|(found, expected)| found != *expected)
            .collect();
        assert!(
            differing.is_empty(),
            "{} of {}: {:#?}",
            differing.len(),
            rows.len(),
            &differing[..differing.len().min(9)]
        );
    }

    #[test]
    fn terms_go_before_the_lexicon() {
        let text = "Il furgone è a Bari.";
        let term = |start, end, english: &str| Hint {
            span: Span::new(start, end),
            english: english.into(),
        };
        let check = |terms: Vec<Hint>, expected: &str| {
            assert_eq!(hinted(text, &with(hints(text, Hinted::Expressions), terms)), expected)
        };
        check(vec![term(3, 10, "lorry")], "Il furgone < lorry > è a Bari.");
        check(vec![term(16, 20, "Bari")], "Il furgone < van > è a Bari < Bari >.");
    }
}
