//! Faithfulness by inference, without a reference: does each sentence of the output follow from one of the source?
//!
//! As SummaC-ZS (Laban et al. 2022): for each sentence of the output the highest probability of entailment over the
//! sentences of the source, averaged over the output. The model reads across languages (mDeBERTa-v3 on XNLI).
use super::learned::{failed, source, ModelOf, Opened, Scorer};
use crate::model::deberta::{Config, Deberta};
use crate::text::split;
use crate::tokenizer::Tokenizer;
use crate::{
    eval::metric::{origin, Segment},
    Error, Result,
};

struct Scoring {
    model: Deberta,
    tokenizer: Tokenizer,
    /// Which class says that the second text follows from the first.
    entailment: usize,
    batch: usize,
}

/// Opens a folder with a checkpoint of `DebertaV2ForSequenceClassification` that has a class `entailment`.
pub fn open(of: &ModelOf, opened: Opened) -> Result<(Box<dyn Scorer>, String)> {
    let fault = |e: Error| Error::new(e.what.clone()).caused_by(e);
    let config = Config::parse(&opened.config).map_err(fault)?;
    let labels = config.labels();
    let entailment = labels
        .iter()
        .position(|l| l.eq_ignore_ascii_case("entailment"))
        .ok_or_else(|| {
            Error::new("the model has no class `entailment`").hint(format!("its classes are {}", labels.join(", ")))
        })?;
    let model = Deberta::load(config, &opened.weights, opened.device.clone()).map_err(fault)?;
    let signature = format!("model:{}|summac:zs|{}", opened.stamp, origin(""));
    let (tokenizer, batch) = (opened.tokenizer, of.batch());
    Ok((
        Box::new(Scoring {
            model,
            tokenizer,
            entailment,
            batch,
        }),
        signature,
    ))
}

fn sentences(text: &str) -> Vec<&str> {
    split::split(text).iter().map(|s| s.of(text)).collect()
}

impl Scoring {
    /// Both texts in one frame; a premise that does not fit loses its end.
    fn pair(&self, premise: &str, hypothesis: &str) -> Vec<u32> {
        let frame = self.tokenizer.framing();
        let (mut first, mut second) = (
            self.tokenizer.encode_bare(premise),
            self.tokenizer.encode_bare(hypothesis),
        );
        let room = self
            .model
            .config()
            .max_tokens()
            .saturating_sub(frame.prefix.len() + 2 * frame.suffix.len());
        second.truncate(room);
        first.truncate(room - second.len());
        [&frame.prefix, &first, &frame.suffix, &second, &frame.suffix]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}

impl Scorer for Scoring {
    fn scores(&self, segments: &[Segment]) -> Result<Vec<f64>> {
        // (segment, sentence of the output, both texts)
        let mut pairs = vec![];
        let mut best: Vec<Vec<f64>> = vec![];
        for (i, segment) in segments.iter().enumerate() {
            let premises = sentences(source("nli", segment)?);
            let hypotheses = sentences(segment.hypothesis);
            for (j, hypothesis) in hypotheses.iter().enumerate() {
                pairs.extend(premises.iter().map(|premise| (i, j, self.pair(premise, hypothesis))));
            }
            best.push(vec![0.0; hypotheses.len()]);
        }
        pairs.sort_by_key(|(.., ids)| ids.len());
        for batch in pairs.chunks(self.batch) {
            let texts: Vec<&[u32]> = batch.iter().map(|(.., ids)| ids.as_slice()).collect();
            let classes = self.model.classify(&texts).map_err(failed("nli"))?;
            for (p, (i, j, _)) in classes.into_iter().zip(batch) {
                best[*i][*j] = best[*i][*j].max(f64::from(p[self.entailment]));
            }
        }
        Ok(best
            .into_iter()
            .map(|b| b.iter().sum::<f64>() / (b.len().max(1) as f64))
            .collect())
    }
}
