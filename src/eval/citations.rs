//! Citations against the sentences that people named: of the reference briefs aligned anew, and of sentences chosen.
//!
//! The reference briefs are abstractive English, and their authors named the body sentences that each brief rests on
//! (`X:` lines): aligning their sentences measures what cites a summarizer's sentences, apart from any model's faults.
use crate::{
    brief::{
        cite,
        extract::{self, Budget},
        safeguards, Translated,
    },
    read::seeds::Reference,
    text::{split, Article, Role, SentenceId},
};
use serde::Serialize;
use std::collections::BTreeSet;

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

/// Measures every way over articles with their references.
pub fn measure<'a>(items: impl IntoIterator<Item = (&'a Article, &'a Reference)>) -> Table {
    let mut table = Table::default();
    let ways = ["lead", "extract-translate", "reference brief, aligned"];
    table.ways = ways
        .map(|way| Tally {
            way,
            ..Tally::default()
        })
        .into();
    for (article, reference) in items {
        table.articles += 1;
        let support: BTreeSet<SentenceId> = reference.support.iter().copied().collect();
        let aligned = aligned(article, reference);
        let union = aligned.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        for (tally, cited) in table.ways.iter_mut().zip([lead(article), chosen(article), union]) {
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
        .map(|s| (s.to_string(), cite::align(article, s, &translation)))
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
        let table = measure(items.iter().map(|(a, r)| (a, r)));
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
}
