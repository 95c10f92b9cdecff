//! The brief as people and programs receive it: `docs/brief.schema.json` is generated from these types.
use super::Finding;
use crate::{model::Stamp, text::calendar::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An English brief of one Italian article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Brief {
    pub id: String,
    pub source: Source,
    /// English headline.
    pub headline: String,
    /// The brief itself, each sentence with the Italian it rests on.
    pub summary: Vec<BriefSentence>,
    /// Figures, dates, places, agencies and names of the cited sentences, each with its place.
    pub facts: Vec<Fact>,
    /// Every content sentence of the article with its English.
    pub translation: Vec<Translation>,
    /// Text of the file that was recognised as metadata or boilerplate and not translated.
    pub skipped: Vec<Skipped>,
    pub findings: Vec<Finding>,
    /// The articles of a merged brief, whose sentences are numbered through, and where they disagree.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<Group>,
    pub provenance: Provenance,
}

impl Brief {
    /// Day of the article that a sentence stands in.
    pub fn day(&self, sentence: u32) -> Option<Date> {
        let member = self
            .group
            .iter()
            .flat_map(|g| &g.articles)
            .rev()
            .find(|m| m.first <= sentence);
        let source = member.map_or(&self.source, |m| &m.source);
        source.date.as_deref().and_then(|d| Date::parse(d.trim()))
    }
}

#[cfg(test)]
impl Brief {
    /// These Italian sentences with their English, and nothing else.
    pub fn of_rows(id: &str, rows: &[(&str, &str)]) -> Self {
        Self {
            id: id.into(),
            source: Source::default(),
            headline: String::new(),
            summary: vec![],
            facts: vec![],
            translation: (0..)
                .zip(rows)
                .map(|(sentence, (source, text))| Translation {
                    sentence,
                    source: source.to_string(),
                    text: text.to_string(),
                    score: 0.0,
                })
                .collect(),
            skipped: vec![],
            findings: vec![],
            group: None,
            provenance: Provenance::default(),
        }
    }
}

/// Where a brief comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    pub path: Option<String>,
    pub title: Option<String>,
    pub date: Option<String>,
    /// ISO 639-3.
    pub language: Option<String>,
}

/// One sentence of the brief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BriefSentence {
    pub text: String,
    pub citations: Vec<Citation>,
}

/// A source sentence that supports a sentence of the brief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// Sentence number in the article.
    pub sentence: u32,
    /// UTF-8 byte offsets into the file's decoded text; `quote` is exactly that slice.
    pub start: usize,
    pub end: usize,
    pub quote: String,
}

/// One fact of the article in English words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// `number`, `money`, `percent`, `age`, `date`, `time`, `name`, `place`, `agency`, `status`.
    pub kind: String,
    /// As an English reader would write it.
    pub text: String,
    /// As the Italian has it.
    pub source: String,
    /// Sentence number in the article.
    pub sentence: u32,
    /// UTF-8 byte offsets into the file's decoded text; `source` is exactly that slice.
    #[serde(default)]
    pub start: usize,
    #[serde(default)]
    pub end: usize,
}

/// One source sentence and its English.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Translation {
    pub sentence: u32,
    pub source: String,
    pub text: String,
    /// Length-normalised log-probability of the hypothesis.
    pub score: f32,
}

/// Text left out of translation, with why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// `metadata` or `boilerplate`.
    pub role: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// Articles on one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    pub articles: Vec<Member>,
    pub disagreements: Vec<Disagreement>,
}

/// One article of a merged brief. Byte offsets of its citations are into its own text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    pub id: String,
    pub source: Source,
    /// Number that its first sentence has in the merged brief.
    pub first: u32,
    /// How many numbers are its own.
    pub sentences: u32,
}

impl Group {
    /// The article that a sentence of the merged brief is of.
    pub fn member(&self, sentence: u32) -> Option<&Member> {
        self.articles
            .iter()
            .find(|m| (m.first..m.first + m.sentences).contains(&sentence))
    }
}

/// Different figures for the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disagreement {
    /// What the figures count, in Italian, or their kind.
    pub about: String,
    pub told: Vec<Told>,
}

/// What one article says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// Its id.
    pub article: String,
    /// Sentence number in the merged brief.
    pub sentence: u32,
    /// The figure with what it counts, in Italian.
    pub text: String,
    /// The same in the sentence's English; empty where the English does not have the figure.
    #[serde(default)]
    pub english: String,
}

/// What made a brief: enough to make it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// `sunto` and its version.
    pub version: String,
    pub strategy: String,
    pub translator: Option<ModelStamp>,
    pub summarizer: Option<ModelStamp>,
    /// Search settings as text, e.g. `beams:4|length_penalty:1.0|max_tokens:256`.
    pub search: String,
    /// SHA-256 of the glossary, if one was used.
    pub glossary: Option<String>,
    pub seed: u64,
}

/// Which model, which bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelStamp {
    pub name: String,
    /// Commit of the repository, where the model came from one.
    pub revision: Option<String>,
    /// SHA-256 of the model's configuration and weights.
    pub sha256: String,
    /// SHA-256 of the tokenizer's files, where they are not in the model's own file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    pub dtype: String,
}

impl ModelStamp {
    /// A loaded model under the name, and of the commit, that it was asked for.
    pub fn of(name: &str, revision: Option<&str>, loaded: &Stamp) -> Self {
        Self {
            name: name.to_string(),
            revision: revision.map(str::to_string),
            sha256: loaded.sha256.clone(),
            tokenizer: loaded.tokenizer.clone(),
            dtype: loaded.dtype.clone(),
        }
    }
}
