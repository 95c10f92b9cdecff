//! `summarize-translate`: let an Italian summarizer write the brief, then translate it.
use super::{abstractive, readable, translate_all, written, Draft, DraftSentence, Strategy, Translate};
use crate::{
    brief::{
        cite::{self, Looked},
        summarize::Summarize,
    },
    text::{words::Language, Article, SentenceId},
    Result,
};

pub struct SummarizeTranslate {
    pub summarizer: Box<dyn Summarize>,
}

impl Strategy for SummarizeTranslate {
    fn name(&self) -> &'static str {
        "summarize-translate"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let read = readable(article, |id| article.sentence(id));
        let (written, looked) = written(&read, self.summarizer.as_ref())?;
        // The headline goes through the translator with the sentences.
        let texts: Vec<&str> = written
            .sentences
            .iter()
            .chain(&written.headline)
            .map(String::as_str)
            .collect();
        let mut english: Vec<String> = translator.translate(&texts)?.into_iter().map(|t| t.text).collect();
        let headline = written.headline.as_ref().and_then(|_| english.pop());
        // Italian beside Italian: its sources are found without trusting any translation.
        let sources: Vec<(SentenceId, &str)> = article.content().map(|(id, _, text)| (id, text)).collect();
        let sentence = |(text, (italian, looked)): (String, (&String, Looked))| DraftSentence {
            text,
            sources: cite::align_in(article, italian, &sources, Language::Italian, &looked),
            looked,
        };
        let italian = written.sentences.iter().zip(looked);
        let sentences = english.into_iter().zip(italian).map(sentence).collect();
        let translation = translate_all(article, translator)?;
        Ok(abstractive(article, translation, sentences, headline))
    }

    fn summarizer(&self) -> Option<&dyn Summarize> {
        Some(self.summarizer.as_ref())
    }
}
