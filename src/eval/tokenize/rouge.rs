//! ROUGE's tokenizer (google rouge-score): lower case, runs of `[a-z0-9]`, Porter stems of words over three letters.
//!
//! Accented letters part words, as in the reference: the metric is for English.
use super::porter;
use std::collections::HashMap;

/// Tokens as numbers: equal tokens have equal numbers within one `Tokens`, which also remembers stems.
#[derive(Default)]
pub struct Tokens {
    stem: bool,
    ids: HashMap<String, u32>,
    /// Word before stemming -> token number: a corpus repeats its words.
    seen: HashMap<String, u32>,
}

impl Tokens {
    pub fn new(stem: bool) -> Self {
        Self {
            stem,
            ..Self::default()
        }
    }

    /// The token numbers of a text.
    pub fn of(&mut self, text: &str) -> Vec<u32> {
        let lower = text.to_lowercase();
        let is_token = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        lower
            .split(|c| !is_token(c))
            .filter(|w| !w.is_empty())
            .map(|w| self.number(w))
            .collect()
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.seen.get(word) {
            return id;
        }
        let token = if self.stem && word.len() > 3 {
            porter::stem(word)
        } else {
            word.to_string()
        };
        let next = self.ids.len() as u32;
        let id = *self.ids.entry(token).or_insert(next);
        self.seen.insert(word.to_string(), id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_tokens_have_equal_numbers() {
        let check = |stem, a: &str, b: &str, equal| {
            let mut tokens = Tokens::new(stem);
            assert_eq!(tokens.of(a) == tokens.of(b), equal, "{a:?} {b:?} stem {stem}");
        };
        check(true, "Arrested, arrests!", "arrest arrest", true);
        check(false, "Arrested", "arrest", false);
        check(true, "was", "wa", false); // three letters stay
        check(true, "perché", "perch", true); // an accent parts words
        check(true, "", "...", true);
        check(true, "1,000", "1 000", true);
    }
}
