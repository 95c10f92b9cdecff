//! Model cards: what is known of a model before its files are here. One `models/*.toml` each, compiled in.
use crate::{tokenizer::Normalization, Error, Result};
use serde::{Deserialize, Serialize};

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Translate,
    Summarize,
    /// A chat model that is told what to do.
    Instruct,
    /// A reader without a target: ranking, inference between sentences.
    Encode,
    /// A learned score.
    Metric,
}

/// How long a sentence takes, as orders of magnitude on a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    Fast,
    Medium,
    Slow,
}

/// The languages as the model's own vocabulary or prompt spells them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardLanguages {
    pub source: String,
    pub target: String,
}

/// Search settings that the model's authors used; what is not given is the program's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSearch {
    pub beams: Option<usize>,
    pub length_penalty: Option<f32>,
    pub min_tokens: Option<usize>,
    pub max_tokens: Option<usize>,
    pub no_repeat_ngram: Option<usize>,
}

/// Files of another repository that a model needs in its folder: what its authors left where they found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    pub repo: String,
    /// A commit, so that a pull brings the same files for everybody.
    pub revision: String,
    pub files: Vec<String>,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// The name of its file, without the ending.
    #[serde(skip_deserializing)]
    pub name: String,
    pub task: Task,
    /// `model_type` of its `config.json`.
    pub family: String,
    /// `ORG/NAME` on the hub; none for a model that is only here.
    pub repo: Option<String>,
    /// Branch, `refs/pr/N` or commit of the repository; the lock of a pull says which commit a branch was.
    pub revision: Option<String>,
    /// The commit that this card was written for, or its first digits; a pull of another one is refused.
    pub pin: Option<String>,
    /// Compiled into the binary.
    #[serde(default)]
    pub embedded: bool,
    pub licence: String,
    /// Files that it needs, as paths in the repository; a `.index.json` names the shards that belong to it.
    pub files: Vec<String>,
    /// Size of all files together, in 10^6 bytes, rounded.
    pub megabytes: u32,
    pub speed: Speed,
    /// What a source is wrapped in: `{text}` stands for it.
    pub prompt: Option<String>,
    /// Tokens at most of a source, where the model has a limit of its own.
    pub max_source: Option<usize>,
    #[serde(default)]
    pub normalization: Normalization,
    pub notes: String,
    pub languages: CardLanguages,
    #[serde(default)]
    pub search: CardSearch,
    #[serde(default)]
    pub beside: Vec<Beside>,
}

