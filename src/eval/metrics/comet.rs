//! COMET (Rei et al. 2022) as a metric: what wmt22-comet-da says of source, output and reference; the mean of several
//! references.
use super::learned::{failed, fitted, source, ModelOf, Opened, Scorer};
use crate::model::{
    comet::{Comet, Mix},
    roberta::{Config, Roberta},
};
use crate::tokenizer::Tokenizer;
use crate::{
    eval::metric::{origin, Segment},
    Error, Result,
};

struct Scoring {
    comet: Comet,
    tokenizer: Tokenizer,
    most: usize,
    batch: usize,
}

/// Opens a folder with XLM-R's `config.json` and tokenizer, the checkpoint as safetensors and, for its layer mix,
/// `hparams.yaml`.
pub fn open(of: &ModelOf, opened: Opened) -> Result<(Box<dyn Scorer>, String)> {
    let fault = |e: Error| Error::new(e.what.clone()).caused_by(e);
    let config = Config::parse(&opened.config).map_err(fault)?;
    let most = config.max_tokens();
    let w = &opened.weights;
    // The estimator's inner widths are the heights of all its matrices but the last.
    let mut hidden: Vec<usize> = (0..)
        .map_while(|i| w.shape(&format!("estimator.ff.{}.weight", 3 * i)))
        .filter_map(|shape| shape.first().copied())
        .collect();
    hidden.pop();
    let mix = mix(&std::fs::read_to_string(opened.folder.join("hparams.yaml")).unwrap_or_default());
    let encoder = Roberta::load(config, w, opened.device.clone()).map_err(fault)?;
    let comet = Comet::load(encoder, w, mix, &hidden).map_err(fault)?;
    let signature = format!("model:{}|refs:mean|{}", opened.stamp, origin("unbabel-comet-2.2"));
    let (tokenizer, batch) = (opened.tokenizer, of.batch());
    Ok((
        Box::new(Scoring {
            comet,
            tokenizer,
            most,
            batch,
        }),
        signature,
    ))
}

/// The layer mix that the hyperparameters name; wmt22-comet-da's where they name none.
fn mix(hparams: &str) -> Mix {
    let named = hparams
        .lines()
        .find_map(|l| l.trim().strip_prefix("layer_transformation:"));
    match named.map(str::trim) {
        Some("softmax") => Mix::Softmax,
        _ => Mix::Sparsemax,
    }
}

impl Scorer for Scoring {
    fn scores(&self, segments: &[Segment]) -> Result<Vec<f64>> {
        let ids = |text: &str| fitted(self.tokenizer.encode(text), self.most);
        let mut triples = vec![];
        for (i, segment) in segments.iter().enumerate() {
            let (src, mt) = (ids(source("comet", segment)?), ids(segment.hypothesis));
            for reference in &segment.references {
                triples.push((i, [src.clone(), mt.clone(), ids(reference)]));
            }
        }
        // Texts of like length together: less padding.
        triples.sort_by_key(|(_, texts)| texts.iter().map(Vec::len).sum::<usize>());
        let mut sums = vec![(0.0, 0.0); segments.len()];
        for batch in triples.chunks(self.batch) {
            let column = |k: usize| -> Vec<&[u32]> { batch.iter().map(|(_, t)| t[k].as_slice()).collect() };
            let scores = self.comet.score(&column(0), &column(1), &column(2));
            for (score, (i, _)) in scores.map_err(failed("comet"))?.into_iter().zip(batch) {
                sums[*i].0 += f64::from(score);
                sums[*i].1 += 1.0;
            }
        }
        Ok(sums.into_iter().map(|(sum, n): (f64, f64)| sum / n.max(1.0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_what_the_hyperparameters_say() {
        let check = |yaml: &str, expected| assert_eq!(mix(yaml), expected);
        check("layer_mix: true\nlayer_transformation: softmax\n", Mix::Softmax);
        check("layer_transformation: sparsemax\n", Mix::Sparsemax);
        check("", Mix::Sparsemax);
    }
}
