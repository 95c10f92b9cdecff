//! Terms in Italian sentences: from left to right, at each place the longest.
use super::{
    italian::{forms, function_word, Number},
    Glossary,
};
use crate::text::{words::words, Span};

/// A term in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index of the term.
    pub term: usize,
    /// Bytes of the sentence.
    pub span: Span,
    pub number: Number,
}

/// A term as words to be matched.
#[derive(Clone, Debug)]
pub struct Pattern {
    words: Vec<Word>,
    case: Case,
}

#[derive(Clone, Debug)]
enum Word {
    /// A preposition or article, by its plain form.
    Function(&'static str),
    /// Forms of a content word, in lower case.
    Content(Vec<(String, Number)>),
}

/// What letter case a term asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Any,
    /// One word with a capital (`Comune`): without it, it may be another word (`in comune`).
    Capital,
}

impl Pattern {
    pub fn of(term: &str) -> Self {
        let spans = words(term);
        let capital = term.chars().next().is_some_and(char::is_uppercase);
        let cut = |w: &Span| {
            let lower = w.of(term).to_lowercase();
            match function_word(&lower).filter(|_| spans.len() > 1) {
                Some(plain) => Word::Function(plain),
                // Acronyms do not inflect.
                None if w.of(term).chars().all(|c| c.is_uppercase() || c == '.') => {
                    Word::Content(vec![(lower.replace('.', ""), Number::AsGiven)])
                }
                None => Word::Content(forms(&lower)),
            }
        };
        Self {
            words: spans.iter().map(cut).collect(),
            case: match capital && spans.len() == 1 {
                true => Case::Capital,
                false => Case::Any,
            },
        }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// What makes two terms the same.
    pub fn key(&self) -> Vec<String> {
        let word = |w: &Word| match w {
            Word::Function(plain) => format!("@{plain}"),
            Word::Content(forms) => forms[0].0.clone(),
        };
        let case = (self.case == Case::Capital).then(|| "^".to_string());
        self.words.iter().map(word).chain(case).collect()
    }

    /// Keys of the words that it may begin with.
    pub fn firsts(&self) -> Vec<String> {
        match self.words.first() {
            Some(Word::Function(plain)) => vec![format!("@{plain}")],
            Some(Word::Content(forms)) => forms.iter().map(|(f, _)| f.clone()).collect(),
            None => vec![],
        }
    }

    /// Its number, and how many words stand as the term has them, if it matches the beginning of `tokens`.
    fn matches(&self, tokens: &[Token]) -> Option<(Number, usize)> {
        if self.case == Case::Capital && !tokens.first()?.capital {
            return None;
        }
        let (mut number, mut exact) = (Number::AsGiven, 0);
        for (i, word) in self.words.iter().enumerate() {
            let token = tokens.get(i)?;
            match word {
                Word::Function(plain) => {
                    if token.function != Some(plain) {
                        return None;
                    }
                }
                Word::Content(forms) => {
                    let (_, n) = forms.iter().find(|(f, _)| *f == token.lower)?;
                    exact += usize::from(token.lower == forms[0].0);
                    if number == Number::AsGiven {
                        number = *n;
                    }
                }
            }
        }
        Some((number, exact))
    }
}

/// A word of a sentence.
struct Token {
    span: Span,
    /// In lower case, without the dots of acronyms.
    lower: String,
    function: Option<&'static str>,
    capital: bool,
}

impl Glossary {
    /// Terms of a sentence in order; they do not overlap.
    pub fn matches(&self, sentence: &str) -> Vec<Match> {
        let token = |span: Span| {
            let word = span.of(sentence);
            let lower = word.to_lowercase().replace('.', "");
            Token {
                span,
                function: function_word(&lower),
                lower,
                capital: word.starts_with(char::is_uppercase),
            }
        };
        let tokens: Vec<Token> = words(sentence).into_iter().map(token).collect();
        let mut found = vec![];
        let mut at = 0;
        while at < tokens.len() {
            match self.longest(&tokens[at..]) {
                Some((term, number)) => {
                    let end = at + self.patterns[term].len();
                    let span = Span::new(tokens[at].span.start, tokens[end - 1].span.end);
                    found.push(Match { term, span, number });
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The longest term that the tokens begin with; of two as long, the one in whose form they stand.
    fn longest(&self, tokens: &[Token]) -> Option<(usize, Number)> {
        let first = &tokens[0];
        let function = first.function.map(|f| format!("@{f}"));
        let keys = [Some(first.lower.as_str()), function.as_deref()];
        let candidates = keys
            .into_iter()
            .flatten()
            .filter_map(|k| self.by_first.get(k))
            .flatten();
        let found = candidates.filter_map(|&n| {
            let pattern = &self.patterns[n];
            let (number, exact) = pattern.matches(tokens)?;
            Some(((pattern.len(), exact, pattern.case == Case::Capital), n, number))
        });
        found
            .max_by_key(|(rank, n, _)| (*rank, std::cmp::Reverse(*n)))
            .map(|(_, n, number)| (n, number))
    }
}
