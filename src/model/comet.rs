//! COMET's regression model (wmt22-comet-da): an encoder's layers mixed and averaged, and an estimator over three texts.
use super::roberta::Roberta;
use crate::{
    nn::{Linear, Weights},
    Error, Result,
};
use candle_core::{Tensor, D};

/// How the layers' weights become shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    Softmax,
    /// Martins & Astudillo 2016: most layers get exactly nothing. What wmt22-comet-da uses.
    Sparsemax,
}

/// The encoder with its layer mix and estimator.
pub struct Comet {
    encoder: Roberta,
    /// Share of each layer, embeddings first, already multiplied by gamma.
    shares: Vec<f64>,
    estimator: Vec<Linear>,
}

/// Projects onto the probability simplex.
fn sparsemax(z: &[f32]) -> Vec<f32> {
    let mut sorted = z.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut threshold) = (0.0, 0.0);
    for (k, &value) in sorted.iter().enumerate() {
        sum += value;
        if 1.0 + (k + 1) as f32 * value > sum {
            threshold = (sum - 1.0) / (k + 1) as f32;
        }
    }
    z.iter().map(|v| (v - threshold).max(0.0)).collect()
}

fn softmax(z: &[f32]) -> Vec<f32> {
    let most = z.iter().copied().fold(f32::MIN, f32::max);
    let exp: Vec<f32> = z.iter().map(|v| (v - most).exp()).collect();
    let sum: f32 = exp.iter().sum();
    exp.iter().map(|e| e / sum).collect()
}

impl Comet {
    /// Loads the head beside an encoder from the same checkpoint; `hidden` are the estimator's inner widths (3072 and
    /// 1024 in wmt22-comet-da).
    pub fn load(encoder: Roberta, w: &Weights, mix: Mix, hidden: &[usize]) -> Result<Self> {
        let layers = encoder.config().num_hidden_layers + 1;
        let scalar = |i: usize| Ok(w.get(&format!("layerwise_attention.scalar_parameters.{i}"), &[1])?[0]);
        let scalars = (0..layers).map(scalar).collect::<Result<Vec<f32>>>()?;
        let gamma = f64::from(w.get("layerwise_attention.gamma", &[1])?[0]);
        let shares = match mix {
            Mix::Softmax => softmax(&scalars),
            Mix::Sparsemax => sparsemax(&scalars),
        };
        let mut widths = vec![6 * encoder.config().hidden_size];
        widths.extend(hidden);
        widths.push(1);
        // Linear, Tanh, Dropout: three modules a layer in the checkpoint's numbering.
        let linear = |(i, pair): (usize, &[usize])| {
            Linear::load(
                w,
                &format!("estimator.ff.{}", 3 * i),
                pair[0],
                pair[1],
                encoder.device(),
            )
        };
        let estimator = widths.windows(2).enumerate().map(linear).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            encoder,
            shares: shares.iter().map(|s| f64::from(*s) * gamma).collect(),
            estimator,
        })
    }

    /// Mixed and averaged embeddings of texts, (rows, dim). Special tokens count, padding does not.
    fn embed(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let states = self.encoder.hidden_states(texts)?;
        let mut mixed: Option<Tensor> = None;
        for (state, share) in states.iter().zip(&self.shares).filter(|(_, share)| **share != 0.0) {
            let part = (state * *share)?;
            mixed = Some(match mixed {
                Some(sum) => (sum + part)?,
                None => part,
            });
        }
        let mixed = mixed.ok_or_else(|| Error::new("every layer of the mix has weight 0"))?;
        let mut means = vec![];
        for (i, text) in texts.iter().enumerate() {
            means.push(mixed.get(i)?.narrow(0, 0, text.len())?.mean_keepdim(0)?);
        }
        Ok(Tensor::cat(&means, 0)?)
    }

    /// Scores translations against sources and references, all framed and unpadded; about 0 (worst) to 1.
    ///
    /// # Errors
    /// Those of [`Roberta::hidden_states`].
    pub fn score(&self, sources: &[&[u32]], hypotheses: &[&[u32]], references: &[&[u32]]) -> Result<Vec<f32>> {
        let (src, mt, reference) = (self.embed(sources)?, self.embed(hypotheses)?, self.embed(references)?);
        let features = [
            mt.clone(),
            reference.clone(),
            (&mt * &reference)?,
            (&mt - &reference)?.abs()?,
            (&mt * &src)?,
            (&mt - &src)?.abs()?,
        ];
        let mut x = Tensor::cat(&features, D::Minus1)?;
        let last = self.estimator.len() - 1;
        for (i, linear) in self.estimator.iter().enumerate() {
            x = linear.forward(&x)?;
            if i < last {
                x = x.tanh()?;
            }
        }
        Ok(x.flatten_all()?.to_dtype(candle_core::DType::F32)?.to_vec1()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one() {
        let check = |z: &[f32], expected: &[f32]| {
            for (ours, theirs) in sparsemax(z).iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-6, "{z:?}");
            }
        };
        check(&[0.0, 0.0], &[0.5, 0.5]);
        check(&[2.0, 0.0], &[1.0, 0.0]);
        check(&[0.6, 0.4, -1.0], &[0.6, 0.4, 0.0]);
        check(&[0.5, 0.3, 0.1], &[0.5333333, 0.3333333, 0.1333333]);
        assert!((softmax(&[1.0, 2.0, 3.0]).iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
