//! Metrics that a model computes: their names, what each is opened from, and the mean of their segments' scores.
//!
//! A report is read and compared without any model: a metric that was not given its model still sums statistics.
use super::{bertscore, comet, metricx, nli};
use crate::{
    eval::metric::{Direction, Label, Metric, Options, Reads, Segment, Stats},
    Error, Result,
};
use crate::{
    nn::{Device, Weights},
    text::hex::hex,
    tokenizer::Tokenizer,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What a learned metric runs on, as a suite or `--metric-model` says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelOf {
    /// A folder in the transformers layout, or a card's name.
    pub model: PathBuf,
    /// BERTScore: the layer that is compared; what its authors chose for models of this depth if not given.
    #[serde(default)]
    pub layer: Option<usize>,
    /// BERTScore: tokens weigh what they tell, counted over the references.
    #[serde(default)]
    pub idf: bool,
    /// BERTScore: a table of unrelated texts' scores (`LAYER,P,R,F`), which become 0.
    #[serde(default)]
    pub baseline: Option<PathBuf>,
    /// Texts that go through the model together.
    #[serde(default)]
    pub batch: Option<usize>,
}

impl ModelOf {
    /// Texts that go through the model together.
    pub fn batch(&self) -> usize {
        self.batch.unwrap_or(8).max(1)
    }
}

/// Name, default card, what is read, direction, and what a mean of segment scores is multiplied by.
type Known = (&'static str, &'static str, Reads, Direction, f64, Open);
type Open = fn(&ModelOf, Opened) -> Result<(Box<dyn Scorer>, String)>;

const KNOWN: &[Known] = &[
    (
        "bertscore",
        "roberta-large",
        Reads::Reference,
        Direction::Higher,
        100.0,
        bertscore::open,
    ),
    ("comet", "comet-22", Reads::Both, Direction::Higher, 100.0, comet::open),
    (
        "metricx",
        "metricx-24-large",
        Reads::Both,
        Direction::Lower,
        1.0,
        metricx::open,
    ),
    (
        "metricx-qe",
        "metricx-24-large",
        Reads::Source,
        Direction::Lower,
        1.0,
        metricx::open_without_reference,
    ),
    (
        "nli",
        "mdeberta-nli",
        Reads::Source,
        Direction::Higher,
        100.0,
        nli::open,
    ),
];

/// Names of the metrics that need a model.
pub fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(name, ..)| *name)
}

/// The card of the model that a learned metric is usually computed with.
pub fn usual_card(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|k| k.0 == name).map(|k| k.1)
}

/// What the learned metric of this name reads beside the output.
pub fn reads(name: &str) -> Option<Reads> {
    KNOWN.iter().find(|k| k.0 == name).map(|k| k.2)
}

/// Scores segments one by one, with a model.
pub trait Scorer: Send + Sync {
    /// One score a segment, in order.
    fn scores(&self, segments: &[Segment]) -> Result<Vec<f64>>;
}

/// The mean over segments of what a model says of each.
struct Learned {
    label: Label,
    scale: f64,
    scorer: Option<Box<dyn Scorer>>,
}

impl Metric for Learned {
    fn label(&self) -> &Label {
        &self.label
    }

    /// `[score, 1]` of each segment.
    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        let name = &self.label.name;
        let Some(scorer) = &self.scorer else {
            let card = usual_card(name).unwrap_or_default();
            return Err(
                Error::new(format!("`{name}` is computed by a model, and none is given")).hint(format!(
                    "give one with `--metric-model {name}=FOLDER|CARD`; the usual card is `{card}`"
                )),
            );
        };
        let scores = scorer.scores(segments)?;
        Ok(scores.into_iter().map(|s| Stats(vec![s, 1.0])).collect())
    }

    fn score(&self, total: &Stats) -> f64 {
        match total.0.as_slice() {
            [sum, n] if *n > 0.0 => self.scale * sum / n,
            _ => 0.0,
        }
    }
}

