//! Citations against the sentences that people named: of the reference briefs aligned anew, and of sentences chosen.
//!
//! The reference briefs are abstractive English, and their authors named the body sentences that each brief rests on
//! (`X:` lines): aligning their sentences measures what cites a summarizer's sentences, apart from any model's faults.
use crate::{
    brief::{
        cite,
        extract::{self, Budget},
        safeguards, Brief, Translated, Translation,
    },
    read::seeds::Reference,
    text::{split, Article, Role, SentenceId},
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Cited sentences, those that support, and those that are both, over many articles.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    pub way: &'static str,
    pub cited: usize,
    pub supporting: usize,
    pub shared: usize,
}

impl Tally {
    pub fn precision(&self) -> f64 {
        self.shared as f64 / self.cited.max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.shared as f64 / self.supporting.max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        2.0 * self.shared as f64 / (self.cited + self.supporting).max(1) as f64
    }
}

/// One sentence of a reference brief, and the numbers of the sentences that it is taken to rest on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aligned {
    pub article: String,
    pub sentence: String,
    pub cited: Vec<u32>,
}

/// The table, and what the aligned sentences cite.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    pub articles: usize,
    pub ways: Vec<Tally>,
    pub aligned: Vec<Aligned>,
}

/// Measures every way over articles with their references; and how given briefs of them cite, by the article's id.
pub fn measure<'a>(
    items: impl IntoIterator<Item = (&'a Article, &'a Reference)>,
    briefs: &HashMap<String, Brief>,
) -> Table {
    let mut table = Table::default();
    let mut ways = vec!["lead", "extract-translate", "reference brief, aligned"];
    if !briefs.is_empty() {
        ways.extend([
            "the briefs given, as they cite",
            "the briefs given, aligned by words alone",
        ]);
    }
    let empty = |way| Tally {
        way,
        ..Tally::default()
    };
    table.ways = ways.into_iter().map(empty).collect();
    for (article, reference) in items {
        table.articles += 1;
        let support: BTreeSet<SentenceId> = reference.support.iter().copied().collect();
        let aligned = aligned(article, reference);
        let union = aligned.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        let mut cited = vec![Some(lead(article)), Some(chosen(article)), Some(union)];
        if !briefs.is_empty() {
            let brief = briefs.get(&article.id);
            cited.extend([brief.map(cites), brief.map(|b| by_words(article, b))]);
        }
        // An article of which no brief was given counts for the others alone.
        let counted = table.ways.iter_mut().zip(cited);
        for (tally, cited) in counted.filter_map(|(tally, cited)| Some((tally, cited?))) {
            tally.cited += cited.len();
            tally.supporting += support.len();
            tally.shared += cited.intersection(&support).count();
        }
        table.aligned.extend(aligned.into_iter().map(|(sentence, ids)| Aligned {
            article: article.id.clone(),
            sentence,
            cited: ids.into_iter().map(|id| id.0).collect(),
        }));
    }
    table
}

/// As many first sentences of the body as the default strategy takes.
fn lead(article: &Article) -> BTreeSet<SentenceId> {
    let body = article.content().filter(|(_, s, _)| s.role == Role::Body);
    body.map(|(id, _, _)| id).take(Budget::default().sentences).collect()
}

fn chosen(article: &Article) -> BTreeSet<SentenceId> {
    let chosen = extract::select(article, Budget::default());
    safeguards::keep(article, &chosen).into_iter().collect()
}

fn cites(brief: &Brief) -> BTreeSet<SentenceId> {
    let citations = brief.summary.iter().flat_map(|s| &s.citations);
    citations.map(|c| SentenceId(c.sentence)).collect()
}

/// What a brief would cite, were nothing known but its words: without what its strategy or its model's attention tells.
fn by_words(article: &Article, brief: &Brief) -> BTreeSet<SentenceId> {
    let translated = |t: &Translation| Translated {
        text: t.text.clone(),
        ..Translated::default()
    };
    let translation: Vec<(SentenceId, Translated)> = brief
        .translation
        .iter()
        .map(|t| (SentenceId(t.sentence), translated(t)))
        .collect();
    let sentences = brief.summary.iter();
    sentences
        .flat_map(|s| cite::align(article, &s.text, &translation, &[]))
        .collect()
}

/// Sentences of the reference brief with what they are aligned to, by the reference translation.
fn aligned(article: &Article, reference: &Reference) -> Vec<(String, Vec<SentenceId>)> {
    let translation: Vec<(SentenceId, Translated)> = (0..)
        .map(SentenceId)
        .zip(&reference.translations)
        .map(|(id, text)| {
            let text = text.clone();
            (
                id,
                Translated {
                    text,
                    ..Translated::default()
                },
            )
        })
        .collect();
    split::split(&reference.brief)
        .iter()
        .map(|s| s.of(&reference.brief))
        .map(|s| (s.to_string(), cite::align(article, s, &translation, &[])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::seeds;

    #[test]
    fn reference_briefs_are_cited_as_their_authors_did() {
        let mut files: Vec<_> = std::fs::read_dir("seeds/articles")
            .unwrap()
            .flatten()
            .map(|e| e.path())
            .collect();
        files.retain(|p| p.to_string_lossy().contains("eval-"));
        files.sort();
        let items: Vec<_> = files
            .iter()
            .flat_map(|f| seeds::open(f).unwrap())
            .map(Result::unwrap)
            .collect();
        let table = measure(items.iter().map(|(a, r)| (a, r)), &HashMap::new());
        assert_eq!(table.articles, 30);
        let [lead, chosen, aligned] = &table.ways[..] else {
            panic!("{table:?}")
        };
        assert!(
            lead.f1() < chosen.f1() && chosen.f1() < aligned.f1(),
            "{:?}",
            table.ways
        );
        assert!(aligned.precision() > 0.9 && aligned.recall() > 0.85, "{aligned:?}");
        assert!(table.aligned.len() > 90 && table.aligned.iter().all(|a| a.cited.len() <= 6));
    }

    #[test]
    fn given_briefs_are_counted_as_they_cite() {
        let items: Vec<_> = seeds::open(std::path::Path::new("seeds/articles/eval-01.txt"))
            .unwrap()
            .map(Result::unwrap)
            .take(2)
            .collect();
        let (article, reference) = &items[0];
        let supporting = article.sentence(reference.support[0]).to_string();
        let rows = vec![(
            supporting.as_str(),
            reference.translations[reference.support[0].0 as usize].as_str(),
        )];
        let mut brief = Brief::of_rows(&article.id, &rows);
        // Its sentence cites what the author named, in words that nothing answers to.
        brief.translation[0].sentence = reference.support[0].0;
        brief.summary = vec![crate::brief::BriefSentence {
            text: "Xyz.".into(),
            citations: vec![cite::citation(article, reference.support[0])],
        }];
        let briefs = HashMap::from([(article.id.clone(), brief)]);
        let table = measure(items.iter().map(|(a, r)| (a, r)), &briefs);
        let [.., as_they_cite, by_words] = &table.ways[..] else {
            panic!("{table:?}")
        };
        let counts = |t: &Tally| (t.cited, t.supporting, t.shared);
        assert_eq!(counts(as_they_cite), (1, reference.support.len(), 1));
        assert_eq!(counts(by_words), (0, reference.support.len(), 0));
    }
}
