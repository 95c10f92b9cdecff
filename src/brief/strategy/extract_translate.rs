//! `extract-translate`: rank the Italian sentences, keep the best in order, translate. Nothing can be invented.
use super::{extractive, translate_all, Draft, Strategy, Translate};
use crate::{
    brief::{
        extract::{self, Budget},
        safeguards,
    },
    text::Article,
    Result,
};

/// The default of the embedded model.
#[derive(Default)]
pub struct ExtractTranslate {
    budget: Budget,
}

impl Strategy for ExtractTranslate {
    fn name(&self) -> &'static str {
        "extract-translate"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let translation = translate_all(article, translator)?;
        let chosen = safeguards::keep(article, &extract::select(article, self.budget));
        Ok(extractive(article, translation, &chosen))
    }
}