impl ModelCard {
    /// Reads and checks the text of a card.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let mut card: Self =
            toml::from_str(text).map_err(|e| Error::new(format!("the card `{name}` cannot be read")).caused_by(e))?;
        card.name = name.to_owned();
        let bad = |what: String| Error::new(format!("the card `{name}` is not usable")).caused_by(what);
        let repo = card.repo.as_deref();
        if repo.is_some_and(|r| !is_repository(r)) {
            return Err(bad(format!(
                "`{}` is not of the form ORG/NAME",
                repo.unwrap_or_default()
            )));
        }
        if repo.is_none() != card.embedded || repo.is_none() != card.revision.is_none() {
            return Err(bad(
                "it needs both `repo` and `revision`, or `embedded = true` alone".into()
            ));
        }
        let hexadecimal = |p: &str| p.len() >= 7 && p.len() <= 40 && p.bytes().all(|b| b.is_ascii_hexdigit());
        if card.pin.as_deref().is_some_and(|p| !hexadecimal(p)) {
            return Err(bad("`pin` must be a commit, or 7 digits of one at least".into()));
        }
        if card.licence.is_empty() || card.files.is_empty() {
            return Err(bad("`licence` and `files` may not be empty".into()));
        }
        let beside = card.beside.iter().flat_map(|b| &b.files);
        if let Some(file) = card.files.iter().chain(beside).find(|f| !is_relative(f)) {
            return Err(bad(format!("`{file}` is not a path inside a repository")));
        }
        for other in &card.beside {
            if !is_repository(&other.repo) || !super::hub::is_commit(&other.revision) || other.files.is_empty() {
                return Err(bad(format!(
                    "`beside` needs ORG/NAME, a commit and files, found `{}` at `{}`",
                    other.repo, other.revision
                )));
            }
        }
        if card.prompt.as_ref().is_some_and(|p| p.matches("{text}").count() != 1) {
            return Err(bad("`prompt` must have `{text}` once".into()));
        }
        Ok(card)
    }

    /// The card of this name among those that are compiled in.
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = CARDS.iter().find(|(n, _)| *n == name)?;
        Self::parse(name, text).ok()
    }

    /// All cards, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Result<Self>> {
        CARDS.iter().map(|(name, text)| Self::parse(name, text))
    }

    /// Whether the licence forbids commercial use.
    pub fn is_non_commercial(&self) -> bool {
        is_non_commercial(&self.licence)
    }

    /// Whether weights of the card are a pickle, which is read only on demand.
    pub fn has_pickle(&self) -> bool {
        self.files
            .iter()
            .any(|f| f.ends_with(".bin") || f.ends_with(".ckpt") || f.ends_with(".pt"))
    }

    /// The source text as the model wants to be asked.
    pub fn prompted(&self, text: &str) -> String {
        match &self.prompt {
            Some(prompt) => prompt.replace("{text}", text),
            None => text.to_owned(),
        }
    }
}

/// Whether a licence forbids commercial use, as Creative Commons' `NC` does.
pub fn is_non_commercial(licence: &str) -> bool {
    licence
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.eq_ignore_ascii_case("nc") || part.eq_ignore_ascii_case("noncommercial"))
}

/// Whether a name is `ORG/NAME` of letters, digits, `-`, `_` and `.`, as on the hub.
pub fn is_repository(name: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && p.len() <= 96
            && !p.starts_with(['.', '-'])
            && p.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    name.split_once('/').is_some_and(|(org, name)| part(org) && part(name))
}

