//! What a batch ran with, beside its briefs: enough to run it again and to say where it differs.
use super::batch::Summary;
use super::journal::{entries, fingerprint, io_error, sha256, Entry, Failure, Status};
use super::Provenance;
use crate::text::Article;
use crate::{read::ReadError, Error};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The manifest's name in its output folder.
pub const MANIFEST: &str = "manifest.json";

/// One run of a batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `sunto` and its version.
    pub version: String,
    /// The words after `sunto` that run it again, with every default and setting spelled out.
    pub command: Vec<String>,
    /// Where it was given: relative inputs are looked for from here.
    pub working_folder: String,
    /// What every brief of the run carries: models with hashes, search, glossary, seed.
    pub provenance: Provenance,
    /// The fingerprint of settings in the journal's lines.
    pub settings: String,
    pub machine: Machine,
    /// Left out while the batch runs, and if it was killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
}

/// What ran it; none of it changes a brief on one machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    pub platform: String,
    pub processor: Vec<String>,
    pub device: String,
    pub threads: usize,
    pub jobs: usize,
}

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub summary: Summary,
    pub seconds: f64,
    pub words_per_second: f64,
}

/// The fingerprint of the settings that change a brief's file: its provenance and its format.
pub fn settings(provenance: &Provenance, format: &str) -> String {
    let provenance = serde_json::to_string(provenance).unwrap_or_default();
    sha256(&[&provenance, format])
}

impl Manifest {
    /// Writes the manifest into the batch's folder, whole.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|e| io_error("cannot write the manifest", e.into()))?;
        text.push('\n');
        super::batch::write_whole(folder, MANIFEST, text.as_bytes())
    }

    /// Reads a manifest.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|e| io_error(format!("cannot read `{shown}`"), e))?;
        serde_json::from_str(&text).map_err(|e| {
            Error::new(format!("`{shown}` is no manifest of a batch"))
                .caused_by(e)
                .hint("`sunto brief INPUT... -o DIR` writes DIR/manifest.json")
        })
    }
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Briefs that came out byte for byte as recorded.
    pub same: usize,
    /// The first that did not: the input, and how it differs.
    pub difference: Option<(String, String)>,
}

/// Briefs `articles` again and compares each with the journal of `folder`, up to the first difference. Nothing is
/// written. An article that the journal does not know, one that it knows and that is not there any more, and one that
/// failed before and not now (or now and not before) are differences too.
pub fn replay<B, E: Into<Failure>>(
    articles: impl Iterator<Item = Result<Article, ReadError>>,
    folder: &Path,
    settings: &str,
    brief: impl Fn(&Article) -> Result<B, E>,
    render: impl Fn(&B) -> String,
) -> Result<Replay, Error> {
    let recorded =
        entries(folder).map_err(|e| io_error(format!("cannot read the journal of `{}`", folder.display()), e))?;
    let mut recorded: HashMap<String, Entry> = recorded
        .into_iter()
        .filter(|e| e.settings == settings)
        .map(|e| (e.article.clone(), e))
        .collect();
    let mut seen = HashMap::new();
    let mut found = Replay::default();
    for article in articles {
        // What cannot be read now gives no brief to compare; if it could be read before, it is missing below.
        let Ok(article) = article else { continue };
        let input = article.meta.path.clone().unwrap_or_else(|| article.id.clone());
        let print = fingerprint(&article);
        let Some(entry) = recorded.remove(&print) else {
            if !seen.contains_key(&print) {
                found.difference = Some((
                    input,
                    "the article has changed, or was not there, when the batch ran".into(),
                ));
                return Ok(found);
            }
            continue;
        };
        seen.insert(print, ());
        let difference = match (brief(&article).map(|b| render(&b)).map_err(E::into), entry.status) {
            (Ok(content), Status::Done) => compare(folder, &entry, &content),
            (Err(_), Status::Failed) => None,
            (Ok(_), Status::Failed) => Some("it failed when the batch ran, and does not now".into()),
            (Err(failure), Status::Done) => Some(format!("it fails now: {}", failure.error)),
        };
        if let Some(difference) = difference {
            found.difference = Some((input, difference));
            return Ok(found);
        }
        found.same += 1;
    }
    let mut missing: Vec<&Entry> = recorded.values().filter(|e| e.status == Status::Done).collect();
    missing.sort_by_key(|e| &e.input);
    if let Some(entry) = missing.first() {
        found.difference = Some((
            entry.input.clone(),
            "the article is not there any more, or has changed".into(),
        ));
    }
    Ok(found)
}

/// How the content differs from what the journal recorded; with the first line where the file itself is unchanged.
fn compare(folder: &Path, entry: &Entry, content: &str) -> Option<String> {
    let recorded = entry.sha256.as_deref()?;
    if recorded == sha256(&[content]) {
        return None;
    }
    let file = entry.file.as_deref().unwrap_or_default();
    let Ok(before) = fs::read_to_string(folder.join(file)) else {
        return Some(format!("`{file}` comes out differently"));
    };
    let differs = before.lines().zip(content.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or_else(|| before.lines().count().min(content.lines().count()));
    let short = |text: &str| {
        let line = text.lines().nth(line).unwrap_or("(nothing)");
        line.chars().take(120).collect::<String>()
    };
    Some(format!(
        "`{file}` line {}: was `{}`, is `{}`",
        line + 1,
        short(&before),
        short(content)
    ))
}
