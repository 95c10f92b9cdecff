//! An Italian sentence with the terms of the glossary that stand in it, and what became of them in English.
use crate::{
    brief::{
        fidelity::Reading,
        glossary::{find, Glossary},
        hints::Hint,
        translate::{Phrase, Request},
        Check, Excerpt, Finding, Verdict,
    },
    text::Span,
};

/// A term that the English has to use.
pub struct Term {
    /// Where it stands in the Italian.
    pub span: Span,
    /// English forms, any of which will do.
    pub forms: Vec<String>,
}

/// A sentence to be translated.
pub struct Source<'a> {
    pub text: &'a str,
    /// Each term once, where it stands first.
    pub terms: Vec<Term>,
    /// What its words may become.
    pub reading: Reading<'a>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str, glossary: Option<&Glossary>) -> Self {
        let mut seen = vec![];
        let mut terms = vec![];
        for (glossary, found) in glossary
            .iter()
            .flat_map(|g| g.matches(text).into_iter().map(move |m| (g, m)))
        {
            if !seen.contains(&found.term) {
                seen.push(found.term);
                terms.push(Term {
                    span: found.span,
                    forms: glossary.forms(&found),
                });
            }
        }
        Self {
            text,
            terms,
            reading: Reading::of(text),
        }
    }

    /// The request for its English with these phrases; a model that reads hints is told the terms as well.
    pub fn request(&self, phrases: Vec<Phrase>) -> Request<'a> {
        let hint = |term: &Term| {
            Some(Hint {
                span: term.span,
                english: term.forms.first()?.clone(),
            })
        };
        Request {
            text: self.text,
            phrases,
            hints: self.terms.iter().filter_map(hint).collect(),
        }
    }

    /// One finding for each term: which of its forms the English uses, or that it uses none.
    pub fn terms_of(&self, english: &str) -> Vec<Finding> {
        let excerpt = |text: &str, span: Span| Excerpt {
            sentence: 0,
            start: span.start,
            end: span.end,
            text: span.of(text).to_string(),
        };
        let one = |term: &Term| {
            let seen = term.span.of(self.text);
            let found = term.forms.iter().find_map(|form| find(english, form));
            let asked = term.forms.first().map(String::as_str).unwrap_or_default();
            let reason = match found {
                Some(span) => format!("`{seen}` is `{}`, as the glossary asks", span.of(english)),
                None => format!("the glossary asks for `{asked}` for `{seen}`, the English has it in no form"),
            };
            Finding {
                check: Check::Glossary,
                verdict: match found {
                    Some(_) => Verdict::Supported,
                    None => Verdict::Missing,
                },
                source: Some(excerpt(self.text, term.span)),
                target: found.map(|span| excerpt(english, span)),
                reason,
                repaired: false,
            }
        };
        self.terms.iter().map(one).collect()
    }

    /// Terms that the English does not use.
    pub fn lost_terms(&self, english: &str) -> impl Iterator<Item = Finding> {
        let is_lost = |f: &Finding| f.verdict == Verdict::Missing;
        self.terms_of(english).into_iter().filter(is_lost)
    }
}