/// Whether a path stays inside the folder it is joined to.
pub fn is_relative(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Name and text of every card.
const CARDS: &[(&str, &str)] = &[
    ("small-it-en", include_str!("../../models/small-it-en.toml")),
    (
        "opus-mt-tc-big-it-en",
        include_str!("../../models/opus-mt-tc-big-it-en.toml"),
    ),
    ("opus-mt-it-en", include_str!("../../models/opus-mt-it-en.toml")),
    ("opus-mt-itc-en", include_str!("../../models/opus-mt-itc-en.toml")),
    ("madlad-3b", include_str!("../../models/madlad-3b.toml")),
    ("nllb-600m", include_str!("../../models/nllb-600m.toml")),
    ("bart-large-cnn", include_str!("../../models/bart-large-cnn.toml")),
    ("distilbart-cnn", include_str!("../../models/distilbart-cnn.toml")),
    ("flan-t5-base", include_str!("../../models/flan-t5-base.toml")),
    ("it5-news", include_str!("../../models/it5-news.toml")),
    ("mt5-crosssum", include_str!("../../models/mt5-crosssum.toml")),
    ("eurollm-1.7b", include_str!("../../models/eurollm-1.7b.toml")),
    ("translategemma-4b", include_str!("../../models/translategemma-4b.toml")),
    ("qwen3-4b", include_str!("../../models/qwen3-4b.toml")),
    ("metricx-24-large", include_str!("../../models/metricx-24-large.toml")),
    ("comet-22", include_str!("../../models/comet-22.toml")),
    ("mdeberta-nli", include_str!("../../models/mdeberta-nli.toml")),
    ("roberta-large", include_str!("../../models/roberta-large.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_loads_and_every_file_is_listed() {
        let cards: Vec<ModelCard> = ModelCard::all().collect::<Result<_>>().unwrap();
        assert!(cards.len() >= 16);
        let mut listed: Vec<String> = cards.iter().map(|c| c.name.clone()).collect();
        let mut files: Vec<String> = std::fs::read_dir("models")
            .unwrap()
            .filter_map(|e| {
                e.unwrap()
                    .file_name()
                    .into_string()
                    .unwrap()
                    .strip_suffix(".toml")
                    .map(str::to_owned)
            })
            .collect();
        listed.sort();
        files.sort();
        assert_eq!(listed, files);
        let non_commercial: Vec<&str> = cards
            .iter()
            .filter(|c| c.is_non_commercial())
            .map(|c| c.name.as_str())
            .collect();
        assert_eq!(non_commercial, ["nllb-600m", "mt5-crosssum"]);
        assert!(cards
            .iter()
            .filter(|c| c.has_pickle())
            .all(|c| c.notes.contains("pickle")));
        assert!(ModelCard::named("small-it-en").is_some_and(|c| c.embedded && c.normalization == Normalization::Sunto));
        assert!(ModelCard::named("other").is_none());
        assert_eq!(
            ModelCard::named("madlad-3b").unwrap().prompted("Ciao {text}"),
            "<2en> Ciao {text}"
        );
    }

    #[test]
    fn unusable_cards_say_why() {
        let good = include_str!("../../models/opus-mt-it-en.toml");
        for (from, to, why) in [
            (
                "Helsinki-NLP/opus-mt-it-en",
                "../etc",
                "`../etc` is not of the form ORG/NAME",
            ),
            (
                "revision = \"refs/pr/3\"",
                "",
                "it needs both `repo` and `revision`, or `embedded = true` alone",
            ),
            ("d43c831", "main", "`pin` must be a commit, or 7 digits of one at least"),
            (
                "\"config.json\"",
                "\"../config.json\"",
                "`../config.json` is not a path inside a repository",
            ),
            (
                "\"config.json\"",
                "\"/etc/passwd\"",
                "`/etc/passwd` is not a path inside a repository",
            ),
            ("Apache-2.0", "", "`licence` and `files` may not be empty"),
            (
                "speed = \"fast\"",
                "speed = \"fast\"\nprompt = \"x\"",
                "`prompt` must have `{text}` once",
            ),
            (
                "[search]",
                "[[beside]]\nrepo = \"a/b\"\nrevision = \"main\"\nfiles = [\"x\"]\n[search]",
                "`beside` needs ORG/NAME, a commit and files, found `a/b` at `main`",
            ),
            (
                "[search]",
                "[[beside]]\nrepo = \"a/b\"\nrevision = \"main\"\nfiles = [\"../x\"]\n[search]",
                "`../x` is not a path inside a repository",
            ),
        ] {
            let error = ModelCard::parse("x", &good.replace(from, to)).unwrap_err();
            assert_eq!(error.to_string(), "the card `x` is not usable");
            assert_eq!(std::error::Error::source(&error).unwrap().to_string(), why);
        }
        for text in ["", "task = \"translate\"", "task = 1", &format!("colour = 1\n{good}")] {
            assert_eq!(
                ModelCard::parse("x", text).unwrap_err().to_string(),
                "the card `x` cannot be read"
            );
        }
    }

    #[test]
    fn names_of_repositories_and_paths() {
        for (name, expected) in [
            ("a/b", true),
            ("Org-1/n_a.me", true),
            ("a", false),
            ("a/b/c", false),
            ("../b", false),
            ("a/", false),
        ] {
            assert_eq!(is_repository(name), expected, "{name}");
        }
        for (path, expected) in [
            ("a/b.json", true),
            ("a/../b", false),
            ("/a", false),
            ("a//b", false),
            ("C:\\a", false),
            ("", false),
        ] {
            assert_eq!(is_relative(path), expected, "{path}");
        }
    }
}
