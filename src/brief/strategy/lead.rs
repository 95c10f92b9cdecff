//! `lead`: the first sentences of the body, translated. The baseline that a strategy has to beat.
use super::{extractive, translate_all, Draft, Strategy, Translate};
use crate::{
    brief::extract::Budget,
    text::{words, Article, Role, SentenceId},
    Result,
};

#[derive(Default)]
pub struct Lead {
    budget: Budget,
}

impl Strategy for Lead {
    fn name(&self) -> &'static str {
        "lead"
    }

    fn draft(&self, article: &Article, translator: &dyn Translate) -> Result<Draft> {
        let translation = translate_all(article, translator)?;
        let mut used = 0;
        let chosen: Vec<SentenceId> = article
            .content()
            .filter(|(_, s, _)| s.role == Role::Body)
            .take(self.budget.sentences)
            .take_while(|(_, _, text)| {
                let fits = used < self.budget.words;
                used += words::count(text);
                fits
            })
            .map(|(id, _, _)| id)
            .collect();
        Ok(extractive(article, translation, &chosen))
    }
}
