//! `direct`: one model reads the Italian article and writes the English brief: a chat model, or a summarizer across
//! languages.
//!
//! The translator still translates every sentence: the reader sees Italian beside English, and sources are found by it.
use super::{abstractive, readable, translate_all, Draft, DraftSentence, Strategy, Translate};
use crate::{
    brief::summarize::{summary, Summarize},
    text::Article,
    Result,
};

pub struct Direct {
    pub summarizer: Box<dyn Summarize>,
}

impl Strategy for Direct {
    fn name(&self) -> &'static str {
        "direct"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let italian = readable(article, |id| article.sentence(id));
        let italian: Vec<&str> = italian.iter().map(String::as_str).collect();
        let written = summary(&italian, self.summarizer.as_ref())?;
        let translation = translate_all(article, translator)?;
        let sentences = written
            .sentences
            .into_iter()
            .map(|text| DraftSentence { text, sources: vec![] });
        Ok(abstractive(article, translation, sentences.collect(), written.headline))
    }

    fn summarizer(&self) -> Option<&dyn Summarize> {
        Some(self.summarizer.as_ref())
    }
}
