//! MetricX-24: an mT5 whose decoder, asked once, says in the logit of one token how bad a translation is, from 0 to 25.
//!
//! Reference: `MT5ForRegression` of google-research/metricx. The hybrid checkpoints score with and without a reference;
//! what the input text holds decides.
use super::{
    config::Architecture,
    decoding::{Cache, Network, Padded},
    t5::T5,
};
use crate::{
    nn::{Device, Weights},
    Error, Result,
};
use candle_core::DType;

/// `<extra_id_10>` in mT5's vocabulary: what the published checkpoints answer with.
pub const SCORE_TOKEN: u32 = 250_089;
/// Tokens that MetricX-24 reads at most.
pub const MAX_TOKENS: usize = 1536;

/// The scorer.
pub struct MetricX {
    network: T5,
    token: u32,
}

impl MetricX {
    /// Loads a checkpoint of the mT5 family; `token` is the one whose logit is the score.
    ///
    /// # Errors
    /// Where the configuration is of another family, or the vocabulary does not have the token.
    pub fn load(config: &str, w: &Weights, token: u32, device: Device) -> Result<Self> {
        let Architecture::T5(layout) = Architecture::parse(config, w.origin())? else {
            return Err(Error::new(format!("`{}` is no mT5, as MetricX is", w.origin())));
        };
        if token as usize >= layout.vocab {
            let what = format!("token {token} lies outside the vocabulary of {}", layout.vocab);
            return Err(Error::new(what));
        }
        let network = T5::load(layout, w, device)?;
        Ok(Self { network, token })
    }

    /// Errors (0 is perfect, 25 the worst) of inputs, unpadded and without `</s>`.
    ///
    /// # Errors
    /// Where an input is empty or holds an id outside the vocabulary.
    pub fn score(&self, inputs: &[&[u32]]) -> Result<Vec<f32>> {
        let net = &self.network;
        let batch = Padded::new(inputs, net.pad(), net.device())?;
        let memory = net.encode(&batch)?;
        let mut cache = Cache {
            own: vec![None; net.layers()],
            cross: net.cross(&memory)?,
            own_mask: None,
            cross_mask: batch.mask,
        };
        // The decoder begins with token 0, whatever the configuration calls its start.
        let (logits, _) = net.decode(&vec![0; inputs.len()], &vec![0; inputs.len()], &mut cache)?;
        let column = logits.narrow(1, self.token as usize, 1)?.squeeze(1)?;
        let scores: Vec<f32> = column.to_dtype(DType::F32)?.to_vec1()?;
        Ok(scores.into_iter().map(|s| s.clamp(0.0, 25.0)).collect())
    }
}
