//! What systems made of the corpus: one line of JSON an article, appended as it is made, so that a run resumes.
use super::{
    corpus::{Corpus, Item},
    score,
    suite::{System, Task},
};
use crate::{text::hex::hex, Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

/// What a system makes of one article.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// English of each sentence of the article, in order; empty where the system translates none.
    #[serde(default)]
    pub translation: Vec<String>,
    #[serde(default)]
    pub headline: String,
    /// Sentences of the brief.
    #[serde(default)]
    pub brief: Vec<String>,
    /// Sentences of the article that the brief cites, where it cites.
    #[serde(default)]
    pub cited: Option<Vec<u32>>,
}

/// An output with whose it is, of what, and what it cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub system: String,
    /// What decided the output: settings, and the models' own fingerprints where known.
    pub fingerprint: String,
    pub article: String,
    /// SHA-256 of the article's text.
    pub text: String,
    pub seconds: f64,
    #[serde(flatten)]
    pub output: Output,
}

/// Makes a system's outputs; built once a system, called once an article.
pub trait Producer {
    /// All that decides the outputs beside the article.
    fn fingerprint(&self) -> String;
    fn produce(&mut self, item: &Item) -> Result<Output>;
}

/// The predictions of one file, each appended as it comes.
pub struct Predictions {
    path: PathBuf,
    known: Vec<Prediction>,
}

impl Predictions {
    /// Opens the file, or begins one; a line that a crash cut short is left out and made again.
    pub fn open(path: &Path) -> Result<Self> {
        let mut known = vec![];
        match std::fs::read_to_string(path) {
            Ok(text) => {
                known.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
                if !text.is_empty() && !text.ends_with('\n') {
                    append(path, "\n")?;
                }
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::new(format!("cannot read `{}`", path.display())).caused_by(e)),
        }
        Ok(Self {
            path: path.into(),
            known,
        })
    }

    /// The prediction of this system for this article, if one with these settings is there.
    pub fn find(&self, system: &str, fingerprint: &str, item: &Item) -> Option<&Prediction> {
        let text = sha256(&item.article.text);
        self.known
            .iter()
            .rev()
            .find(|p| p.system == system && p.fingerprint == fingerprint && p.text == text)
    }

    /// Keeps a prediction, on disk first.
    pub fn add(&mut self, prediction: Prediction) -> Result<()> {
        let line =
            serde_json::to_string(&prediction).map_err(|e| Error::new("cannot write a prediction").caused_by(e))?;
        append(&self.path, &(line + "\n"))?;
        self.known.push(prediction);
        Ok(())
    }

    /// The latest prediction of this system for this article, whatever its settings: for rescoring.
    pub fn latest(&self, system: &str, item: &Item) -> Option<&Prediction> {
        let text = sha256(&item.article.text);
        self.known.iter().rev().find(|p| p.system == system && p.text == text)
    }
}

fn append(path: &Path, text: &str) -> Result<()> {
    let fail = |e: std::io::Error| Error::new(format!("cannot write `{}`", path.display())).caused_by(e);
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut f| f.write_all(text.as_bytes()))
        .map_err(fail)
}

pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Outputs made elsewhere: a text file with a line for each sentence (translate) or article (brief) of the corpus in
/// order, or a `.jsonl` with an object for each article: `{"article": id, "translation": [..], "brief": [..]}`.
pub struct Made {
    outputs: HashMap<String, Output>,
    fingerprint: String,
    path: String,
}

impl Made {
    /// # Errors
    /// Where the file cannot be read or does not fit the corpus: by how many lines.
    pub fn open(path: &Path, task: Task, corpus: &Corpus, system: &System) -> Result<Self> {
        let shown = path.display().to_string();
        let lines = score::read_lines(path)?;
        let fingerprint = format!("{}|sha256:{}", system.about(), sha256(&lines.join("\n")));
        let mut outputs = HashMap::new();
        if path.extension().is_some_and(|e| e == "jsonl") {
            #[derive(Deserialize)]
            struct Line {
                article: String,
                #[serde(flatten)]
                output: Output,
            }
            for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
                let bad = |e| Error::new(format!("`{shown}` line {} is no output", i + 1)).caused_by(e);
                let line: Line = serde_json::from_str(line).map_err(bad)?;
                outputs.insert(line.article, line.output);
            }
            return Ok(Self {
                outputs,
                fingerprint,
                path: shown,
            });
        }
        let expected = match task {
            Task::Translate => corpus.stamp.sentences,
            Task::Brief => corpus.stamp.articles,
        };
        score::same_count(path, lines.len(), Path::new(&corpus.stamp.path), expected)?;
        let mut lines = lines.into_iter();
        for item in &corpus.items {
            let output = match task {
                Task::Translate => {
                    let translation = lines.by_ref().take(item.article.sentences.len()).collect();
                    Output {
                        translation,
                        ..Output::default()
                    }
                }
                Task::Brief => Output {
                    brief: lines.by_ref().take(1).collect(),
                    ..Output::default()
                },
            };
            outputs.insert(item.article.id.clone(), output);
        }
        Ok(Self {
            outputs,
            fingerprint,
            path: shown,
        })
    }
}

impl Producer for Made {
    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn produce(&mut self, item: &Item) -> Result<Output> {
        let id = &item.article.id;
        self.outputs
            .remove(id)
            .ok_or_else(|| Error::new(format!("`{}` has no output for article `{id}`", self.path)))
    }
}
