//! Ways from an Italian article to English sentences. Citing and checking are the same for all.
mod direct;
mod extract_translate;
mod lead;
mod summarize_translate;
#[cfg(test)]
mod tests;
mod translate_summarize;

use super::{
    cite::{self, Looked},
    headline, safeguards,
    summarize::{summary, Shares, Summarize, Summary},
    Translate, Translated,
};
use crate::{
    text::{Article, Role, SentenceId},
    Result,
};
use direct::Direct;
use extract_translate::ExtractTranslate;
use lead::Lead;
use summarize_translate::SummarizeTranslate;
use translate_summarize::TranslateSummarize;

/// A sentence of the brief and the source sentences that it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftSentence {
    pub text: String,
    /// Empty where the strategy does not know: then [`super::cite`] finds them.
    pub sources: Vec<SentenceId>,
    /// Where the model that wrote it looked, where it can say.
    pub looked: Looked,
}

/// What a strategy makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub headline: String,
    pub sentences: Vec<DraftSentence>,
    /// Every content sentence of the article with its English, in order.
    pub translation: Vec<(SentenceId, Translated)>,
}

/// One way from an article to a draft.
pub trait Strategy: Send + Sync {
    fn name(&self) -> &'static str;
    /// # Errors
    /// Where the model fails; an article without content gives an empty draft.
    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft>;
    /// The model that writes the sentences, where they are not translations: for the provenance.
    fn summarizer(&self) -> Option<&dyn Summarize> {
        None
    }
}

/// Names of all strategies, the default first.
pub const NAMES: &[&str] = &[
    "extract-translate",
    "translate-summarize",
    "summarize-translate",
    "direct",
    "lead",
];

/// The model that a strategy needs beside the translator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// In words, for people.
    pub what: &'static str,
    /// The card of a model that does it well.
    pub card: &'static str,
}

/// What the strategy of this name needs beside a translator.
pub fn need(name: &str) -> Option<Need> {
    let (what, card) = match name {
        "translate-summarize" => ("a summarizer of English", "bart-large-cnn"),
        "summarize-translate" => ("a summarizer of Italian", "it5-news"),
        "direct" => ("a model that reads Italian and writes English briefs", "qwen3-4b"),
        _ => return None,
    };
    Some(Need { what, card })
}

/// The strategy of this name, where it needs no summarizer.
pub fn by_name(name: &str) -> Option<Box<dyn Strategy>> {
    with(name, None)
}

/// The strategy of this name with its summarizer: the only list. `None` where there is no such strategy, or where it
/// lacks what [`need`] says.
pub fn with(name: &str, summarizer: Option<Box<dyn Summarize>>) -> Option<Box<dyn Strategy>> {
    Some(match (name, summarizer) {
        ("extract-translate", _) => Box::new(ExtractTranslate::default()),
        ("lead", _) => Box::new(Lead::default()),
        ("translate-summarize", Some(summarizer)) => Box::new(TranslateSummarize { summarizer }),
        ("summarize-translate", Some(summarizer)) => Box::new(SummarizeTranslate { summarizer }),
        ("direct", Some(summarizer)) => Box::new(Direct { summarizer }),
        _ => return None,
    })
}

/// Translates every content sentence of the article, in one call so that batches are full.
fn translate_all(article: &Article, translator: &dyn Translate) -> Result<Vec<(SentenceId, Translated)>> {
    let (ids, texts): (Vec<SentenceId>, Vec<&str>) = article.content().map(|(id, _, t)| (id, t)).unzip();
    Ok(ids.into_iter().zip(translator.translate(&texts)?).collect())
}

/// The summary of what a summarizer reads, with the sentences of the article that it looked at.
fn written(read: &[(SentenceId, String)], summarizer: &dyn Summarize) -> Result<(Summary, Vec<Looked>)> {
    let texts: Vec<&str> = read.iter().map(|(_, t)| t.as_str()).collect();
    let written = summary(&texts, summarizer)?;
    let named = |shares: &Shares| shares.iter().map(|(n, share)| (read[*n].0, *share)).collect();
    let looked = written.looked.iter().map(named).collect();
    Ok((written, looked))
}

/// The draft that takes `chosen` sentences as they were translated.
fn extractive(article: &Article, translation: Vec<(SentenceId, Translated)>, chosen: &[SentenceId]) -> Draft {
    let english = |id: &SentenceId| {
        translation
            .iter()
            .find(|(i, _)| i == id)
            .map(|(_, t)| t.text.clone())
            .unwrap_or_default()
    };
    Draft {
        headline: headline::of(article, &translation, chosen),
        sentences: chosen
            .iter()
            .map(|id| DraftSentence {
                text: english(id),
                sources: vec![*id],
                looked: vec![],
            })
            .filter(|s| !s.text.is_empty())
            .collect(),
        translation,
    }
}

/// What a summarizer reads: every content sentence but the title, or the title where there is nothing else. A heading
/// gets a full stop, or it would run into the sentence after it.
pub fn readable<'a>(article: &'a Article, text: impl Fn(SentenceId) -> &'a str) -> Vec<(SentenceId, String)> {
    let read = |titles: bool| -> Vec<(SentenceId, String)> {
        article
            .content()
            .filter(|(_, s, _)| (s.role == Role::Title) == titles)
            .map(|(id, _, _)| (id, text(id).trim()))
            .filter(|(_, t)| !t.is_empty())
            .map(|(id, t)| match t.ends_with(|c: char| c.is_alphanumeric() || c == '-') {
                true => (id, format!("{}.", t.trim_end_matches(['-', ' ']))),
                false => (id, t.to_string()),
            })
            .collect()
    };
    let body = read(false);
    match body.is_empty() {
        true => read(true),
        false => body,
    }
}

/// The draft of what a summarizer wrote. What the brief may not drop (see [`safeguards`]) follows as it was
/// translated.
fn abstractive(
    article: &Article,
    translation: Vec<(SentenceId, Translated)>,
    sentences: Vec<DraftSentence>,
    written: Option<String>,
) -> Draft {
    let mut sentences: Vec<DraftSentence> = sentences
        .into_iter()
        .map(|mut s| {
            if s.sources.is_empty() {
                s.sources = cite::align(article, &s.text, &translation, &s.looked);
            }
            s
        })
        .collect();
    let mut cited: Vec<SentenceId> = sentences.iter().flat_map(|s| s.sources.iter().copied()).collect();
    cited.sort();
    cited.dedup();
    for id in safeguards::keep(article, &cited) {
        let italian = article.sentence(id);
        let tells = |s: &DraftSentence| s.sources.contains(&id) && safeguards::carries(&s.text, italian);
        if sentences.iter().any(tells) {
            continue;
        }
        if let Some((_, t)) = translation.iter().find(|(i, t)| *i == id && !t.text.is_empty()) {
            sentences.push(DraftSentence {
                text: t.text.clone(),
                sources: vec![id],
                looked: vec![],
            });
        }
    }
    let first = sentences.first().map(|s| s.text.as_str());
    Draft {
        headline: headline::written(article, &translation, written.as_deref(), first),
        sentences,
        translation,
    }
}
