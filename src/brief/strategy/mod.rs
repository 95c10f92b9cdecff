//! Ways from an Italian article to English sentences. Citing and checking are the same for all.
mod extract_translate;
mod lead;

use super::{Result, Translate, Translated};
use crate::text::{Article, SentenceId};
use extract_translate::ExtractTranslate;
use lead::Lead;

/// A sentence of the brief and the source sentences that it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftSentence {
    pub text: String,
    /// Empty where the strategy does not know: then [`super::cite`] finds them.
    pub sources: Vec<SentenceId>,
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
}

/// Names of all strategies, the default first.
pub const NAMES: &[&str] = &["extract-translate", "lead"];

/// The strategy of this name: the only list.
pub fn by_name(name: &str) -> Option<Box<dyn Strategy>> {
    Some(match name {
        "extract-translate" => Box::new(ExtractTranslate::default()),
        "lead" => Box::new(Lead::default()),
        _ => return None,
    })
}

/// Translates every content sentence of the article, in one call so that batches are full.
fn translate_all(article: &Article, translator: &dyn Translate) -> Result<Vec<(SentenceId, Translated)>> {
    let (ids, texts): (Vec<SentenceId>, Vec<&str>) = article.content().map(|(id, _, t)| (id, t)).unzip();
    Ok(ids.into_iter().zip(translator.translate(&texts)?).collect())
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
        headline: super::headline::of(article, &translation, chosen),
        sentences: chosen
            .iter()
            .map(|id| DraftSentence {
                text: english(id),
                sources: vec![*id],
            })
            .filter(|s| !s.text.is_empty())
            .collect(),
        translation,
    }
}
