//! BERTScore (Zhang et al. 2020): each token matched with the most similar one of the other text, in an encoder's layer.
//!
//! As bert-score 0.3.13: without idf the first and last token weigh nothing but may be matched; an empty text scores 0.
use super::learned::{failed, fitted, ModelOf, Opened, Scorer};
use crate::model::roberta::{Config, Roberta};
use crate::tokenizer::Tokenizer;
use crate::{
    eval::metric::{origin, Segment},
    Error, Result,
};
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
fn vectors(encoder: &Roberta, layer: usize, text: &[u32]) -> Result<Vec<Vec<f32>>> {
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
pub fn matched(encoder: &Roberta, layer: usize, hyp: &[u32], reference: &[u32], idf: Option<&Idf>) -> Result<Match> {
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

/// Scores of unrelated texts in each layer, which rescaling takes for 0: bert-score's `rescale_baseline` tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline(pub Match);

impl Baseline {
    /// The row of `layer` in a table with the header `LAYER,P,R,F`.
    ///
    /// # Errors
    /// Where the table is none, or has no such layer.
    pub fn parse(table: &str, layer: usize) -> Result<Self> {
        let mut lines = table.lines();
        if lines.next().map(str::trim) != Some("LAYER,P,R,F") {
            return Err(Error::new("the first line is not `LAYER,P,R,F`"));
        }
        for (n, line) in (2..).zip(lines).filter(|(_, l)| !l.trim().is_empty()) {
            let numbers: Option<Vec<f64>> = line.split(',').map(|x| x.trim().parse().ok()).collect();
            let good = |x: &f64| x.is_finite() && *x < 1.0;
            match numbers.as_deref() {
                Some([at, row @ ..]) if row.len() == 3 && row.iter().all(good) => {
                    if *at == layer as f64 {
                        let (precision, recall, f1) = (row[0], row[1], row[2]);
                        return Ok(Self(Match { precision, recall, f1 }));
                    }
                }
                _ => return Err(Error::new(format!("line {n} is not a layer with three scores below 1"))),
            }
        }
        Err(Error::new(format!("no row for layer {layer}")))
    }

    /// (score - baseline) / (1 - baseline), each by its own.
    pub fn rescale(&self, found: Match) -> Match {
        let one = |x: f64, b: f64| (x - b) / (1.0 - b);
        Match {
            precision: one(found.precision, self.0.precision),
            recall: one(found.recall, self.0.recall),
            f1: one(found.f1, self.0.f1),
        }
    }
}

/// The layer that the authors found best for models of this depth (roberta-large and bert-large; bert-base).
fn usual_layer(layers: usize) -> usize {
    match layers {
        24 => 17,
        12 => 9,
        all => all,
    }
}

struct Scoring {
    encoder: Roberta,
    tokenizer: Tokenizer,
    layer: usize,
    idf: bool,
    baseline: Option<Baseline>,
}

/// Opens an encoder's folder.
pub fn open(of: &ModelOf, opened: Opened) -> Result<(Box<dyn Scorer>, String)> {
    let fault = |e: Error| Error::new(e.what.clone()).caused_by(e);
    let config = Config::parse(&opened.config).map_err(fault)?;
    let layer = of.layer.unwrap_or(usual_layer(config.num_hidden_layers));
    if layer > config.num_hidden_layers {
        let layers = config.num_hidden_layers;
        return Err(Error::new(format!("the model has no layer {layer}, it has {layers}")));
    }
    let baseline = of.baseline.as_ref().map(|path| {
        let shown = path.display();
        let table =
            std::fs::read_to_string(path).map_err(|e| Error::new(format!("cannot read `{shown}`")).caused_by(e))?;
        Baseline::parse(&table, layer).map_err(|e| Error::new(format!("`{shown}`: {e}")))
    });
    let baseline = baseline.transpose()?;
    let encoder = Roberta::load(config, &opened.weights, opened.device.clone()).map_err(fault)?;
    let rescaled = baseline.map_or("no".into(), |b| format!("{}", b.0.f1));
    let idf = if of.idf { "yes" } else { "no" };
    let origin = origin("bert-score-0.3.13");
    let signature = format!(
        "model:{}|layer:{layer}|idf:{idf}|rescaled:{rescaled}|{origin}",
        opened.stamp
    );
    let (idf, tokenizer) = (of.idf, opened.tokenizer);
    Ok((
        Box::new(Scoring {
            encoder,
            tokenizer,
            layer,
            idf,
            baseline,
        }),
        signature,
    ))
}

impl Scoring {
    /// As bert-score cuts a text: stripped, RoBERTa's with a space before its first word, cut to what the model reads.
    fn ids(&self, text: &str) -> Vec<u32> {
        let config = self.encoder.config();
        let text = text.trim();
        let ids = match config.model_type == "roberta" && !text.is_empty() {
            true => self.tokenizer.encode(&format!(" {text}")),
            false => self.tokenizer.encode(text),
        };
        fitted(ids, config.max_tokens())
    }
}

impl Scorer for Scoring {
    /// F1 against the best of the references.
    fn scores(&self, segments: &[Segment]) -> Result<Vec<f64>> {
        let ids = |s: &Segment| s.references.iter().map(|r| self.ids(r)).collect::<Vec<_>>();
        let references: Vec<_> = segments.iter().map(ids).collect();
        let idf = self
            .idf
            .then(|| Idf::of(references.iter().flatten().map(Vec::as_slice)));
        let one = |(segment, references): (&Segment, &Vec<Vec<u32>>)| {
            let hypothesis = self.ids(segment.hypothesis);
            let mut best = f64::NEG_INFINITY;
            for reference in references {
                let found = matched(&self.encoder, self.layer, &hypothesis, reference, idf.as_ref());
                let found = found.map_err(failed("bertscore"))?;
                best = best.max(self.baseline.map_or(found, |b| b.rescale(found)).f1);
            }
            Ok(if references.is_empty() { 0.0 } else { best })
        };
        segments.iter().zip(&references).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines_are_rows_by_layer() {
        let table = "LAYER,P,R,F\n0,0.30,0.31,0.305\n1,0.5,0.6,0.55\n";
        let check = |table: &str, layer, expected: std::result::Result<f64, &str>| {
            let found = Baseline::parse(table, layer).map(|b| b.0.f1).map_err(|e| e.to_string());
            assert_eq!(found, expected.map_err(str::to_string));
        };
        check(table, 1, Ok(0.55));
        check(table, 2, Err("no row for layer 2"));
        check("a,b\n", 0, Err("the first line is not `LAYER,P,R,F`"));
        check(
            "LAYER,P,R,F\n0,0.3,NaN,0.3\n",
            0,
            Err("line 2 is not a layer with three scores below 1"),
        );
        check(
            "LAYER,P,R,F\n0,0.3,1.0,0.3\n",
            0,
            Err("line 2 is not a layer with three scores below 1"),
        );
    }

    #[test]
    fn rescaling_takes_the_baseline_for_nothing_and_keeps_one() {
        let baseline = Baseline::parse("LAYER,P,R,F\n9,0.8,0.5,0.6\n", 9).unwrap();
        let of = |precision, recall, f1| Match { precision, recall, f1 };
        let check = |found: Match, expected: Match| {
            let ours = baseline.rescale(found);
            for (a, b) in [
                (ours.precision, expected.precision),
                (ours.recall, expected.recall),
                (ours.f1, expected.f1),
            ] {
                assert!((a - b).abs() < 1e-12, "{ours:?}");
            }
        };
        check(of(0.8, 0.5, 0.6), of(0.0, 0.0, 0.0));
        check(of(1.0, 1.0, 1.0), of(1.0, 1.0, 1.0));
        check(of(0.9, 0.75, 0.5), of(0.5, 0.5, -0.25));
    }
}
