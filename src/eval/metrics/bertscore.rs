//! BERTScore (Zhang et al. 2020): each token matched with the most similar one of the other text, in an encoder's layer.
//!
//! As bert-score 0.3.13: without idf the first and last token weigh nothing but may be matched; an empty text scores 0.
use crate::eval::error::{EvalError, Result};
use crate::eval::metric::{origin, Direction, Label, Metric, Segment, Stats};
use crate::model::{roberta::Roberta, Result as ModelResult};
use candle_core::DType;
use std::collections::{HashMap, HashSet};

/// Precision, recall and F of one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Match {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Inverse document frequency of each token id over the references: ln((n + 1) / (count + 1)).
#[derive(Clone, Debug, Default)]
pub struct Idf {
    documents: usize,
    counts: HashMap<u32, usize>,
}

impl Idf {
    pub fn of<'a>(texts: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut idf = Self::default();
        for text in texts {
            idf.documents += 1;
            for id in text.iter().collect::<HashSet<_>>() {
                *idf.counts.entry(*id).or_default() += 1;
            }
        }
        idf
    }

    fn weight(&self, id: u32) -> f64 {
        ((self.documents + 1) as f64 / (self.counts.get(&id).copied().unwrap_or(0) + 1) as f64).ln()
    }
}

/// Weights of a framed text's tokens, summing to 1 (or all 0).
fn weights(text: &[u32], idf: Option<&Idf>) -> Vec<f64> {
    let last = text.len().saturating_sub(1);
    let plain = |i: usize| if i == 0 || i == last { 0.0 } else { 1.0 };
    let raw: Vec<f64> = text
        .iter()
        .enumerate()
        .map(|(i, id)| idf.map_or_else(|| plain(i), |idf| idf.weight(*id)))
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|w| if sum == 0.0 { 0.0 } else { w / sum }).collect()
}

/// Unit vectors of a framed text in one layer, (tokens) of (dim).
fn vectors(encoder: &Roberta, layer: usize, text: &[u32]) -> ModelResult<Vec<Vec<f32>>> {
    let states = encoder.hidden_states(&[text])?;
    let rows: Vec<Vec<f32>> = states[layer.min(states.len() - 1)]
        .get(0)?
        .to_dtype(DType::F32)?
        .to_vec2()?;
    let unit = |row: Vec<f32>| {
        let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        row.into_iter().map(|x| x / norm).collect()
    };
    Ok(rows.into_iter().map(unit).collect())
}

/// Matches two framed texts by the hidden states of `layer` (0 are the embeddings).
///
/// # Errors
/// Those of the encoder.
pub fn matched(
    encoder: &Roberta,
    layer: usize,
    hyp: &[u32],
    reference: &[u32],
    idf: Option<&Idf>,
) -> ModelResult<Match> {
    if hyp.len() <= 2 || reference.len() <= 2 {
        return Ok(Match::default());
    }
    let (h, r) = (vectors(encoder, layer, hyp)?, vectors(encoder, layer, reference)?);
    let similarity = |a: &[f32], b: &[f32]| f64::from(a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>());
    let best = |from: &[Vec<f32>], to: &[Vec<f32>], weights: Vec<f64>| -> f64 {
        let most = |v: &Vec<f32>| to.iter().map(|w| similarity(v, w)).fold(f64::MIN, f64::max);
        from.iter().zip(weights).map(|(v, w)| w * most(v)).sum()
    };
    let precision = best(&h, &r, weights(hyp, idf));
    let recall = best(&r, &h, weights(reference, idf));
    let f1 = 2.0 * precision * recall / (precision + recall);
    Ok(Match {
        precision,
        recall,
        f1: if f1.is_finite() { f1 } else { 0.0 },
    })
}

/// A framed text's token ids.
pub type Encode = Box<dyn Fn(&str) -> Result<Vec<u32>> + Send + Sync>;

/// BERTScore F1 as a metric.
pub struct BertScore {
    label: Label,
    encoder: Roberta,
    encode: Encode,
    layer: usize,
    idf: bool,
    /// F1 of unrelated texts, which rescaling takes for 0.
    baseline: Option<f64>,
}

impl BertScore {
    /// `model` names the encoder in the signature.
    pub fn new(model: &str, encoder: Roberta, encode: Encode, layer: usize, idf: bool, baseline: Option<f64>) -> Self {
        let signature = format!(
            "model:{model}|layer:{layer}|idf:{}|rescaled:{}|{}",
            if idf { "yes" } else { "no" },
            if baseline.is_some() { "yes" } else { "no" },
            origin("bert-score-0.3.13")
        );
        let label = Label {
            name: "bertscore".into(),
            signature,
            direction: Direction::Higher,
        };
        Self {
            label,
            encoder,
            encode,
            layer,
            idf,
            baseline,
        }
    }
}

impl Metric for BertScore {
    fn label(&self) -> &Label {
        &self.label
    }

    /// `[F1, 1]` of each segment, of several references the best.
    fn stats(&self, segments: &[Segment]) -> Result<Vec<Stats>> {
        let ids = |text: &str| (self.encode)(text);
        let references = segments
            .iter()
            .map(|s| s.references.iter().map(|r| ids(r)).collect::<Result<Vec<_>>>());
        let references = references.collect::<Result<Vec<_>>>()?;
        let idf = self
            .idf
            .then(|| Idf::of(references.iter().flatten().map(Vec::as_slice)));
        let mut stats = vec![];
        for (segment, references) in segments.iter().zip(&references) {
            let hypothesis = ids(segment.hypothesis)?;
            let mut best = f64::MIN;
            for reference in references {
                let found = matched(&self.encoder, self.layer, &hypothesis, reference, idf.as_ref());
                let f1 = found
                    .map_err(|e| EvalError::new("bertscore cannot encode a segment").caused_by(e))?
                    .f1;
                best = best.max(self.baseline.map_or(f1, |b| (f1 - b) / (1.0 - b)));
            }
            stats.push(Stats(vec![if references.is_empty() { 0.0 } else { best }, 1.0]));
        }
        Ok(stats)
    }

    fn score(&self, total: &Stats) -> f64 {
        match total.0.as_slice() {
            [sum, n] if *n > 0.0 => 100.0 * sum / n,
            _ => 0.0,
        }
    }
}
