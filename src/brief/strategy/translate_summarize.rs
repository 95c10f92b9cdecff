//! `translate-summarize`: translate every sentence, then let an English summarizer write the brief.
use super::{abstractive, readable, translate_all, written, Draft, DraftSentence, Strategy, Translate};
use crate::{brief::summarize::Summarize, text::Article, Result};

pub struct TranslateSummarize {
    pub summarizer: Box<dyn Summarize>,
}

impl Strategy for TranslateSummarize {
    fn name(&self) -> &'static str {
        "translate-summarize"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let translation = translate_all(article, translator)?;
        let read = readable(article, |id| {
            translation
                .iter()
                .find(|(i, _)| *i == id)
                .map_or("", |(_, t)| t.text.as_str())
        });
        let (written, looked) = written(&read, self.summarizer.as_ref())?;
        let sentences = written.sentences.into_iter().zip(looked);
        let sentences = sentences.map(|(text, looked)| DraftSentence {
            text,
            // Found by what it shares with the sentences' translations, and by where the model looked.
            sources: vec![],
            looked,
        });
        Ok(abstractive(article, translation, sentences.collect(), written.headline))
    }

    fn summarizer(&self) -> Option<&dyn Summarize> {
        Some(self.summarizer.as_ref())
    }
}