/// The learned metric of this name, where it is one; without its model it sums statistics and makes none.
pub fn build(name: &str, options: &Options) -> Option<Result<Box<dyn Metric>>> {
    let (name, _, _, direction, scale, open) = KNOWN.iter().find(|k| k.0 == name)?;
    let with = |scorer, signature| {
        let (name, direction) = (name.to_string(), *direction);
        Box::new(Learned {
            label: Label {
                name,
                signature,
                direction,
            },
            scale: *scale,
            scorer,
        }) as Box<dyn Metric>
    };
    let Some(of) = options.models.get(*name) else {
        let signature = format!("model:none|{}", crate::eval::metric::origin(""));
        return Some(Ok(with(None, signature)));
    };
    let made = Opened::folder(&of.model, &options.device, options.allow_pickle).and_then(|opened| open(of, opened));
    Some(
        made.map(|(scorer, signature)| with(Some(scorer), signature))
            .map_err(|e| Error::new(format!("cannot open the model of `{name}`")).caused_by(e)),
    )
}

/// A model folder, opened.
pub struct Opened {
    pub config: String,
    pub weights: Weights,
    pub tokenizer: Tokenizer,
    pub device: Device,
    /// `NAME@` and 12 digits of the SHA-256 over configuration and weights, for signatures.
    pub stamp: String,
    pub folder: PathBuf,
}

impl Opened {
    fn folder(folder: &Path, device: &Device, allow_pickle: bool) -> Result<Self> {
        let shown = folder.display();
        let path = folder.join("config.json");
        let config = std::fs::read_to_string(&path).map_err(|e| {
            Error::new(format!("cannot read `{}`", path.display()))
                .caused_by(e)
                .hint("a model folder holds `config.json`, `model.safetensors` and its tokenizer's files")
        })?;
        let weights = Weights::of_folder(folder, allow_pickle)?;
        let tokenizer = Tokenizer::open(folder).map_err(|e| match &e.hint {
            Some(hint) => Error::new(e.to_string()).hint(hint.clone()),
            None => Error::new(e.to_string()),
        })?;
        let mut hash = Sha256::new();
        hash.update(config.as_bytes());
        weights.shards().for_each(|bytes| hash.update(bytes));
        let digits = hex(&hash.finalize()[..6]);
        let name = folder.canonicalize().ok();
        let name = name.as_deref().unwrap_or(folder).file_name();
        let stamp = format!(
            "{}@{digits}",
            name.map_or(shown.to_string(), |n| n.to_string_lossy().into_owned())
        );
        Ok(Self {
            config,
            weights,
            tokenizer,
            device: device.clone(),
            stamp,
            folder: folder.to_path_buf(),
        })
    }
}

/// A framed text that fits into `most` tokens: what is too long loses tokens before its last one.
pub fn fitted(mut ids: Vec<u32>, most: usize) -> Vec<u32> {
    if ids.len() > most {
        let last = ids.pop();
        ids.truncate(most.saturating_sub(1));
        ids.extend(last);
    }
    ids
}

/// The source of a segment.
///
/// # Errors
/// Where it has none.
pub fn source<'a>(metric: &str, segment: &Segment<'a>) -> Result<&'a str> {
    segment.source.ok_or_else(|| {
        Error::new(format!("`{metric}` reads the source, and none is given")).hint("give it with `--src FILE`")
    })
}

/// What a model's error is called here.
pub fn failed(metric: &str) -> impl Fn(Error) -> Error + '_ {
    move |e| Error::new(format!("`{metric}` cannot score a segment")).caused_by(e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_learned_metric_without_its_model_sums_but_does_not_score() {
        for name in names() {
            let metric = build(name, &Options::default()).unwrap().unwrap();
            let total = metric.score(&Stats(vec![1.5, 2.0]));
            assert!((total - if name.starts_with("metricx") { 0.75 } else { 75.0 }).abs() < 1e-9);
            let error = metric.stats(&[Segment::default()]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{name}` is computed by a model, and none is given")
            );
            assert!(error.hint.unwrap().contains(usual_card(name).unwrap()));
        }
        assert!(build("bleu", &Options::default()).is_none());
    }

    #[test]
    fn long_texts_keep_their_frame() {
        let check = |ids: &[u32], most, expected: &[u32]| assert_eq!(fitted(ids.to_vec(), most), expected);
        check(&[0, 5, 6, 2], 4, &[0, 5, 6, 2]);
        check(&[0, 5, 6, 7, 2], 4, &[0, 5, 6, 2]);
        check(&[0, 2], 8, &[0, 2]);
    }
}
