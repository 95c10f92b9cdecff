//! What a check found in a translated or briefed sentence: never an error, always reported.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How English agrees with the Italian it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The English says what the Italian says.
    Supported,
    /// The English says something else than the Italian about the same thing.
    Altered,
    /// The English says something that the cited Italian does not.
    Unsupported,
    /// The Italian says something that the English leaves out.
    Missing,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    Number,
    Money,
    Percent,
    Age,
    Date,
    Time,
    Name,
    Place,
    Agency,
    Negation,
    Status,
    Hedge,
    Presumption,
    Denial,
    Glossary,
    Wording,
    Length,
    Repetition,
    Language,
    Protection,
}

/// A piece of text that a finding points at: UTF-8 byte offsets into the sentence, and the piece itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// Source sentence number in the article (source side) or sentence number in the text checked (target side).
    pub sentence: u32,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// One result of a check, with where it was seen in both texts and a reason in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub check: Check,
    pub verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Excerpt>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<Excerpt>,
    pub reason: String,
    /// True where a second attempt at the sentence mended what the first one got wrong.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub repaired: bool,
}

impl Finding {
    /// The same finding about the sentence of this number.
    pub fn about(mut self, sentence: u32) -> Self {
        for excerpt in self.source.iter_mut().chain(&mut self.target) {
            excerpt.sentence = sentence;
        }
        self
    }
}
