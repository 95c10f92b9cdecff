//! The document model: one owned string, and spans into it. Pure text: no files, no tensors, nothing fails.
pub mod calendar;
pub mod clauses;
pub mod entity;
pub mod gazetteer;
pub mod hex;
pub mod lexicon;
pub mod normalize;
pub mod pattern;
pub mod phrases;
pub mod quantity;
pub mod split;
pub mod status;
pub mod table;
pub mod words;

use serde::{Deserialize, Serialize};

/// A half-open byte range into [`Article::text`], on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }

    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }
}

/// Index of a sentence in its article: what a citation points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SentenceId(pub u32);

/// What a sentence is in its article. `Title`, `Standfirst`, `Heading` and `Body` are translated;
/// `Boilerplate` (cookie notices, share labels, credits) and `Metadata` (date lines) are listed, never translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Title,
    Standfirst,
    Heading,
    Body,
    Metadata,
    Boilerplate,
}

impl Role {
    /// Whether a sentence of this role is part of the article's own text.
    pub fn is_content(self) -> bool {
        !matches!(self, Role::Metadata | Role::Boilerplate)
    }
}

/// One sentence: a span of the article's text without surrounding white space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    pub span: Span,
    /// Paragraph number, from 0 in reading order.
    pub paragraph: u32,
    pub role: Role,
}

/// What is known of an article beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Where it was read: a path as given, `-` for standard input, `PATH:LINE` for a record.
    pub path: Option<String>,
    pub title: Option<String>,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`: what the article itself or its record says.
    pub date: Option<String>,
    /// ISO 639-3 code of the detected language.
    pub language: Option<String>,
}

impl Meta {
    /// The date, where it is one.
    pub fn day(&self) -> Option<calendar::Date> {
        calendar::Date::parse(self.date.as_deref()?.trim())
    }
}

/// One source document. Sentences are spans of `text`, in order, never copies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    pub id: String,
    pub meta: Meta,
    /// The decoded text of the file; offsets count its UTF-8 bytes.
    pub text: String,
    pub sentences: Vec<Sentence>,
}

impl Article {
    /// The text of one sentence.
    pub fn sentence(&self, id: SentenceId) -> &str {
        self.sentences[id.0 as usize].span.of(&self.text)
    }

    /// Sentences that belong to the article's own text, in order.
    pub fn content(&self) -> impl Iterator<Item = (SentenceId, &Sentence, &str)> {
        self.sentences
            .iter()
            .enumerate()
            .filter(|(_, s)| s.role.is_content())
            .map(|(i, s)| (SentenceId(i as u32), s, s.span.of(&self.text)))
    }
}
