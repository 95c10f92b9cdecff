//! `translate-summarize`: translate every sentence, then let an English summarizer write the brief.
use super::{abstractive, readable, translate_all, Draft, DraftSentence, Strategy, Translate};
use crate::{
    brief::summarize::{summary, Summarize},
    text::Article,
    Result,
};

pub struct TranslateSummarize {
    pub summarizer: Box<dyn Summarize>,
}

impl Strategy for TranslateSummarize {
    fn name(&self) -> &'static str {
        "translate-summarize"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let translation = translate_all(article, translator)?;
        let english = readable(article, |id| {
            translation
                .iter()
                .find(|(i, _)| *i == id)
                .map_or("", |(_, t)| t.text.as_str())
        });
        let english: Vec<&str> = english.iter().map(String::as_str).collect();
        let written = summary(&english, self.summarizer.as_ref())?;
        let sentences = written.sentences.into_iter().map(|text| DraftSentence {
            text,
            // Found by what it shares with the sentences' translations.
            sources: vec![],
        });
        Ok(abstractive(article, translation, sentences.collect(), written.headline))
    }

    fn summarizer(&self) -> Option<&dyn Summarize> {
        Some(self.summarizer.as_ref())
    }
}
