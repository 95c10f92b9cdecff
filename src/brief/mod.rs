//! From an article to a brief: draft, cite, check.
pub mod batch;
pub mod chat;
pub mod cite;
pub mod extract;
pub mod facts;
pub mod fidelity;
pub mod finding;
pub mod glossary;
pub mod group;
pub mod headline;
pub mod hints;
pub mod journal;
pub mod manifest;
pub mod protect;
pub mod repair;
pub mod safeguards;
pub mod shape;
mod spelling;
pub mod strategy;
pub mod summarize;
pub mod translate;
pub mod types;
#[cfg(test)]
mod words;

pub use finding::{Check, Excerpt, Finding, Verdict};
pub use glossary::Glossary;
pub use protect::Protect;
pub use repair::Repair;
pub use strategy::Strategy;
pub use summarize::{Summarize, Summarizer, Summary};
pub use translate::Translator;
pub use types::{
    Brief, BriefSentence, Citation, Disagreement, Fact, Group, Member, ModelStamp, Provenance, Skipped, Source, Told,
    Translation,
};

use crate::{
    text::{Article, Role, SentenceId},
    Result,
};

/// The English of one sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translated {
    pub text: String,
    /// Length-normalised log-probability.
    pub score: f32,
    /// Phrases that were asked for and do not appear.
    pub unmet: Vec<usize>,
    /// Whether it repeats itself or was cut by the length limit, and a second search did not mend it.
    pub repeats: bool,
    /// What was found while it was translated and its text alone does not show: faults that were mended, terms that
    /// were asked for. Excerpts are of this sentence, whatever number they carry.
    pub findings: Vec<Finding>,
}

/// What translates: a model with its search, or a stand-in in tests.
pub trait Translate: Send + Sync {
    /// One translation for each sentence, in order.
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>>;
    fn stamp(&self) -> ModelStamp;
    /// Search settings as text, for the provenance.
    fn search(&self) -> String;
    /// SHA-256 of the glossary whose terms it asks for.
    fn glossary(&self) -> Option<&str> {
        None
    }
}

/// Makes briefs: one strategy, one translator.
pub struct Briefer {
    pub strategy: Box<dyn Strategy>,
    pub translator: Box<dyn Translate>,
    /// What becomes of details that identify minors and victims.
    pub protect: Protect,
    pub seed: u64,
}

impl Briefer {
    /// The brief of one article.
    ///
    /// # Errors
    /// Where the model fails on it.
    pub fn brief(&self, article: &Article) -> Result<Brief> {
        let draft = self.strategy.draft(article, self.translator.as_ref())?;
        let findings = findings(article, &draft.translation);
        let summary = cite::cite(article, draft.sentences, &draft.translation);
        let translation: Vec<Translation> = draft
            .translation
            .into_iter()
            .map(|(id, t)| Translation {
                sentence: id.0,
                source: article.sentence(id).to_string(),
                text: t.text,
                score: t.score,
            })
            .collect();
        let mut brief = Brief {
            id: article.id.clone(),
            source: Source {
                path: article.meta.path.clone(),
                title: article.meta.title.clone(),
                date: article.meta.date.clone(),
                language: article.meta.language.clone(),
            },
            headline: draft.headline,
            facts: facts::facts(article, &summary, &translation),
            summary,
            translation,
            skipped: skipped(article),
            findings,
            group: None,
            provenance: self.provenance(),
        };
        // What a summarizer wrote is checked against what it cites; translations have been.
        let of_brief = fidelity::check_summary(&brief)
            .into_iter()
            .chain(fidelity::dropped(&brief));
        let open = of_brief
            .flat_map(|c| c.findings)
            .filter(|f| f.verdict != Verdict::Supported);
        let open: Vec<Finding> = open.collect();
        brief.findings.extend(open);
        protect::apply(&mut brief, self.protect);
        Ok(brief)
    }

    /// Settings of search and of what changes the text after it.
    fn search(&self) -> String {
        let mut search = self.translator.search();
        if let Some(s) = self.strategy.summarizer() {
            search += &format!("; summarizer {}", s.search());
        }
        if self.protect != Protect::Auto {
            search += &format!("; protect {}", self.protect.label());
        }
        search
    }

    /// What makes these briefs, the same for every article.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            version: concat!("sunto ", env!("CARGO_PKG_VERSION")).into(),
            strategy: self.strategy.name().into(),
            translator: Some(self.translator.stamp()),
            summarizer: self.strategy.summarizer().map(|s| s.stamp()),
            search: self.search(),
            glossary: self.translator.glossary().map(String::from),
            seed: self.seed,
        }
    }
}

/// What the checks find in the translation, sentences that went through the model badly, and what was mended.
fn findings(article: &Article, translation: &[(SentenceId, Translated)]) -> Vec<Finding> {
    let mut out = vec![];
    for (id, t) in translation {
        let source = article.sentence(*id);
        let found = repair::faults(source, t, article.meta.day()).into_iter();
        // Repair weighs the wording without counting it as a fault; readers are told.
        let wording = fidelity::wording(fidelity::Pair::new(0, source, &t.text));
        out.extend(
            found
                .chain(wording)
                .chain(t.findings.iter().cloned())
                .map(|f| f.about(id.0)),
        );
    }
    out
}

/// What the reader set aside: listed, so that nothing vanishes.
fn skipped(article: &Article) -> Vec<Skipped> {
    article
        .sentences
        .iter()
        .filter(|s| !s.role.is_content())
        .map(|s| Skipped {
            role: match s.role {
                Role::Metadata => "metadata".into(),
                _ => "boilerplate".into(),
            },
            start: s.span.start,
            end: s.span.end,
            text: s.span.of(&article.text).to_string(),
        })
        .collect()
}
