//! MetricX-24-hybrid (Juraska et al. 2024) as a metric: errors from 0 to 25, with a reference or without; of several
//! references the mean.
use super::learned::{failed, source, ModelOf, Opened, Scorer};
use crate::model::metricx::{MetricX, MAX_TOKENS, SCORE_TOKEN};
use crate::tokenizer::Tokenizer;
use crate::{
    eval::metric::{origin, Segment},
    Error, Result,
};

struct Scoring {
    model: MetricX,
    tokenizer: Tokenizer,
    reference: bool,
    batch: usize,
}

/// Scores against references.
pub fn open(of: &ModelOf, opened: Opened) -> Result<(Box<dyn Scorer>, String)> {
    make(of, opened, true)
}

/// Scores by the source alone.
pub fn open_without_reference(of: &ModelOf, opened: Opened) -> Result<(Box<dyn Scorer>, String)> {
    make(of, opened, false)
}

fn make(of: &ModelOf, opened: Opened, reference: bool) -> Result<(Box<dyn Scorer>, String)> {
    // In mT5's vocabulary the token has this number whatever it is spelled as; smaller vocabularies spell it.
    let rows = opened
        .weights
        .shape("shared.weight")
        .and_then(|s| s.first())
        .copied()
        .unwrap_or(0);
    let token = match rows > SCORE_TOKEN as usize {
        true => SCORE_TOKEN,
        false => opened
            .tokenizer
            .id("<extra_id_10>")
            .ok_or_else(|| Error::new("the vocabulary has no `<extra_id_10>`, in which MetricX answers"))?,
    };
    let model = MetricX::load(&opened.config, &opened.weights, token, opened.device.clone())
        .map_err(|e| Error::new(e.what.clone()).caused_by(e))?;
    let kind = if reference { "mean" } else { "none" };
    let signature = format!("model:{}|refs:{kind}|scale:0-25|{}", opened.stamp, origin("metricx-24"));
    let (tokenizer, batch) = (opened.tokenizer, of.batch());
    Ok((
        Box::new(Scoring {
            model,
            tokenizer,
            reference,
            batch,
        }),
        signature,
    ))
}

impl Scoring {
    /// The input as the authors' script writes it, cut to what the model reads, without its `</s>`.
    fn input(&self, segment: &Segment, reference: Option<&str>) -> Result<Vec<u32>> {
        let name = if self.reference { "metricx" } else { "metricx-qe" };
        let mut text = format!("source: {} candidate: {}", source(name, segment)?, segment.hypothesis);
        if let Some(reference) = reference {
            text += &format!(" reference: {reference}");
        }
        let mut ids = self.tokenizer.encode_bare(&text);
        ids.truncate(MAX_TOKENS - 1);
        Ok(ids)
    }
}

impl Scorer for Scoring {
    fn scores(&self, segments: &[Segment]) -> Result<Vec<f64>> {
        let mut inputs = vec![];
        for (i, segment) in segments.iter().enumerate() {
            if self.reference {
                for reference in &segment.references {
                    inputs.push((i, self.input(segment, Some(reference))?));
                }
            } else {
                inputs.push((i, self.input(segment, None)?));
            }
        }
        inputs.sort_by_key(|(_, ids)| ids.len());
        let mut sums = vec![(0.0, 0.0); segments.len()];
        for batch in inputs.chunks(self.batch) {
            let texts: Vec<&[u32]> = batch.iter().map(|(_, ids)| ids.as_slice()).collect();
            let scores = self.model.score(&texts).map_err(failed("metricx"))?;
            for (score, (i, _)) in scores.into_iter().zip(batch) {
                sums[*i].0 += f64::from(score);
                sums[*i].1 += 1.0;
            }
        }
        Ok(sums.into_iter().map(|(sum, n): (f64, f64)| sum / n.max(1.0)).collect())
    }
}
