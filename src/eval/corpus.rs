//! The evaluation corpus: a folder of bilingual articles with reference briefs, one split of it.
use super::suite::Split;
use crate::{
    read::seeds::{self, Reference},
    text::{hex::hex, Article},
    Error, Result,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// One article with what a person wrote for it.
#[derive(Clone, Debug)]
pub struct Item {
    pub article: Article,
    pub reference: Reference,
}

/// Which articles were measured: two reports may be compared where these agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusStamp {
    pub path: String,
    pub split: Split,
    pub articles: usize,
    pub sentences: usize,
    /// SHA-256 over texts and references, in order.
    pub sha256: String,
}

#[derive(Clone, Debug)]
pub struct Corpus {
    pub stamp: CorpusStamp,
    pub items: Vec<Item>,
}

impl Corpus {
    /// Reads the files of one split of `folder`, in the order of their names.
    ///
    /// # Errors
    /// Where the folder or a file cannot be read or holds no article of the split.
    pub fn open(folder: &Path, split: Split) -> Result<Self> {
        let shown = folder.display().to_string();
        let fail = |what: String, e: std::io::Error| Error::new(what).caused_by(e).hint("check `corpus` in the suite");
        let entries = std::fs::read_dir(folder).map_err(|e| fail(format!("cannot read corpus `{shown}`"), e))?;
        let mut files: Vec<_> = entries
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "txt"))
            .filter(|p| {
                let test = p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("eval-"));
                test == (split == Split::Test)
            })
            .collect();
        files.sort();
        let mut items = vec![];
        for file in files {
            let bad = |e| Error::new(format!("cannot use `{}`", file.display())).caused_by(e);
            for entry in seeds::open(&file).map_err(bad)? {
                let (article, reference) = entry.map_err(bad)?;
                items.push(Item { article, reference });
            }
        }
        if items.is_empty() {
            return Err(
                Error::new(format!("corpus `{shown}` has no article of split `{split:?}`").to_lowercase())
                    .hint("the test split is the files `eval-*.txt`, the train split all others"),
            );
        }
        let mut hash = Sha256::new();
        for item in &items {
            let r = &item.reference;
            for part in [&item.article.id, &item.article.text, &r.headline, &r.brief]
                .into_iter()
                .chain(&r.translations)
            {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        let sha256 = hex(&hash.finalize());
        let sentences = items.iter().map(|i| i.article.sentences.len()).sum();
        let stamp = CorpusStamp {
            path: shown,
            split,
            articles: items.len(),
            sentences,
            sha256,
        };
        Ok(Self { stamp, items })
    }
}
