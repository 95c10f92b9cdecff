//! `direct`: one model reads the Italian article and writes the English brief: a chat model, or a summarizer across
//! languages.
//!
//! The translator still translates every sentence: the reader sees Italian beside English, and sources are found by it, and by
//! where the model looked.
use super::{abstractive, readable, translate_all, written, Draft, DraftSentence, Strategy, Translate};
use crate::{brief::summarize::Summarize, text::Article, Result};

pub struct Direct {
    pub summarizer: Box<dyn Summarize>,
}

impl Strategy for Direct {
    fn name(&self) -> &'static str {
        "direct"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let read = readable(article, |id| article.sentence(id));
        let (written, looked) = written(&read, self.summarizer.as_ref())?;
        let translation = translate_all(article, translator)?;
        let sentences = written
            .sentences
            .into_iter()
            .zip(looked)
            .map(|(text, looked)| DraftSentence {
                text,
                sources: vec![],
                looked,
            });
        Ok(abstractive(article, translation, sentences.collect(), written.headline))
    }

    fn summarizer(&self) -> Option<&dyn Summarize> {
        Some(self.summarizer.as_ref())
    }
}
